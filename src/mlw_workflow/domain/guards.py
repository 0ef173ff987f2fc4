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

    from mlw_workflow.domain.definition import Need, Rule
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
    """The needs (series expanded) that did not hold at the end of ``day``."""
    for need in needs:
        expanded = standing.expand(need)
        if not holds(standing, expanded, day, before_seq):
            yield expanded


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
        for leaf in unmet.leaves():
            if leaf.name in told or reached_by(standing, leaf, attempt.occurred_on) is not None:
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
        yield Reason("date_before_pilot", attempt.machine, who=who, facts=(*facts, ("start", standing.pilot.start.isoformat())))
    if day > standing.pilot.end and "after" not in rule.outside_span:
        yield Reason("date_after_pilot", attempt.machine, who=who, facts=(*facts, ("end", standing.pilot.end.isoformat())))
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


def evidence_reasons(
    rule: Rule, attempt: Attempt
) -> tuple[Mapping[str, Any], tuple[Reason, ...]]:
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
            for rule in workflow.rules_for.get((step.from_state, step.trigger), ()):
                if rule.to_state != step.to_state:
                    continue
                for need in rule.needs:
                    expanded = before.expand(need)
                    if not any(leaf.machine == machine for leaf in expanded.leaves()):
                        continue
                    held = holds(before, expanded, step.occurred_on, step.seq)
                    if held and not holds(after, expanded, step.occurred_on, step.seq):
                        lost = next(leaf.name for leaf in expanded.leaves() if leaf.machine == machine)
                        yield other, step, lost


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


def footing_reasons(
    standing: Standing, position: Position, rule: Rule, attempt: Attempt
) -> tuple[Reason, ...]:
    """A return may not be dated before a step of another machine that relied on what is given back."""
    if rule.effect != "return" or not position.steps:
        return ()
    step = Step(
        _LATEST, rule.trigger, position.state, rule.to_state, rule.effect, attempt.occurred_on,
        position.steps[-1].recorded_at,
    )  # fmt: skip
    after = standing.with_position(Position(position.machine, position.initial, (*position.steps, step)))
    return tuple(relied_upon(standing, after, attempt.machine))


def relied_upon(before: Standing, after: Standing, machine: str) -> list[Reason]:
    """One reason for each step of another machine that would lose a prerequisite."""
    reasons = []
    for other, step, need in losing_their_footing(before, after, machine):
        workflow = before.instances[other].workflow
        reasons.append(
            Reason(
                "relied_upon",
                other,
                needs=need,
                who=workflow.correction.by,
                facts=(("seq", step.seq), ("trigger", step.trigger), ("day", step.occurred_on.isoformat())),
            )
        )
    return reasons
