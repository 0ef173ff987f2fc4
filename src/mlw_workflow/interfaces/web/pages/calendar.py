"""My calendar: addresses by which calendar programs read what one is reminded of; and the answer to such a program."""

from __future__ import annotations

import hashlib
from functools import partial
from typing import TYPE_CHECKING

import anyio
import structlog
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from mlw_workflow.domain.errors import BadInput, WorkflowError
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.feeds import feed_address, feed_content, feeds_of, new_feed, revoke_feed

if TYPE_CHECKING:
    from starlette.requests import Request

    from mlw_workflow.interfaces.web.office import Office
    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
log = structlog.get_logger("mlw.web")
HERE, FEED = "/calendar", "/feeds/{token}.ics"
TOKEN_MAX = 100
LOCAL_HOSTS = ("127.0.0.1", "localhost", "[::1]", "0.0.0.0")  # noqa: S104 (nothing is bound to it here)


@pages.page(HERE)
def show(visit: Visit) -> Response:
    """The addresses there are, without their secrets, and how to use one."""
    return _page(visit, saved=visit.query("saved"))


@pages.page(f"{HERE}/new", methods=("POST",))
def make(visit: Visit) -> Response:
    """Make an address. It stands in the answer, which is shown once."""
    try:
        token, _ = new_feed(visit.office.desk, visit.person.person.id)
    except BadInput as refused:
        return _page(visit, error=page_sentence(refused, visit.language))
    return _page(visit, address=feed_address(visit.office.settings.server.url, token))


@pages.page(f"{HERE}/revoke", methods=("POST",))
def revoke(visit: Visit) -> Response:
    """Switch one of one's own addresses off. One that is off already, or somebody else's, is not there."""
    person, name = visit.person.person.id, visit.typed("feed")
    if name in [one.id for one in feeds_of(visit.office.desk, person)]:
        revoke_feed(visit.office.desk, name, person)
    return visit.go(f"{HERE}?saved=off")


def _page(visit: Visit, address: str = "", error: str = "", saved: str = "") -> Response:
    panel = visit.office.settings.server.url
    return visit.page(
        "calendar.html",
        422 if error else 200,
        feeds=feeds_of(visit.office.desk, visit.person.person.id),
        address=address,
        subscribe=f"webcal{address[address.index(':') :]}" if address else "",
        here_only=any(f"://{host}" in panel for host in LOCAL_HOSTS),
        error=error,
        saved=saved,
    )


async def feed(request: Request) -> Response:
    """The calendar of a token, for whichever program has it: no cookie, no session, nobody is greeted.

    The token is looked up by its digest, so that how long it takes tells nothing of those there are.
    """
    office: Office = request.app.state.office
    request.state.route = FEED
    return await anyio.to_thread.run_sync(partial(_feed, office, request), limiter=office.threads)


def _feed(office: Office, request: Request) -> Response:
    token = request.path_params["token"]
    try:
        content = None
        if len(token) <= TOKEN_MAX:
            content = feed_content(office.desk, token, office.mailroom.domain)
    except WorkflowError as problem:
        log.error("feed_failed", code=problem.code)
        return PlainTextResponse("unavailable\n", 503, {"retry-after": "600"})
    if content is None:
        return PlainTextResponse("not found\n", 404)
    etag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"etag": etag, "cache-control": "private, no-cache"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    headers["content-disposition"] = 'inline; filename="mlw.ics"'
    return Response(content, media_type="text/calendar; charset=utf-8", headers=headers)


routes = [Route(FEED, feed)]
