"""What a unit of work is about to write, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pilot import Position

FLUSH_AFTER = 2_000
"""Entries kept in memory before they are handed to the database (within the same transaction)."""


@dataclass(slots=True)
class Batch:
    """Rows waiting for one flush. Positions and heads are kept to the end, so each is written once."""

    entries: list[tuple[str, int, bytes, bytes, bytes | None]] = field(default_factory=list)
    """Pilot, number, leaf hash, body, signature."""
    evidence: list[tuple[str, int, str, bytes, bytes]] = field(default_factory=list)
    memberships: list[tuple[str, Membership, int]] = field(default_factory=list)
    positions: dict[tuple[str, str], Position] = field(default_factory=dict)
    heads: dict[str, tuple[Head, Head]] = field(default_factory=dict)
    """By pilot: the head as it was loaded, and as it is to be."""

    @property
    def empty(self) -> bool:
        """Nothing to write."""
        return not self.heads
