"""A pilot along its days: when each task was begun and done, when it is due, and when it must begin at the latest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.deadline import Deadline, deadlines
from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.forecast import forecast
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services.deadlines import evidence_reader
from mlw_workflow.services.forecast import finish_by

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.forecast import Planned
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk


@dataclass(frozen=True, slots=True)
class Course:
    """One task along the days."""

    machine: str
    state: str
    begun_on: date | None
    """The day of its first step."""
    done_on: date | None
    """The day since which nothing more is to be done by the municipality."""
    deadlines: tuple[Deadline, ...]
    """Those with a day, by day; called-off ones are left out."""
    start_by: date | None
    """The last day to begin the next step; None: nothing presses it, or it is done."""
    finish_by: date | None
    """The last day to take the last step."""
    slack: int | None
    """Working days that it can slip; negative: so many are lost already."""
    critical: bool
    """On the chain of steps to the goal that leaves the least slack."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """All tasks of a pilot."""

    pilot: Pilot
    standing: Standing
    today: date
    courses: tuple[Course, ...]
    rescuable_until: date | None
    """The last day on which starting at once still meets the programme's goal."""


def timeline(desk: Desk, pilot: Pilot) -> Timeline:
    """The pilot's tasks along its days, planned from today on."""
    programme = desk.programme(pilot.definition)
    today = desk.today(programme)
    calendar = desk.calendar(pilot.voivodeship)
    with desk.database.transition(pilot.id, readonly=True) as work:
        standing = Standing(pilot, programme, dict(work.moved))
        due = list(deadlines(standing, calendar, evidence_reader(work)))
    plan = forecast(standing, calendar, today, programme.reminders.goal, finish_by(due))
    ahead: dict[str, list[Planned]] = {}
    for step in plan.steps:
        if step.bounded:
            ahead.setdefault(step.machine, []).append(step)
    critical = {step.machine for step in plan.critical_path}
    dated: dict[str, list[Deadline]] = {}
    for deadline in due:
        if deadline.due_on is not None and deadline.status != "withdrawn":
            dated.setdefault(deadline.machine, []).append(deadline)
    courses = tuple(
        _course(standing, machine, dated.get(machine, []), ahead.get(machine, []), machine in critical)
        for machine in standing.instances
    )
    return Timeline(pilot, standing, today, courses, plan.rescuable_until)


def _course(standing: Standing, machine: str, due: list[Deadline], ahead: list[Planned], critical: bool) -> Course:
    position, workflow = standing.position(machine), standing.instances[machine].workflow
    state = workflow.state[position.state]
    finished = position.reached(DONE, workflow) or (position.entered if state.final else None)
    return Course(
        machine,
        position.state,
        position.steps[0].occurred_on if position.steps else None,
        finished.occurred_on if finished else None,
        tuple(sorted(due, key=lambda deadline: (deadline.due_on, deadline.rule.id))),
        min((step.latest_start for step in ahead), default=None),
        max((step.latest_finish for step in ahead), default=None),
        min((step.slack for step in ahead), default=None),
        critical,
    )
