"""Who is told in somebody's place, from a day to a day."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.routing import Forbidden, Pages
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.deputies import Cover, cover, name_deputy

if TYPE_CHECKING:
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.pause import Deputy
    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
PATH = "/deputies/{code}"
NOBODY = Text("Proszę wybrać osobę z listy.", "Choose a person from the list.")
NO_DAY = Text("Proszę podać istniejący dzień, na przykład 10 6 2014.", "Give an existing day, such as 10 6 2014.")


@pages.page(PATH)
def show(visit: Visit) -> Response:
    """The list, and the form."""
    found = cover(visit.office.desk, visit.pilot, visit.roles)
    return _page(visit, found, _first(visit, found), {})


def _first(visit: Visit, found: Cover) -> Typed:
    """What the form proposes: for whoever looks, from today."""
    day = found.today
    return Typed(
        {"e-person": [visit.person.person.id]} | {f"on-since-{part}": [str(getattr(day, part))] for part in forms.PARTS}
    )


@pages.page(PATH, methods=("POST",))
def change(visit: Visit) -> Response:
    """Name a deputy, or end the time of one."""
    found = cover(visit.office.desk, visit.pilot, visit.roles)
    if visit.typed("do").startswith("end:"):
        return _end(visit, found, visit.typed("do").removeprefix("end:"))
    typed = Typed.of(visit.form)
    person, deputy = typed.one("e-person"), typed.one("e-deputy")
    known = {one.id for one in found.members}
    since, until = (forms.day_or_none(typed.day(f"on-{end}")) for end in ("since", "until"))
    language = visit.language
    errors = {
        f"e-{name}": NOBODY[language] for name, who in (("person", person), ("deputy", deputy)) if who not in known
    }
    errors |= {f"on-{name}": NO_DAY[language] for name, day in (("since", since), ("until", until)) if day is None}
    if errors or since is None or until is None:
        return _page(visit, found, typed, errors)
    _may(visit, found, person)
    try:
        name_deputy(visit.office.desk, [visit.pilot], person, deputy, since, until, by=visit.person.person.id)
    except BadInput as wrong:
        field = "on-until" if wrong.code == "deputy_span" else "e-deputy"
        return _page(visit, found, typed, {field: page_sentence(wrong, language)})
    return visit.go(f"/deputies/{quote(visit.pilot.code)}?done=named")


def _may(visit: Visit, found: Cover, person: str) -> None:
    """Raise Forbidden for whoever names a deputy for somebody else and may not."""
    if not (found.names_anybody or person == visit.person.person.id):
        raise Forbidden


def _end(visit: Visit, found: Cover, which: str) -> Response:
    """From today on the person is there again; a time that has not begun is taken back."""
    chosen = next((one for one in found.deputies if _key(one) == which), None)
    if chosen is not None and chosen.until >= found.today:
        _may(visit, found, chosen.person)
        until: date = max(found.today, chosen.since) - timedelta(days=1)
        by = visit.person.person.id
        name_deputy(visit.office.desk, [visit.pilot], chosen.person, chosen.deputy, chosen.since, until, by=by)
    return visit.go(f"/deputies/{quote(visit.pilot.code)}?done=ended")


def _key(one: Deputy) -> str:
    return f"{one.person}/{one.deputy}/{one.since}"


def _page(visit: Visit, found: Cover, typed: Typed, errors: dict[str, str]) -> Response:
    me, today = visit.person.person.id, found.today
    return visit.page(
        "deputies.html",
        422 if errors else 200,
        pilot=visit.pilot,
        rows=[
            {
                "person": found.people[one.person].name,
                "deputy": found.people[one.deputy].name,
                "one": one,
                "key": _key(one) if one.until >= today and (found.names_anybody or one.person == me) else "",
                "when": "now" if one.holds_on(today) else "past" if one.until < today else "later",
            }
            for one in found.deputies
        ],
        absent=[one for one in found.members if found.names_anybody or one.id == me],
        members=found.members,
        person=typed.one("e-person"),
        deputy=typed.one("e-deputy"),
        since=typed.parts("on-since"),
        until=typed.parts("on-until"),
        errors=errors,
        done=visit.query("done"),
    )
