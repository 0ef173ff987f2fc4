"""How a page is reached: who may see it, where a form came from, and what becomes of whatever goes wrong."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import anyio
import structlog
from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import Response
from starlette.routing import Route

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.interfaces.statuses import status_of
from mlw_workflow.interfaces.web.held import Held, carried_by, held_of
from mlw_workflow.interfaces.web.security import TooLarge, own_origin, surely_own_origin
from mlw_workflow.interfaces.web.uploads import read_form
from mlw_workflow.interfaces.web.visit import Visit
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts.tokens import same
from mlw_workflow.services.viewer import log_looking, refuse_auditor

if TYPE_CHECKING:
    from starlette.requests import Request

    from mlw_workflow.interfaces.web.office import Office

log = structlog.get_logger("mlw.web")

Page = Callable[[Visit], Response]


class Forbidden(Exception):
    """Nothing for this person."""


class NotThere(Exception):
    """There is no such page, or none for this person."""


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a page is reached."""

    public: bool = False
    """Also by those who are not logged in."""
    admin: bool = False
    """Only by those who administer the panel."""
    enrolling: bool = False
    """Also by those who have to turn a second factor on first."""
    apart: bool = False
    """It asks somebody outside, so it must not keep the others waiting."""
    kept: bool = False
    """Browsers keep it: before anything else, it says whether their copy is still good (``Visit.unchanged``)."""


class Pages:
    """Collects pages by address. Pages are ordinary functions; they run in threads.

    On SQLite that is one at a time for those that read, and one for those that write.
    """

    def __init__(self) -> None:
        """No page yet."""
        self.routes: list[Route] = []

    def page(self, path: str, *, methods: tuple[str, ...] = ("GET",), **terms: bool) -> Callable[[Page], Page]:
        """Register a page, on terms as ``Terms`` has them: by default for those who are logged in."""
        on = Terms(**terms)
        assert not (on.kept and (on.admin or methods != ("GET",))), "only what is compared knows no other terms"

        def register(page: Page) -> Page:
            endpoint = partial(_answer, page, path, on)
            self.routes.append(Route(path, endpoint, methods=list(methods), name=page.__name__))
            return page

        return register


async def _answer(page: Page, path: str, terms: Terms, request: Request) -> Response:
    office: Office = request.app.state.office
    request.state.route = path
    if terms.kept and office.compares_at_once and "if-none-match" in request.headers:
        unchanged = office.copies.same(request, partial(_same, page, office, request, terms))
        if unchanged is not None:
            return unchanged
    try:
        form = FormData()
        if request.method == "POST":
            form = await read_form(request, office.settings.file_size_max_mb)
    except TooLarge:
        return await problem_page(request, 413)
    except ClientDisconnect:  # there is nobody to tell
        return Response(status_code=400)
    except HTTPException as error:
        return await problem_page(request, error.status_code)
    try:
        own = office.writers if request.method == "POST" else office.threads
        limiter = office.outside if terms.apart else own
        return await anyio.to_thread.run_sync(_within, page, office, request, form, terms, limiter=limiter)
    finally:
        await form.close()


def _same(page: Page, office: Office, request: Request, terms: Terms) -> Response | None:
    """That the browser's copy is still good, found without waiting for the thread of the pages; None: ask there.

    A few reads, and nothing that could wait for whoever writes.
    """
    visit = Visit(office, request, brief=True)
    try:
        if not terms.public and (visit.viewer is None or visit.viewer.audited or visit.must_enrol):
            return None
        return page(visit)
    except Exception:  # noqa: BLE001 (Elsewhere, or something that went wrong and is told there)
        return None


def _within(page: Page, office: Office, request: Request, form: FormData, terms: Terms) -> Response:
    visit = Visit(office, request, form)
    try:
        if request.method == "POST" and not genuine(visit):
            return _out_of_date(visit)
        return visit.noted(_admitted(page, visit, terms))
    except NotThere:
        return tell(visit, 404)
    except Forbidden:
        return tell(visit, 403)
    except WorkflowError as error:
        return tell_error(visit, error)
    except HTTPException as error:
        return tell(visit, error.status_code)
    except Exception as error:
        log.error("page_failed", problem=type(error).__name__, exc_info=error)
        return tell(Visit(office, request, anonymous=True), 500)


def _admitted(page: Page, visit: Visit, terms: Terms) -> Response:
    """The page, for those whom it is for. Auditors hand nothing in, and what they look at is written down first."""
    if terms.public:
        return page(visit)
    if visit.viewer is None:
        return _log_in_first(visit)
    if visit.must_enrol and not terms.enrolling:
        return visit.go("/account/second-factor")
    if terms.admin and not visit.viewer.is_admin:
        raise Forbidden
    if visit.request.method == "POST":
        refuse_auditor(visit.office.desk, visit.viewer, visit.request.path_params.get("code", ""))
    response = page(visit)
    log_looking(visit.office.desk, visit.viewer, page.__module__.rpartition(".")[2])
    return response


def genuine(visit: Visit) -> bool:
    """Whether a form came from a page that this visitor was shown."""
    return own_origin(visit.request) and same(visit.typed("token"), visit.form_token)


def _out_of_date(visit: Visit) -> Response:
    """The answer to a form that is not genuine: nothing is done.

    If the browser vouches that it came from a page of ours (of a session that has ended, say), all that was typed
    stands on the answer, to be sent again. Whoever is not logged in may do so there.
    """
    held = (carried_by(visit) or held_of(visit)) if surely_own_origin(visit.request) else None
    if held is not None and visit.viewer is None:
        return _login_page(visit, held)
    return tell(visit, 403, bad_form=True, held=held, back_to=_back_to(visit))


def _log_in_first(visit: Visit) -> Response:
    """On to the login page. What was typed while a session ran out is kept: as a draft, or on that page."""
    from mlw_workflow.interfaces.web.drafts import keep_for_later

    held = held_of(visit) if visit.request.method == "POST" else None
    if held is None or (visit.session is not None and keep_for_later(visit, visit.session.account, held)):
        return visit.go(f"/?next={quote(_back_to(visit))}")
    return _login_page(visit, held)


def _login_page(visit: Visit, held: Held) -> Response:
    from mlw_workflow.interfaces.web.pages.login import form

    return form(visit, held.to, 403, held=held)


def _back_to(visit: Visit) -> str:
    """Where to go on after logging in: this page, or the one whose form it was."""
    came = urlsplit(visit.request.headers.get("referer", ""))
    if visit.request.method == "GET" or came.netloc != visit.request.headers.get("host"):
        return visit.here
    return came.path + (f"?{came.query}" if came.query else "")


def tell_error(visit: Visit, error: WorkflowError) -> Response:
    """The page for an error of ours."""
    status = status_of(error)
    if status == 503 and visit.request.method == "POST":
        held = held_of(visit)
        log.error("page_error", code=error.code)
        visit = Visit(visit.office, visit.request, anonymous=True)
        return tell(visit, status, page_sentence(error, visit.language), held=held)
    if status >= 500:
        log.error("page_error", code=error.code)
        visit = Visit(visit.office, visit.request, anonymous=True)
    looking = visit.request.method != "POST"
    return tell(visit, status, "" if status == 404 else page_sentence(error, visit.language, looking=looking))


def tell(
    visit: Visit, status: int, about: str = "", *, bad_form: bool = False, held: Held | None = None, back_to: str = ""
) -> Response:
    """A page that says what happened, and what to do; ``held``: the form that is kept on it."""
    number = visit.request.scope.get("state", {}).get("request_id", "")
    return visit.page(
        "problem.html", status, problem=status, about=about, number=number, bad_form=bad_form, held=held,
        back_to=back_to,
    )  # fmt: skip


async def problem_page(request: Request, status: int) -> Response:
    """The same for what never reached a page. It asks nothing of the database."""
    office: Office = request.app.state.office
    return tell(Visit(office, request, anonymous=True), status)


async def on_http_error(request: Request, error: Any) -> Response:
    """An address that is none, a method that it does not take: told on a page with the visitor's own menu."""
    office: Office = request.app.state.office
    response = await anyio.to_thread.run_sync(_told, office, request, error.status_code, limiter=office.threads)
    response.headers.update(error.headers or {})
    return response


def _told(office: Office, request: Request, status: int) -> Response:
    try:
        return tell(Visit(office, request), status)
    except WorkflowError:  # the database is away; so nobody is known
        return tell(Visit(office, request, anonymous=True), status)
