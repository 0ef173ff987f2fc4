"""The deadlines of a pilot as rows: kept equal to what happened in the transaction that records it, and read out."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.deadline import affected_by, deadlines, deadlines_of
from mlw_workflow.domain.ladder import first_day_after
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.domain.reminder import handled_at_first, ladder_of
from mlw_workflow.storage import circle, obligations
from mlw_workflow.storage.obligations import Obligation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.obligation import DeadlineRule, ReminderPolicy
    from mlw_workflow.domain.pilot import Instance, Pilot, Step
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork


def follow(desk: Desk, work: PilotWork, standing: Standing, machine: str, recorded_at: datetime) -> None:
    """Keep the rows equal to the standing that the last entry of ``work`` led to; it was a step of ``machine``.

    Writes only what changed, and nothing at all where no deadline depends on that machine.
    """
    if concerns(standing, machine):
        book = Book(desk, work, standing.pilot, standing.programme)
        book.step(standing, machine, recorded_at)
        book.write()


def concerns(standing: Standing, machine: str) -> bool:
    """Whether any deadline may depend on a step of that machine."""
    workflow = standing.instances[machine].workflow
    return bool(workflow.deadlines) or bool({machine, workflow.id} & counted_from(standing.programme))


_COUNTED: dict[int, tuple[Programme, frozenset[str]]] = {}
_COUNTED_MAX = 64


def counted_from(programme: Programme) -> frozenset[str]:
    """The machines from whose states some deadline is counted."""
    cached = _COUNTED.get(id(programme))
    if cached is not None and cached[0] is programme:
        return cached[1]
    rules = (rule for workflow in programme.workflows for rule in workflow.deadlines)
    found = frozenset(rule.due.reached.partition(".")[0] for rule in rules if rule.due.reached)
    if len(_COUNTED) >= _COUNTED_MAX:
        _COUNTED.clear()
    _COUNTED[id(programme)] = (programme, found)
    return found


class Book:
    """The deadlines of one pilot within a transaction. An import follows many entries and writes once."""

    def __init__(self, desk: Desk, work: PilotWork, pilot: Pilot, programme: Programme, *, fresh: bool = False) -> None:
        """``fresh``: the pilot was opened in this transaction, so there are no rows yet."""
        self.work = work
        self.pilot = pilot
        self.programme = programme
        self.calendar = desk.calendar(pilot.voivodeship)
        self.evidence_day = evidence_reader(work)
        self.rows: dict[str, dict[str, Obligation]] = {}
        """What is known of each machine's rows, by rule."""
        self.changed: dict[tuple[str, str], tuple[Obligation, str]] = {}
        self.known = fresh
        """Whether all rows are."""
        self._policy: ReminderPolicy | None = programme.reminders if fresh else None

    @property
    def policy(self) -> ReminderPolicy:
        """How this pilot is reminded."""
        if self._policy is None:
            own = circle.policies(self.work.connection, [self.pilot.id])
            self._policy = own.get(self.pilot.id, self.programme.reminders)
        return self._policy

    def step(self, standing: Standing, machine: str, recorded_at: datetime, seq: int = 0) -> None:
        """The last entry of the log (or entry ``seq``) was a step of that machine."""
        if concerns(standing, machine):
            self.follow(standing, affected_by(standing, machine), recorded_at, seq)

    def follow(self, standing: Standing, instances: Iterable[Instance], recorded_at: datetime, seq: int = 0) -> None:
        """Compare these machines' deadlines with their rows; the last entry of the log (or ``seq``) changed them."""
        affected = list(instances)
        self._load([instance.id for instance in affected])
        seq, today = seq or self.work.head.seq, local_day(recorded_at, self.programme.timezone)
        for instance in affected:
            rows = self.rows.setdefault(instance.id, {})
            gone = dict(rows)
            for deadline in deadlines_of(standing, instance, self.calendar, self.evidence_day):
                row = gone.pop(deadline.rule.id, None)
                self._compare(row, deadline, seq, today)
            for row in gone.values():
                if row.status != "withdrawn":
                    self._put(
                        replace(
                            row, status="withdrawn", satisfied_on=None, since_seq=seq, since_on=today, next_on=None,
                            revision=row.revision + 1,
                        ),
                        "not_counted_yet",
                    )  # fmt: skip

    def replan(self, recorded_at: datetime, policy: ReminderPolicy) -> None:
        """Count what is still to come of every open deadline's warnings under another policy.

        The deadlines stay what they are, and so do acknowledgements and snoozes; what was told or passed is not told
        again, and what waits for its mail goes out.
        """
        self._policy = policy
        if not self.known:
            self._all(obligations.obligations(self.work.connection, self.pilot.id))
        today = local_day(recorded_at, self.programme.timezone)
        pauses = circle.pauses(self.work.connection, [self.pilot.id])
        for row in [row for rows in self.rows.values() for row in rows.values() if row.status == "open"]:
            ends = [
                pause.until
                for pause in pauses.get((self.pilot.id, row.machine, row.rule), ())
                if pause.until is not None and pause.seq > row.since_seq
            ]
            self._put(self._replanned(row, ends, today), "policy")

    def write(self) -> None:
        """Write what changed, and take back the notices that wait to go out of it."""
        connection = self.work.connection
        if not self.changed:
            return
        obligations.set_obligations(connection, [row for row, _ in self.changed.values()])
        changed = self.changed.values()
        obligations.withdraw(connection, [(row, why) for row, why in changed if row.revision and why != "policy"])
        self.changed = {}

    def _load(self, machines: list[str]) -> None:
        missing = [machine for machine in machines if machine not in self.rows]
        if missing and not self.known:
            self._all(obligations.obligations(self.work.connection, self.pilot.id, missing))

    def _all(self, rows: Iterable[Obligation]) -> None:
        for row in rows:
            self.rows.setdefault(row.machine, {}).setdefault(row.rule, row)

    def _compare(self, row: Obligation | None, deadline: Deadline, seq: int, today: date) -> None:
        as_is = (deadline.due_on, deadline.status)
        if row is not None and as_is == (row.due_on, row.status):
            if row.satisfied_on != deadline.satisfied_on:
                self._put(replace(row, satisfied_on=deadline.satisfied_on), "done")
            return
        changed = Obligation(
            self.pilot.id, deadline.machine, deadline.rule.id, deadline.due_on, deadline.status, deadline.satisfied_on,
            seq, today, 0 if row is None else row.revision + 1, None, today,
        )  # fmt: skip
        self._put(self._planned(changed, today), "moved" if deadline.status == "open" else deadline.status)

    def _planned(self, row: Obligation, today: date) -> Obligation:
        if row.status != "open":
            return row
        rule = rule_of(self.programme, row.machine, row.rule)
        ladder = ladder_of(self.policy, rule.ladder if rule else "")
        if ladder is None:
            return replace(row, next_on=None, handled_until=today)
        handled = handled_at_first(ladder, self.pilot, row.due_on, self.calendar, today)
        return replace(
            row,
            next_on=first_day_after(ladder, self.pilot, row.due_on, self.calendar, handled),
            handled_until=handled,
        )

    def _replanned(self, row: Obligation, ends: list[date], today: date) -> Obligation:
        """The row under the policy of now: everything before today (or before what is still due) counts as handled."""
        rule = rule_of(self.programme, row.machine, row.rule)
        ladder = ladder_of(self.policy, rule.ladder if rule else "")
        waiting = today if row.next_on is None else min(today, row.next_on)
        handled = max(row.handled_until, waiting - timedelta(days=1))
        following = []
        if ladder is not None:
            if row.handled_until < row.since_on:  # nobody has looked at it since it came to be
                first = handled_at_first(ladder, self.pilot, row.due_on, self.calendar, row.since_on)
                handled = min(handled, first)
            following.append(first_day_after(ladder, self.pilot, row.due_on, self.calendar, handled))
        days = [*following, *(day for day in ends if day > handled)]
        return replace(row, next_on=min((day for day in days if day is not None), default=None), handled_until=handled)

    def _put(self, row: Obligation, why: str) -> None:
        self.rows.setdefault(row.machine, {})[row.rule] = row
        self.changed[row.machine, row.rule] = (row, why)


def day_named(value: object) -> date | None:
    """A day as evidence holds it."""
    return date.fromisoformat(value) if isinstance(value, str) else None


_RULES: dict[int, tuple[Programme, dict[tuple[str, str], DeadlineRule]]] = {}


def rule_of(programme: Programme, machine: str, rule: str) -> DeadlineRule | None:
    """The deadline rule of that name, of a machine or of its series."""
    cached = _RULES.get(id(programme))
    if cached is None or cached[0] is not programme:
        if len(_RULES) >= _COUNTED_MAX:
            _RULES.clear()
        found = {(workflow.id, of.id): of for workflow in programme.workflows for of in workflow.deadlines}
        cached = _RULES[id(programme)] = (programme, found)
    return cached[1].get((machine.partition("/")[0], rule))


@dataclass(frozen=True, slots=True)
class Shown:
    """A deadline with its derivation, and the row that reminders go by."""

    pilot: Pilot
    deadline: Deadline
    row: Obligation | None


def deadlines_shown(desk: Desk, pilot: Pilot, first: date | None = None, last: date | None = None) -> list[Shown]:
    """A pilot's deadlines as things stand, in the order of the definition; with days, those due between them.

    One without a date is always among them. The derivation is computed anew, so it needs no row.
    """
    programme = desk.programme(pilot.definition)
    with desk.database.transition(pilot.id, readonly=True) as work:
        standing = Standing(pilot, programme, work.moved)
        rows = {(row.machine, row.rule): row for row in obligations.obligations(work.connection, pilot.id)}
        found = list(deadlines(standing, desk.calendar(pilot.voivodeship), evidence_reader(work)))
    return [
        Shown(pilot, deadline, rows.get((deadline.machine, deadline.rule.id)))
        for deadline in found
        if deadline.due_on is None or ((first or date.min) <= deadline.due_on <= (last or date.max))
    ]


def evidence_reader(work: PilotWork) -> Callable[[str, Step, str], date | None]:
    """How a pilot's deadlines read the days that evidence names."""

    def read(machine: str, step: Step, field: str) -> date | None:  # noqa: ARG001
        return day_named(work.evidence(step.seq).get(field))

    return read


def every_instance(standing: Standing) -> Iterator[Instance]:
    """The machines that have deadlines."""
    return (instance for instance in standing.instances.values() if instance.workflow.deadlines)
