"""Projections against the ledger: what is stored, what the entries lead to, and the rewriting of what differs.

The head row is compared but never rewritten: nothing writes it but the transaction that appends, so a head that names
another end is the trace of a log that was cut, and mending it would wipe the trace out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import GENESIS, Head
from mlw_workflow.domain.ledger import Membership, fold
from mlw_workflow.storage import repositories
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.form import StoredForm
from mlw_workflow.storage.mapping import day_of, day_or_none, instant_of, steps_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Position
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.unit_of_work import PilotWork


@dataclass(frozen=True, slots=True)
class Place:
    """A position as it is stored."""

    state: str
    since: date
    recorded_at: datetime
    seq: int
    steps: str


@dataclass(frozen=True, slots=True)
class Projection:
    """Everything about a pilot that could be computed from its log again."""

    head: Head | None
    places: Mapping[str, Place]
    memberships: tuple[tuple[Membership, int], ...]
    """In the order in which they were given, each with the entry that gave it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Something stored that the log does not lead to. ``what`` names a machine, a role, or nothing for the head."""

    kind: Literal["head", "position", "membership"]
    what: str
    expected: str
    found: str


def stored(connection: Connection, pilot_id: str) -> Projection:
    """What is stored."""
    places = {
        machine: Place(state, day_of(since), instant_of(recorded_at), seq, steps)
        for machine, state, since, recorded_at, seq, steps in connection.rows(sql.POSITION_ROWS, pilot_id)
    }
    held = tuple(
        (Membership(person, role, day_of(since), day_or_none(until)), seq)
        for person, role, since, until, seq in connection.rows(sql.MEMBERSHIPS, pilot_id)
    )
    return Projection(repositories.head(connection, pilot_id), places, held)


def folded(connection: Connection, pilot_id: str, initial_of: Mapping[str, str]) -> Projection:
    """What the log leads to. ``initial_of`` gives each machine's initial state.

    Raises ValueError for an entry that is unreadable or does not fit the course before it; so verify the chain first.
    """
    head = GENESIS
    course: list[Entry] = []
    for seq, digest, body in connection.stream_log(sql.ENTRIES, pilot_id, 0):
        course.append(decode(body))
        if not isinstance(digest, bytes) or not isinstance(seq, int):
            column = "hash" if isinstance(seq, int) else "seq"
            raise StoredForm(table="ledger_entry", column=column, row=f"{pilot_id}, {seq}")
        head = Head(seq, bytes(digest), course[-1].recorded_at)
    places = {machine: place_of(position) for machine, position in fold(initial_of, course).items()}
    return Projection(head, places, _given(course))


def place_of(position: Position) -> Place:
    """A position as it is to be stored."""
    last, entered = position.last, position.entered
    assert last is not None, "a machine that has not moved has no place"
    assert entered is not None
    return Place(position.state, entered.occurred_on, last.recorded_at, last.seq, steps_text(position))


def _given(course: list[Entry]) -> tuple[tuple[Membership, int], ...]:
    found: dict[tuple[str, str, date], tuple[Membership, int]] = {}
    for entry in course:
        if entry.kind == "membership":
            assert entry.since is not None
            key = (entry.person, entry.role, entry.since)
            first = found[key][1] if key in found else entry.seq
            found[key] = (Membership(entry.person, entry.role, entry.since, entry.until), first)
    return tuple(found.values())


def differences(expected: Projection, found: Projection) -> tuple[Difference, ...]:
    """Where what is stored differs from what the log leads to; empty when they agree."""
    told: list[Difference] = []
    if expected.head != found.head:
        told.append(Difference("head", "", _head(expected.head), _head(found.head)))
    for machine in sorted({*expected.places, *found.places}):
        ours, theirs = expected.places.get(machine), found.places.get(machine)
        if ours != theirs:
            told.append(Difference("position", machine, _place(ours), _place(theirs)))
    ours_held = {(m.person, m.role, m.since): (m, seq) for m, seq in expected.memberships}
    theirs_held = {(m.person, m.role, m.since): (m, seq) for m, seq in found.memberships}
    for key in sorted({*ours_held, *theirs_held}):
        if ours_held.get(key) != theirs_held.get(key):
            member = (ours_held.get(key), theirs_held.get(key))
            told.append(Difference("membership", f"{key[0]} {key[1]}", _member(member[0]), _member(member[1])))
    return tuple(told)


def rewrite(work: PilotWork, expected: Projection) -> None:
    """Put the positions and memberships in the place of those stored. The caller holds the lock and commits.

    Refuses (ValueError) when the head row does not name the end of the log: that is no projection gone stale.
    """
    if expected.head != work.head:
        raise ValueError("the head row does not name the last entry")
    connection, driver = work.connection, work.work.driver
    connection.execute(sql.DROP_POSITIONS, work.id)
    connection.execute(sql.DROP_MEMBERSHIPS, work.id)
    for machine, place in expected.places.items():
        recorded_at = driver.instant(place.recorded_at)
        row = (work.id, machine, place.state, driver.day(place.since), recorded_at, place.seq, place.steps)
        connection.execute(sql.SET_POSITION, *row)
    for m, seq in expected.memberships:
        values = (work.id, m.person, m.role, driver.day(m.since), driver.day(m.until), seq)
        connection.execute(sql.SET_MEMBERSHIP, *values)


def _head(head: Head | None) -> str:
    return "" if head is None else f"{head.seq}:{head.hash.hex()}"


def _place(place: Place | None) -> str:
    return "" if place is None else f"{place.state} since {place.since} by entry {place.seq}"


def _member(member: tuple[Membership, int] | None) -> str:
    return "" if member is None else f"{member[0].since}–{member[0].until or ''} by entry {member[1]}"
