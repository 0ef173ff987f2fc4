"""What control asks: verdicts, differences, findings and their answers, and whether the record holds."""

from typing import Annotated, Any

from fastapi import Query

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.pilot import Pilot
from mlw_workflow.interfaces import control_shapes, reminder_shapes, shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import (
    Answer,
    Code,
    DiffAsked,
    FindingCode,
    FindingsAsked,
    Nothing,
    Past,
    PastPaged,
    Span,
)
from mlw_workflow.interfaces.api.paging import answer as page_of
from mlw_workflow.interfaces.api.paging import limit_of, page, position
from mlw_workflow.interfaces.api.problems import Problem
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.interfaces.wording.checks import check_sentence
from mlw_workflow.services import control
from mlw_workflow.services.answer_finding import Reply, answer_finding
from mlw_workflow.services.audit import verify
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.standing import AsOf

routes = Routes("control")


@routes.get("/compliance", "compliance", paged=True, slow=True)
def get_matrix(call: Call, asked: Annotated[PastPaged, Query()]) -> Any:
    """The verdicts on every machine of every pilot within reach, a page of pilots at a time."""
    pilots = sorted(call.viewer.pilots, key=lambda pilot: pilot.code)

    def judged(pilot: Pilot) -> Any:
        day = asked.as_of or call.desk.today(call.desk.programme(pilot.definition))
        found = control.compliance_of(call.desk, pilot, AsOf(day, asked.known_at))
        return control_shapes.compliance(found, call.name_of(pilot), call.titles_of(pilot))

    return page(call, "pilots", pilots, lambda pilot: (pilot.code,), judged)


@routes.get("/pilots/{code}/compliance", "compliance")
def get_compliance(call: Call, code: Code, asked: Annotated[Past, Query()]) -> Any:  # noqa: ARG001
    """The verdict on each machine of a pilot: satisfied, on course, at risk or violated."""
    found = control.compliance_of(call.desk, call.pilot, AsOf(asked.as_of or call.today, asked.known_at))
    return {"pilots": [control_shapes.compliance(found, call.name_of(call.pilot), call.titles)]}


@routes.get("/pilots/{code}/diff", "diff")
def get_diff(call: Call, code: Code, asked: Annotated[DiffAsked, Query()]) -> Any:  # noqa: ARG001
    """What changed in a pilot from the end of one day to that of another."""
    span = control.Span(asked.first, asked.last, asked.known_at, asked.recorded)
    found = control.difference_of(call.desk, call.pilot, span)
    head = {
        "pilot": call.name_of(call.pilot),
        "from": asked.first.isoformat(),
        "to": asked.last.isoformat(),
        "known_at": call.request.query_params.get("known_at") or None,
        "recorded": asked.recorded,
    }
    return head | control_shapes.difference(found)


@routes.get("/findings", "audit_findings", paged=True, slow=True)
def get_all_findings(call: Call, asked: Annotated[FindingsAsked, Query()]) -> Any:
    """What control finds beside the rules, in every pilot within reach; `limit` counts pilots."""
    after, limit = position(call), limit_of(call)
    if after is not None and not (len(after) == 1 and isinstance(after[0], str)):
        raise Problem(400, "cursor_invalid")
    pilots = [
        pilot
        for pilot in sorted(call.viewer.pilots, key=lambda pilot: pilot.code)
        if after is None or pilot.code > after[0]
    ]
    told = [finding for pilot in pilots[:limit] for finding in _findings(call, pilot, asked)]
    return page_of(call, "findings", told, (pilots[limit - 1].code,) if len(pilots) > limit else None)


@routes.get("/pilots/{code}/findings", "audit_findings", paged=True, volatile=True)
def get_findings(call: Call, code: Code, asked: Annotated[FindingsAsked, Query()]) -> Any:  # noqa: ARG001
    """What control finds in a pilot's record, and what to do about it."""
    found = list(enumerate(_findings(call, call.pilot, asked)))
    return page(call, "findings", found, lambda item: (item[0],), lambda item: item[1])


@routes.post("/pilots/{code}/findings/{finding}/answers", "finding_answered", head=True)
def answer_a_finding(call: Call, code: Code, finding: FindingCode, body: Answer) -> Any:  # noqa: ARG001
    """Explain a finding, confirm a step that is in doubt, or close a finding."""
    reply = Reply(call.pilot, finding, body.place.strip(), body.answer, body.text, call.person, body.rule or "")
    return control_shapes.replied(answer_finding(call.desk, reply))


@routes.get("/pilots/{code}/reminders-audit", "audit_reminders", scope="audit", volatile=True, slow=True)
def get_reminders_audit(call: Call, code: Code, asked: Annotated[Span, Query()]) -> Any:  # noqa: ARG001
    """Whether everybody was reminded as they should have been."""
    pilot = call.pilot
    first, last = asked.first or pilot.start, asked.last or call.today
    _forward(first, last)
    return reminder_shapes.audited(audit_reminders(call.desk, first, last, [pilot]), {pilot.code: call.name_of(pilot)})


@routes.get("/pilots/{code}/verification", "verification", scope="audit", volatile=True, slow=True)
def get_verification(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """Whether the pilot's log is whole and unchanged, and its evidence is what was committed to."""
    found, name = verify(call.desk, call.pilot), call.name_of(call.pilot)
    failure = None
    if found.first_failure is not None:
        facts = {key: str(value) for key, value in found.first_failure.facts.items()}
        check, seq = found.first_failure.check, found.first_failure.seq
        sentence = check_sentence(check, seq, call.pilot.municipality, facts, call.language)
        failure = shapes.failure(name, check, seq, facts, sentence)
    return {
        "pilot": name,
        "holds": failure is None,
        "entries": found.entries,
        "erased": found.erased,
        "first_failure": failure,
    }


def _findings(call: Call, pilot: Pilot, asked: FindingsAsked) -> list[Any]:
    day = asked.as_of or call.desk.today(call.desk.programme(pilot.definition))
    found = control.findings_of(call.desk, pilot, AsOf(day, asked.known_at))
    return [
        control_shapes.finding(one, call.name_of(pilot), call.titles_of(pilot), call.names)
        for one in found
        if asked.state in (None, one.state) and asked.severity in (None, one.severity)
    ]


def _forward(first: Any, last: Any) -> None:
    if first > last:
        raise BadInput("days_backwards", first=first, last=last)
