"""The first page: log in, with a code where there is a second factor; and log out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.drafts import keep_for_later
from mlw_workflow.interfaces.web.held import carried_by
from mlw_workflow.interfaces.web.navigation import home
from mlw_workflow.interfaces.web.routing import Pages, tell
from mlw_workflow.interfaces.web.security import local_path
from mlw_workflow.interfaces.web.visit import Visit
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts.login import HALF_LASTS, log_in, log_out
from mlw_workflow.services.accounts.second_factor import pass_code, waiting

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.services.accounts.login import Entrance

pages = Pages()


@pages.page("/", public=True)
def first(visit: Visit) -> Response:
    """The form to log in, or on to what there is to see."""
    if visit.viewer is not None:
        return visit.go(home(visit))
    on = local_path(visit.query("next"))
    return form(visit, on, expired=on != "/")


@pages.page("/", methods=("POST",), public=True)
def enter(visit: Visit) -> Response:
    """Log in, or on to the code. The session is a new one, whatever cookie the browser brought."""
    on, login = local_path(visit.typed("next")), visit.typed("login")
    if visit.switched:
        return form(visit, on, login=login)
    try:
        entrance = log_in(visit.office.desk, login, visit.typed("password"), visit.origin)
    except BadInput as refused:
        visit.office.metrics.login(ok=False)
        return form(visit, on, 422, login=login, error=page_sentence(refused, visit.language))
    return let_in(visit, entrance, on)


def form(visit: Visit, on: str, status: int = 200, **values: Any) -> Response:
    """The page with the form; ``error`` is told above it, and beside the field unless its ``place`` is another.

    ``held``: a form that came when nobody was logged in, which this one carries; by default what it carried before.
    """
    office = visit.office
    provider = office.settings.provider
    shown = {"login": "", "error": "", "expired": False, "place": "login", "held": carried_by(visit)}
    abroad = (provider.name or urlsplit(provider.issuer).netloc) if office.provider else ""
    return visit.page("login.html", status, **(shown | values), demo=office.demo, on=on, abroad=abroad)


def let_in(visit: Visit, entrance: Entrance, on: str) -> Response:
    """On to the page that was asked for, or to the one that asks for the code."""
    if not entrance.complete:
        held = carried_by(visit)
        response = visit.go(f"/login/code?next={quote(on)}") if held is None else _code_form(visit, on)
        visit.cookies.set(response, visit.cookies.half, entrance.token, max_age=int(HALF_LASTS.total_seconds()))
        return response
    return _begin(visit, entrance.token, on)


def _begin(visit: Visit, token: str, on: str) -> Response:
    """The browser gets the new session; the one it brought ends. A form that the login carried becomes a draft, or
    stands on the next page.
    """
    visit.office.metrics.login(ok=True)
    if visit.token:
        log_out(visit.office.desk, visit.token)
    held, now = carried_by(visit), Visit(visit.office, visit.request)
    now.token = token
    if held is None or keep_for_later(now, now.account, held):
        response = visit.go(on)
    else:
        response = tell(now, 200, bad_form=True, held=held)
    visit.cookies.set(response, visit.cookies.session, token)
    visit.cookies.drop(response, visit.cookies.visit)
    return response


@pages.page("/login/code", public=True)
def ask_code(visit: Visit) -> Response:
    """The form for the code, while the password is still fresh."""
    if waiting(visit.office.desk, _half(visit)) is None:
        return visit.go("/")
    return _code_form(visit, local_path(visit.query("next")))


@pages.page("/login/code", methods=("POST",), public=True)
def give_code(visit: Visit) -> Response:
    """Take the code; only now is there a session."""
    on, office = local_path(visit.typed("next")), visit.office
    try:
        token, _account = pass_code(office.desk, office.vault, _half(visit), visit.typed("code"), visit.origin)
    except BadInput as refused:
        office.metrics.login(ok=False)
        error = page_sentence(refused, visit.language)
        if refused.code == "half_login_over":
            return form(visit, on, 422, error=error)
        return _code_form(visit, on, error)
    response = _begin(visit, token, on)
    visit.cookies.drop(response, visit.cookies.half)
    return response


def _half(visit: Visit) -> str:
    return visit.request.cookies.get(visit.cookies.half, "")


def _code_form(visit: Visit, on: str, error: str = "") -> Response:
    return visit.page("login_code.html", 422 if error else 200, on=on, error=error, held=carried_by(visit))


@pages.page("/logout", methods=("POST",), public=True)
def leave(visit: Visit) -> Response:
    """Log out; the session ends on the server too."""
    if visit.token:
        log_out(visit.office.desk, visit.token)
    response = visit.go("/")
    visit.cookies.drop(response, visit.cookies.session)
    response.headers["clear-site-data"] = '"cache"'
    return response
