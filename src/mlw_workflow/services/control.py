"""Findings and verdicts as of a day, and the difference between two days: read from the record, nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.domain.clock import local_day, zone
from mlw_workflow.domain.compliance import Compliance, compliance
from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.difference import Difference, Due, Look, difference
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.domain.inspection import Inspection
from mlw_workflow.domain.ledger import fold
from mlw_workflow.domain.pilot import Standing, roster
from mlw_workflow.services.deadlines import day_named
from mlw_workflow.services.standing import AsOf
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.form import StoredForm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mlw_workflow.domain.access import Read
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Position, Step
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection


def compliance_of(desk: Desk, pilot: Pilot, as_of: AsOf) -> Compliance:
    """The verdicts on a pilot's machines on a day, by what had been recorded until an instant."""
    with desk.database.read() as connection:
        programme = desk.programme(pilot.definition)
        if as_of.known_at is None:  # what is known now stands beside the log
            moved: Mapping[str, Position] = repositories.positions(connection, pilot.id)
        else:
            moved = _moved(programme, pilot, _entries(connection, pilot, as_of.known_at))
        return _judge(desk, pilot, moved, as_of.day, Evidence(connection, pilot))


def findings_of(desk: Desk, pilot: Pilot, as_of: AsOf) -> tuple[Finding, ...]:
    """What control finds in a pilot's record by the end of a day, by what had been recorded until an instant."""
    with desk.database.read() as connection:
        return inspection(desk, connection, pilot, as_of).findings()


def inspection(
    desk: Desk, connection: Connection, pilot: Pilot, as_of: AsOf, reads: tuple[Read, ...] | None = None
) -> Inspection:
    """What control looks at. The connection must stay open while it looks.

    ``reads``: who read the pilot's evidence, where that is known already.

    Raises IntegrityBroken for a log that leads nowhere: findings mean nothing where the chain does not hold.
    """
    programme = desk.programme(pilot.definition)
    entries = _entries(connection, pilot, as_of.known_at)
    evidence = Evidence(connection, pilot)
    if not programme.audit.read_first:
        reads = None
    elif reads is None:
        reads = reads_of(connection, pilot, as_of.known_at)
    moved = _moved(programme, pilot, entries)
    calendar = desk.calendar(pilot.voivodeship)
    return Inspection(pilot, programme, entries, as_of.day, calendar, evidence, reads, moved)


def reads_of(connection: Connection, pilot: Pilot, known_at: datetime | None = None) -> tuple[Read, ...]:
    """Who read which evidence of the pilot. Raises IntegrityBroken for an access log that cannot be read."""
    from mlw_workflow.services import access

    try:
        found = tuple(access.reads(connection, pilot.id))
    except EntryUnreadable as problem:
        raise IntegrityBroken(pilot=pilot.municipality, seq=0, check="readable", problem=problem.problem) from problem
    return tuple(read for read in found if known_at is None or read.at <= known_at)


class Evidence:
    """The days that a pilot's evidence names, each entry read when it is first asked for."""

    def __init__(self, connection: Connection, pilot: Pilot) -> None:
        """The connection must stay open as long as days are asked for."""
        self._connection = connection
        self._pilot = pilot.id
        self._known: dict[int, dict[str, Any]] = {}

    def __call__(self, machine: str, step: Step, field: str) -> date | None:
        """The day in a field of a step's evidence; None when there is none, or it was erased."""
        del machine
        found = self._known.get(step.seq)
        if found is None:
            rows = self._connection.rows(sql.EVIDENCE_OF_ENTRY, self._pilot, step.seq)
            try:
                found = {name: msgspec.json.decode(bytes(value)) for name, value in rows if value is not None}
            except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
                raise StoredForm(table="evidence", column="value", row=str(step.seq)) from problem
            self._known[step.seq] = found
        return day_named(found.get(field))


# The difference between two days


@dataclass(frozen=True, slots=True)
class Span:
    """Two days, and how they are meant."""

    first: date
    last: date
    known_at: datetime | None = None
    """Both days as was known at this instant; None: as is known now."""
    recorded: bool = False
    """Each day as it was known at its own end, so that what was recorded late shows on the day of its recording."""


def difference_of(desk: Desk, pilot: Pilot, span: Span) -> Difference:
    """What changed in a pilot from the end of one day to the end of another. Raises BadInput ``days_backwards``."""
    if span.first > span.last:
        raise BadInput("days_backwards", first=span.first, last=span.last)
    programme = desk.programme(pilot.definition)
    with desk.database.read() as connection:
        everything = _entries(connection, pilot, span.known_at)
        evidence = Evidence(connection, pilot)
        reads = reads_of(connection, pilot, span.known_at) if programme.audit.read_first else None
        looks = []
        for day in (span.first, span.last):
            known: Sequence[Entry] = everything
            if span.recorded:
                end = end_of(day, programme.timezone)
                known = [entry for entry in everything if entry.recorded_at < end]
            moved = _moved(programme, pilot, known)
            looked = Inspection(pilot, programme, known, day, desk.calendar(pilot.voivodeship), evidence, reads, moved)
            looks.append(_look(desk, looked, evidence))
    return difference(looks[0], looks[1], [e for e in everything if _between(e, span, programme.timezone)])


def _look(desk: Desk, looked: Inspection, evidence: Evidence) -> Look:
    pilot, day = looked.pilot, looked.day
    assert looked.moved is not None
    standing = _standing(pilot, looked.programme, looked.moved, day)
    due = {
        (deadline.machine, deadline.rule.id): Due(deadline.due_on, "late" if deadline.late(day) else deadline.status)
        for deadline in deadlines(standing, looked.calendar, evidence)
    }
    states = {machine: standing.position(machine).state for machine in standing.instances}
    return Look(states, _judge(desk, pilot, looked.moved, day, evidence), due, looked.findings())


def _between(entry: Entry, span: Span, timezone: str) -> bool:
    """Whether the second look sees what the first did not."""
    recorded = local_day(entry.recorded_at, timezone)
    if span.recorded or entry.occurred_on is None or entry.kind != "transition":
        return span.first < recorded <= span.last
    return span.first < entry.occurred_on <= span.last


# Reading


def _entries(connection: Connection, pilot: Pilot, known_at: datetime | None) -> list[Entry]:
    try:
        entries = (decode(body) for _, _, body in repositories.entries(connection, pilot.id))
        return list(takewhile(lambda entry: known_at is None or entry.recorded_at <= known_at, entries))
    except EntryUnreadable as problem:
        raise IntegrityBroken(pilot=pilot.municipality, seq=0, check="readable", problem=problem.problem) from problem


def _moved(programme: Programme, pilot: Pilot, entries: Sequence[Entry]) -> Mapping[str, Position]:
    initial = {name: i.workflow.initial for name, i in roster(programme, pilot.start, pilot.end).items()}
    try:
        return fold(initial, entries)
    except ValueError as problem:
        raise IntegrityBroken(pilot=pilot.municipality, seq=0, check="projection_head") from problem


def _standing(pilot: Pilot, programme: Programme, moved: Mapping[str, Position], day: date) -> Standing:
    cut = {machine: position.by(day) for machine, position in moved.items()}
    return Standing(pilot, programme, {machine: position for machine, position in cut.items() if position.steps})


def _judge(desk: Desk, pilot: Pilot, moved: Mapping[str, Position], day: date, evidence: Evidence) -> Compliance:
    standing = _standing(pilot, desk.programme(pilot.definition), moved, day)
    return compliance(standing, desk.calendar(pilot.voivodeship), day, evidence)


def end_of(day: date, timezone: str) -> datetime:
    """The instant at which a local day is over."""
    return datetime.combine(day + timedelta(days=1), time(), zone(timezone))
