"""The page of one task, and the form of each of its steps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.decision import Refused
from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.problems import sentence as error_sentence
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.drafts import draft_of, forget
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.pages.board import code_of, task_href, waits
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.wording import reasons as wording
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services import advance as service
from mlw_workflow.services.files import FileStore
from mlw_workflow.services.task import Asked, asked, task_page

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.advance import Outcome
    from mlw_workflow.services.task import Choice, Event, TaskPage

pages = Pages()
PATH = "/pilots/{code}/{machine:path}"
BAD_DAY = Text(
    "Dzień zdarzenia powinien być istniejącą datą, na przykład 10 6 2014.",
    "The day of the event must be an existing date, such as 10 6 2014.",
)
ONWARDS = ("advance", "resume")
"""What carries a task on; the other steps are exceptions, and stand apart."""


@dataclass(frozen=True, slots=True)
class Told:
    """A reason of a refusal: its sentence, and where it can be put right."""

    text: str
    href: str
    field: bool


@dataclass(frozen=True, slots=True)
class WayStep:
    """A step of a way out."""

    href: str
    step: str
    task: str
    roles: str
    evidence: tuple[str, ...]
    earliest_on: date
    exceptional: bool


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is told of a form above and beside its fields."""

    told: tuple[Told, ...] = ()
    way: Way | None = None
    errors: Mapping[str, str] = field(default_factory=dict)
    """Sentences by control."""
    refused: bool = False
    """The form was handed in, and nothing of it was recorded."""


@dataclass(frozen=True, slots=True)
class Way:
    """The way out of a refusal."""

    possible: bool
    gave_up: bool
    steps: tuple[WayStep, ...]
    earliest_on: date | None
    lost: tuple[str, ...]


@pages.page(PATH)
def show(visit: Visit) -> Response:
    """The task; with ``step`` the form of one of its steps."""
    if visit.query("step"):
        return step_form(visit)
    found = task_page(visit.office.desk, visit.pilot, visit.request.path_params["machine"], visit.roles)
    titles, machine = visit.titles, found.machine
    workflow, entered = found.workflow, found.position.entered
    choices = [choice_row(visit, found, choice) for choice in found.choices]
    return visit.page(
        "task.html",
        pilot=visit.pilot,
        machine=machine,
        code=code_of(machine),
        title=titles.plain_machine(machine),
        help=workflow.help[visit.language],
        state=titles.plain_state(machine, found.position.state),
        since=entered.occurred_on if entered else None,
        onwards=[row for row, choice in zip(choices, found.choices, strict=True) if choice.rule.effect in ONWARDS],
        others=[row for row, choice in zip(choices, found.choices, strict=True) if choice.rule.effect not in ONWARDS],
        deadlines=[
            (one.rule.title[visit.language], one.due_on, one.status, one.late(found.today)) for one in found.deadlines
        ],
        events=[event_row(found, event, titles, visit.language) for event in found.events],
        correct=task_href(visit.pilot.code, machine, CORRECT) if found.correctable else "",
        recorded=visit.query("recorded"),
        recorded_twice=bool(visit.query("twice")),
    )


def choice_row(visit: Visit, found: TaskPage, choice: Choice) -> dict[str, Any]:
    """A step from here as the page shows it."""
    rule, titles = choice.rule, visit.titles
    needs = [reason for reason in choice.reasons if reason.needs]
    others = [reason for reason in choice.reasons if not reason.needs]
    return {
        "href": task_href(visit.pilot.code, found.machine, rule.trigger),
        "step": titles.plain_trigger(found.machine, rule.trigger),
        "help": rule.help[visit.language],
        "roles": titles.roles(rule.by),
        "mine": choice.mine,
        "waits": waits(visit.pilot.code, needs, titles),
        "others": [told_text(reason, titles, rule.trigger) for reason in others],
        "evidence": [(field.title[visit.language], field.required) for field in rule.evidence],
        "to": titles.plain_state(found.machine, rule.to_state),
    }


def event_row(found: TaskPage, event: Event, titles: PageTitles, language: str) -> dict[str, Any]:
    """An entry of the history as the page shows it."""
    fields = titles.fields(found.machine, event.trigger)
    known = {field.id: field for field in fields}
    return {
        "event": event,
        "step": titles.plain_trigger(found.machine, event.trigger),
        "state": titles.plain_state(found.machine, event.to_state),
        "who": event.actor,
        "role": titles.role(event.role) if event.role else "",
        "evidence": [
            (known[name].title[language], value_words(known[name], value, language))
            for name, value in event.evidence.items()
            if name in known
        ],
    }


# The form of a step


def step_form(visit: Visit) -> Response:
    """The empty form (or a draft of it), with what keeps the step today."""
    wanted = asked(
        visit.office.desk, visit.pilot, visit.request.path_params["machine"], visit.query("step"), visit.roles
    )
    draft = draft_of(visit, visit.pilot, wanted.machine, wanted.trigger)
    typed = draft or today_typed(wanted.today)
    verdict = Verdict()
    if wanted.trigger != CORRECT:
        outcome = service.preview(visit.office.desk, request_of(visit, wanted, {}, None))
        if isinstance(outcome.decision, Refused):
            kept = [reason for reason in outcome.decision.reasons if not reason.field]
            told = tuple(told_of(reason, visit, wanted) for reason in kept if reason.code != "role_not_allowed")
            verdict = Verdict(told, way_of(outcome, visit) if told else None)
    return form_page(visit, wanted, typed, verdict, drafted=draft is not None)


def today_typed(today: date) -> Typed:
    """The day of the event as first proposed."""
    return Typed({"on-day": [str(today.day)], "on-month": [str(today.month)], "on-year": [str(today.year)]})


def request_of(visit: Visit, wanted: Asked, evidence: dict[str, Any], on: date | None) -> service.Request:
    """The attempt of whoever looks; ``seen`` is the task as their form knew it."""
    seen = visit.typed("seen")
    return service.Request(
        visit.pilot,
        wanted.machine,
        wanted.trigger,
        visit.person.person.id,
        on,
        evidence,
        int(seen) if seen.isdecimal() and len(seen) < 12 else None,
        next(iter(visit.roles), ""),
    )


@pages.page(PATH, methods=("POST",))
def hand_in(visit: Visit) -> Response:
    """Record the step, or tell all that it lacks; nothing typed is lost."""
    desk, pilot = visit.office.desk, visit.pilot
    wanted = asked(desk, pilot, visit.request.path_params["machine"], visit.query("step"), visit.roles)
    typed = Typed.of(visit.form)
    do = visit.typed("do")
    if do.startswith("more:"):
        return form_page(visit, wanted, typed, Verdict(), more=do.removeprefix("more:"))
    typed = forms.compact(wanted.fields, typed)
    day = typed.day("on")
    on = forms.day_or_none(day)
    if day and on is None:
        wrong_day = Told(BAD_DAY[visit.language], "#on-day", field=True)
        return form_page(visit, wanted, typed, Verdict((wrong_day,), None, {"on": wrong_day.text}, refused=True))
    if sent_before(visit, wanted, on):
        return visit.go(f"{task_href(pilot.code, wanted.machine)}?recorded={wanted.seen_seq}&twice=1")
    store = FileStore(visit.office.settings.files, visit.office.settings.file_size_max_mb)
    try:
        given = forms.evidence(wanted.fields, typed, visit.form, store)
        outcome = service.advance(desk, request_of(visit, wanted, given, on))
        if outcome.admitted:
            store.keep()
    except BadInput as wrong:
        problem = Told(error_sentence(wrong, visit.language), "", field=False)
        return form_page(visit, wanted, typed, Verdict((problem,), refused=True))
    finally:
        store.drop()
    if outcome.entry is not None and outcome.admitted:
        forget(visit, pilot, wanted.machine, wanted.trigger)
        return visit.go(f"{task_href(pilot.code, wanted.machine)}?recorded={outcome.entry.seq}")
    return refused(visit, wanted, typed, outcome)


def sent_before(visit: Visit, wanted: Asked, on: date | None) -> bool:
    """Whether this very form was handed in already: the step after the one it knew is the one it asks for."""
    last = wanted.standing.position(wanted.machine).last
    seen = visit.typed("seen")
    return (
        last is not None
        and seen.isdecimal()
        and last.seq > int(seen)
        and last.trigger == wanted.trigger
        and last.occurred_on == (on or wanted.today)
        and not wanted.here
    )


def refused(visit: Visit, wanted: Asked, typed: Typed, outcome: Outcome) -> Response:
    """Every reason and the way out, above the form as it was typed."""
    decision = outcome.decision
    assert isinstance(decision, Refused)
    fresh = asked(visit.office.desk, visit.pilot, wanted.machine, wanted.trigger, visit.roles)
    told = tuple(told_of(reason, visit, wanted) for reason in decision.reasons)
    errors: dict[str, str] = {}
    for reason, one in zip(decision.reasons, told, strict=True):
        if one.field:
            errors.setdefault(one.href.removeprefix("#").removesuffix("-day"), one.text)
            if reason.field:
                errors.setdefault(forms.control_at(reason.field), one.text)
    elsewhere = any(not one.field for one in told)
    way = way_of(outcome, visit) if elsewhere else None
    return form_page(visit, fresh, typed, Verdict(told, way, errors, refused=True))


def told_text(reason: Reason, titles: PageTitles, trigger: str) -> str:
    """A reason in words for a page."""
    return wording.sentence(reason, titles, trigger, wording.ON_PAGE)


def told_of(reason: Reason, visit: Visit, wanted: Asked) -> Told:
    """A reason with the place where it can be put right."""
    text = told_text(reason, visit.titles, wanted.trigger)
    if reason.field:
        types = {field.id: field.type for field in wanted.fields}
        place = forms.control_at(reason.field)
        return Told(text, f"#{place}-day" if types.get(reason.field) == "date" else f"#{place}", field=True)
    if reason.code.startswith("date_"):
        return Told(text, "#on-day", field=True)
    if reason.needs:
        return Told(text, task_href(visit.pilot.code, reason.machine), field=False)
    if reason.code == "relied_upon":
        return Told(text, task_href(visit.pilot.code, reason.machine, CORRECT), field=False)
    return Told(text, "", field=False)


def way_of(outcome: Outcome, visit: Visit) -> Way | None:
    """The way out as the page shows it."""
    found, titles = outcome.way_out, visit.titles
    if found is None:
        return None
    steps = tuple(
        WayStep(
            task_href(visit.pilot.code, step.machine, step.trigger),
            titles.plain_trigger(step.machine, step.trigger),
            titles.plain_machine(step.machine),
            titles.roles(step.roles),
            tuple(field.title[visit.language] for field in step.evidence if field.required and not field.default),
            step.earliest_on,
            step.exceptional,
        )
        for step in found.steps
    )
    lost = []
    for name in found.lost:
        machine, _, state = name.rpartition(".")
        lost.append(f"{titles.plain_machine(machine)}: {titles.plain_state(machine, state)}")
    return Way(found.possible, found.gave_up, steps, found.earliest_on, tuple(lost))


def form_page(
    visit: Visit, wanted: Asked, typed: Typed, verdict: Verdict, *, more: str = "", drafted: bool = False
) -> Response:
    """The page of a step: what is in the way, the way out, the form."""
    titles, language = visit.titles, visit.language
    rule = wanted.rule
    return visit.page(
        "step.html",
        422 if verdict.refused else 200,
        pilot=visit.pilot,
        machine=wanted.machine,
        title=titles.plain_machine(wanted.machine),
        step=titles.plain_trigger(wanted.machine, wanted.trigger),
        help=rule.help[language] if rule else "",
        back=task_href(visit.pilot.code, wanted.machine),
        action=task_href(visit.pilot.code, wanted.machine, wanted.trigger),
        roles=titles.roles(wanted.by),
        mine=wanted.mine,
        told=verdict.told,
        way=verdict.way,
        refused=verdict.refused,
        on=typed.parts("on"),
        on_error=verdict.errors.get("on", ""),
        controls=forms.controls(wanted, typed, verdict.errors, language, more),
        seen=wanted.seen_seq,
        drafted=drafted,
        files=any(field.type == "file" for field in wanted.fields),
    )
