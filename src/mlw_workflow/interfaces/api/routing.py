"""How a route is reached: its token and scope, its preconditions, what was sent before under the same key, and what
becomes of whatever goes wrong.
"""

from __future__ import annotations

import hashlib
import inspect
import re
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial, wraps
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any

import anyio
import structlog
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.convertors import Convertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from mlw_workflow.domain.errors import StorageUnavailable, WorkflowError
from mlw_workflow.interfaces.api import problems
from mlw_workflow.interfaces.api.call import JSON, Call
from mlw_workflow.interfaces.api.problems import ROOT, Problem
from mlw_workflow.interfaces.web.security import FORM_MAX, TooLarge
from mlw_workflow.services import idempotency
from mlw_workflow.services.viewer import log_looking, refuse_auditor

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from mlw_workflow.interfaces.web.office import Office

log = structlog.get_logger("mlw.api")


class _MachineConvertor(Convertor[str]):
    """A machine's id, which may have one slash in it."""

    regex = "[^/]+(?:/(?!(?:steps|acknowledgement|snooze)(?:/|$))[^/]+)?"

    def convert(self, value: str) -> str:
        """As it stands."""
        return value

    def to_string(self, value: str) -> str:
        """As it stands."""
        return value


register_url_convertor("machine", _MachineConvertor())
Handler = Callable[..., Any]
_KEY = re.compile(r"[\x21-\x7e]{1,128}", re.ASCII)
_IN_MEMORY = 1 << 20
"""Bytes of an upload; beyond that it waits on disk."""
_HELD = ("etag", "content-language", "location")
"""Headers that belong to an answer that is given again."""


@dataclass(frozen=True, slots=True)
class Meta:
    """What a route is, beside its function; also what the OpenAPI document says of it."""

    path: str
    method: str
    scope: str
    """Empty: no token is needed."""
    answer: str
    """The name of its answer's shape; empty where it is no JSON."""
    status: int = 200
    media: tuple[str, ...] = ()
    """Of an answer that is no JSON."""
    body: bool = False
    """A JSON body is taken."""
    raw: bool = False
    """The body is bytes."""
    writes: bool = False
    """It may be sent under an Idempotency-Key."""
    head: bool = False
    """It needs If-Match."""
    volatile: bool = False
    """It depends on more than a pilot's log."""
    paged: bool = False
    refuses: bool = False
    """It may answer with a refusal of the engine."""
    managed: bool = False
    """To the scope ``admin`` also of a pilot out of reach: it is about who holds which role, and nothing of its log."""
    slow: bool = False
    """It runs beside the pages rather than among them."""

    @property
    def by_log(self) -> bool:
        """Whether the log of the pilot decides what is answered."""
        return self.method == "GET" and "{code}" in self.path and not self.volatile and not self.media


class Routes:
    """Collects routes by address. They are ordinary functions and run in a thread, one at a time on SQLite."""

    def __init__(self, tag: str) -> None:
        """No route yet."""
        self.router = APIRouter(route_class=ApiRoute, tags=[tag])
        self.metas: list[Meta] = []

    def get(self, path: str, answer: str = "", *, scope: str = "read", **told: Any) -> Callable[[Handler], Handler]:
        """Register what reads."""
        return self._add(Meta(path, "GET", scope, answer, **told))

    def post(self, path: str, answer: str = "", *, scope: str = "write", **told: Any) -> Callable[[Handler], Handler]:
        """Register what records, or with ``writes=False`` only asks."""
        told = {"writes": True, "body": True, **told}
        return self._add(Meta(path, "POST", scope, answer, **told))

    def put(self, path: str, answer: str = "", *, scope: str = "write", **told: Any) -> Callable[[Handler], Handler]:
        """Register what sets something."""
        return self._add(Meta(path, "PUT", scope, answer, body=True, writes=True, **told))

    def delete(self, path: str, *, scope: str = "write", **told: Any) -> Callable[[Handler], Handler]:
        """Register what ends something."""
        return self._add(Meta(path, "DELETE", scope, "", status=204, writes=True, **told))

    def _add(self, meta: Meta) -> Callable[[Handler], Handler]:
        def register(handler: Handler) -> Handler:
            self.metas.append(meta)
            summary, _, more = (inspect.getdoc(handler) or "").partition("\n")
            self.router.add_api_route(
                meta.path,
                _endpoint(handler, meta),
                methods=[meta.method],
                name=handler.__name__,
                operation_id=handler.__name__,
                status_code=meta.status,
                response_model=None,
                response_class=Response,
                summary=summary,
                description=more.strip() or None,
            )
            return handler

        return register


def _endpoint(handler: Handler, meta: Meta) -> Handler:
    """The function as FastAPI calls it: with the request in place of the call."""
    signature = inspect.signature(handler, eval_str=True)
    call, *others = signature.parameters.values()

    @wraps(handler)
    async def endpoint(request: Request, **given: Any) -> Response:
        office: Office = request.state.office
        own = office.threads if meta.method == "GET" else office.writers
        limiter = office.beside if meta.slow else own
        if not meta.raw:
            work = partial(_within, handler, meta, office, request, given, await request.body())
            return await anyio.to_thread.run_sync(work, limiter=limiter)
        await anyio.to_thread.run_sync(Call(office, request).admit, meta.scope, limiter=limiter)
        with SpooledTemporaryFile(max_size=_IN_MEMORY) as content:
            await _take(request, content, office.settings.file_size_max_mb * 1_000_000)
            content.seek(0)
            request.state.content = content
            work = partial(_within, handler, meta, office, request, given, b"")
            return await anyio.to_thread.run_sync(work, limiter=limiter)

    asked = call.replace(name="request", annotation=Request)
    endpoint.__signature__ = signature.replace(parameters=[asked, *others])  # type: ignore[attr-defined]
    endpoint.__annotations__ = {}
    del endpoint.__wrapped__
    endpoint.meta = meta  # type: ignore[attr-defined]
    return endpoint


async def _take(request: Request, content: IO[bytes], maximum: int) -> None:
    """Set aside what is sent. Raises Problem ``too_large`` before any of it is read, where it says how large it is."""
    length, taken = request.headers.get("content-length", ""), 0
    if length.isdecimal() and int(length) > maximum:
        raise Problem(413, "too_large", maximum=maximum)
    async for chunk in request.stream():
        taken += len(chunk)
        if taken > maximum:
            raise Problem(413, "too_large", maximum=maximum)
        content.write(chunk)


class ApiRoute(APIRoute):
    """A route whose failures are problems; whoever may not ask at all is told that before anything else."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler."""
        inner = super().get_route_handler()
        meta: Meta = self.endpoint.meta  # type: ignore[attr-defined]

        async def handle(request: Request) -> Response:
            request.state.route = ROOT + meta.path
            try:
                _check_media(meta, request)
                return await inner(request)
            except (RequestValidationError, HTTPException, Problem, TooLarge, WorkflowError) as problem:
                office: Office = request.state.office
                told = partial(_refuse, meta, office, request, problem)
                return await anyio.to_thread.run_sync(told, limiter=office.threads)

        return handle


def _check_media(meta: Meta, request: Request) -> None:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if meta.body and kind != JSON:
        raise Problem(415, "media_type", expected=JSON, headers={"accept-post": JSON})
    length = request.headers.get("content-length", "")
    if not meta.raw and length.isdecimal() and int(length) > FORM_MAX:
        raise Problem(413, "too_large", maximum=FORM_MAX)


def _refuse(meta: Meta, office: Office, request: Request, problem: Exception) -> Response:
    call = Call(office, request)
    try:
        if meta.scope:
            call.admit(meta.scope)
    except (Problem, WorkflowError) as earlier:
        problem = earlier
    return tell(call, problem)


def _within(
    handler: Handler, meta: Meta, office: Office, request: Request, given: dict[str, Any], body: bytes
) -> Response:
    call = Call(office, request, managed=meta.managed)
    try:
        if meta.scope:
            call.admit(meta.scope)
        if len(body) > FORM_MAX:
            raise Problem(413, "too_large", maximum=FORM_MAX)
        if meta.writes:
            return _once(partial(_write, handler, meta, call, given), call, body)
        answered = _read(handler, meta, call, given)
        if meta.scope:
            log_looking(call.office.desk, call.viewer, handler.__module__.rpartition(".")[2])
        return answered
    except Exception as problem:  # noqa: BLE001 (told apart where it is told)
        return tell(call, problem)


def _read(handler: Handler, meta: Meta, call: Call, given: dict[str, Any]) -> Response:
    tag = ""
    if meta.by_log:
        tag = call.tag_of(call.pilot)
        same = call.unchanged(tag)
        if same is not None:
            return same
    return finished(handler(call, **given), call, meta, tag)


def finished(answer: Any, call: Call, meta: Meta, tag: str = "") -> Response:
    """What a route gave, as an answer."""
    if isinstance(answer, Response):
        if tag and "etag" not in answer.headers:
            answer.headers["etag"] = tag
        return answer
    return call.json(answer, meta.status, tag)


def _write(handler: Handler, meta: Meta, call: Call, given: dict[str, Any]) -> Response:
    pilot = None
    if "{code}" in meta.path:
        refuse_auditor(call.office.desk, call.viewer, call.request.path_params["code"])
        pilot = call.pilot
    if meta.head:
        call.expect_head()
    answered = finished(handler(call, **given), call, meta)
    if pilot is not None and answered.status_code < 500:
        with suppress(StorageUnavailable):  # recorded it is, whatever becomes of the database now
            answered.headers["etag"] = call.tag_of(pilot)
    return answered


def _once(write: Callable[[], Response], call: Call, body: bytes) -> Response:
    """The answer to a write; what is sent again under the same key is answered as it was."""
    key = call.request.headers.get("idempotency-key")
    if key is None:
        return _told(write, call)
    if not _KEY.fullmatch(key):
        raise Problem(400, "idempotency_key")
    asked = f"{call.request.method} {call.request.url.path}?{call.request.url.query}\n".encode() + body
    desk, person, fingerprint = call.office.desk, call.person, hashlib.sha256(asked).hexdigest()
    kept = idempotency.begin(desk, person, key, fingerprint)
    if kept is not None:
        headers = {**call.headers(), **kept.headers, "idempotent-replayed": "true"}
        media = JSON if kept.status < 300 else problems.MEDIA
        return Response(kept.body.encode(), kept.status, headers, media)
    answered = _told(write, call)
    if answered.status_code in (200, 201, 204) or getattr(answered, "recorded", False):
        held = {name: answered.headers[name] for name in _HELD if name in answered.headers}
        with suppress(StorageUnavailable):
            idempotency.keep(desk, person, key, answered.status_code, held, bytes(answered.body).decode())
    else:
        idempotency.release(desk, person, key)
    return answered


def _told(write: Callable[[], Response], call: Call) -> Response:
    try:
        return write()
    except Exception as problem:  # noqa: BLE001 (told apart where it is told)
        return tell(call, problem)


def tell(call: Call, problem: Exception) -> Response:
    """A problem in the language that was asked for."""
    where = (call.language, call.here, call.request_id)
    match problem:
        case Problem():
            return problems.answer(problem, *where)
        case WorkflowError():
            found = problems.of_error(problem, *where)
            if found.status_code >= 500:
                log.error("api_error", code=problem.code)
            return found
        case RequestValidationError():
            return problems.invalid(problem.errors(), *where)
        case TooLarge():
            return problems.answer(Problem(413, "too_large", maximum=FORM_MAX), *where)
        case HTTPException():
            if isinstance(problem.__cause__, TooLarge):
                return problems.answer(Problem(413, "too_large", maximum=FORM_MAX), *where)
            code = {404: "not_found", 405: "method_not_allowed"}.get(problem.status_code, "bad_request")
            facts = {"allowed": (problem.headers or {}).get("allow", "")} if problem.status_code == 405 else {}
            return problems.answer(Problem(problem.status_code, code, headers=problem.headers, **facts), *where)
        case _:
            pass
    log.error("api_failed", problem=type(problem).__name__, exc_info=problem)
    return problems.answer(Problem(500, "internal"), *where)
