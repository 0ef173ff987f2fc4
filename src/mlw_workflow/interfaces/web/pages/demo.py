"""Pages that only a demonstration has: its mailbox, and what moves its clock."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from starlette.exceptions import HTTPException

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web.forms import Typed, day_or_none
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.security import local_path
from mlw_workflow.interfaces.wording.on_page import page_sentence

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.demonstration import Demonstration
    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


def demonstration(visit: Visit) -> Demonstration:
    """The demonstration that these pages are registered for."""
    found = visit.office.demonstration
    assert found is not None, "pages of a demonstration elsewhere"
    return found


@pages.page("/demo", public=True)
def mailbox(visit: Visit) -> Response:
    """The mails that would have gone out, and the clock."""
    return _mailbox(visit)


def _mailbox(visit: Visit, error: str = "", parts: tuple[str, str, str] | None = None) -> Response:
    demo = demonstration(visit)
    today = demo.today
    return visit.page(
        "mailbox.html",
        422 if error else 200,
        mails=demo.mails(),
        parts=parts or (str(today.day), str(today.month), str(today.year)),
        error=error,
        sent=visit.query("sent") if visit.query("sent").isdecimal() else "",
    )


@pages.page("/demo/mail/{name}", public=True)
def mail(visit: Visit) -> Response:
    """One mail."""
    found = demonstration(visit).mail(visit.request.path_params["name"])
    if found is None:
        raise HTTPException(404)
    return visit.page("mail.html", mail=found)


@pages.page("/demo/clock", methods=("POST",), public=True)
def move_clock(visit: Visit) -> Response:
    """Let days pass: a number of them (``days``), or until a day that was typed. Back to where the form was."""
    demo = demonstration(visit)
    typed = Typed({name: [visit.typed(name)] for name in ("to-day", "to-month", "to-year")})
    days = visit.typed("days")
    if days.isdecimal() and len(days) < 4:
        to = demo.today + timedelta(days=int(days))
    else:
        given = day_or_none(typed.day("to"))
        if given is None:
            return _mailbox(visit, page_sentence(BadInput("clock_no_day"), visit.language), typed.parts("to"))
        to = given
    try:
        sent = demo.move(to)
    except BadInput as refused:
        return _mailbox(visit, page_sentence(refused, visit.language), typed.parts("to"))
    back = local_path(visit.typed("back"))
    return visit.go(f"/demo?sent={sent}" if back == "/" or back.startswith("/demo") else back)
