"""The board of a pilot: what to do next, and where each task stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlw_workflow.interfaces.web import days
from mlw_workflow.interfaces.web.drafts import drafts_of
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.services.board import board, state_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from markupsafe import Markup
    from starlette.responses import Response

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.board import Board, NextStep, Task
    from mlw_workflow.storage.accounts import DraftPlace

pages = Pages()
STEPS_SHOWN = 6


@dataclass(frozen=True, slots=True)
class Wait:
    """Something that a task waits for: another task, and the state it must reach."""

    href: str
    title: str
    state: str
    count: int
    """Of a recurring report: how many of them."""


@dataclass(frozen=True, slots=True)
class Row:
    """A task on the board."""

    href: str
    code: str
    """What people call it by, ``W06``; empty for what has only a title."""
    title: str
    state: str
    status: str
    """``done``, ``waits``, ``working`` or ``idle``."""
    since: date | None
    waits: tuple[Wait, ...]
    waits_since: date | None
    due_on: date | None
    no_date: bool
    late: bool
    slack: int | None


@dataclass(frozen=True, slots=True)
class StepRow:
    """A next step."""

    href: str
    step: str
    task: str
    roles: str
    due_on: date | None
    late: bool
    frees: tuple[str, ...]
    slack: int | None
    mine: bool
    alike: int = 0
    """How many more such steps there are, of the same recurring report and due later."""


@pages.page("/pilots/{code}", kept=True)
def show(visit: Visit) -> Response:
    """The whole board."""
    pilot, titles = visit.pilot, visit.titles
    drafts = [draft for draft in drafts_of(visit) if draft[0].pilot == pilot.id]
    state = state_of(visit.office.desk, pilot)
    same = visit.unchanged(state, drafts)
    if same is not None:
        return same
    head, course = visit.office.kept.of(("board", pilot.id, state, visit.roles, visit.language), lambda: drawn(visit))
    return visit.page(
        "board.html",
        pilot=pilot,
        head=head,
        course=course,
        drafts=[draft_row(pilot.code, place, saved_at, titles) for place, saved_at in drafts],
    )


def drawn(visit: Visit) -> tuple[Markup, Markup]:
    """What everybody in the same roles sees of a board, above and below their own drafts."""
    pilot, titles = visit.pilot, visit.titles
    found = board(visit.office.desk, pilot, visit.roles)
    programme = found.standing.programme
    head = visit.part(
        "board_head.html",
        pilot=pilot,
        programme=programme.title[visit.language],
        roles=titles.roles(visit.roles),
        today=found.today,
        chosen=days.of_today(found.today, pilot.start),
        done=sum(task.done for task in found.tasks),
        total=len(found.tasks),
    )
    steps = gathered(found, titles)
    course = visit.part(
        "board_course.html",
        kinds=kinds_of(found, titles),
        steps=steps[:STEPS_SHOWN],
        more=steps[STEPS_SHOWN:],
    )
    return head, course


def kinds_of(found: Board, titles: PageTitles) -> list[tuple[str, str, list[Row]]]:
    """The tasks by kind, with the kind's title."""
    kinds = [
        (kind.id, kind.heading[titles.language], [row_of(found, task, titles) for task in found.of_kind(kind.id)])
        for kind in found.standing.programme.kinds
    ]
    return [kind for kind in kinds if kind[2]]


def draft_row(code: str, place: DraftPlace, saved_at: datetime, titles: PageTitles) -> dict[str, object]:
    """Something typed and not handed in as the page shows it."""
    return {
        "href": task_href(code, place.machine, place.trigger),
        "step": titles.plain_trigger(place.machine, place.trigger),
        "task": titles.plain_machine(place.machine),
        "saved_at": saved_at,
    }


def task_href(code: str, machine: str, step: str = "") -> str:
    """The page of a task, or of one of its steps."""
    return f"/pilots/{quote(code)}/{quote(machine)}" + (f"?step={quote(step)}" if step else "")


def row_of(found: Board, task: Task, titles: PageTitles) -> Row:
    """One task as the page shows it."""
    code, deadline = found.pilot.code, task.deadline
    open_here = any(item.step.machine == task.machine for item in found.steps)
    needs = [reason for item in task.blocked for reason in item.reasons if reason.needs]
    if task.done:
        status = "done"
    elif needs and not open_here:
        status = "waits"
    else:
        status = "working" if task.begun else "idle"
    return Row(
        task_href(code, task.machine),
        code_of(task.machine),
        titles.plain_machine(task.machine),
        titles.plain_state(task.machine, task.state),
        status,
        task.since,
        () if task.done else waits(code, needs, titles),
        min((item.since for item in task.blocked), default=None) if needs else None,
        deadline.due_on if deadline else None,
        deadline is not None and deadline.due_on is None,
        deadline is not None and deadline.late(found.today),
        None if task.done else task.slack,
    )


def waits(code: str, needs: Iterable[Reason], titles: PageTitles) -> tuple[Wait, ...]:
    """What something waits for, a recurring report named once."""
    groups: dict[tuple[str, str], list[str]] = {}
    for reason in needs:
        machines = groups.setdefault((reason.machine.partition("/")[0], reason.needs.rpartition(".")[2]), [])
        if reason.machine not in machines:
            machines.append(reason.machine)
    return tuple(
        Wait(
            task_href(code, machines[0]),
            titles.plain_machine(machines[0] if len(machines) == 1 else workflow),
            titles.plain_state(workflow, state),
            len(machines),
        )
        for (workflow, state), machines in groups.items()
    )


def gathered(found: Board, titles: PageTitles) -> list[StepRow]:
    """The next steps; the same step of a recurring report stands there once, so that five late ones hide nothing."""
    groups: dict[tuple[str, str], list[NextStep]] = {}
    for item in found.steps:
        groups.setdefault((item.step.machine.partition("/")[0], item.step.trigger), []).append(item)
    return [replace(step_row(found, items[0], titles), alike=len(items) - 1) for items in groups.values()]


def step_row(found: Board, item: NextStep, titles: PageTitles) -> StepRow:
    """One next step as the page shows it."""
    machine, trigger = item.step.machine, item.step.trigger
    freed = dict.fromkeys(titles.plain_machine(other) for other, _ in item.step.unblocks)
    return StepRow(
        task_href(found.pilot.code, machine, trigger),
        titles.plain_trigger(machine, trigger),
        titles.plain_machine(machine),
        titles.roles(item.step.rule.by),
        item.due_on,
        item.due_on is not None and item.due_on < found.today,
        tuple(freed),
        item.slack,
        item.mine,
    )
