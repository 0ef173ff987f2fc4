"""Who may look from outside, and who looked at what: the entries of the access log, the ledger's sibling.

The access log is one chain for the whole database. Its entries are sealed as the ledger's are, in a form of their own.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCESS_LOG = "access"
"""The id under which the access log is sealed; no pilot has it."""

ADDRESS_GIVEN, ADDRESS_TAKEN = "address_given", "address_taken"
"""What a change is that lets a person be reached by mail, or no longer: the only values it tells anything of."""

ADDED = "added"
"""What a change is by which a person came to be known."""

AccessKind = Literal["grant", "revoke", "read", "erasure", "change"]


@dataclass(frozen=True, slots=True)
class AccessEntry:
    """One entry of the access log; what a kind does not use stays empty and is not sealed."""

    seq: int
    """1, 2, 3, … without gaps."""
    prev: str
    """The previous entry's leaf hash in hex; 64 zeros for the first."""
    kind: AccessKind
    recorded_at: datetime
    person: str
    """Who looked, or whose right or name it is about: a person's id, ``role:<role>`` or ``operator``."""
    log: str = ACCESS_LOG
    v: int = 1
    actor: str = ""
    """For all but a reading: who recorded it."""
    programme: str = ""
    pilot: str = ""
    """A pilot's id; empty: all of the programme."""
    entry: int = 0
    """The number of the entry whose evidence was read."""
    field: str = ""
    """The evidence field that was read; empty: all of the entry's."""
    what: str = ""
    """What was asked for: ``evidence``, ``history``, ``status``, …; for a change what was changed: ``name``, …"""
    about: str = ""
    """The id of the person whose data were exported."""
    since: date | None = None
    until: date | None = None
    """For a grant, and for the new end that a revocation sets: both days belong to the span."""


@dataclass(frozen=True, slots=True)
class Auditor:
    """A person's right to audit a programme, from a day to a day (both included)."""

    person: str
    programme: str
    since: date
    until: date
    seq: int
    """The entry of the access log that gave it."""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on that local day."""
        return self.since <= day <= self.until


@dataclass(frozen=True, slots=True)
class Read:
    """Somebody looked at evidence. ``field`` empty: at all of the entry's."""

    person: str
    at: datetime
    pilot: str
    """The pilot's id."""
    seq: int
    field: str


def auditors(entries: Iterable[AccessEntry]) -> tuple[Auditor, ...]:
    """The rights that a course of the access log leads to: the last word on each (person, programme, since) counts."""
    found: dict[tuple[str, str, date], Auditor] = {}
    for entry in entries:
        if entry.kind in ("grant", "revoke") and entry.since is not None and entry.until is not None:
            key = (entry.person, entry.programme, entry.since)
            seq = found[key].seq if key in found else entry.seq
            found[key] = Auditor(*key, entry.until, seq)
    return tuple(found.values())
