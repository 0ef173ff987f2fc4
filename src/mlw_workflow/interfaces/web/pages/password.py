"""Choosing a password by a one-time link, and asking for such a link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts.links import ask_for_reset, choose_password, owner_of
from mlw_workflow.services.accounts.passwords import LONGEST, SHORTEST

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


@pages.page("/password", public=True)
def show(visit: Visit) -> Response:
    """The form of whoever holds a link. Looking at it does not use the link up: mail programs look too."""
    account = owner_of(visit.office.desk, visit.query("link"))
    return _form(visit, account.login, "")


@pages.page("/password", methods=("POST",), public=True)
def choose(visit: Visit) -> Response:
    """Take the password, and on to logging in with it."""
    account = owner_of(visit.office.desk, visit.query("link"))
    try:
        if visit.typed("password") != visit.typed("again"):
            raise BadInput("passwords_differ")
        choose_password(visit.office.desk, visit.query("link"), visit.typed("password"))
    except BadInput as refused:
        if refused.code == "link_invalid":
            raise
        return _form(visit, account.login, page_sentence(refused, visit.language), 422)
    return visit.page("password_chosen.html", login=account.login)


def _form(visit: Visit, login: str, error: str, status: int = 200) -> Response:
    return visit.page("password.html", status, login=login, error=error, shortest=SHORTEST, longest=LONGEST)


@pages.page("/password/forgotten", public=True)
def forgotten(visit: Visit) -> Response:
    """The form to ask for a link."""
    return visit.page("forgotten.html", asked=False, error="")


@pages.page("/password/forgotten", methods=("POST",), public=True)
def ask(visit: Visit) -> Response:
    """Send a link, if there is such an account; the answer is the same if not."""
    office = visit.office
    try:
        ask_for_reset(office.desk, office.mailroom, office.settings.server.url, visit.typed("login"), visit.address)
    except BadInput as refused:
        return visit.page("forgotten.html", 422, asked=False, error=page_sentence(refused, visit.language))
    return visit.page("forgotten.html", asked=True, error="")
