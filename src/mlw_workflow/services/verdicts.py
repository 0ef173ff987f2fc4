"""The verdicts of many pilots on a day: derived when first asked for, and kept as long as they hold.

The database stores none. What is kept goes by the end of the pilot's log, so whatever is recorded ends it. A verdict
only gets worse while nothing happens (decision 23): what is the same on two days is the same on each day between them.
What outlives the process is in ``known_verdicts``.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.compliance import VERDICTS, Compliance, Verdict, Ways, compliance
from mlw_workflow.domain.ledger import fold
from mlw_workflow.domain.pilot import Standing, roster
from mlw_workflow.services.control import end_of
from mlw_workflow.services.deadlines import day_named
from mlw_workflow.storage import overview

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Position, Step
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection

AHEAD = 8
"""Days for which a verdict is looked at in advance, so that a new day finds most of them known."""
AT_ONCE = 200
"""Pilots whose records are read together."""
KEPT_MAX = 20_000
SPANS_MAX = 64


@dataclass(frozen=True, slots=True)
class Mark:
    """A verdict, with the last day on which what is at risk can still be met."""

    verdict: Verdict
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Marks:
    """The verdicts on one pilot."""

    whole: Mark
    """The worst of them."""
    by_workflow: Mapping[str, Mark]
    """The worst of each workflow's machines."""


@dataclass(frozen=True, slots=True)
class When:
    """On which day, and as was known when."""

    day: date
    then: bool = False
    """As it was known at that day's own end; else as is known now."""


@dataclass(frozen=True, slots=True)
class Span:
    """Days from the first to the last on which the same is so."""

    first: date
    last: date
    marks: Marks


Known = tuple[bytes, list[Span]]
"""The end of a log, and what is known of the pilot that had it."""
_KEPT: dict[tuple[str, date | None], Known] = {}
"""By pilot and, for what was known then, the day: the end of the log, and the spans of days that are known."""


def verdicts(desk: Desk, pilots: Sequence[Pilot], when: When, seconds: float | None = None) -> dict[str, Marks]:
    """The verdicts by pilot id. With ``seconds`` it ends about then; the pilots it did not come to are left out."""
    ends_at = None if seconds is None else time.monotonic() + seconds
    found: dict[str, Marks] = {}
    with desk.database.read() as connection:
        heads = _heads(connection, [pilot.id for pilot in pilots], when)
        unknown = []
        for pilot in pilots:
            known = _known(desk, pilot, when, heads)
            if known is None:
                unknown.append(pilot)
            else:
                found[pilot.id] = known
        for at in range(0, len(unknown), AT_ONCE):
            for pilot, made in _derived(desk, connection, unknown[at : at + AT_ONCE], when, heads):
                found[pilot.id] = made
                if ends_at is not None and time.monotonic() > ends_at:
                    return found
    return found


def known(day: date) -> dict[str, Known]:
    """What is known of pilots, by id, about a day and those after it."""
    found = {}
    for (pilot, then), (head, spans) in list(_KEPT.items()):  # others may be derived meanwhile
        later = [span for span in spans if span.last >= day]
        if then is None and later:
            found[pilot] = (head, later)
    return found


def take_known(known: Mapping[str, Known]) -> None:
    """Take up what was known before. Of a pilot whose log has another end it counts for nothing."""
    for pilot, kept in known.items():
        _KEPT.setdefault((pilot, None), kept)


def state_of(desk: Desk, pilots: Sequence[Pilot]) -> str:
    """A digest of all that the verdicts on these pilots depend on beside the day: where their logs end."""
    ids = [pilot.id for pilot in pilots]
    with desk.database.read() as connection:
        ends = overview.ends(connection, ids)
    return hashlib.sha256(b"".join(pilot.encode() + ends[pilot] for pilot in ids)).hexdigest()


Heads = dict[str, tuple[bytes, "datetime | None"]]


def _heads(connection: Connection, ids: list[str], when: When) -> Heads:
    """Where logs end; when the last entry was recorded is read only where it is asked for."""
    if when.then:
        return overview.heads(connection, ids)
    return {pilot: (digest, None) for pilot, digest in overview.ends(connection, ids).items()}


def _key(desk: Desk, pilot: Pilot, when: When, heads: Heads) -> tuple[str, date | None]:
    """Where nothing was recorded after the day, what was known then is what is known now."""
    recorded_at = heads[pilot.id][1] if when.then else None
    later = recorded_at is not None and recorded_at >= _end(desk, pilot, when)
    return (pilot.id, when.day if later else None)


def _end(desk: Desk, pilot: Pilot, when: When) -> datetime:
    return end_of(when.day, desk.programme(pilot.definition).timezone)


def _known(desk: Desk, pilot: Pilot, when: When, heads: Heads) -> Marks | None:
    kept = _KEPT.get(_key(desk, pilot, when, heads))
    if kept is None or kept[0] != heads[pilot.id][0]:
        return None
    return next((span.marks for span in kept[1] if span.first <= when.day <= span.last), None)


def _keep(key: tuple[str, date | None], head: bytes, span: Span) -> None:
    kept = _KEPT.get(key)
    if kept is None or kept[0] != head or len(kept[1]) >= SPANS_MAX:
        if len(_KEPT) >= KEPT_MAX:
            _KEPT.clear()
        _KEPT[key] = (head, [span])
    else:
        kept[1].append(span)


def _derived(
    desk: Desk, connection: Connection, pilots: Sequence[Pilot], when: When, heads: Heads
) -> Iterator[tuple[Pilot, Marks]]:
    """The verdicts derived anew, one pilot after the other, from a few queries for all."""
    ids = [pilot.id for pilot in pilots]
    programmes = {pilot.definition: desk.programme(pilot.definition) for pilot in pilots}
    fields = {name for programme in programmes.values() for name in _day_fields(programme)}
    said = overview.values(connection, ids, sorted(fields)) if fields else {}
    keys = {pilot.id: _key(desk, pilot, when, heads) for pilot in pilots}
    past = [pilot for pilot in pilots if keys[pilot.id][1] is not None]
    moved: dict[str, Mapping[str, Position]] = {}
    if len(past) < len(pilots):
        moved |= overview.positions(connection, [pilot.id for pilot in pilots if keys[pilot.id][1] is None])
    if past:
        moved |= _as_known(desk, connection, past, when)
    for pilot in pilots:
        head = heads[pilot.id][0]
        span = _span(desk, pilot, moved[pilot.id], when.day, said, one_day=keys[pilot.id][1] is not None)
        _keep(keys[pilot.id], head, span)
        yield pilot, span.marks


def _day_fields(programme: Programme) -> Iterator[str]:
    """The fields of evidence that name the day of some deadline."""
    for workflow in programme.workflows:
        for rule in workflow.deadlines:
            yield from (name.partition(".")[2] for name in rule.due.evidence)


def _as_known(
    desk: Desk, connection: Connection, pilots: Sequence[Pilot], when: When
) -> Iterator[tuple[str, Mapping[str, Position]]]:
    known: dict[str, list[Entry]] = {pilot.id: [] for pilot in pilots}
    ends = {pilot.id: _end(desk, pilot, when) for pilot in pilots}
    for pilot_id, entry in overview.entries(connection, list(known)):
        if entry.recorded_at < ends[pilot_id]:
            known[pilot_id].append(entry)
    for pilot in pilots:
        machines = roster(desk.programme(pilot.definition), pilot.start, pilot.end)
        initial = {name: instance.workflow.initial for name, instance in machines.items()}
        yield pilot.id, fold(initial, known[pilot.id])


def _span(
    desk: Desk,
    pilot: Pilot,
    moved: Mapping[str, Position],
    day: date,
    said: Mapping[tuple[str, int, str], Any],
    *,
    one_day: bool,
) -> Span:
    """The verdicts on a day, and until when they certainly hold."""
    cut = {machine: position.by(day) for machine, position in moved.items()}
    standing = Standing(
        pilot, desk.programme(pilot.definition), {name: position for name, position in cut.items() if position.steps}
    )
    calendar, ways = desk.calendar(pilot.voivodeship), Ways(standing)

    def evidence_day(machine: str, step: Step, field: str) -> date | None:
        del machine
        return day_named(said.get((pilot.id, step.seq, field)))

    def on(when: date) -> Marks:
        return _marks(standing, compliance(standing, calendar, when, evidence_day, ways))

    found = on(day)
    last = day
    if not one_day:
        to_come = [s.occurred_on for position in moved.values() for s in position.steps if s.occurred_on > day]
        ahead = min([day + timedelta(days=AHEAD), *(other - timedelta(days=1) for other in to_come)])
        while ahead > day:
            if on(ahead) == found:
                last = ahead
                break
            ahead = day + (ahead - day) // 2
    return Span(day, last, found)


def _marks(standing: Standing, judged: Compliance) -> Marks:
    by_workflow: dict[str, Mark] = {}
    for one in judged.machines:
        workflow, mark = standing.instances[one.machine].workflow.id, Mark(one.verdict, one.until)
        by_workflow[workflow] = worst((by_workflow.get(workflow, mark), mark))
    return Marks(Mark(judged.verdict, judged.until), by_workflow)


def worst(marks: Iterable[Mark]) -> Mark:
    """The worst of some verdicts; of several that are at risk the one that can be met least long."""
    return max(marks, key=rank)


def rank(mark: Mark) -> tuple[int, int]:
    """How bad a verdict is."""
    return VERDICTS.index(mark.verdict), -(mark.until or date.max).toordinal()
