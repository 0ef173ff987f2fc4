"""What keeps pages safe: headers, cookies, where a form came from, and how much may be sent."""

from __future__ import annotations

import re
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import structlog
from starlette.datastructures import Headers

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from mlw_workflow.interfaces.web.metrics import Metrics

log = structlog.get_logger("mlw.web")

POLICY = "; ".join(
    [
        "default-src 'none'",
        *(f"{kind}-src 'self'" for kind in ("script", "style", "img", "font", "connect")),
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
    ]
)
HEADERS = {
    "content-security-policy": POLICY,
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "referrer-policy": "same-origin",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}
HSTS = "max-age=31536000; includeSubDomains"
A_YEAR = 365 * 24 * 3600
FORM_MAX = 2_000_000
"""Bytes of a form beside its files."""
LET_BY = 8
"""How many times what may be sent is read, and not kept, before the connection is given up."""
_REQUEST_ID = re.compile(r"[\w.-]{8,64}", re.ASCII)


class TooLarge(Exception):
    """More was sent than may be."""


class Guard:
    """Around everything: a number for each request, the headers, the size limit, one line in the log."""

    def __init__(self, app: ASGIApp, *, secure: bool, body_max: int, metrics: Metrics) -> None:
        """``secure``: people come by TLS only."""
        self.metrics = metrics
        self.app = app
        given = {**HEADERS, **({"strict-transport-security": HSTS} if secure else {}), "cache-control": "no-store"}
        self.headers = [(name.encode(), value.encode()) for name, value in given.items()]
        self.body_max = body_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get("x-request-id", "")
        number = given if _REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        scope.setdefault("state", {})["request_id"] = number
        started, status = time.perf_counter(), 500

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = list(message.get("headers", ()))
                named = {name for name, _ in headers}
                headers += [header for header in self.headers if header[0] not in named]
                message["headers"] = [*headers, (b"x-request-id", number.encode())]
            await send(message)

        with structlog.contextvars.bound_contextvars(request=number):
            try:
                await self.app(scope, self._limited(scope, receive), answer)
            finally:
                seconds = time.perf_counter() - started
                took = round(seconds * 1000, 1)
                # The route, not the address: an address may hold a one-time link.
                route = scope["state"].get("route") or getattr(scope.get("route"), "path", "-")
                self.metrics.answered(scope["method"], route, status, seconds)
                log.info("answered", method=scope["method"], route=route, status=status, duration_ms=took)

    def _limited(self, scope: Scope, receive: Receive) -> Receive:
        """What is sent, up to the limit: TooLarge before anything is read of what says that it is more, else as soon as
        it is more. What a form's files have too much is let go by, so that its texts are kept (see ``uploads``).
        """
        headers = Headers(scope=scope)
        multipart = headers.get("content-type", "").lower().startswith("multipart/form-data")
        body_max = self.body_max * LET_BY if multipart else self.body_max
        length = headers.get("content-length", "")
        told = int(length) if length.isdecimal() and len(length) < 16 else 0
        taken = 0

        async def limited() -> Message:
            nonlocal taken
            if told > body_max:
                raise TooLarge
            message = await receive()
            taken += len(message.get("body", b""))
            if taken > body_max:
                raise TooLarge
            return message

        return limited


def own_origin(request: Request) -> bool:
    """Whether the browser says that a form came from a page of ours; one that says nothing is judged by its token."""
    fetched = request.headers.get("sec-fetch-site")
    if fetched is not None:
        return fetched == "same-origin"
    origin = request.headers.get("origin")
    return origin is None or urlsplit(origin).netloc == request.headers.get("host")


def surely_own_origin(request: Request) -> bool:
    """Whether the browser itself says so. A page of another site cannot make it say that."""
    return own_origin(request) and ("sec-fetch-site" in request.headers or "origin" in request.headers)


def local_path(given: str) -> str:
    """A page of ours to go on to; the first one for anything else."""
    plain = given.startswith("/") and not given.startswith(("//", "/\\")) and given.isprintable()
    return given if plain and len(given) < 500 else "/"


class Cookies:
    """The cookies' names and how they are set."""

    def __init__(self, *, secure: bool) -> None:
        """Under TLS their names bind them to this very host."""
        self.secure = secure
        self.session = "__Host-mlw_session" if secure else "mlw_session"
        self.visit = "__Host-mlw_visit" if secure else "mlw_visit"
        self.half = "__Host-mlw_half" if secure else "mlw_half"
        """Of whoever gave the password and not the code yet."""
        self.abroad = "__Host-mlw_abroad" if secure else "mlw_abroad"
        """Of whoever is logging in at an OpenID provider."""
        self.language = "mlw_language"

    def set(self, response: Response, name: str, value: str, **given: Any) -> None:
        """Set one for the browser only, for this site only."""
        response.set_cookie(name, value, path="/", secure=self.secure, httponly=True, samesite="lax", **given)

    def speak(self, response: Response, language: str) -> None:
        """Remember the language for a year."""
        self.set(response, self.language, language, max_age=A_YEAR)

    def drop(self, response: Response, name: str) -> None:
        """Take one back."""
        response.delete_cookie(name, path="/", secure=self.secure, httponly=True, samesite="lax")
