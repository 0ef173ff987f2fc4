"""The form of one step: what it asks for, what would follow, what is in its way; and handing it in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlw_workflow.domain.decision import Refused
from mlw_workflow.domain.definition import CORRECT
from mlw_workflow.domain.errors import AccessRefused, BadInput, StorageUnavailable
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.drafts import draft_of, forget, keep, mark_of
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.refusal import NO_VERDICT, Told, Verdict, told_of, way_of
from mlw_workflow.interfaces.web.sent import once_of
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services import advance as service
from mlw_workflow.services.accounts.tokens import new_token
from mlw_workflow.services.consequences import Consequences, consequences
from mlw_workflow.services.task import Asked, asked, task_page

if TYPE_CHECKING:
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.advance import Outcome
    from mlw_workflow.services.task import Event

BAD_DAY = Text(
    "Dzień zdarzenia powinien być istniejącą datą, na przykład 10 6 2014.",
    "The day of the event must be an existing date, such as 10 6 2014.",
)
NEVER_SEEN = -1
NOT_RECOGNISED = Text(
    "Tych wklejonych odpowiedzi nie rozpoznano, proszę je wybrać poniżej: {cells}.",
    "These pasted answers were not recognised, please choose them below: {cells}.",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """What a form shows beside its fields."""

    verdict: Verdict = NO_VERDICT
    status: int = 200
    more: str = ""
    """The list that gets another row."""
    drafted: bool = False
    """What stands in the fields was typed earlier."""
    kept: bool = False
    """It has just been kept as a draft."""
    draft: str = ""
    """The mark of the draft that the form was made from; empty: as the form that was sent has it."""
    other: Typed | None = None
    """A draft that was kept since the form was opened."""
    meanwhile: tuple[Event, ...] = ()
    """What others recorded since the form was opened."""
    stopped: bool = False
    """Whoever looks is kept from the step, so there is no form."""


def step_form(visit: Visit) -> Response:
    """The empty form (or a draft of it), with what keeps the step today."""
    wanted = _asked(visit)
    draft = draft_of(visit, visit.pilot, wanted.machine, wanted.trigger)
    typed = draft or today_typed(wanted.today)
    if visit.person.audits(visit.pilot):
        return form_page(visit, wanted, typed, Shown())  # what the step needs; nobody asks whether they may
    request = request_of(visit, wanted, {}, None)
    outcome = service.preview(visit.office.desk, request)
    verdict = Verdict()
    if isinstance(outcome.decision, Refused):
        kept = [reason for reason in outcome.decision.reasons if not reason.field]
        told = tuple(told_of(reason, visit, wanted) for reason in kept if reason.code != "role_not_allowed")
        verdict = Verdict(told, way_of(outcome, visit) if told else None)
    try:
        if not verdict.told:
            service.objected(visit.office.desk, request).refuse()
    except AccessRefused as kept_from:
        told_so = Verdict((_objection(visit, wanted, kept_from),))
        return form_page(visit, wanted, typed, Shown(told_so, stopped=True))
    kept_now = bool(visit.query("kept"))
    drafted = draft is not None and not kept_now
    return form_page(visit, wanted, typed, Shown(verdict, drafted=drafted, kept=kept_now, draft=mark_of(draft)))


def _asked(visit: Visit) -> Asked:
    machine = visit.request.path_params["machine"]
    return asked(visit.office.desk, visit.pilot, machine, visit.query("step"), visit.roles)


def today_typed(today: date) -> Typed:
    """The day of the event as first proposed."""
    return Typed({"on-day": [str(today.day)], "on-month": [str(today.month)], "on-year": [str(today.year)]})


def request_of(
    visit: Visit, wanted: Asked, evidence: dict[str, Any], on: date | None, once: str = ""
) -> service.Request:
    """The attempt of whoever looks; ``seen`` is the task as their form knew it."""
    return service.Request(
        visit.pilot,
        wanted.machine,
        wanted.trigger,
        visit.person.person.id,
        on,
        evidence,
        seen_of(visit),
        next(iter(visit.roles), ""),
        apart=True,
        once=once,
    )


def seen_of(visit: Visit) -> int | None:
    """The task's last step as the form knew it; ``NEVER_SEEN`` where it says what is none, so that it is stale."""
    seen = visit.typed("seen")
    if not seen:
        return None
    return int(seen) if seen.isdecimal() and len(seen) < 12 else NEVER_SEEN


def hand_in(visit: Visit) -> Response:
    """Record the step, or tell all that it lacks; nothing typed is lost."""
    wanted, do = _asked(visit), visit.typed("do")
    here = task_href(visit.pilot.code, wanted.machine, wanted.trigger)
    typed, unknown = forms.with_pasted(wanted.fields, Typed.of(visit.form))
    if visit.switched:
        return form_page(visit, wanted, typed, Shown())
    if do == "forget":
        forget(visit, visit.pilot, wanted.machine, wanted.trigger)
        return visit.go(f"/pilots/{visit.pilot.code}")
    if do == "draft":
        other = keep(visit, visit.pilot, wanted.machine, wanted.trigger, typed, visit.typed("draft"))
        if other is None:
            return visit.go(f"{here}&kept=1")
        return form_page(visit, wanted, typed, Shown(status=409, draft=mark_of(other), other=other))
    if do.startswith("less:"):
        typed = forms.without_row(typed, do.removeprefix("less:"))
    if unknown:
        told = Told(NOT_RECOGNISED[visit.language].format(cells=", ".join(unknown)), "", field=False)
        return form_page(visit, wanted, typed, Shown(Verdict((told,), refused=True), 422))
    if do.startswith(("more:", "less:", "paste:")):
        more = do.removeprefix("more:") if do.startswith("more:") else ""
        return form_page(visit, wanted, typed, Shown(more=more))
    return _record(visit, wanted, forms.compact(wanted.fields, typed))


def _record(visit: Visit, wanted: Asked, typed: Typed) -> Response:
    pilot, day = visit.pilot, typed.day("on")
    on = forms.day_or_none(day)
    if day and on is None:
        wrong_day = Told(BAD_DAY[visit.language], "#on-day", field=True)
        verdict = Verdict((wrong_day,), None, {"on": wrong_day.text}, refused=True)
        return form_page(visit, wanted, typed, Shown(verdict, 422))
    store = visit.office.store(visit.person.person.id)
    try:
        given = forms.evidence(wanted.fields, typed, visit.form, store)
        request = request_of(
            visit, wanted, given, on, once_of(visit, wanted.machine, wanted.trigger, str(on or ""), given)
        )
        outcome = service.advance(visit.office.desk, request)
        if outcome.admitted:
            store.keep()
    except forms.UploadRefused as wrong:
        return upload_refused(visit, wanted, typed, wrong)
    except AccessRefused as kept_from:
        told_so = Verdict((_objection(visit, wanted, kept_from),), refused=True)
        return form_page(visit, wanted, typed, Shown(told_so, 422))
    except (BadInput, StorageUnavailable) as wrong:
        problem = Told(page_sentence(wrong, visit.language), "", field=False)
        status = 422 if isinstance(wrong, BadInput) else 503
        return form_page(visit, wanted, typed, Shown(Verdict((problem,), refused=True), status))
    finally:
        store.drop()
    if outcome.entry is not None and outcome.admitted:
        forget(visit, pilot, wanted.machine, wanted.trigger)
        twice = "&twice=1" if outcome.repeated else ""
        return visit.go(f"{task_href(pilot.code, wanted.machine)}?recorded={outcome.entry.seq}{twice}")
    return refused(visit, wanted, typed, outcome)


def _objection(visit: Visit, wanted: Asked, against: AccessRefused) -> Told:
    """What keeps this person from a step that the engine would admit; unread evidence is a link away."""
    unread = against.code == "acceptance_unread"
    href = f"/queue/{quote(visit.pilot.code)}/{quote(wanted.machine)}" if unread else ""
    return Told(page_sentence(against, visit.language), href, field=False)


def upload_refused(visit: Visit, wanted: Asked, typed: Typed, wrong: forms.UploadRefused) -> Response:
    """A file is not taken; everything else that was typed is still there."""
    text = page_sentence(wrong.reason, visit.language)
    status = {"upload_too_large": 413, "file_too_large": 413, "upload_quota": 429}.get(wrong.reason.code, 422)
    told = Told(text, f"#{wrong.control}", field=True)
    return form_page(visit, wanted, typed, Shown(Verdict((told,), None, {wrong.control: text}, refused=True), status))


def refused(visit: Visit, wanted: Asked, typed: Typed, outcome: Outcome) -> Response:
    """Every reason and the way out, above the form as it was typed."""
    decision = outcome.decision
    assert isinstance(decision, Refused)
    fresh = asked(visit.office.desk, visit.pilot, wanted.machine, wanted.trigger, visit.roles)
    reasons = _own(decision.reasons, wanted, typed)
    told = tuple(told_of(reason, visit, wanted) for reason in reasons)
    errors: dict[str, str] = {}
    for reason, one in zip(reasons, told, strict=True):
        if one.field:
            errors.setdefault(one.href.removeprefix("#").removesuffix("-day"), one.text)
            if reason.field:
                errors.setdefault(forms.control_at(reason.field), one.text)
    elsewhere = any(not one.field for one in told)
    way = way_of(outcome, visit) if elsewhere else None
    verdict = Verdict(told, way, errors, refused=True)
    stale = any(reason.code == "changed_meanwhile" for reason in decision.reasons)
    return form_page(visit, fresh, typed, Shown(verdict, 422, meanwhile=_meanwhile(visit, fresh) if stale else ()))


def _own(reasons: tuple[Reason, ...], wanted: Asked, typed: Typed) -> tuple[Reason, ...]:
    """The reasons without those of an empty field that took the day of the event: that day's own reason says it all."""
    taken = {f.id for f in wanted.fields if f.default == "occurred_on" and not typed.day(f"e-{f.id}")}
    own = tuple(one for one in reasons if one.field not in taken or one.code != "evidence_day_far")
    return own if any(one.code.startswith("date_") for one in own) else reasons


def _meanwhile(visit: Visit, wanted: Asked) -> tuple[Event, ...]:
    """What became of the task since the form was opened."""
    seen = seen_of(visit) or 0
    if seen == NEVER_SEEN:
        return ()
    events = task_page(visit.office.desk, visit.pilot, wanted.machine, visit.roles).events
    return tuple(event for event in reversed(events) if event.seq > seen and event.kind != "refusal")


def form_page(visit: Visit, wanted: Asked, typed: Typed, shown: Shown) -> Response:
    """The page of a step: what is in the way, the way out, what would follow, the form."""
    titles, language, verdict = visit.titles, visit.language, shown.verdict
    rule, machine = wanted.rule, wanted.machine
    now = visit.office.desk.clock.now()
    follows = consequences(wanted.standing, machine, rule, wanted.today, now) if wanted.here else None
    page = visit.page(
        "step.html",
        shown.status,
        pilot=visit.pilot,
        machine=machine,
        title=titles.plain_machine(machine),
        step=titles.plain_trigger(machine, wanted.trigger),
        help=rule.help[language] if rule else "",
        back=task_href(visit.pilot.code, machine),
        action=task_href(visit.pilot.code, machine, wanted.trigger),
        roles=titles.roles(wanted.by),
        mine=wanted.mine,
        told=verdict.told,
        way=verdict.way,
        refused=verdict.refused,
        on=typed.parts("on"),
        on_error=verdict.errors.get("on", ""),
        controls=forms.controls(wanted, typed, verdict.errors, language, shown.more),
        done=wanted.done,
        done_by=titles.role(wanted.done.role) if wanted.done and wanted.done.role else "",
        here=wanted.here,
        seen=wanted.seen_seq,
        key=new_token(),
        draft=shown.draft or visit.typed("draft"),
        other=None if shown.other is None else forms.read_back(forms.controls(wanted, shown.other, {}, language)),
        other_on=" ".join(shown.other.parts("on")) if shown.other is not None else "",
        drafted=shown.drafted,
        stopped=shown.stopped,
        kept=shown.kept,
        files=any(field.type == "file" for field in wanted.fields),
        follows=follows_row(follows, visit, machine) if follows else None,
        meanwhile=[
            (titles.plain_trigger(machine, event.trigger), event.actor or titles.role(event.role), event)
            for event in shown.meanwhile
        ],
    )
    if verdict.refused or shown.other is not None:
        # Whoever follows the way out finds what they typed when they go back; a browser keeps no copy of a "no-store".
        page.headers["cache-control"] = "private, no-cache"
    return page


def follows_row(found: Consequences, visit: Visit, machine: str) -> dict[str, Any]:
    """What would follow from a step as the page shows it."""
    titles = visit.titles
    return {
        "effect": found.effect,
        "state": titles.plain_state(machine, found.to_state),
        "takes_back": [(titles.plain_trigger(machine, step.trigger), step.occurred_on) for step in found.takes_back],
        "in_doubt": [
            (
                titles.plain_machine(one.machine),
                titles.plain_trigger(one.machine, one.trigger),
                one.occurred_on,
                task_href(visit.pilot.code, one.machine),
            )
            for one in found.in_doubt
        ],
        "frees": list(dict.fromkeys(titles.plain_machine(other) for other, _ in found.frees)),
        "correction": found.effect == CORRECT,
    }
