"""What the audit of the reminders found."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date


@dataclass(frozen=True, slots=True)
class Finding:
    """One reminder that was not as it should be."""

    pilot: str
    """Its code."""
    key: str
    machine: str
    rule: str
    rung: str
    recipient: str
    due_on: date | None
    expected_on: date
    """The last local day on which it would have been in time."""
    sent_on: date | None
    why: str
    """Missing: ``no_notice``, ``not_sent``, ``dead``, ``skipped``. Doubled: ``twice``, ``not_due``,
    ``just_told`` (soon after other news of the same).
    Late: ``sent_late``, ``superseded`` (a later warning was sent instead), ``settled`` (nothing ran before that)."""


@dataclass(slots=True)
class RemindersAudited:
    """What was found in a span of days."""

    expected: int = 0
    """Reminders that were due."""
    missing: list[Finding] = field(default_factory=list)
    doubled: list[Finding] = field(default_factory=list)
    late: list[Finding] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        """Whether nothing was found."""
        return not (self.missing or self.doubled or self.late)
