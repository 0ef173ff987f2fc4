"""The reminders' projections against the ledger: deadlines, pauses, deputies and policies as the log leads to them.

How far a deadline's warnings were handled is no projection: nothing but the worker knows it, so it is never compared,
and a row that is written anew keeps it where it still speaks of the same deadline.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.ledger import advanced, step_of, taken_back
from mlw_workflow.domain.pause import Deputy, Pause
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services.deadlines import Book, every_instance, rule_of
from mlw_workflow.storage import circle, obligations, repositories

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Obligation
    from mlw_workflow.storage.unit_of_work import PilotWork

Key = tuple[str, ...]


@dataclass(slots=True)
class Reminding:
    """What a log says of how people are reminded."""

    obligations: dict[tuple[str, str], Obligation] = field(default_factory=dict)
    pauses: list[Pause] = field(default_factory=list)
    deputies: dict[Key, tuple[Deputy, int]] = field(default_factory=dict)
    policy: ReminderPolicy | None = None
    policy_seq: int = 0


@dataclass(frozen=True, slots=True)
class Unlike:
    """Something stored that the log does not lead to."""

    kind: str
    """``deadline``, ``pause``, ``deputy``, ``policy``."""
    what: str
    seq: int
    """The entry that the log's side rests on; 0: none."""
    expected: str
    found: str


def read_log(desk: Desk, work: PilotWork) -> Reminding:
    """What the whole log leads to."""
    pilot = work.pilot
    programme = desk.programme(pilot.definition)
    said = Reminding()
    book = Book(desk, work, pilot, programme, fresh=True)
    standing = Standing(pilot, programme, {})
    for entry in (decode(body) for _, _, body in repositories.entries(work.connection, pilot.id)):
        today = local_day(entry.recorded_at, programme.timezone)
        if entry.kind == "opening":
            book.follow(standing, every_instance(standing), entry.recorded_at, entry.seq)
        elif entry.kind in ("transition", "correction"):
            standing = _moved(standing, entry)
            book.step(standing, entry.machine, entry.recorded_at, entry.seq)
        elif entry.kind == "policy":
            said.policy = circle.policy_of(entry.policy) if entry.policy else None
            said.policy_seq = entry.seq
            book.replan(entry.recorded_at, said.policy or programme.reminders)
        elif entry.kind == "acknowledgement":
            said.pauses.append(Pause(entry.person, entry.machine, entry.trigger, "acknowledgement", entry.seq, today))
        elif entry.kind == "snooze":
            said.pauses.append(
                Pause(entry.person, entry.machine, entry.trigger, "snooze", entry.seq, today, entry.until)
            )
        elif entry.kind == "deputy" and entry.since is not None and entry.until is not None:
            deputy = Deputy(entry.person, entry.deputy, entry.since, entry.until)
            said.deputies[entry.person, entry.deputy, str(entry.since)] = (deputy, entry.seq)
    said.obligations = {(row.machine, row.rule): row for rows in book.rows.values() for row in rows.values()}
    return said


def _moved(standing: Standing, entry: Entry) -> Standing:
    position = standing.position(entry.machine)
    undone = entry.kind == "correction"
    return standing.with_position(taken_back(position) if undone else advanced(position, step_of(entry)))


def differences(desk: Desk, work: PilotWork, said: Reminding, *, erased: bool = False) -> Iterator[Unlike]:
    """Where what is stored differs from what the log leads to.

    ``erased``: some evidence was, so deadlines that count from a day in evidence cannot be compared any more.
    """
    connection, pilot = work.connection, work.pilot
    programme = desk.programme(pilot.definition)
    stored = {(row.machine, row.rule): row for row in obligations.obligations(connection, pilot.id)}
    for key in sorted({*said.obligations, *stored}):
        ours, theirs = said.obligations.get(key), stored.get(key)
        rule = rule_of(programme, *key)
        if erased and rule is not None and rule.due.evidence:
            continue
        if _facts(ours) != _facts(theirs):
            seq = ours.since_seq if ours else 0
            yield Unlike("deadline", "/".join(key), seq, _facts(ours), _facts(theirs))
    pauses = [pause for found in circle.pauses(connection, [pilot.id]).values() for pause in found]
    yield from _compare("pause", {p.seq: (str(p), p.seq) for p in said.pauses}, {p.seq: str(p) for p in pauses})
    yield from _compare(
        "deputy",
        {(d.person, d.deputy, d.since): (str(d), seq) for d, seq in said.deputies.values()},
        {(d.person, d.deputy, d.since): str(d) for d in circle.deputies(connection, [pilot.id]).get(pilot.id, [])},
    )
    own = circle.policies(connection, [pilot.id]).get(pilot.id)
    if own != said.policy:
        yield Unlike("policy", "", said.policy_seq, str(said.policy or ""), str(own or ""))


def _compare(kind: str, said: Mapping[Any, tuple[str, int]], stored: Mapping[Any, str]) -> Iterator[Unlike]:
    for key in dict.fromkeys([*said, *stored]):
        ours, seq = said.get(key, ("", 0))
        if ours != stored.get(key, ""):
            yield Unlike(kind, str(key), seq, ours, stored.get(key, ""))


def _facts(row: Obligation | None) -> str:
    if row is None:
        return ""
    until = f" on {row.satisfied_on}" if row.satisfied_on else ""
    return f"{row.status}{until}, due {row.due_on or 'without date'}, since {row.since_on} by entry {row.since_seq}"


def rewrite(work: PilotWork, said: Reminding) -> None:
    """Put what the log leads to in the place of what is stored. The caller holds the lock and commits."""
    connection, pilot_id = work.connection, work.pilot.id
    stored = {(row.machine, row.rule): row for row in obligations.obligations(connection, pilot_id)}
    circle.forget(connection, pilot_id)
    rows = []
    for key, row in said.obligations.items():
        old = stored.get(key)
        if old is not None and _facts(old) == _facts(row):
            row = replace(row, next_on=old.next_on, handled_until=old.handled_until)  # noqa: PLW2901
        rows.append(row)
    obligations.set_obligations(connection, rows)
    for pause in said.pauses:
        circle.add_pause(connection, pilot_id, pause)
    for deputy, seq in said.deputies.values():
        circle.set_deputy(connection, pilot_id, deputy, seq)
    if said.policy is not None:
        circle.set_policy(connection, pilot_id, said.policy, said.policy_seq)
