"""Whether anybody may read of a pilot: its public page, on or off."""

from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query

from mlw_workflow.audit.seal import instant
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Code, Nothing, Shown
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.public_page import may_publish, set_shown, shown_since

routes = Routes("pilots")


@routes.get("/pilots/{code}/public-page", "public_page", volatile=True)
def get_public_page(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """Whether a pilot's public page is on, since when, and whether the token's person may switch it."""
    return _shape(call)


@routes.put("/pilots/{code}/public-page", "public_page")
def switch_public_page(call: Call, code: Code, body: Shown) -> Any:  # noqa: ARG001
    """Switch a pilot's public page on or off. No entry comes of it, so that nothing is named in If-Match."""
    if not may_publish(call.programme, call.roles):
        raise Problem(403, "forbidden")
    set_shown(call.desk, call.pilot, call.person, shown=body.shown)
    return _shape(call)


def _shape(call: Call) -> dict[str, Any]:
    since = shown_since(call.desk, call.pilot)
    return {
        "pilot": call.name_of(call.pilot),
        "shown_since": instant(since) if since is not None else None,
        "may": may_publish(call.programme, call.roles),
        "url": f"{call.office.settings.server.url}/public/{quote(call.pilot.code)}",
    }
