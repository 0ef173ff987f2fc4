"""My account: the password, the language, my sessions, and codes from a telephone as a second factor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import segno
from markupsafe import Markup

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.language import LANGUAGES
from mlw_workflow.interfaces.web.browsers import browser_name
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.accounts import own, second_factor
from mlw_workflow.services.accounts.passwords import LONGEST, SHORTEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
HERE = "/account"
FACTOR = f"{HERE}/second-factor"


@pages.page(HERE, enrolling=True)
def show(visit: Visit) -> Response:
    """Everything about the account of whoever looks."""
    sessions = own.open_sessions(visit.office.desk, visit.account, visit.token)
    return visit.page(
        "account.html",
        account=visit.account,
        language=visit.person.person.language,
        sessions=[(one, browser_name(one.browser)) for one in sessions],
        saved=visit.query("saved"),
    )


@pages.page(f"{HERE}/language", methods=("POST",), enrolling=True)
def speak(visit: Visit) -> Response:
    """Another language, also for the mails."""
    chosen = visit.typed("language")
    own.set_language(visit.office.desk, visit.account, chosen)
    response = visit.go(f"{HERE}?saved=language")
    if chosen in LANGUAGES:
        visit.cookies.speak(response, chosen)
    return response


@pages.page(f"{HERE}/sessions", methods=("POST",), enrolling=True)
def end(visit: Visit) -> Response:
    """End one session, or all but this one."""
    if visit.typed("all"):
        own.end_other_sessions(visit.office.desk, visit.account, visit.token)
    else:
        own.end_session(visit.office.desk, visit.account, visit.typed("session"))
    return visit.go(f"{HERE}?saved=sessions")


@pages.page(f"{HERE}/password", enrolling=True)
def password_form(visit: Visit) -> Response:
    """The form for another password."""
    return _password(visit)


@pages.page(f"{HERE}/password", methods=("POST",), enrolling=True)
def change_password(visit: Visit) -> Response:
    """Take another password from whoever knows the old one."""
    try:
        if visit.typed("password") != visit.typed("again"):
            raise BadInput("passwords_differ")
        own.change_password(
            visit.office.desk, visit.account, visit.typed("old"), visit.typed("password"), visit.token, visit.origin
        )
    except BadInput as refused:
        place = "password" if refused.code in ("passwords_differ", "password_length") else "old"
        return _password(visit, place, page_sentence(refused, visit.language))
    return visit.go(f"{HERE}?saved=password")


def _password(visit: Visit, place: str = "", error: str = "") -> Response:
    return visit.page(
        "account_password.html", 422 if error else 200, place=place, error=error, shortest=SHORTEST, longest=LONGEST,
        login=visit.account.login,
    )  # fmt: skip


# Codes from a telephone


@pages.page(FACTOR, enrolling=True)
def factor(visit: Visit) -> Response:
    """Whether codes are on, and what can be done about it."""
    return _factor(visit)


def _factor(visit: Visit, place: str = "", error: str = "") -> Response:
    since = visit.account.second_factor_since
    left = second_factor.codes_left(visit.office.desk, visit.account) if since is not None else 0
    return visit.page(
        "second_factor.html", 422 if error else 200, since=since, left=left, place=place, error=error,
        required=visit.must_enrol,
    )  # fmt: skip


@pages.page(f"{FACTOR}/begin", methods=("POST",), enrolling=True)
def begin(visit: Visit) -> Response:
    """Make a secret, and on to the page that shows it."""
    second_factor.begin(visit.office.desk, visit.office.vault, visit.account)
    return visit.go(f"{FACTOR}/enrol")


@pages.page(f"{FACTOR}/enrol", enrolling=True)
def enrol(visit: Visit) -> Response:
    """The secret as a picture and as text, and the field for the first code."""
    return _enrol(visit)


def _enrol(visit: Visit, error: str = "") -> Response:
    office = visit.office
    found = second_factor.enrolment(office.desk, office.vault, visit.account, office.name)
    if found is None:
        return visit.go(FACTOR)
    picture = segno.make_qr(found.uri, error="m").svg_inline(
        scale=5, border=4, light="#ffffff", svgclass="mlw-qr", lineclass=None
    )
    spaced = " ".join(found.secret[at : at + 4] for at in range(0, len(found.secret), 4))
    return visit.page(
        "second_factor_enrol.html",
        422 if error else 200,
        picture=Markup(picture),  # noqa: S704 (made of squares alone, nothing that was typed stands in it)
        secret=spaced,
        error=error,
    )


@pages.page(f"{FACTOR}/enrol", methods=("POST",), enrolling=True)
def confirm(visit: Visit) -> Response:
    """The first code turns codes on. The codes on paper stand in the answer, which is shown once."""
    office = visit.office
    try:
        codes = second_factor.confirm(office.desk, office.vault, visit.account, visit.typed("code"), visit.token)
    except BadInput as refused:
        if refused.code != "code_refused":
            raise
        return _enrol(visit, page_sentence(refused, visit.language))
    return visit.page("backup_codes.html", codes=codes, fresh=True)


@pages.page(f"{FACTOR}/off", methods=("POST",))
def turn_off(visit: Visit) -> Response:
    """Turn codes off, for whoever knows the password."""

    def off(password: str) -> Response:
        second_factor.turn_off(visit.office.desk, visit.account, password, visit.origin)
        return visit.go(f"{HERE}?saved=off")

    return _with_password(visit, "off", off)


@pages.page(f"{FACTOR}/codes", methods=("POST",))
def new_codes(visit: Visit) -> Response:
    """Other codes on paper, for whoever knows the password."""
    office = visit.office

    def renew(password: str) -> Response:
        codes = second_factor.new_backup_codes(office.desk, office.vault, visit.account, password, visit.origin)
        return visit.page("backup_codes.html", codes=codes, fresh=False)

    return _with_password(visit, "codes", renew)


def _with_password(visit: Visit, place: str, do: Callable[[str], Response]) -> Response:
    try:
        return do(visit.typed(f"{place}-password"))
    except BadInput as refused:
        return _factor(visit, place, page_sentence(refused, visit.language))
