"""Whether the panel lives, whether it can work, and what it counts: for whatever watches over it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import anyio
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from mlw_workflow import bootstrap
from mlw_workflow.domain.errors import StorageUnavailable, WorkflowError
from mlw_workflow.services.accounts.tokens import same
from mlw_workflow.services.doctor import doctor

if TYPE_CHECKING:
    from starlette.requests import Request

    from mlw_workflow.interfaces.web.office import Office

OTHER_REVISION = frozenset({"storage_outdated", "storage_newer"})
STARTING_SECONDS = 120
"""A worker in this process that has just begun is given that long for its first run."""
LOOPBACK = frozenset({"127.0.0.1", "::1", "::ffff:127.0.0.1", "localhost"})
FORWARDED = ("forwarded", "x-forwarded-for", "x-real-ip", "via")
"""What tells that somebody else asks by way of a program on this computer."""


async def healthz(request: Request) -> Response:
    """The process answers."""
    request.state.route = "/healthz"
    return PlainTextResponse("ok\n")


async def readyz(request: Request) -> Response:
    """Database, migrations and the heartbeat of the reminders; 503 says which of them fails.

    ``?exclude=reminders`` is for whatever sends people to the panel: it works also while nobody is reminded.
    """
    request.state.route = "/readyz"
    office: Office = request.app.state.office
    told = await anyio.to_thread.run_sync(_states, office, limiter=office.threads)
    excluded = {name for given in request.query_params.getlist("exclude") for name in given.split(",")}
    failing = [name for name, state in told.items() if state not in ("ok", "starting") and name not in excluded]
    shown: dict[str, Any] = {"status": "not_ready" if failing else "ready", "failing": failing, **told}
    return JSONResponse(shown, 503 if failing else 200)


def _states(office: Office) -> dict[str, str]:
    """How each of them is: ``ok``, ``starting``, or a code that says what is the matter."""
    told = {"database": "ok", "migrations": "ok", "reminders": "unknown"}
    try:
        office.desk.database.check()
        status: str = doctor(office.desk).status
    except WorkflowError as problem:
        revision = isinstance(problem, StorageUnavailable) and problem.code in OTHER_REVISION
        told["migrations" if revision else "database"] = problem.code
        if not revision:
            told["migrations"] = "unknown"
        return told
    begun_lately = time.monotonic() - office.started < STARTING_SECONDS
    told["reminders"] = "starting" if status != "ok" and office.reminds and begun_lately else status
    return told


async def metrics(request: Request) -> Response:
    """What is counted, for this computer and for whoever knows the token."""
    request.state.route = "/metrics"
    office: Office = request.app.state.office
    if not await anyio.to_thread.run_sync(_may_read, office, request, limiter=office.threads):
        return PlainTextResponse("401\n", 401, {"www-authenticate": "Bearer"})
    text = await anyio.to_thread.run_sync(office.metrics.text, limiter=office.threads)
    return Response(text, media_type=CONTENT_TYPE_LATEST)


def _may_read(office: Office, request: Request) -> bool:
    server = office.settings.server
    kind, _, given = request.headers.get("authorization", "").partition(" ")
    try:
        token = server.metrics_token or bootstrap.secret_in(office.settings, server.metrics_token_file)
    except WorkflowError:
        token = ""
    if token and kind.lower() == "bearer" and same(given.strip(), token):
        return True
    near = request.client is not None and request.client.host in LOOPBACK
    return near and not any(name in request.headers for name in FORWARDED)


routes = [Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)]
