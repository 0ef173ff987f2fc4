"""Addresses that are told of events, as CloudEvents in the form of Standard Webhooks."""

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from mlw_workflow import bootstrap
from mlw_workflow.interfaces import people_shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import NewWebhook, NoBody, Nothing, Number, Paged
from mlw_workflow.interfaces.api.paging import answer, limit_of, page, position
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services import webhooks as service
from mlw_workflow.storage import repositories, webhooks
from mlw_workflow.storage.webhooks import Webhook

routes = Routes("webhooks")


@routes.get("/webhooks", "webhooks", paged=True)
def get_webhooks(call: Call, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """One's webhooks, without their secrets; with the scope `admin` everybody's."""
    found = service.webhooks(call.desk, _whose(call))
    key = lambda hook: (hook.created_at.isoformat(), hook.id)  # noqa: E731
    return page(call, "webhooks", sorted(found, key=key), key, lambda hook: _shape(call, hook))


@routes.post("/webhooks", "Webhook", status=201, writes=False)
def make_a_webhook(call: Call, body: NewWebhook) -> Any:
    """Have an address told of events, from now on, within what one may see oneself.

    The answer alone has `secret`, with which each message is signed (HMAC-SHA256, Standard Webhooks). The address must
    be of the public network and use https.
    """
    pilot = call.pilot_of(body.pilot) if body.pilot is not None else None
    hooks = bootstrap.open_webhooks(call.office.settings)
    made, secret = service.new_webhook(call.desk, hooks, call.person, body.url, body.events, pilot)
    return _shape(call, made) | {"secret": secret}


@routes.get("/webhooks/{number}", "Webhook")
def get_webhook(call: Call, number: Number, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """One webhook."""
    return _shape(call, service.webhook(call.desk, number, _whose(call)))


@routes.delete("/webhooks/{number}")
def disable_a_webhook(call: Call, number: Number) -> Response:
    """Tell an address nothing more; what waits is not sent."""
    service.disable(call.desk, number, _whose(call))
    return Response(status_code=204, headers=call.headers())


@routes.post("/webhooks/{number}/test", "tried", writes=False, slow=True)
def try_a_webhook(call: Call, number: Number, body: NoBody) -> Any:  # noqa: ARG001
    """Send a test event at once, and say what became of it."""
    taken = service.try_out(call.desk, bootstrap.open_webhooks(call.office.settings), number, _whose(call))
    return {"taken": taken.ok, "reason": taken.reason or None, "status": taken.status or None}


@routes.get("/webhooks/{number}/deliveries", "deliveries", paged=True)
def get_deliveries(call: Call, number: Number, asked: Annotated[Paged, Query()]) -> Any:  # noqa: ARG001
    """What was sent to an address and what became of it, the newest first."""
    service.webhook(call.desk, number, _whose(call))
    before, limit = position(call), limit_of(call)
    if before is not None and not (len(before) == 1 and type(before[0]) is int and 0 < before[0] <= webhooks.NEWEST):
        raise Problem(400, "cursor_invalid")
    found = service.deliveries(call.desk, number, limit + 1, before[0] if before else webhooks.NEWEST)
    told = [people_shapes.delivery(message) for message in found[:limit]]
    return answer(call, "deliveries", told, (found[limit - 1].id,) if len(found) > limit else None)


def _whose(call: Call) -> str:
    return "" if call.is_admin else call.person


def _shape(call: Call, hook: Webhook) -> dict[str, Any]:
    code = None
    if hook.pilot is not None:
        with call.desk.database.read() as connection:
            code = repositories.pilot(connection, hook.pilot).code
    return people_shapes.webhook(hook, code)
