"""What the board of a pilot shows: each task with what it waits for and by when, and the next steps in their order."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.acceptance import REQUEST
from mlw_workflow.domain.deadline import Deadline, deadlines
from mlw_workflow.domain.errors import UnknownPilot
from mlw_workflow.domain.forecast import forecast
from mlw_workflow.domain.outlook import Blocked, Open, blocked, open_now
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services.control import Evidence, end_of
from mlw_workflow.services.deadlines import evidence_reader
from mlw_workflow.services.forecast import finish_by
from mlw_workflow.services.standing import AsOf, standing_of
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.verdicts import When


@dataclass(frozen=True, slots=True)
class Task:
    """One machine on the board."""

    machine: str
    kind: str
    state: str
    begun: bool
    done: bool
    """Nothing more is to be done by the municipality."""
    since: date | None
    """The day since which it is in its state, suspensions aside; None: since it began."""
    blocked: tuple[Blocked, ...]
    deadline: Deadline | None
    """The next of its open deadlines."""
    slack: int | None
    """Working days that it can slip; None: nothing presses it."""
    last_start: date | None


@dataclass(frozen=True, slots=True)
class NextStep:
    """One thing that can be done now."""

    step: Open
    due_on: date | None
    slack: int | None
    mine: bool = False
    """Whether the person who looks may take it."""


@dataclass(frozen=True, slots=True)
class Board:
    """A pilot as its board shows it."""

    pilot: Pilot
    standing: Standing
    today: date
    tasks: tuple[Task, ...]
    steps: tuple[NextStep, ...]
    """By deadline, then by what they free."""
    rescuable_until: date | None
    """The last day on which starting at once still meets the programme's goal."""

    def of_kind(self, kind: str) -> tuple[Task, ...]:
        """The tasks of one kind."""
        return tuple(task for task in self.tasks if task.kind == kind)


def board(desk: Desk, pilot: Pilot, roles: tuple[str, ...]) -> Board:
    """The board as somebody with these roles sees it: their own steps first among those of the same day."""
    programme = desk.programme(pilot.definition)
    today = desk.today(programme)
    with desk.database.transition(pilot.id, readonly=True) as work:
        head = work.head.hash
        found = _KEPT.get((pilot.id, head, today))
        if found is None:
            standing = Standing(pilot, programme, dict(work.moved))
            calendar = desk.calendar(pilot.voivodeship)
            due = list(deadlines(standing, calendar, evidence_reader(work)))
            plan = forecast(standing, calendar, today, programme.reminders.goal, finish_by(due))
            found = _drawn(standing, today, due, plan, open_now(standing, today, desk.clock.now()))
            _keep((pilot.id, head, today), found)
    return replace(found, steps=_ordered(found.steps, roles))


def board_on(desk: Desk, pilot: Pilot, when: When) -> Board:
    """The board as it stood at the end of a day, as ``mlw status --as-of`` shows it; nobody takes steps in it."""
    programme = desk.programme(pilot.definition)
    end = end_of(when.day, programme.timezone)
    known_at = end - timedelta(microseconds=1) if when.then else None
    standing = standing_of(desk, pilot, AsOf(when.day, known_at))
    calendar = desk.calendar(pilot.voivodeship)
    with desk.database.read() as connection:
        due = list(deadlines(standing, calendar, Evidence(connection, pilot)))
    plan = forecast(standing, calendar, when.day, programme.reminders.goal, finish_by(due))
    return _drawn(standing, when.day, due, plan, open_now(standing, when.day, end))


def state_of(desk: Desk, pilot: Pilot) -> tuple[bytes, date]:
    """All that a board depends on: the end of the pilot's log, and the day. Raises UnknownPilot."""
    with desk.database.read() as connection:
        head = repositories.head(connection, pilot.id)
    if head is None:
        raise UnknownPilot(pilot=pilot.code, known=())
    return head.hash, desk.today(desk.programme(pilot.definition))


_KEPT: dict[tuple[str, bytes, date], Board] = {}
"""Boards by pilot, the end of its log and the day: what they show can change with nothing else."""
_KEPT_MAX = 256


def _keep(key: tuple[str, bytes, date], made: Board) -> None:
    if len(_KEPT) >= _KEPT_MAX:
        _KEPT.clear()
    _KEPT[key] = made


def _drawn(standing: Standing, today: date, due: list[Deadline], plan: Forecast, steps: Iterable[Open]) -> Board:
    next_due: dict[str, Deadline] = {}
    for deadline in due:
        known = next_due.get(deadline.machine)
        if deadline.status == "open" and (known is None or _day(deadline.due_on) < _day(known.due_on)):
            next_due[deadline.machine] = deadline
    tasks = tuple(
        _task(standing, machine, today, next_due.get(machine), plan)
        for machine, instance in standing.instances.items()
        if instance.workflow.kind != REQUEST
    )
    ahead = tuple(
        NextStep(
            step, next_due[step.machine].due_on if step.machine in next_due else None, plan.slack.get(step.machine)
        )
        for step in steps
        if step.rule.effect == "advance" and not step.rule.exceptional
    )
    return Board(standing.pilot, standing, today, tasks, ahead, plan.rescuable_until)


def _task(standing: Standing, machine: str, today: date, deadline: Deadline | None, plan: Forecast) -> Task:
    workflow, position = standing.instances[machine].workflow, standing.position(machine)
    state = workflow.state[position.state]
    arrived = position.arrived
    return Task(
        machine,
        workflow.kind,
        position.state,
        bool(position.steps),
        state.done or state.final,
        arrived.occurred_on if arrived else None,
        blocked(standing, machine, today),
        deadline,
        plan.slack.get(machine),
        plan.last_start.get(machine),
    )


def _ordered(steps: Iterable[NextStep], roles: tuple[str, ...]) -> tuple[NextStep, ...]:
    mine = (replace(item, mine=bool(set(roles) & set(item.step.rule.by))) for item in steps)
    return tuple(sorted(mine, key=urgency))


def urgency(item: NextStep) -> tuple[date, int, int, int, bool]:
    """Next steps in order, wherever they stand: by deadline; of one day's first what frees most, then what slips least,
    then what leads to most."""
    slack = 10_000 if item.slack is None else item.slack
    return (_day(item.due_on), -len(item.step.unblocks), slack, -len(item.step.leads_to), not item.mine)


def _day(day: date | None) -> date:
    return day or date.max
