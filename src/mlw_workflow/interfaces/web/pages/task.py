"""The page of one task: where it stands, what comes next, what happened; and the way to the form of each step."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.interfaces.web.pages import step
from mlw_workflow.interfaces.web.pages.board import task_href, waits
from mlw_workflow.interfaces.web.pages.files import href as file_href
from mlw_workflow.interfaces.web.refusal import told_text
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services.board import board
from mlw_workflow.services.consequences import freed_by_last
from mlw_workflow.services.read_evidence import files_in
from mlw_workflow.services.task import task_page

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.task import Choice, Event, TaskPage

pages = Pages()
PATH = "/pilots/{code}/{machine:path}"
ONWARDS = ("advance", "resume")
"""What carries a task on; the other steps are exceptions, and stand apart."""


@pages.page(PATH)
def show(visit: Visit) -> Response:
    """The task; with ``step`` the form of one of its steps."""
    if visit.query("step"):
        return step.step_form(visit)
    found = task_page(visit.office.desk, visit.pilot, visit.request.path_params["machine"], visit.roles)
    titles, machine = visit.titles, found.machine
    workflow, arrived = found.workflow, found.position.arrived
    choices = [choice_row(visit, found, choice) for choice in found.choices]
    return visit.page(
        "task.html",
        pilot=visit.pilot,
        machine=machine,
        code=code_of(machine),
        title=titles.plain_machine(machine),
        help=workflow.help[visit.language],
        state=titles.plain_state(machine, found.position.state),
        since=arrived.occurred_on if arrived else None,
        onwards=[row for row, choice in zip(choices, found.choices, strict=True) if choice.rule.effect in ONWARDS],
        others=[row for row, choice in zip(choices, found.choices, strict=True) if choice.rule.effect not in ONWARDS],
        deadlines=[
            (one.rule.title[visit.language], one.due_on, one.status, one.late(found.today)) for one in found.deadlines
        ],
        events=[event_row(found, event, titles, visit.language) for event in found.events],
        correct=task_href(visit.pilot.code, machine, CORRECT) if found.correctable else "",
        **recorded(visit, found),
    )


@pages.page(PATH, methods=("POST",))
def hand_in(visit: Visit) -> Response:
    """The form of a step comes back."""
    return step.hand_in(visit)


def recorded(visit: Visit, found: TaskPage) -> dict[str, Any]:
    """What the banner tells after a form: what was recorded, what has become possible by it, and what is next."""
    seq = visit.query("recorded")
    event = next((event for event in found.events if str(event.seq) == seq), None)
    if event is None:
        return {"recorded": None}
    titles, code, last = visit.titles, visit.pilot.code, found.position.last
    freed = freed_by_last(found.standing, found.machine, found.today) if last and last.seq == event.seq else ()
    mine = [item for item in board(visit.office.desk, visit.pilot, visit.roles).steps if item.mine]
    following = next((item.step for item in mine if (item.step.machine, item.step.trigger) in freed), None)
    following = following or next((item.step for item in mine), None)
    return {
        "recorded": event_row(found, event, titles, visit.language),
        "again": event.from_state == event.to_state
        and event.kind == "transition"
        and {
            "href": task_href(code, found.machine, event.trigger),
            "step": titles.plain_trigger(found.machine, event.trigger),
        },
        "twice": bool(visit.query("twice")),
        "freed": [
            (task_href(code, machine, trigger), titles.plain_trigger(machine, trigger), titles.plain_machine(machine))
            for machine, trigger in freed
        ],
        "next": following
        and {
            "href": task_href(code, following.machine, following.trigger),
            "step": titles.plain_trigger(following.machine, following.trigger),
            "task": titles.plain_machine(following.machine),
        },
    }


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
        "reasons": [told_text(reason, titles, event.trigger) for reason in event.reasons],
        "evidence": [
            (
                known[name].title[language],
                value_words(known[name], value, language),
                [(file["name"], file_href(found.pilot.code, event.seq, file["sha256"])) for file in files_in(value)],
            )
            for name, value in event.evidence.items()
            if name in known
        ],
    }
