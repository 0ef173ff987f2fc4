"""The first page: log in; and log out."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.security import local_path
from mlw_workflow.services.accounts.login import log_in, log_out

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


@pages.page("/", public=True)
def first(visit: Visit) -> Response:
    """The form to log in, or on to what there is to see."""
    if visit.viewer is not None:
        return visit.go("/pilots")
    on = local_path(visit.query("next"))
    return visit.page("login.html", demo=visit.office.demo, on=on, login="", error="", expired=on != "/")


@pages.page("/", methods=("POST",), public=True)
def enter(visit: Visit) -> Response:
    """Log in. The session is a new one, whatever cookie the browser brought."""
    on, login = local_path(visit.typed("next")), visit.typed("login")
    try:
        token = log_in(visit.office.desk, login, visit.typed("password"), visit.address)
    except BadInput as refused:
        error = sentence(refused, visit.language)
        return visit.page("login.html", 422, demo=visit.office.demo, on=on, login=login, error=error, expired=False)
    if visit.token:
        log_out(visit.office.desk, visit.token)
    response = visit.go("/pilots" if on == "/" else on)
    visit.cookies.set(response, visit.cookies.session, token)
    visit.cookies.drop(response, visit.cookies.visit)
    return response


@pages.page("/logout", methods=("POST",), public=True)
def leave(visit: Visit) -> Response:
    """Log out; the session ends on the server too."""
    if visit.token:
        log_out(visit.office.desk, visit.token)
    response = visit.go("/")
    visit.cookies.drop(response, visit.cookies.session)
    response.headers["clear-site-data"] = '"cache"'
    return response
