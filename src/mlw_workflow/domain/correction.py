"""Undoing a mistake in recording: the machine goes back to the state before its last step; nothing is erased."""

from __future__ import annotations

from mlw_workflow.domain import guards
from mlw_workflow.domain.decision import Admitted, Attempt, Decision, Reason, Refused
from mlw_workflow.domain.evidence import check_evidence
from mlw_workflow.domain.pilot import Instance, Position, Standing


def decide_correction(standing: Standing, instance: Instance, attempt: Attempt) -> Decision:
    """Admit or refuse the undoing of the machine's last step.

    Refused while a later step of another machine relies on what would be undone: each such step is a reason, with
    the roles that may correct it first. ``occurred_on`` is the day of the clerk's decision, not of the mistake.
    """
    workflow, position = instance.workflow, standing.position(instance.id)
    last = position.last
    by = guards.corrected_by(workflow, last)
    evidence, wrong = check_evidence(workflow.correction.evidence, attempt)
    reasons: list[Reason] = [*guards.changed_meanwhile(position, attempt)]
    if last is None:
        reasons.append(Reason("nothing_to_correct", attempt.machine))
    if not any(role in by for role in attempt.actor.roles):
        reasons.append(Reason("role_not_allowed", attempt.machine, who=by))
    to_state = position.state
    if last is not None:
        before_it = Position(position.machine, position.initial, position.steps[:-1])
        to_state = before_it.state
        reasons += guards.relied_upon(standing, standing.with_position(before_it), instance.id)
    reasons += wrong
    if attempt.today is not None and attempt.occurred_on > attempt.today:
        facts = (("day", attempt.occurred_on.isoformat()), ("today", attempt.today.isoformat()))
        reasons.append(Reason("date_in_future", attempt.machine, who=attempt.actor.roles, facts=facts))
    role = next((role for role in attempt.actor.roles if role in by), "")
    if reasons or last is None:
        return Refused(attempt.machine, attempt.trigger, position.state, to_state, tuple(reasons), role)
    return Admitted(attempt.machine, attempt.trigger, position.state, to_state, "correct", role, evidence, undoes=last)
