"""Looking ahead from a standing: what is blocked and by what, what can be done now, what that would unblock."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain import guards
from mlw_workflow.domain.decision import Actor, Attempt, Reason
from mlw_workflow.domain.definition import Need, Rule
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
            found.append(Blocked(machine, rule.trigger, reasons, blocked_since(standing, instance, rule, today)))
    return tuple(found)


def blocked_since(standing: Standing, instance: Instance, rule: Rule, today: date) -> date:
    """Since when only the unmet conditions keep a rule: the machine stands there, and all else is met."""
    entered = standing.position(instance.id).entered
    days = [
        entered.occurred_on if entered else standing.pilot.start,
        guards.earliest_in_period(instance, rule),
        *(_met_on(standing, standing.expand(need), today) for need in rule.needs),
    ]
    return max((day for day in days if day is not None and day <= today), default=today)


def _met_on(standing: Standing, need: Need, today: date) -> date | None:
    """The day on which an expanded need was met; of an unmet one, the last day on which a part of it was."""
    if need.machine:
        step = guards.reached_by(standing, need, today)
        return step.occurred_on if step else None
    if guards.holds(standing, need, today):
        held = (member for member in need.of if guards.holds(standing, member, today))
        days = sorted(_met_on(standing, member, today) or standing.pilot.start for member in held)
        return days[need.at_least - 1] if need.at_least else None
    return max(filter(None, (_met_on(standing, member, today) for member in need.of)), default=None)


def open_now(standing: Standing, today: date, now: datetime) -> tuple[Open, ...]:
    """Everything that can be done on a day, in the order of the definition, and what each step would free."""
    keeps: dict[tuple[str, str], set[tuple[str, str]]] = {}
    waits_for: dict[str, set[tuple[str, str]]] = {}
    for machine in standing.instances:
        for item in blocked(standing, machine, today):
            key = (machine, item.trigger)
            for reason in item.reasons:
                waits_for.setdefault(reason.machine, set()).add(key)
            for step in way_out(standing, machine, item.trigger).steps:
                keeps.setdefault((step.machine, step.trigger), set()).add(key)
    found = []
    for machine, instance in standing.instances.items():
        for rule in rules_here(standing, instance):
            if conditions(standing, instance, rule, today):
                continue
            key = (machine, rule.trigger)
            freed = [
                other
                for other in sorted(waits_for.get(machine, ()))
                if other[0] != machine and not _still_kept(standing, machine, rule, other, today, now)
            ]
            found.append(Open(machine, rule.trigger, rule, tuple(freed), tuple(sorted(keeps.get(key, ())))))
    return tuple(found)


def _still_kept(
    standing: Standing, machine: str, rule: Rule, other: tuple[str, str], today: date, now: datetime
) -> bool:
    step = Step(2**62, rule.trigger, rule.from_state, rule.to_state, rule.effect, today, now)
    after = standing.with_position(advanced(standing.position(machine), step))
    return any(item.trigger == other[1] for item in blocked(after, other[0], today))
