"""The entries of many pilots, the newest first: who did what, when it happened and when it was recorded."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.audit.read import EntryUnreadable, decode
from mlw_workflow.domain.clock import WARSAW
from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.domain.finding import day_of
from mlw_workflow.domain.inspection import recorded_by
from mlw_workflow.services.control import end_of
from mlw_workflow.storage import circle, entry_index, repositories
from mlw_workflow.storage.entry_index import FIRST, LAST, Indexed, Place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from typing import Literal

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.entry_index import Found

PAGE = 50
LOOKED_MAX = 20_000
"""Entries looked at for one page; whoever looks for something rare goes on from there."""
LISTED_MAX, LISTED_LOOKED_MAX = 20_000, 400_000
"""Of a list that is taken along."""
FOLLOWED_MAX = 10_000
"""New entries taken into the index at once."""
UNREADABLE = "unreadable"
"""The kind under which an entry is found whose bytes are none."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which entries; what is empty does not matter."""

    pilot: str = ""
    """A pilot's id."""
    actors: frozenset[str] | None = None
    """Ids of people; an empty set finds nothing."""
    role: str = ""
    task: str = ""
    """A machine without its period."""
    step: str = ""
    kind: str = ""
    refused: Literal["", "only", "without"] = ""
    late: bool = False
    """Only those recorded later than their programme allows."""
    occurred_from: date | None = None
    occurred_to: date | None = None
    recorded_from: date | None = None
    recorded_to: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An entry of the list."""

    pilot: Pilot
    seq: int
    hash: bytes
    entry: Entry | None
    """None: its bytes cannot be read."""
    late: bool


@dataclass(frozen=True, slots=True)
class Listed:
    """A part of the list."""

    entries: tuple[Seen, ...]
    below: Place | None
    """Where it goes on; None: there is no more."""
    looked_short: bool
    """It ends where enough was looked at, not where enough was found."""
    waiting: int
    """New entries that the index does not have yet."""
    names: Mapping[str, str]
    """People's names by id."""


def explore(
    desk: Desk,
    pilots: tuple[Pilot, ...],
    wanted: Wanted,
    below: Place | None = None,
    *,
    most: tuple[int, int] = (PAGE, LOOKED_MAX),
) -> Listed:
    """The entries of these pilots that are wanted, from the newest (or from below a place) on.

    ``most``: how many are found, and how many looked at. The index is brought up to date first, as far as that takes
    no longer than a page may. The number of queries does not depend on how many pilots or entries there are.
    """
    waiting = follow(desk)
    reach = {pilot.id: pilot for pilot in pilots}
    found: list[Seen] = []
    on: Place | None = None
    last: Place | None = None
    last_found: Place | None = None
    looked, short = 0, False
    with desk.database.read() as connection:
        for item in _walk(connection, reach, wanted, below, most[1] + 1):
            looked += 1
            if looked > most[1]:
                on, short = last, True
                break
            if item.about.pilot_id in reach and _matches(item.about, wanted):
                if len(found) == most[0]:
                    on = last_found
                    break
                last_found = item.place
                found.append(_seen(reach, item))
            last = item.place
        people = {name for seen in found if seen.entry for name in _named(seen.entry)}
        names = {one.id: one.name for one in circle.people(connection, sorted(people)).values()}
    return Listed(tuple(found), on, short, waiting, names)


def people_called(desk: Desk, text: str) -> frozenset[str]:
    """The ids of the people whose name or address has these letters, whatever their case and diacritics."""
    wanted = repositories.fold_name(text)
    with desk.database.read() as connection:
        known = repositories.people(connection)
    return frozenset(
        one.id for one in known if wanted in repositories.fold_name(one.name) or wanted == one.email.casefold()
    )


def _walk(
    connection: Connection, reach: Mapping[str, Pilot], wanted: Wanted, below: Place | None, limit: int
) -> Iterator[Found]:
    since = FIRST
    if wanted.recorded_from is not None:
        since = end_of(wanted.recorded_from - timedelta(days=1), WARSAW)
    if below is None:
        below = Place(LAST if wanted.recorded_to is None else end_of(wanted.recorded_to, WARSAW))
    if not reach or wanted.actors == frozenset():
        return iter(())
    return entry_index.newest(connection, _narrowest(reach, wanted), since, below, limit)


def _narrowest(reach: Mapping[str, Pilot], wanted: Wanted) -> tuple[str, str]:
    """By what to walk, so that as little as possible is passed over."""
    kind = "refusal" if wanted.refused == "only" else wanted.kind
    if wanted.pilot or len(reach) == 1:
        return "pilot", wanted.pilot or next(iter(reach))
    if wanted.actors is not None and len(wanted.actors) == 1:
        return "actor", next(iter(wanted.actors))
    if wanted.late:
        return "late", ""
    if kind and kind != "transition":
        return "kind", kind
    if wanted.task:
        return "task", wanted.task
    return ("kind", kind) if kind else ("all", "")


def _matches(about: Indexed, wanted: Wanted) -> bool:
    said = (
        (wanted.pilot, about.pilot_id), (wanted.role, about.role), (wanted.task, about.task),
        (wanted.step, about.step), (wanted.kind, about.kind),
    )  # fmt: skip
    if any(asked and asked != found for asked, found in said):
        return False
    if wanted.actors is not None and about.actor not in wanted.actors:
        return False
    if wanted.refused and (about.kind == "refusal") != (wanted.refused == "only"):
        return False
    if wanted.late and not about.late:
        return False
    first, last, day = wanted.occurred_from, wanted.occurred_to, about.occurred_on
    if first is None and last is None:
        return True
    return day is not None and (first is None or day >= first) and (last is None or day <= last)


def _seen(reach: Mapping[str, Pilot], item: Found) -> Seen:
    try:
        entry = decode(item.body)
    except EntryUnreadable:
        entry = None
    return Seen(reach[item.about.pilot_id], item.about.seq, item.hash, entry, item.about.late)


def _named(entry: Entry) -> Iterator[str]:
    return (name for name in (entry.actor, entry.person, entry.deputy) if name)


# The index


def follow(desk: Desk, most: int = FOLLOWED_MAX) -> int:
    """Take new entries into the index, at most so many; how many are left. What is only read stays as it is."""
    with desk.database.read() as connection:
        behind = entry_index.behind(connection)
    if not behind:
        return 0
    left = sum(last - known for known, last in behind.values())
    try:
        with desk.database.work() as work:
            rows: list[Indexed] = []
            pilots = circle.pilots(work.connection, list(behind))
            for pilot_id, pilot in sorted(pilots.items()):  # as anybody who does the same at once
                rows += _indexed(desk, work.connection, pilot, behind[pilot_id][0], most - len(rows))
                if len(rows) >= most:
                    break
            entry_index.add(work.connection, rows)
            work.commit()
    except StorageUnavailable as problem:
        if problem.code != "storage_read_only":
            raise
        return left
    return max(left - len(rows), 0)


def _indexed(desk: Desk, connection: Connection, pilot: Pilot, after: int, most: int) -> list[Indexed]:
    programme, calendar = desk.programme(pilot.definition), desk.calendar(pilot.voivodeship)
    found: list[Indexed] = []
    for seq, _hash, body in repositories.entries(connection, pilot.id, after):
        if len(found) == most:
            break
        try:
            entry = decode(body)
        except EntryUnreadable:
            before = found[-1].recorded_at if found else FIRST
            found.append(Indexed(pilot.id, seq, before, None, UNREADABLE, "", "", "", "", late=False))
            continue
        latest = recorded_by(programme.audit, entry, calendar) if entry.kind == "transition" else None
        found.append(
            Indexed(
                pilot.id,
                seq,
                entry.recorded_at,
                entry.occurred_on,
                entry.kind,
                entry.machine.partition("/")[0],
                entry.trigger,
                entry.actor,
                entry.role,
                latest is not None and day_of(entry, programme.timezone) > latest,
            )
        )
    return found
