"""The kinds of conditions a rule can set. Each says what is unmet; none stops at the first.

A guard takes the moment (standing, rule, attempt) and yields reasons. It decides nothing about wording.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mlw_workflow.domain.decision import Attempt, Reason, Reliance
from mlw_workflow.domain.evidence import check_evidence
from mlw_workflow.domain.pilot import Position, Standing, Step

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from mlw_workflow.domain.definition import Need, Rule, Workflow
    from mlw_workflow.domain.pilot import Instance

_LATEST = 2**62
"""A sequence number after every recorded one: the entry that is being decided."""


def role_unmet(rule: Rule, attempt: Attempt) -> Iterator[Reason]:
    """The actor must hold one of the rule's roles on the day of recording."""
    if not any(role in rule.by for role in attempt.actor.roles):
        yield Reason("role_not_allowed", attempt.machine, who=rule.by)


def needs_unmet(
    standing: Standing, needs: tuple[Need, ...], day: date, before_seq: int | None = None
) -> Iterator[Need]:
    """The needs that did not hold at the end of ``day``."""
    return (need for need in needs if not holds(standing, standing.expand(need), day, before_seq))


def holds(standing: Standing, need: Need, day: date, before_seq: int | None = None) -> bool:
    """Whether an expanded need held on ``day`` (see ``Position.by`` for the order within a day)."""
    if need.of or not need.machine:
        met = 0
        for member in need.of:
            met += holds(standing, member, day, before_seq)
            if met >= need.at_least:
                return True
        return met >= need.at_least
    return reached_by(standing, need, day, before_seq) is not None


def reached_by(standing: Standing, leaf: Need, day: date, before_seq: int | None = None) -> Step | None:
    """The step that met a leaf by the end of ``day``, or None."""
    position = standing.moved.get(leaf.machine)
    if position is None:
        return None
    return position.by(day, before_seq).reached(leaf.state, standing.instances[leaf.machine].workflow)


def prerequisite_reasons(standing: Standing, rule: Rule, attempt: Attempt) -> Iterator[Reason]:
    """Every leaf that is missing, each with the roles that can take the next steps towards it.

    A leaf reached later than the day of the event is told apart: the remedy is another date, not another step.
    """
    told: set[str] = set()
    for unmet in needs_unmet(standing, rule.needs, attempt.occurred_on):
        expanded = standing.expand(unmet)
        missing = [leaf for leaf in expanded.leaves() if reached_by(standing, leaf, attempt.occurred_on) is None]
        if not missing:  # more instances of a series are asked for than this pilot has
            leaf = next(unmet.leaves())
            yield Reason("prerequisite_unmet", leaf.machine, needs=leaf.name, facts=(("state", leaf.state),))
        for leaf in missing:
            if leaf.name in told:
                continue
            told.add(leaf.name)
            position = standing.position(leaf.machine)
            workflow = standing.instances[leaf.machine].workflow
            later = position.reached(leaf.state, workflow)
            if later is not None:
                yield Reason(
                    "prerequisite_later",
                    leaf.machine,
                    needs=leaf.name,
                    who=attempt.actor.roles,
                    facts=(("day", attempt.occurred_on.isoformat()), ("reached_on", later.occurred_on.isoformat())),
                )
                continue
            who = dict.fromkeys(
                role
                for candidate in workflow.rules_from[position.state]
                if candidate.effect in ("advance", "resume")
                for role in candidate.by
            )
            yield Reason(
                "prerequisite_unmet",
                leaf.machine,
                needs=leaf.name,
                who=tuple(who),
                facts=(("state", position.state),),
            )


def reliances(standing: Standing, rule: Rule, day: date) -> tuple[Reliance, ...]:
    """What an admitted rule relied on: each leaf that held, with the entry that made it hold."""
    found: dict[str, Reliance] = {}
    for need in rule.needs:
        for leaf in standing.expand(need).leaves():
            step = reached_by(standing, leaf, day)
            if step is not None:
                found[leaf.name] = Reliance(leaf.name, step.seq)
    return tuple(found.values())


def date_reasons(standing: Standing, instance: Instance, rule: Rule, attempt: Attempt) -> Iterator[Reason]:
    """The day must not be in the future, must lie in the span (or where the rule allows), and keep the order."""
    day, who = attempt.occurred_on, attempt.actor.roles
    facts: tuple[tuple[str, str | int], ...] = (("day", day.isoformat()),)
    if attempt.today is not None and day > attempt.today:
        yield Reason("date_in_future", attempt.machine, who=who, facts=(*facts, ("today", attempt.today.isoformat())))
    if day < standing.pilot.start and "before" not in rule.outside_span:
        yield Reason(
            "date_before_pilot", attempt.machine, who=who, facts=(*facts, ("start", standing.pilot.start.isoformat()))
        )
    if day > standing.pilot.end and "after" not in rule.outside_span:
        yield Reason(
            "date_after_pilot", attempt.machine, who=who, facts=(*facts, ("end", standing.pilot.end.isoformat()))
        )
    last = standing.position(attempt.machine).last
    if last is not None and day < last.occurred_on:
        yield Reason(
            "date_before_last_step",
            attempt.machine,
            who=who,
            facts=(*facts, ("last", last.occurred_on.isoformat()), ("seq", last.seq), ("state", last.to_state)),
        )
    bound = earliest_in_period(instance, rule)
    if bound is not None and day < bound:
        yield Reason("date_too_early", attempt.machine, who=who, facts=(*facts, ("earliest", bound.isoformat())))


def earliest_in_period(instance: Instance, rule: Rule) -> date | None:
    """The first day that the period of a report allows for this rule, or None when it sets none."""
    if instance.period is None or not rule.not_before:
        return None
    return instance.period.start if rule.not_before == "period_start" else instance.period.end


def evidence_reasons(rule: Rule, attempt: Attempt) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
    """The normalised evidence, and what is missing or wrong in it."""
    return check_evidence(rule.evidence, attempt)


def losing_their_footing(before: Standing, after: Standing, machine: str) -> Iterator[tuple[str, Step, str]]:
    """Steps of other machines whose prerequisites hold in ``before`` but not in ``after``.

    Yields (machine, step, the need that would be lost). This is how a correction, or a return with an earlier date,
    is kept from pulling the ground from under what others already did.
    """
    for other, position in before.moved.items():
        if other == machine:
            continue
        workflow = before.instances[other].workflow
        for step in position.steps:
            rules = [
                r for r in workflow.rules_for.get((step.from_state, step.trigger), ()) if r.to_state == step.to_state
            ]
            lost = [_lost_leaf(before, after, machine, step, rule) for rule in rules]
            if any(lost) and not any(_carries(after, r, step) for r, leaf in zip(rules, lost, strict=True) if not leaf):
                yield other, step, next(filter(None, lost))


def _carries(standing: Standing, rule: Rule, step: Step) -> bool:
    """Whether everything that ``rule`` needs for a step is there on its day."""
    return next(needs_unmet(standing, rule.needs, step.occurred_on, step.seq), None) is None


def _lost_leaf(before: Standing, after: Standing, machine: str, step: Step, rule: Rule) -> str:
    """The first leaf on ``machine`` by whose loss ``rule`` would not admit ``step``; empty when it loses none."""
    day, seq = step.occurred_on, step.seq
    for need in rule.needs:
        expanded = before.expand(need)
        leaves = [leaf for leaf in expanded.leaves() if leaf.machine == machine]
        if leaves and holds(before, expanded, day, seq) and not holds(after, expanded, day, seq):
            return next(leaf.name for leaf in leaves if reached_by(after, leaf, day, seq) is None)
    return ""


def changed_meanwhile(position: Position, attempt: Attempt) -> tuple[Reason, ...]:
    """Somebody moved the machine after the person last looked at it."""
    last = position.last
    seq = last.seq if last else 0
    if attempt.seen_seq is None or attempt.seen_seq == seq:
        return ()
    facts: tuple[tuple[str, str | int], ...] = (("seen", attempt.seen_seq), ("seq", seq), ("state", position.state))
    if last is not None:
        facts = (*facts, ("last_trigger", last.trigger), ("since", last.occurred_on.isoformat()))
    return (Reason("changed_meanwhile", attempt.machine, who=attempt.actor.roles, facts=facts),)


def footing_reasons(standing: Standing, position: Position, rule: Rule, attempt: Attempt) -> tuple[Reason, ...]:
    """A return may not be dated before a step of another machine that relied on what is given back."""
    if rule.effect != "return" or not position.steps:
        return ()
    return tuple(relied_upon(standing, after_return(standing, position, rule, attempt.occurred_on), attempt.machine))


def after_return(standing: Standing, position: Position, rule: Rule, day: date) -> Standing:
    """The standing after a return by ``rule`` on ``day``; the machine has taken at least one step."""
    recorded_at = position.steps[-1].recorded_at
    step = Step(_LATEST, rule.trigger, position.state, rule.to_state, rule.effect, day, recorded_at)
    return standing.with_position(Position(position.machine, position.initial, (*position.steps, step)))


def corrected_by(workflow: Workflow, step: Step | None) -> tuple[str, ...]:
    """The roles that may undo a step of a machine."""
    if step is not None:
        for rule in workflow.rules_for.get((step.from_state, step.trigger), ()):
            if rule.to_state == step.to_state and rule.corrected_by:
                return rule.corrected_by
    return workflow.correction.by


def relied_upon(before: Standing, after: Standing, machine: str) -> list[Reason]:
    """One reason for each step of another machine that would lose a prerequisite."""
    reasons = []
    for other, step, need in losing_their_footing(before, after, machine):
        reasons.append(
            Reason(
                "relied_upon",
                other,
                needs=need,
                who=corrected_by(before.instances[other].workflow, step),
                facts=(("seq", step.seq), ("trigger", step.trigger), ("day", step.occurred_on.isoformat())),
            )
        )
    return reasons
