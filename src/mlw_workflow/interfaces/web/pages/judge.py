"""One thing that waits for acceptance: its evidence, and the answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.pages.queue import href_of, result_of, titled, told_of
from mlw_workflow.interfaces.web.refusal import told_text
from mlw_workflow.interfaces.web.routing import Forbidden, Pages
from mlw_workflow.interfaces.wording import queue as wording
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services import queue as service
from mlw_workflow.services.queue import Picked
from mlw_workflow.services.read_evidence import read_evidence
from mlw_workflow.services.task import asked

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.domain.definition import Field, Rule
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.read_evidence import Value

pages = Pages()
ONE = "/queue/{code}/{machine:path}"


@pages.page(ONE)
def one(visit: Visit) -> Response:
    """One thing with all its evidence; that it was read is written down."""
    return one_page(visit, Typed())


@pages.page(ONE, methods=("POST",))
def decide(visit: Visit) -> Response:
    """Accept it, or give it back with a reason."""
    machine = checked_machine(visit)
    if visit.switched:
        return one_page(visit, Typed.of(visit.form))
    seq = visit.typed("seen")
    picked = Picked(visit.pilot, machine, int(seq) if seq.isdecimal() and len(seq) < 10 else 0)
    back = visit.typed("do") == "back"
    item = service.waiting_one(visit.office.desk, visit.person, visit.pilot, machine)
    typed = Typed.of(visit.form)
    store = visit.office.store(visit.person.person.id)
    try:
        rule = None if item is None else item.back if back else item.accept
        given = forms.evidence(rule.evidence, typed, visit.form, store) if rule is not None else {}
        answer = service.answer(visit.office.desk, visit.person, picked, given, back=back)
        if answer.kind == "done":
            store.keep()
    except BadInput as wrong:
        return one_page(visit, typed, (page_sentence(wrong, visit.language),))
    except forms.UploadRefused as wrong:
        return one_page(visit, typed, (page_sentence(wrong.reason, visit.language),))
    finally:
        store.drop()
    if answer.kind in ("done", "done_before"):
        return visit.go(result_of([answer]))
    errors = {
        forms.control_at(reason.field): told_text(reason, visit.titles, "") for reason in answer.reasons if reason.field
    }
    return one_page(visit, typed, told_of(visit, answer, foreseen=False).texts, errors)


def checked_machine(visit: Visit) -> str:
    """The machine that the address names. Raises Forbidden for whoever never judges such a one."""
    machine: str = visit.request.path_params["machine"]
    programme = visit.office.desk.programme(visit.pilot.definition)
    if not service.may_judge(programme, machine, visit.roles):
        raise Forbidden
    return machine


def one_page(
    visit: Visit, typed: Typed, problems: tuple[str, ...] = (), errors: dict[str, str] | None = None
) -> Response:
    """The page of one thing."""
    desk, pilot, titles = visit.office.desk, visit.pilot, visit.titles
    machine = checked_machine(visit)
    found = service.trail(desk, pilot, machine)
    steps = []
    for entry in found.entries:
        read = read_evidence(desk, visit.person.reader, pilot, entry.seq)
        known = {field.id: field for field in titles.fields(machine, entry.trigger)}
        values = [
            (known[value.field].title[visit.language], texts_of(known[value.field], value, visit.language))
            for value in read.values
            if value.field in known
        ]
        role = titles.role(entry.role) if entry.role else ""
        steps.append(
            (titles.plain_trigger(machine, entry.trigger), entry, found.names.get(entry.actor, ""), role, values)
        )
    item = service.waiting_one(desk, visit.person, pilot, machine)
    return visit.page(
        "queue_one.html",
        422 if problems else 200,
        pilot=pilot,
        title=titled(machine, titles.plain_machine(machine)),
        help=desk.programme(pilot.definition).workflow[machine.partition("/")[0]].help[visit.language],
        item=item,
        state=titles.plain_state(machine, item.state) if item else "",
        steps=steps,
        own=wording.OWN[visit.language] if item and item.own else "",
        accept=choice(visit, machine, item.accept, typed, errors or {}) if item else None,
        back=choice(visit, machine, item.back, typed, errors or {}) if item else None,
        problems=problems,
        task=task_href(pilot.code, machine),
        action=href_of(pilot, machine),
    )


def texts_of(field: Field, value: Value, language: str) -> list[str]:
    """What was recorded in a field, a list row by row; nothing for what was erased."""
    if value.erased_at:
        return []
    if field.type == "records" and isinstance(value.value, list):
        return [value_words(field, [row], language) for row in value.value]
    return [value_words(field, value.value, language)]


def choice(visit: Visit, machine: str, rule: Rule, typed: Typed, errors: dict[str, str]) -> dict[str, Any]:
    """One of the two answers, with what it asks for."""
    wanted = asked(visit.office.desk, visit.pilot, machine, rule.trigger, visit.roles)
    return {
        "step": visit.titles.plain_trigger(machine, rule.trigger),
        "help": rule.help[visit.language],
        "controls": forms.controls(wanted, typed, errors, visit.language),
    }
