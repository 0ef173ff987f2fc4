"""Administration: the addresses of programs that are told of events, and whether they take what they are told."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mlw_workflow import bootstrap
from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.interfaces.wording.webhooks import EVENTS, error_words, why_not
from mlw_workflow.services import administration
from mlw_workflow.services import webhooks as service

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.domain.errors import WorkflowError
    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
HERE = "/admin/webhooks"
PLACES = {"webhook_events": "event", "account_unknown": "person"}
"""Where a refusal is told; elsewhere at the address."""


@pages.page(HERE, admin=True)
def show(visit: Visit) -> Response:
    """The list, and the form for a new one."""
    return _page(visit)


@pages.page(HERE, methods=("POST",), admin=True)
def add(visit: Visit) -> Response:
    """Have an address told from now on. The secret stands in the answer, which is shown once."""
    code = visit.typed("pilot")
    pilot = next((one for one in administration.pilots_of(visit.office.desk) if one.code == code), None)
    if code and pilot is None:
        raise NotThere
    hooks = bootstrap.open_webhooks(visit.office.settings)
    person, url = visit.typed("person").strip(), visit.typed("url").strip()
    try:
        made, secret = service.new_webhook(visit.office.desk, hooks, person, url, _chosen(visit), pilot)
    except (BadInput, UnknownPerson) as refused:
        return _page(visit, refused)
    return visit.page("admin_webhook_made.html", hook=made, secret=secret)


@pages.page(f"{HERE}/off", methods=("POST",), admin=True)
def switch_off(visit: Visit) -> Response:
    """Tell an address nothing more; what waits is not sent."""
    service.disable(visit.office.desk, visit.typed("number")[:40])
    return visit.go(f"{HERE}?done=off")


@pages.page(f"{HERE}/try", methods=("POST",), admin=True, apart=True)
def try_out(visit: Visit) -> Response:
    """Send a test event at once, and say what became of it."""
    hooks = bootstrap.open_webhooks(visit.office.settings)
    taken = service.try_out(visit.office.desk, hooks, visit.typed("number")[:40])
    return visit.go(f"{HERE}?{urlencode({'done': 'tried', 'why': taken.reason, 'status': taken.status or ''})}")


def _chosen(visit: Visit) -> list[str]:
    return [str(value) for value in visit.form.getlist("event") if isinstance(value, str)]


def _page(visit: Visit, refused: WorkflowError | None = None) -> Response:
    language, status = visit.language, visit.query("status")
    tried = visit.query("done") == "tried"
    return visit.page(
        "admin_webhooks.html",
        422 if refused else 200,
        rows=[
            (one, [EVENTS[event][language] for event in one.hook.events], _last(one, language))
            for one in service.overview(visit.office.desk)
        ],
        events=[(event, EVENTS[event][language]) for event in service.EVENTS],
        pilots=administration.pilots_of(visit.office.desk),
        chosen=_chosen(visit) or ([] if refused else ["entry.recorded"]),
        pilot=visit.typed("pilot"),
        person=visit.typed("person") if refused else visit.person.person.email,
        url=visit.typed("url"),
        place=PLACES.get(refused.code, "url") if refused else "",
        error=page_sentence(refused, language) if refused else "",
        done=visit.query("done"),
        why=why_not(visit.query("why"), status if status.isdecimal() else "", language) if tried else "",
    )


def _last(one: service.Overview, language: str) -> str:
    """Why the last event was not taken; empty where it was, or was not sent yet."""
    return error_words(one.last.last_error, language) if one.last is not None else ""
