"""Administration: people, their accounts and their roles."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mlw_workflow.domain.definition import Role
from mlw_workflow.domain.errors import AccessRefused, BadInput, UnknownPerson
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.routing import Forbidden, NotThere, Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services import administration, people
from mlw_workflow.services.accounts import links, manage, second_factor

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.administration import PersonPage

pages = Pages()
PEOPLE = "/admin/people"


@pages.page(PEOPLE, admin=True)
def list_people(visit: Visit) -> Response:
    """Everybody, or those who are looked for."""
    wanted = visit.query("q")[:120]
    given = visit.query("page")
    page = min(int(given), 10_000) if given.isascii() and given.isdigit() and len(given) < 6 and int(given) else 1
    rows, total = administration.found_people(visit.office.desk, wanted, page)
    count = max(1, math.ceil(total / administration.PAGE))

    def href(number: int) -> str:
        return f"{PEOPLE}?{urlencode({'q': wanted, 'page': number} if wanted else {'page': number})}"

    return visit.page(
        "admin_people.html",
        rows=rows,
        total=total,
        wanted=wanted,
        page=page,
        count=count,
        before=href(page - 1) if page > 1 else "",
        after=href(page + 1) if page < count else "",
    )


@pages.page(f"{PEOPLE}/new", admin=True)
def new_person(visit: Visit) -> Response:
    """The form for somebody who is not in the list."""
    return _new(visit, {})


@pages.page(f"{PEOPLE}/new", methods=("POST",), admin=True)
def add_person(visit: Visit) -> Response:
    """Add a person; an account comes by an invitation."""
    typed = {name: visit.typed(name) for name in ("name", "email", "language")}
    try:
        language = "en" if typed["language"] == "en" else "pl"
        by = visit.person.person.id
        person = people.add_person(visit.office.desk, typed["name"], typed["email"].strip(), language, by)
    except BadInput as refused:
        return _new(visit, typed, refused)
    return visit.go(f"{PEOPLE}/{person.id}?done=added")


def _new(visit: Visit, typed: dict[str, str], refused: BadInput | None = None) -> Response:
    place = "email" if refused is not None and refused.code == "person_email_invalid" else "name"
    error = page_sentence(refused, visit.language) if refused else ""
    return visit.page("admin_person_new.html", 422 if error else 200, typed=typed, error=error, place=place)


@pages.page(f"{PEOPLE}/{{person}}", admin=True)
def show_person(visit: Visit) -> Response:
    """One person."""
    return _person(visit, _known(visit))


def _known(visit: Visit) -> PersonPage:
    try:
        return administration.person_of(visit.office.desk, visit.request.path_params["person"])
    except UnknownPerson as unknown:
        raise NotThere from unknown


def _person(visit: Visit, found: PersonPage, error: str = "", place: str = "") -> Response:
    desk, language = visit.office.desk, visit.language
    pilots = administration.pilots_of(desk)
    offered = administration.offered_roles(desk, pilots)
    several = len({programme.id for programme, _ in offered}) > 1
    typed = Typed.of(visit.form)
    return visit.page(
        "admin_person.html",
        422 if error else 200,
        found=found,
        own=found.person.id == visit.person.person.id,
        roles=[
            (f"{programme.id}:{role.id}", role.title[language] + (f" ({programme.title[language]})" if several else ""))
            for programme, role in offered
        ],
        pilots=pilots,
        today=max((desk.today(programme) for programme, _ in offered), default=None),
        since=typed.parts("e-since"),
        until=typed.parts("e-until"),
        chosen=(visit.typed("role"), visit.typed("pilot")),
        done=visit.query("done"),
        error=error,
        place=place,
    )


@pages.page(f"{PEOPLE}/{{person}}", methods=("POST",), admin=True)
def change_person(visit: Visit) -> Response:
    """Do one thing about a person."""
    found, what = _known(visit), visit.typed("do")
    do = ACTIONS.get(what)
    if do is None:
        raise NotThere
    try:
        do(visit, found)
    except (BadInput, AccessRefused) as refused:
        return _person(visit, found, page_sentence(refused, visit.language), PLACES.get(what, "account"))
    return visit.go(f"{PEOPLE}/{found.person.id}?done={what}")


def _invite(visit: Visit, found: PersonPage) -> None:
    office, account = visit.office, found.account
    is_admin = bool(visit.typed("admin")) or (account is not None and account.is_admin)
    links.invite(office.desk, office.mailroom, office.settings.server.url, found.person.id, is_admin=is_admin)


def _disable(visit: Visit, found: PersonPage) -> None:
    if found.person.id == visit.person.person.id:
        raise Forbidden
    manage.disable(visit.office.desk, found.person.id)


def _enable(visit: Visit, found: PersonPage) -> None:
    manage.disable(visit.office.desk, found.person.id, off=False)


def _reset(visit: Visit, found: PersonPage) -> None:
    second_factor.reset(visit.office.desk, found.person.id)


def _unlink(visit: Visit, found: PersonPage) -> None:
    administration.unlink(visit.office.desk, found.person.id)


def _give(visit: Visit, found: PersonPage) -> None:
    """A role of a whole programme goes to all its pilots, whichever was chosen."""
    since, until = _day(visit, "e-since"), _day(visit, "e-until")
    role, pilots = _chosen(visit)
    desk, by = visit.office.desk, visit.person.person.id
    people.give_role(desk, found.person.id, role.id, pilots, since, until, by)


def _end(visit: Visit, found: PersonPage) -> None:
    number, until = visit.typed("held"), _day(visit, "e-until")
    if not (number.isascii() and number.isdigit() and len(number) < 5 and int(number) < len(found.held)):
        raise NotThere
    held = found.held[int(number)]
    if held.since.isoformat() != visit.typed("since") or held.role.id != visit.typed("role"):
        raise NotThere  # the list changed meanwhile
    if until is None:
        raise BadInput("day_missing")
    desk, by = visit.office.desk, visit.person.person.id
    people.give_role(desk, found.person.id, held.role.id, list(held.pilots), held.since, until, by)


ACTIONS: dict[str, Callable[[Visit, PersonPage], None]] = {
    "invite": _invite,
    "disable": _disable,
    "enable": _enable,
    "reset": _reset,
    "unlink": _unlink,
    "give": _give,
    "end": _end,
}
PLACES = {"give": "role", "end": "held"}
"""Where a refusal is told; elsewhere at the account."""


def _chosen(visit: Visit) -> tuple[Role, list[Pilot]]:
    programme_id, _, role_id = visit.typed("role").partition(":")
    pilots = administration.pilots_of(visit.office.desk)
    offered = administration.offered_roles(visit.office.desk, pilots)
    role = next((role for programme, role in offered if (programme.id, role.id) == (programme_id, role_id)), None)
    if role is None:
        raise BadInput("role_missing")
    code = visit.typed("pilot")
    reach = [one for one in pilots if one.programme == programme_id and (role.scope == "programme" or one.code == code)]
    if not reach:
        raise BadInput("pilot_missing")
    return role, reach


def _day(visit: Visit, name: str) -> date | None:
    given = Typed.of(visit.form).day(name)
    day = forms.day_or_none(given)
    if given and day is None:
        raise BadInput("day_missing")
    return day
