"""By when: each deadline of a pilot, computed from the definition and what happened, with its derivation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.recurrence import within

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.obligation import Basis, DeadlineRule, Due, Unit
    from mlw_workflow.domain.pilot import Instance, Standing, Step

Status = Literal["open", "done", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Derived:
    """One step of a derivation: a day, and why it is that day. Facts, not wording."""

    step: str
    """``day``, an anchor's name, ``recurs``, ``skipped``, ``reached``, ``evidence``, ``offset``, ``moved``, ``due``,
    ``no_date``; of an explained deadline also ``not_counted``, ``stays`` and ``school_holiday``."""
    day: date | None
    why: str = ""
    """What the step rests on: a state, a field, a holiday's name, ``5 working_days``."""


@dataclass(frozen=True, slots=True)
class Deadline:
    """One deadline of a pilot as things stand."""

    machine: str
    rule: DeadlineRule
    due_on: date | None
    """None: no date is set yet, which is itself to be warned of."""
    status: Status
    derivation: tuple[Derived, ...]
    satisfied_on: date | None = None

    @property
    def basis(self) -> Basis:
        """What the deadline rests on."""
        return self.rule.basis

    def late(self, today: date) -> bool:
        """Whether it is open and its day has passed."""
        return self.status == "open" and self.due_on is not None and today > self.due_on


def deadlines(
    standing: Standing, calendar: WorkCalendar, evidence_day: Callable[[str, Step, str], date | None]
) -> Iterator[Deadline]:
    """Every deadline of the pilot, in the order of the definition.

    ``evidence_day(machine, step, field)`` gives the day that a step's evidence names, None when it was erased. A
    deadline counted from a state that is not reached yet does not exist yet and is left out.
    """
    for instance in standing.instances.values():
        yield from deadlines_of(standing, instance, calendar, evidence_day)


def deadlines_of(
    standing: Standing,
    instance: Instance,
    calendar: WorkCalendar,
    evidence_day: Callable[[str, Step, str], date | None],
) -> Iterator[Deadline]:
    """The deadlines of one machine."""
    for rule in instance.workflow.deadlines:
        start = _start(standing, instance, rule.due, evidence_day)
        if start is None:
            continue
        status, satisfied_on = _status(standing, instance, rule)
        if start.day is None:
            yield Deadline(instance.id, rule, None, status, (start,), satisfied_on)
            continue
        derivation = [*_recurs(standing, instance, rule.due), start]
        day = start.day
        if rule.due.offset:
            day = shifted(calendar, day, rule.due.offset, rule.due.unit)
            derivation.append(Derived("offset", day, f"{rule.due.offset} {rule.due.unit}"))
        due_on, moves = calendar.moved(day, rule.day_off)
        derivation += [Derived("moved", move.day, move.why) for move in moves]
        if moves:
            derivation.append(Derived("due", due_on, rule.day_off))
        yield Deadline(instance.id, rule, due_on, status, tuple(derivation), satisfied_on)


def explained(deadline: Deadline, calendar: WorkCalendar) -> Iterator[Derived]:
    """The derivation with every day off that had a part in it.

    ``not_counted`` is a day off that working days were counted across, ``stays`` a due day that is off and does not
    move, ``school_holiday`` a remark.
    """
    before: date | None = None
    for step in deadline.derivation:
        if step.step == "offset" and step.why.endswith(" working_days") and before is not None and step.day is not None:
            yield from _crossed(calendar, before, step.day)
        yield step
        before = step.day or before
    if deadline.due_on is not None:
        why = calendar.why_off(deadline.due_on, saturdays_work=deadline.rule.day_off == "next_working_day_not_saturday")
        if why is not None:
            yield Derived("stays", deadline.due_on, why)
        school = calendar.school_holiday(deadline.due_on)
        if school is not None:
            yield Derived("school_holiday", deadline.due_on, school)


def _crossed(calendar: WorkCalendar, start: date, end: date) -> Iterator[Derived]:
    """The days off after ``start`` on the way to ``end``, which lies before or after it."""
    one = timedelta(days=1 if end > start else -1)
    day = start + one
    while end not in (day, start):
        why = calendar.why_off(day)
        if why is not None:
            yield Derived("not_counted", day, why)
        day += one


def affected_by(standing: Standing, machine: str) -> Iterator[Instance]:
    """The machines whose deadlines a step of ``machine`` may change: itself, and those counted from its states."""
    workflow = standing.instances[machine].workflow.id
    for instance in standing.instances.values():
        counted = (rule.due.reached.partition(".")[0] for rule in instance.workflow.deadlines)
        if instance.id == machine or any(name in (machine, workflow) for name in counted):
            yield instance


def shifted(calendar: WorkCalendar, day: date, offset: int, unit: Unit) -> date:
    """A local day moved by an offset. A month without the day's number ends the count on its last day."""
    match unit:
        case "days":
            return day + timedelta(days=offset)
        case "weeks":
            return day + timedelta(weeks=offset)
        case "working_days":
            return calendar.working_days_from(day, offset)
        case "months":
            index = day.year * 12 + day.month - 1 + offset
            first = date(index // 12, index % 12 + 1, 1)
            following = date((index + 1) // 12, (index + 1) % 12 + 1, 1)
            return first.replace(day=min(day.day, (following - timedelta(days=1)).day))


def _start(
    standing: Standing, instance: Instance, due: Due, evidence_day: Callable[[str, Step, str], date | None]
) -> Derived | None:
    """The day an offset counts from; a ``Derived`` without day when no date is set, None when it does not apply yet."""
    if due.day is not None:
        return Derived("day", due.day)
    if due.anchor:
        period = instance.period
        days = {"pilot_start": standing.pilot.start, "pilot_end": standing.pilot.end}
        if period is not None:
            days |= {"period_start": period.start, "period_end": period.end}
        return Derived(due.anchor, days[due.anchor])
    if due.reached:
        machine, _, state = due.reached.partition(".")
        machine = instance.id if machine == instance.workflow.id else machine
        step = standing.position(machine).reached(state, standing.instances[machine].workflow)
        return None if step is None else Derived("reached", step.occurred_on, due.reached)
    for step in reversed(standing.position(instance.id).steps):
        name = next((name for name in due.evidence if name.partition(".")[0] == step.trigger), None)
        if name is not None:
            day = evidence_day(instance.id, step, name.partition(".")[2])
            return Derived("no_date", None) if day is None else Derived("evidence", day, name)
    return Derived("no_date", None)


def _recurs(standing: Standing, instance: Instance, due: Due) -> Iterator[Derived]:
    """Which of its rule's days ends the period that a deadline is counted in, and what the rule skipped before it."""
    series = instance.workflow.series
    if series is None or series.rule is None or instance.period is None or not due.anchor.startswith("period_"):
        return
    days = within(series.rule, standing.pilot.start, standing.pilot.end, series.starts)
    for number, occurrence in enumerate(days, start=1):
        if occurrence.day == instance.period.end:
            yield Derived("recurs", occurrence.day, f"{number} {series.rule}")
            yield from (Derived("skipped", None, name) for name in occurrence.skipped)


def _status(standing: Standing, instance: Instance, rule: DeadlineRule) -> tuple[Status, date | None]:
    position = standing.position(instance.id)
    if position.trail().waived_by is not None:
        return "withdrawn", None
    reached = [position.reached(state, instance.workflow) for state in rule.reaches]
    days = [step.occurred_on for step in reached if step is not None]
    return ("done", min(days)) if days else ("open", None)
