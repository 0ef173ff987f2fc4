"""Pilots, and where each stands."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.domain.deadline import Deadline
from mlw_workflow.domain.outlook import open_now
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.interfaces import people_shapes, reminder_shapes, shapes
from mlw_workflow.interfaces.api.call import Call, head_tag
from mlw_workflow.interfaces.api.inputs import Code, NextAsked, Nothing, Past, PilotsAsked
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.board import NextStep, Task, board
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.services.prerequisites import prerequisites
from mlw_workflow.services.standing import AsOf, standing_of
from mlw_workflow.storage import repositories

routes = Routes("pilots")


@routes.get("/pilots", "pilots", paged=True)
def get_pilots(call: Call, asked: Annotated[PilotsAsked, Query()]) -> Any:
    """The pilots within reach."""
    found = [
        pilot
        for pilot in call.viewer.pilots
        if asked.programme in (None, pilot.programme) and asked.voivodeship in (None, pilot.voivodeship)
    ]

    def key(pilot: Pilot) -> tuple[str, str]:
        first = {
            "municipality": repositories.fold_name(pilot.municipality),
            "code": pilot.code,
            "start": pilot.start.isoformat(),
        }
        return first[asked.sort], pilot.code

    return page(
        call, "pilots", sorted(found, key=key), key, lambda pilot: people_shapes.pilot(pilot, call.name_of(pilot))
    )


@routes.get("/pilots/{code}", "pilot", managed=True)
def get_pilot(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """A pilot, with the ETag that a write has to name in If-Match."""
    pilot = call.pilot
    with call.desk.database.read() as connection:
        head = repositories.head(connection, pilot.id)
    assert head is not None
    told = people_shapes.pilot(pilot, call.name_of(pilot))
    return told | {"etag": f'"{head_tag(head)}"', "roles": list(call.roles)}


@routes.get("/pilots/{code}/status", "status")
def get_status(call: Call, code: Code, asked: Annotated[Past, Query()]) -> Any:  # noqa: ARG001
    """Where each machine stands (or stood), and what is blocked by what."""
    day = asked.as_of or call.today
    standing = standing_of(call.desk, call.pilot, AsOf(day, asked.known_at))
    return shapes.status(call.name_of(call.pilot), standing, call.titles, day)


@routes.get("/pilots/{code}/next", "next")
def get_next(call: Call, code: Code, asked: Annotated[NextAsked, Query()]) -> Any:  # noqa: ARG001
    """What can be done now, by whom, and what it would unblock."""
    standing = standing_of(call.desk, call.pilot, AsOf(call.today))
    found = [
        item
        for item in open_now(standing, call.today, call.desk.clock.now())
        if (asked.everything or item.rule.effect == "advance") and (asked.role is None or asked.role in item.rule.by)
    ]
    found.sort(key=lambda item: (-len(item.unblocks), -len(item.leads_to)))
    steps = [shapes.open_step(item, call.titles) for item in found]
    return {"pilot": call.name_of(call.pilot), "as_of": call.today.isoformat(), "open": steps}


@routes.get("/pilots/{code}/board", "board")
def get_board(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """The board: each machine with what blocks it, its deadline and slack; and the next steps by urgency."""
    found = board(call.desk, call.pilot, call.roles)
    return {
        "pilot": call.name_of(call.pilot),
        "as_of": found.today.isoformat(),
        "rescuable_until": reminder_shapes.day(found.rescuable_until),
        "tasks": [_task(call, task, late=_late(task.deadline, call)) for task in found.tasks],
        "steps": [_step(call, item) for item in found.steps],
    }


@routes.get("/pilots/{code}/forecast", "forecast")
def get_forecast(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """What the goal hangs on, and how many working days everything can slip."""
    return reminder_shapes.forecast(call.name_of(call.pilot), forecast_of(call.desk, call.pilot))


@routes.get("/pilots/{code}/graph", "graph")
def get_graph(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """Which task waits for which. A recurring report is one node with all its periods: `done` of `total`.

    Its state is that of the first period that is not done. An edge with `choice` is one of several that will do.
    """
    found = board(call.desk, call.pilot, ())
    groups: dict[str, list[Task]] = {}
    for task in found.tasks:
        groups.setdefault(task.machine.partition("/")[0], []).append(task)
    return {
        "pilot": call.name_of(call.pilot),
        "as_of": found.today.isoformat(),
        "nodes": [_node(call, name, periods) for name, periods in groups.items()],
        "edges": [
            {
                "task": need.task,
                "triggers": list(need.triggers),
                "needs": need.needs,
                "state": need.state,
                "met": need.met,
                "choice": need.choice,
            }
            for need in prerequisites(found.standing, found.today)
        ],
    }


def _node(call: Call, name: str, periods: list[Task]) -> dict[str, Any]:
    shown = next((task for task in periods if not task.done), periods[-1])
    return {
        "id": name,
        "title": call.titles.plain_machine(name),
        "kind": shown.kind,
        "state": shown.state,
        "state_title": call.titles.plain_state(shown.machine, shown.state),
        "done": sum(task.done for task in periods),
        "total": len(periods),
    }


def _late(deadline: Deadline | None, call: Call) -> bool:
    return deadline is not None and deadline.late(call.today)


def _task(call: Call, task: Task, *, late: bool) -> dict[str, Any]:
    titles, deadline = call.titles, task.deadline
    return {
        "machine": task.machine,
        "title": titles.plain_machine(task.machine),
        "kind": task.kind,
        "state": task.state,
        "state_title": titles.plain_state(task.machine, task.state),
        "since": reminder_shapes.day(task.since),
        "done": task.done,
        "begun": task.begun,
        "due_on": reminder_shapes.day(deadline.due_on) if deadline else None,
        "rule": deadline.rule.id if deadline else None,
        "late": late,
        "slack": task.slack,
        "last_start": reminder_shapes.day(task.last_start),
        "blocked": [
            {
                "trigger": item.trigger,
                "since": item.since.isoformat(),
                "reasons": [shapes.reason(reason, titles, item.trigger) for reason in item.reasons],
            }
            for item in task.blocked
        ],
    }


def _step(call: Call, item: NextStep) -> dict[str, Any]:
    step = item.step
    return {
        "machine": step.machine,
        "trigger": step.trigger,
        "action": call.titles.plain_trigger(step.machine, step.trigger),
        "roles": list(step.rule.by),
        "mine": item.mine,
        "due_on": reminder_shapes.day(item.due_on),
        "slack": item.slack,
        "unblocks": [{"machine": machine, "trigger": trigger} for machine, trigger in step.unblocks],
        "leads_to": [{"machine": machine, "trigger": trigger} for machine, trigger in step.leads_to],
    }
