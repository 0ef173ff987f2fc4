"""What a municipality asked for: who asked, who decided, and what is still to be done about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlw_workflow.interfaces.web.lists import Programmes
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services.requests import requests, undecided

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.requests import Act, Asking, Requests, Trail

pages = Pages()


def undecided_rows(visit: Visit, text: str = "") -> list[dict[str, Any]]:
    """The requests that whoever looks may decide, as pages link to them."""
    programmes = Programmes(visit)
    return [
        {
            "href": f"/requests/{quote(one.pilot.code)}#{quote(one.machine)}",
            "title": programmes.of(one.pilot).plain_machine(one.machine),
            "place": one.pilot.municipality,
            "since": one.since,
        }
        for one in undecided(visit.office.desk, visit.person, text)
    ]


@pages.page("/requests/{code}")
def show(visit: Visit) -> Response:
    """The trail, by kind, and the waivers in force."""
    found = requests(visit.office.desk, visit.pilot, visit.roles)
    titles = visit.titles
    return visit.page(
        "requests.html",
        pilot=visit.pilot,
        kinds=[kind_row(visit, found, kind) for kind in found.kinds],
        waived=[
            {
                "task": titles.plain_machine(one.machine),
                "href": task_href(visit.pilot.code, one.machine),
                **act_row(one.machine, one.act, titles),
            }
            for one in found.waived
        ],
    )


def kind_row(visit: Visit, found: Trail, kind: Requests) -> dict[str, Any]:
    """The requests of one kind as the page shows them."""
    titles, code = visit.titles, visit.pilot.code
    return {
        "id": kind.machine,
        "title": titles.plain_machine(kind.machine),
        "href": task_href(code, kind.machine),
        "help": kind.workflow.help[visit.language],
        "state": titles.plain_state(kind.machine, kind.state),
        "deciders": titles.roles(kind.deciders),
        "choices": [
            (
                task_href(code, kind.machine, rule.trigger),
                titles.plain_trigger(kind.machine, rule.trigger),
                rule.exceptional and kind.workflow.state[rule.from_state].working,
            )
            for rule, mine in kind.choices
            if mine
        ],
        "askings": [asking_row(visit, found, kind, asking) for asking in kind.askings],
    }


def asking_row(visit: Visit, found: Trail, kind: Requests, asking: Asking) -> dict[str, Any]:
    """One request as the page shows it."""
    titles = visit.titles
    to_waive = []
    for machine in asking.concerns if asking.granted else ():
        position = found.standing.position(machine)
        waive = next(
            (rule for rule in found.standing.instances[machine].workflow.rules if rule.effect == "waive"), None
        )
        to_waive.append(
            {
                "task": titles.plain_machine(machine),
                "waived": position.trail().waived_by is not None,
                "href": task_href(visit.pilot.code, machine, waive.trigger if waive else ""),
                "mine": waive is not None and bool(set(visit.roles) & set(waive.by)),
            }
        )
    return {
        "asked": act_row(kind.machine, asking.asked, titles),
        "ended": act_row(kind.machine, asking.ended, titles) if asking.ended else None,
        "to_waive": to_waive,
    }


def act_row(machine: str, act: Act, titles: PageTitles) -> dict[str, Any]:
    """A step of a request as the page shows it."""
    return {
        "step": titles.plain_trigger(machine, act.trigger),
        "act": act,
        "role": titles.role(act.role) if act.role else "",
        "facts": [
            (field.title[titles.language], value_words(field, act.evidence[field.id], titles.language))
            for field in titles.fields(machine, act.trigger)
            if field.id in act.evidence
        ],
    }
