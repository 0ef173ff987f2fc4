"""What can be proved of deadlines: days that cannot be meant, and lead times that do not fit into the pilot."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.definitions.findings import Hop
from mlw_workflow.definitions.law import holiday
from mlw_workflow.domain.calendar import WorkCalendar
from mlw_workflow.domain.deadline import deadlines_of, shifted
from mlw_workflow.domain.forecast import forecast
from mlw_workflow.domain.pilot import Period, Pilot, Standing, periods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Places
    from mlw_workflow.domain.definition import Programme, Workflow
    from mlw_workflow.domain.obligation import Due

YEARS_MAX = 30
"""A span longer than this is not gone through."""
_NOWHERE = (date(2001, 1, 1), date(2004, 12, 31))
"""Periods to try a rule on in a programme without a span; they hold a February of each length."""


def prove_days(programme: Programme, places: Places, unsound: frozenset[str]) -> Iterator[Finding]:
    """Deadlines on days that their own wording excludes.

    What is counted from a start must stay before the end, what is counted onwards from an end within as long again:
    the 31st working day of February is no day, and the 60th day before the end of a month is not in that month.
    """
    calendar = WorkCalendar(holiday)
    for workflow in programme.workflows:
        if workflow.id in unsound:
            continue
        for index, rule in enumerate(workflow.deadlines):
            place = places.machine(workflow.id).below("deadlines", index, "due")
            span = Period(*_span(programme))
            for name, period in _frames(programme, workflow, rule.due):
                found = _out_of(calendar, rule.due, period, span, ruled=_ruled(workflow))
                if found is not None:
                    day, limit = found
                    hops = (Hop("falls", (name, day.isoformat(), limit.isoformat())),)
                    yield place.report(
                        "impossible_day", "error", hops, machine=workflow.id, deadline=rule.id, day=day.isoformat()
                    )
                    break


def _span(programme: Programme) -> tuple[date, date]:
    if programme.start is None or programme.end is None or (programme.end - programme.start).days > 366 * YEARS_MAX:
        return _NOWHERE
    return programme.start, programme.end


def _frames(programme: Programme, workflow: Workflow, due: Due) -> Iterator[tuple[str, Period]]:
    """The spans a rule is counted in: the pilot, or each whole period of a recurring machine.

    The first period of a machine that recurs by a rule is whole only by chance, so it is left out if there are more.
    """
    start, end = _span(programme)
    if not due.anchor.startswith("period_") or workflow.series is None:
        if programme.start is not None or due.day is None:
            yield workflow.id, Period(start, end)
        return
    if workflow.series.rule is not None:
        found = periods(workflow.series, start, end)
        for key, period in found[1:] or found:
            yield f"{workflow.id}/{key}", period
        return
    following = date(end.year + end.month // 12, end.month % 12 + 1, 1)
    for key, period in periods(workflow.series, start.replace(day=1), following - timedelta(days=1)):
        yield f"{workflow.id}/{key}", period


def _ruled(workflow: Workflow) -> bool:
    return workflow.series is not None and workflow.series.rule is not None


def _out_of(
    calendar: WorkCalendar, due: Due, period: Period, span: Period, *, ruled: bool = False
) -> tuple[date, date] | None:
    """The day of a rule that falls beyond its limit, and the limit; None for a day that can be meant.

    Periods of a rule may be as short as a day; a month after one is still near it.
    """
    length = period.end - period.start + timedelta(days=1)
    if ruled:
        length = max(length, timedelta(days=31))
    if due.day is not None:
        earliest, latest = span.start - length, span.end + length
        if due.day < earliest:
            return due.day, earliest
        return (due.day, latest) if due.day > latest else None
    if not due.offset:
        return None
    from_start = due.anchor.endswith("_start") or bool(due.reached)
    day = shifted(calendar, period.start if from_start else period.end, due.offset, due.unit)
    if due.reached and due.offset < 0:
        return None
    latest = period.end if from_start else period.end + length
    earliest = period.start - length if from_start else period.start
    if day > latest:
        return day, latest
    return (day, earliest) if day < earliest else None


def prove_lead_times(programme: Programme, places: Places) -> Iterator[Finding]:
    """That the goal can be met when everything takes what it normally takes, from the first day on.

    It is to be met by its own deadline, or else by the pilot's end.
    """
    start, end, goal = programme.start, programme.end, programme.reminders.goal
    if start is None or end is None or not goal or not any(r.takes for w in programme.workflows for r in w.rules):
        return
    machine, _, state = goal.partition(".")
    pilot = Pilot("", "", "", programme.id, "", start, end)
    standing = Standing(pilot, programme, {})
    if machine not in standing.instances or state not in standing.instances[machine].workflow.state:
        return
    calendar = WorkCalendar(holiday)
    own = deadlines_of(standing, standing.instances[machine], calendar, lambda *_: None)
    due = [d.due_on for d in own if d.due_on is not None and state in d.rule.reaches]
    bounds = {(machine, state): min(due)} if due else {}
    chain = forecast(standing, calendar, start, goal, bounds).critical_path
    if not chain or chain[-1].slack >= 0:
        return
    hops = tuple(
        Hop("takes", (f"{step.machine}.{step.trigger}", str(step.takes), step.earliest_finish.isoformat()))
        for step in chain
    )
    last = chain[-1]
    yield places.programme.report(
        "lead_times_too_long", "error", hops, "reminders", "goal",
        goal=goal, days=-last.slack, end=last.latest_finish.isoformat(), finish=last.earliest_finish.isoformat(),
    )  # fmt: skip
