"""Who is not to be reminded of what, and who is told instead of somebody absent."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.ledger import Entry


@dataclass(frozen=True, slots=True)
class Pause:
    """One person is not reminded of one deadline: for good (acknowledged), or before a day (snoozed).

    It holds as long as the deadline stays as it was: one recorded before the deadline last changed says nothing.
    """

    person: str
    machine: str
    rule: str
    kind: Literal["acknowledgement", "snooze"]
    seq: int
    """The entry that recorded it."""
    since: date
    """The local day of recording."""
    until: date | None = None
    """Of a snooze: the day on which the person is reminded again."""


@dataclass(frozen=True, slots=True)
class Deputy:
    """Who is told instead of an absent person, from a day to a day (both included)."""

    person: str
    deputy: str
    since: date
    until: date

    def holds_on(self, day: date) -> bool:
        """Whether the person is absent on that local day."""
        return self.since <= day <= self.until


def stands_in(deputies: Iterable[Deputy], person: str, day: date) -> str:
    """Who is told in a person's place on a local day: the person, a deputy, a deputy's deputy.

    Where deputies stand in for each other in a circle, nobody does: the person is told. Of several deputies for one
    day the one recorded last counts.
    """
    of_day = {d.person: d.deputy for d in deputies if d.holds_on(day)}
    seen = set()
    told = person
    while told in of_day:
        if told in seen:
            return person
        seen.add(told)
        told = of_day[told]
    return told


def deputies_of(entries: Iterable[Entry]) -> tuple[Deputy, ...]:
    """The deputies that a course of entries leads to: the last word on each (person, deputy, since) counts.

    One whose end lies before its beginning was taken back.
    """
    found: dict[tuple[str, str, date], Deputy] = {}
    for entry in entries:
        if entry.kind == "deputy":
            assert entry.since is not None
            assert entry.until is not None
            key = (entry.person, entry.deputy, entry.since)
            found.pop(key, None)
            found[key] = Deputy(entry.person, entry.deputy, entry.since, entry.until)
    return tuple(found.values())
