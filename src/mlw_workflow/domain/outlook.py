"""Looking ahead from a standing: what is blocked and by what, what can be done now, what that would unblock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain import guards
from mlw_workflow.domain.decision import Actor, Attempt, Reason
from mlw_workflow.domain.definition import Rule
from mlw_workflow.domain.ledger import advanced
from mlw_workflow.domain.pilot import Instance, Standing, Step
from mlw_workflow.domain.wayout import way_out

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class Blocked:
    """A transition from a machine's present state whose prerequisites (or days) are unmet."""

    machine: str
    trigger: str
    reasons: tuple[Reason, ...]
    since: date
    """The local day since which nothing else than the unmet conditions has kept it."""


@dataclass(frozen=True, slots=True)
class Open:
    """A transition that can be taken on the day in question, given its evidence."""

    machine: str
    trigger: str
    rule: Rule
    unblocks: tuple[tuple[str, str], ...]
    """(machine, trigger) of the transitions that this one step would free."""
    leads_to: tuple[tuple[str, str], ...]
    """(machine, trigger) of the blocked transitions whose way out has this step in it."""


def rules_here(standing: Standing, instance: Instance) -> Iterator[Rule]:
    """The rules that leave the machine's present state; of the ways back only the one it will take."""
    position = standing.position(instance.id)
    for rule in instance.workflow.rules_from[position.state]:
        if rule.effect != "resume" or rule.to_state == position.left():
            yield rule


def conditions(standing: Standing, instance: Instance, rule: Rule, today: date) -> tuple[Reason, ...]:
    """What is unmet on a day beside evidence and role: prerequisites, the span, the period."""
    attempt = Attempt(instance.id, rule.trigger, today, Actor("", rule.by))
    return (
        *guards.prerequisite_reasons(standing, rule, attempt),
        *guards.date_reasons(standing, instance, rule, attempt),
    )


def blocked(standing: Standing, machine: str, today: date) -> tuple[Blocked, ...]:
    """The steps onwards from a machine's present state that are kept by something, each with all reasons."""
    instance = standing.instances[machine]
    found = []
    for rule in rules_here(standing, instance):
        if rule.effect != "advance":
            continue
        reasons = conditions(standing, instance, rule, today)
        if reasons:
            found.append(Blocked(machine, rule.trigger, reasons, blocked_since(standing, instance, rule)))
    return tuple(found)


def blocked_since(standing: Standing, instance: Instance, rule: Rule) -> date:
    """Since when only the unmet conditions keep a rule: the machine stands there, and all else is met."""
    last = standing.position(instance.id).last
    days = [last.occurred_on if last else standing.pilot.start]
    for need in rule.needs:
        for leaf in standing.expand(need).leaves():
            step = standing.position(leaf.machine).reached(leaf.state, standing.instances[leaf.machine].workflow)
            if step is not None:
                days.append(step.occurred_on)
    bound = guards.earliest_in_period(instance, rule)
    return max([*days, bound]) if bound else max(days)


def open_now(standing: Standing, today: date, now: datetime) -> tuple[Open, ...]:
    """Everything that can be done on a day, in the order of the definition, and what each step would free."""
    keeps: dict[tuple[str, str], set[tuple[str, str]]] = {}
    kept: set[tuple[str, str]] = set()
    for machine in standing.instances:
        for item in blocked(standing, machine, today):
            key = (machine, item.trigger)
            kept.add(key)
            for step in way_out(standing, machine, item.trigger).steps:
                keeps.setdefault((step.machine, step.trigger), set()).add(key)
    found = []
    for machine, instance in standing.instances.items():
        for rule in rules_here(standing, instance):
            if conditions(standing, instance, rule, today):
                continue
            key = (machine, rule.trigger)
            leads_to = sorted(keeps.get(key, ()))
            freed = [other for other in leads_to if not _still_kept(standing, machine, rule, other, today, now)]
            found.append(Open(machine, rule.trigger, rule, tuple(freed), tuple(leads_to)))
    return tuple(found)


def _still_kept(
    standing: Standing, machine: str, rule: Rule, other: tuple[str, str], today: date, now: datetime
) -> bool:
    step = Step(2**62, rule.trigger, rule.from_state, rule.to_state, rule.effect, today, now)
    after = standing.with_position(advanced(standing.position(machine), step))
    return any(item.trigger == other[1] for item in blocked(after, other[0], today))
