"""A machine of a pilot: what can be done from here, what a step asks for, trying a step out, and taking it."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.domain.decision import Reason, Refused
from mlw_workflow.domain.definition import Field
from mlw_workflow.interfaces import people_shapes, problems, shapes
from mlw_workflow.interfaces.api import evidence_schema
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Acknowledgement, Code, Machine, Nothing, Snooze, Step, Trigger
from mlw_workflow.interfaces.api.problems import Problem, told
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.interfaces.wording.api import PROBLEMS
from mlw_workflow.services import advance as service
from mlw_workflow.services import pause
from mlw_workflow.services.task import Asked, asked, task_page
from mlw_workflow.services.uploads import sent_file

routes = Routes("tasks")
TASK = "/pilots/{code}/tasks/{machine:machine}"
STEP = TASK + "/steps/{trigger}"


@routes.post(STEP + "/preview", "advance", scope="read", writes=False)
def preview_step(call: Call, code: Code, machine: Machine, trigger: Trigger, body: Step) -> Any:  # noqa: ARG001
    """What taking the step would answer now, a refusal with its way out; nothing is recorded."""
    request = _request(call, machine, trigger, body)
    service.objected(call.desk, request).refuse()
    outcome = service.preview(call.desk, request)
    return shapes.outcome(outcome, call.titles)


@routes.post(STEP, "advance", head=True, refuses=True)
def take_step(call: Call, code: Code, machine: Machine, trigger: Trigger, body: Step) -> Any:  # noqa: ARG001
    """Take a step, `correct` for taking the last one back; a refusal is recorded too.

    Returning, accepting, suspending, resuming, waiving and releasing are steps like all others. A refusal is 409 where
    something else must happen first, 422 where the data, the day or the role is wrong. What has to be accepted by
    another person, or read before, is 409 and is not recorded.
    """
    outcome = service.advance(call.desk, _request(call, machine, trigger, body))
    shape = shapes.outcome(outcome, call.titles)
    if not isinstance(outcome.decision, Refused):
        return shape
    status = 422 if all(_of_the_request(reason) for reason in outcome.decision.reasons) else 409
    where = (call.language, call.here, call.request_id)
    answer = told(status, "refused", PROBLEMS["refused"][call.language], *where, shape)
    answer.recorded = True  # type: ignore[attr-defined]
    return answer


@routes.get(STEP, "step_form")
def get_step(
    call: Call,
    code: Code,  # noqa: ARG001
    machine: Machine,
    trigger: Trigger,
    query: Annotated[Nothing, Query()],  # noqa: ARG001
) -> Any:
    """What a step asks for, field by field and as JSON Schema, and whether it leaves the present state."""
    wanted = asked(call.desk, call.pilot, machine, trigger, call.roles)
    return {
        "pilot": call.name_of(call.pilot),
        "machine": wanted.machine,
        "trigger": wanted.trigger,
        "action": call.titles.plain_trigger(wanted.machine, wanted.trigger),
        "help": wanted.rule.help[call.language] if wanted.rule else "",
        "roles": list(wanted.by),
        "mine": wanted.mine,
        "here": wanted.here,
        "seen": wanted.seen_seq,
        "fields": [_field(wanted, field, call.language) for field in wanted.fields],
        "evidence": evidence_schema.of_fields(wanted.fields, wanted.options, call.language),
    }


@routes.post(TASK + "/acknowledgement", "paused", head=True)
def acknowledge_deadline(call: Call, code: Code, machine: Machine, body: Acknowledgement) -> Any:  # noqa: ARG001
    """Say that one knows of a deadline: no more reminders of it, until it changes."""
    done = pause.acknowledge(
        call.desk, call.pilot, machine, call.person, rule=body.rule or "", reason=body.reason, by=call.person
    )
    return {"paused": [people_shapes.paused(item) for item in done]}


@routes.post(TASK + "/snooze", "paused", head=True)
def snooze_deadline(call: Call, code: Code, machine: Machine, body: Snooze) -> Any:  # noqa: ARG001
    """Ask to be reminded of a deadline again on a later day, with a reason."""
    done = pause.snooze(
        call.desk, call.pilot, machine, call.person, body.until, body.reason, rule=body.rule or "", by=call.person
    )
    return {"paused": [people_shapes.paused(item) for item in done]}


@routes.get(TASK, "task")
def get_task(call: Call, code: Code, machine: Machine, query: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """A machine: where it stands, each step from here with what keeps it, its deadlines, and its entries."""
    found, titles = task_page(call.desk, call.pilot, machine, call.roles), call.titles
    arrived, last = found.position.arrived, found.position.last
    return {
        "pilot": call.name_of(call.pilot),
        "machine": found.machine,
        "title": titles.plain_machine(found.machine),
        "help": found.workflow.help[call.language],
        "state": found.position.state,
        "state_title": titles.plain_state(found.machine, found.position.state),
        "since": arrived.occurred_on.isoformat() if arrived else None,
        "seen": last.seq if last else 0,
        "correctable": found.correctable,
        "steps": [
            {
                "trigger": choice.rule.trigger,
                "action": titles.plain_trigger(found.machine, choice.rule.trigger),
                "help": choice.rule.help[call.language],
                "effect": choice.rule.effect,
                "to": choice.rule.to_state,
                "roles": list(choice.rule.by),
                "mine": choice.mine,
                "reasons": [shapes.reason(reason, titles, choice.rule.trigger) for reason in choice.reasons],
                "evidence": shapes.fields(choice.rule.evidence),
            }
            for choice in found.choices
        ],
        "deadlines": [
            {
                "rule": item.rule.id,
                "title": item.rule.title[call.language],
                "due_on": item.due_on.isoformat() if item.due_on else None,
                "status": item.status,
                "late": item.late(found.today),
            }
            for item in found.deadlines
        ],
        "entries": [event.seq for event in found.events],
    }


def _of_the_request(reason: Reason) -> bool:
    """Whether a reason speaks of what was sent; all others speak of where the pilot stands."""
    return bool(reason.field) or reason.code == "role_not_allowed" or reason.code.startswith("date_")


def _request(call: Call, machine: str, trigger: str, body: Step) -> service.Request:
    """The attempt; files in its evidence are those that this person sent before."""
    evidence = body.evidence
    if evidence:
        wanted = asked(call.desk, call.pilot, machine, trigger, call.roles)
        evidence = _with_files(call, wanted.fields, evidence)
    role = next(iter(call.roles), "")
    return service.Request(
        call.pilot, machine, trigger, call.person, body.occurred_on, evidence, body.seen, role, apart=True
    )


def _with_files(call: Call, fields: tuple[Field, ...], evidence: dict[str, Any], place: str = "") -> dict[str, Any]:
    """The evidence with each file as this person sent it. Raises Problem ``upload_unknown`` for one they did not."""
    found = dict(evidence)
    store = call.office.store(call.person)
    for field in fields:
        value = evidence.get(field.id)
        if field.type == "file" and isinstance(value, dict):
            digest = value.get("sha256")
            sent = sent_file(call.desk, store, call.person, digest) if isinstance(digest, str) else None
            if sent is None:
                raise Problem(422, "upload_unknown", field=f"{place}{field.id}")
            found[field.id] = sent
        if field.type == "records" and isinstance(value, list):
            found[field.id] = [
                _with_files(call, field.fields, row, f"{field.id}[{number}].") if isinstance(row, dict) else row
                for number, row in enumerate(value, start=1)
            ]
    return found


def _field(wanted: Asked, field: Field, language: str) -> dict[str, Any]:
    options = [{"id": option.id, "title": option.title[language]} for option in field.options]
    if field.among is not None:
        options = [{"id": known, "title": known} for known in wanted.options(field)]
    return {
        "field": field.id,
        "type": field.type,
        "title": field.title[language],
        "help": field.help[language],
        "required": field.required and not field.default and not field.collects,
        "default": field.default or None,
        "many": field.many,
        "minimum": problems.plain(field.minimum),
        "maximum": problems.plain(field.maximum),
        "options": options,
        "fields": [_field(wanted, column, language) for column in field.fields],
    }
