"""The API as an ASGI application below the panel's. It is made at the first request, once for all panels of a process:
commands that only serve pages must not wait for it.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces.api.problems import ROOT
from mlw_workflow.interfaces.web.security import FORM_MAX, TooLarge

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import Message, Receive, Scope, Send

    from mlw_workflow.interfaces.web.office import Office

_MAKING = threading.Lock()
_MADE: list[FastAPI] = []


class Api:
    """Where the panel mounts the API."""

    def __init__(self, office: Office) -> None:
        """Nothing is made yet."""
        self.office = office

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Hand a request on, with the office it is for."""
        scope.setdefault("state", {})["office"] = self.office
        # Only files are large, and those are not kept in memory; see ``routing``.
        given = receive if scope.get("path") == f"{ROOT}/files" else _limited(receive)
        if scope["method"] == "HEAD":  # FastAPI's routes know only the methods they are given
            await application()({**scope, "method": "GET"}, given, _bodiless(send))
        else:
            await application()(scope, given, send)


def _limited(receive: Receive) -> Receive:
    """What is sent, as long as it is no more than a body may hold: TooLarge before the rest is read."""
    taken = 0

    async def limited() -> Message:
        nonlocal taken
        message = await receive()
        taken += len(message.get("body", b""))
        if taken > FORM_MAX:
            raise TooLarge
        return message

    return limited


def _bodiless(send: Send) -> Send:
    """An answer to HEAD: all that GET says of it, and none of it."""

    async def bodiless(message: Message) -> None:
        await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

    return bodiless


def application() -> FastAPI:
    """The application."""
    with _MAKING:
        if not _MADE:
            _MADE.append(_make())
    return _MADE[0]


def _make() -> FastAPI:
    from fastapi import FastAPI
    from starlette.exceptions import HTTPException
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.routing import compile_path

    import mlw_workflow
    from mlw_workflow.interfaces.api import routes
    from mlw_workflow.interfaces.api.call import Call
    from mlw_workflow.interfaces.api.routing import tell

    app = FastAPI(
        title="mlw-workflow", version=mlw_workflow.__version__, openapi_url=None, docs_url=None, redoc_url=None,
        redirect_slashes=False,
    )  # fmt: skip
    for module in routes.MODULES:
        app.include_router(module.routes.router)
    metas = [meta for module in routes.MODULES for meta in module.routes.metas]
    patterns = [(compile_path(meta.path)[0], meta) for meta in metas]

    async def no_route(request: Request, problem: Any) -> Response:
        """An address that is none, a method that it does not take."""
        if problem.status_code == 405:
            path = request.url.path.removeprefix(ROOT)
            here = next((meta.path for pattern, meta in patterns if pattern.match(path)), "")
            taken = {meta.method for _, meta in patterns if meta.path == here}
            methods = sorted(taken | {"HEAD"} if "GET" in taken else taken)
            problem = HTTPException(405, headers={"allow": ", ".join(methods)})
        return tell(Call(request.state.office, request), problem)

    app.add_exception_handler(HTTPException, no_route)
    return app


__all__ = ["ROOT", "Api", "application"]
