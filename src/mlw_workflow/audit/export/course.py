"""What an export is made of: pilots' logs, and how an entry is told to programs that know events, days and names."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.domain.pilot import Instance, Pilot, roster

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from mlw_workflow.domain.definition import Programme

CaseOf = Literal["machine", "pilot"]
NOON = timedelta(hours=12)
_LAST = 43_199_999
"""Milliseconds from noon to the end of the day."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What of the record goes into an export."""

    since: date | None = None
    until: date | None = None
    """Only what happened on these days (both ends included)."""
    refusals: bool = False
    corrected: bool = True
    """False: steps that were corrected are left out together with their corrections."""
    case: CaseOf = "machine"
    names: Mapping[str, str] = field(default_factory=dict)
    """People's names by id; without them only ids are told."""

    def holds(self, day: date) -> bool:
        """Whether what happened on that day goes in."""
        return (self.since is None or self.since <= day) and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Told:
    """An entry with what other entries and the definition add to it."""

    entry: Entry
    hash: bytes
    day: date
    """The local day on which it happened; of what has no such day, the day of recording."""
    workflow: str = ""
    corrected_by: int = 0
    """The correction that took the step back; 0: it stands."""

    @property
    def activity(self) -> str:
        """What happened, unmistakably within a programme: ``w06.code``, ``monthly.accept``; else the entry's kind."""
        return f"{self.workflow}.{self.entry.trigger}" if self.workflow else self.entry.kind

    @property
    def time(self) -> datetime:
        """The day as an instant, for programs that know no days; see ``instant_of_day``."""
        return instant_of_day(self.day, self.entry.seq)


class Course:
    """One pilot's log. Read whole when a format has to group its entries: memory grows with the largest pilot."""

    def __init__(self, pilot: Pilot, programme: Programme, rows: Iterable[tuple[Entry, bytes]]) -> None:
        """``rows``: entries with their leaf hashes, in order; they are taken once."""
        self.pilot = pilot
        self.programme = programme
        self._rows = rows

    @cached_property
    def machines(self) -> Mapping[str, Instance]:
        """The pilot's machines."""
        return roster(self.programme, self.pilot.start, self.pilot.end)

    def stream(self) -> Iterator[Told]:
        """The log as it passes by, once; no entry knows yet that it will be corrected."""
        timezone = self.programme.timezone
        for entry, digest in self._rows:
            day = entry.occurred_on or local_day(entry.recorded_at, timezone)
            yield Told(entry, digest, day, workflow_of(entry.machine))

    @cached_property
    def log(self) -> tuple[Told, ...]:
        """The whole log, corrected steps marked."""
        told = list(self.stream())
        at = {item.entry.seq: index for index, item in enumerate(told)}
        for item in [item for item in told if item.entry.undoes in at]:
            index = at[item.entry.undoes]
            told[index] = replace(told[index], corrected_by=item.entry.seq)
        return tuple(told)

    def steps(self, choice: Choice) -> list[Told]:
        """Steps of machines, as chosen, in the order of the days on which they happened (and of recording)."""
        kinds = {"transition", "correction"} | ({"refusal"} if choice.refusals else set())
        chosen = [
            told
            for told in self.log
            if told.entry.kind in kinds
            and choice.holds(told.day)
            and (choice.corrected or not (told.corrected_by or told.entry.undoes))
        ]
        return sorted(chosen, key=lambda told: (told.day, told.entry.seq))

    def by_machine(self, steps: Iterable[Told]) -> dict[str, list[Told]]:
        """Steps by machine, machines in the order of the definition."""
        found: dict[str, list[Told]] = {machine: [] for machine in self.machines}
        for told in steps:
            found.setdefault(told.entry.machine, []).append(told)
        return {machine: taken for machine, taken in found.items() if taken}


def workflow_of(machine: str) -> str:
    """The workflow of a machine: ``monthly`` of ``monthly/2014-04``."""
    return machine.partition("/")[0]


def instant_of_day(day: date, seq: int) -> datetime:
    """Noon UTC of a day, and as many milliseconds as the entry's number.

    The record knows days, not hours. Noon in UTC is the same day everywhere from New York to Tokyo, differences are
    whole days whatever the clocks do in March and October, and no two events of a pilot fall together, so a program
    that sorts by time keeps the order in which they were recorded.
    """
    noon = datetime(day.year, day.month, day.day, tzinfo=UTC) + NOON
    return noon + timedelta(milliseconds=min(seq, _LAST))


def stamp(moment: datetime) -> str:
    """An instant to the millisecond, as XML and JSON readers everywhere take it: ``2014-05-31T12:00:00.007Z``."""
    return f"{moment.astimezone(UTC).isoformat(timespec='milliseconds')[:-6]}Z"


def recorded(entry: Entry) -> str:
    """When the entry was recorded, to the microsecond, as sealed."""
    return instant(entry.recorded_at)


def is_person(actor: str) -> bool:
    """Whether an actor's id is a person's: not a role's, not the import's, not the operator's."""
    return bool(actor) and actor not in ("import", "operator") and not actor.startswith("role:")
