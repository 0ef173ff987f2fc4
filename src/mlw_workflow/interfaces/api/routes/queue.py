"""What waits for acceptance."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Paged
from mlw_workflow.interfaces.api.paging import answer, limit_of, position
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.queue import Waiting, place_of, waiting_after

routes = Routes("tasks")


@routes.get("/queue", "queue", paged=True)
def get_queue(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """What waits for the token's person to accept it or give it back, in every pilot within reach, the oldest first.

    Accepting is a step (`accept` names it, `back` the one that gives it back): POST …/tasks/{machine}/steps/{trigger},
    with `seen`. `own` are entries that the person made, `unread` those whose evidence they must read before.
    """
    after = position(call)
    if after is not None and not (len(after) == 3 and all(isinstance(part, str) for part in after)):
        raise Problem(400, "cursor_invalid")
    items, more = waiting_after(call.desk, call.viewer, after, limit_of(call))
    return answer(call, "waiting", [_shape(call, item) for item in items], place_of(items[-1]) if more else None)


def _shape(call: Call, item: Waiting) -> dict[str, Any]:
    titles = call.titles_of(item.pilot)
    return {
        "pilot": call.name_of(item.pilot),
        "code": item.pilot.code,
        "machine": item.machine,
        "title": titles.plain_machine(item.machine),
        "state": item.state,
        "state_title": titles.plain_state(item.machine, item.state),
        "since": item.since.isoformat(),
        "seen": item.seq,
        "accept": item.accept.trigger,
        "back": item.back.trigger,
        "due_on": item.due_on.isoformat(),
        "late": item.late,
        "own": list(item.own),
        "unread": list(item.unread),
    }
