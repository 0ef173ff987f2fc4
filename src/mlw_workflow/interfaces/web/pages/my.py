"""What waits for whoever looks, in all their municipalities; and not being reminded of a deadline for a while."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlw_workflow.domain.errors import BadInput, UnknownMachine
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.drafts import drafts_of
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.pages.board import draft_row, task_href
from mlw_workflow.interfaces.web.pages.requests import undecided_rows
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import PageTitles
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.my import MyDeadline, my
from mlw_workflow.services.pause import acknowledge, snooze

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.my import MyStep

pages = Pages()
SHOWN = 8
PAUSE = "/my/reminders/{code}/{rule}/{machine:path}"
NO_SUCH_DAY = Text("Proszę podać istniejący dzień, na przykład 10 6 2014.", "Give an existing day, such as 10 6 2014.")


@pages.page("/my")
def show(visit: Visit) -> Response:
    """Everything, the late things first."""
    found = my(visit.office.desk, visit.person)
    pilots = {pilot.id: pilot for pilot in visit.person.pilots}
    titles = {key: _titles(visit, pilot) for key, pilot in pilots.items()}
    steps = _gathered([step_row(step, titles[step.pilot.id]) for step in found.steps])
    deadlines = [deadline_row(one, titles[one.pilot.id]) for one in found.deadlines]
    shown, many = max(SHOWN, sum(one.late for one in found.deadlines)), len(deadlines) > SHOWN
    return visit.page(
        "my.html",
        today=found.today,
        several=len(pilots) > 1,
        logs=[step_row(step, titles[step.pilot.id]) for step in found.logs],
        steps=steps[:SHOWN],
        more=steps[SHOWN:],
        deadlines=_by_day(deadlines[:shown]),
        later=_by_day(deadlines[shown:]),
        later_count=len(deadlines[shown:]),
        many=many,
        drafts=[
            draft_row(pilots[place.pilot].code, place, saved_at, titles[place.pilot])
            | {"place": pilots[place.pilot].municipality}
            for place, saved_at in drafts_of(visit)
            if place.pilot in pilots
        ],
        undecided=undecided_rows(visit),
        done=visit.query("done"),
    )


def _titles(visit: Visit, pilot: Pilot) -> PageTitles:
    return PageTitles(visit.office.desk.programme(pilot.definition), visit.language)


def step_row(step: MyStep, titles: PageTitles) -> dict[str, Any]:
    """A step as the page shows it."""
    return {
        "href": task_href(step.pilot.code, step.machine, step.rule.trigger),
        "step": titles.plain_trigger(step.machine, step.rule.trigger),
        "task": titles.plain_machine(step.machine),
        "place": step.pilot.municipality,
        "due_on": step.due_on,
        "late": step.late,
        "alike": 0,
        "key": (step.pilot.id, step.machine.partition("/")[0], step.rule.trigger),
    }


def _gathered(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same step of a recurring report in one place stands there once, with how many follow."""
    found: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in rows:
        if row["key"] in found:
            found[row["key"]]["alike"] += 1
        else:
            found[row["key"]] = row
    return list(found.values())


def _by_day(rows: list[dict[str, Any]]) -> list[tuple[bool, date | None, list[dict[str, Any]]]]:
    """What is late together, then each day's own: whether late, the day (None: there is none yet), the deadlines."""
    keyed = groupby(rows, key=lambda row: (row["late"], None if row["late"] else row["due_on"]))
    return [(late, day, list(group)) for (late, day), group in keyed]


def deadline_row(one: MyDeadline, titles: PageTitles) -> dict[str, Any]:
    """A deadline as the page shows it."""
    step = one.step
    return {
        "name": one.rule.title[titles.language],
        "task": titles.plain_machine(one.machine),
        "place": one.pilot.municipality,
        "due_on": one.due_on,
        "late": one.late,
        "href": task_href(one.pilot.code, one.machine, step.trigger if step else ""),
        "step": titles.plain_trigger(one.machine, step.trigger) if step else "",
        "acknowledged": one.acknowledged,
        "snoozed_until": one.snoozed_until,
        "pause": f"/my/reminders/{quote(one.pilot.code)}/{quote(one.rule.id)}/{quote(one.machine)}",
    }


@pages.page(PAUSE)
def reminders(visit: Visit) -> Response:
    """How to be left in peace about a deadline."""
    one = _deadline(visit)
    later = found_today(visit) + timedelta(days=min(7, one.snooze_days_max))
    return _form(visit, one, Typed({f"on-{part}": [str(getattr(later, part))] for part in forms.PARTS}))


def found_today(visit: Visit) -> Any:
    """The programme's day."""
    return visit.office.desk.today(visit.office.desk.programme(visit.pilot.definition))


def _deadline(visit: Visit) -> MyDeadline:
    """The deadline of the address, if it is one of the visitor's."""
    named = visit.request.path_params
    for one in my(visit.office.desk, visit.person).deadlines:
        if (one.pilot.id, one.machine, one.rule.id) == (visit.pilot.id, named["machine"], named["rule"]):
            return one
    raise UnknownMachine(machine=named["machine"][:80], known=(), pilot=visit.pilot.municipality)


@pages.page(PAUSE, methods=("POST",))
def pause(visit: Visit) -> Response:
    """Acknowledge, or be reminded later."""
    one, desk, person = _deadline(visit), visit.office.desk, visit.person.person.id
    typed = Typed.of(visit.form)
    try:
        if visit.typed("do") == "acknowledge":
            acknowledge(desk, one.pilot, one.machine, person, rule=one.rule.id, by=person)
            return visit.go("/my?done=acknowledged")
        until = forms.day_or_none(typed.day("on"))
        if until is None:
            return _form(visit, one, typed, NO_SUCH_DAY[visit.language], "on")
        snooze(desk, one.pilot, one.machine, person, until, typed.one("e-reason"), rule=one.rule.id, by=person)
    except BadInput as wrong:
        if wrong.code == "deadline_acknowledged":
            return visit.go("/my?done=acknowledged")
        field = {"reason_missing": "e-reason", "reason_invalid": "e-reason"}.get(wrong.code, "on")
        return _form(visit, one, typed, page_sentence(wrong, visit.language), field)
    return visit.go("/my?done=snoozed")


def _form(visit: Visit, one: MyDeadline, typed: Typed, error: str = "", field: str = "") -> Response:
    return visit.page(
        "reminders.html",
        422 if error else 200,
        row=deadline_row(one, _titles(visit, one.pilot)),
        one=one,
        on=typed.parts("on"),
        reason=typed.one("e-reason"),
        error=error,
        field=field,
    )
