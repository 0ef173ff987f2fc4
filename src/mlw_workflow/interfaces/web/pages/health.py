"""Whether the panel lives, and whether it can work: for whatever watches over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import anyio
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.routing import Route

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.services.doctor import doctor

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.office import Office


async def healthz(request: Request) -> Response:  # noqa: ARG001 (the shape of an endpoint)
    """The process answers."""
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """The database can be read and is of our revision; how the reminders are is told, and stops nobody."""
    office: Office = request.app.state.office
    ready, told = await anyio.to_thread.run_sync(_ready, office, limiter=office.threads)
    return JSONResponse(told, 200 if ready else 503)


def _ready(office: Office) -> tuple[bool, dict[str, Any]]:
    try:
        found = doctor(office.desk)
    except WorkflowError as problem:
        return False, {"database": problem.code, "reminders": None}
    return True, {"database": "ok", "reminders": found.status}


routes = [Route("/healthz", healthz), Route("/readyz", readyz)]
