"""Point of no return: the critical path to the programme's goal, the slack of each machine, the last day to start.

A network plan over the steps that are still to be taken: forwards from today by the lead times the definition gives
(working days a step normally takes), backwards from the days on which things must be finished. The *slack* of a step
is how many working days it can slip before a deadline falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.wayout import WayOut, way_out

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.definition import Need, Rule
    from mlw_workflow.domain.pilot import Instance, Standing

Node = tuple[str, str, str]
"""A step still to be taken: machine, trigger, the state it leads to."""


@dataclass(frozen=True, slots=True)
class Planned:
    """One step of the plan with its four days."""

    machine: str
    trigger: str
    to_state: str
    takes: int
    """Working days."""
    roles: tuple[str, ...]
    earliest_finish: date
    latest_start: date
    latest_finish: date
    slack: int
    """Working days from the earliest to the latest finish; negative: it is too late already."""
    critical: bool = False


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a pilot stands towards its goal."""

    end: date
    steps: tuple[Planned, ...]
    critical_path: tuple[Planned, ...]
    """The chain of steps to the goal that leaves the least slack, in order."""
    slack: Mapping[str, int]
    """Working days that each machine still open can slip, by machine."""
    last_start: Mapping[str, date]
    """The last day on which each machine's next step must start."""
    rescuable_until: date | None
    """The last day on which starting at once still meets the goal; None when it is already missed (or reached)."""
    lost: tuple[str, ...] = ()
    """States on the way to the goal that can no longer be reached."""


@dataclass(slots=True)
class _Step:
    machine: str
    rule: Rule
    needs: set[Node]
    finish_by: date | None = None


def forecast(
    standing: Standing,
    calendar: WorkCalendar,
    today: date,
    goal: str,
    finish_by: Mapping[tuple[str, str], date],
) -> Forecast:
    """Plan everything that is still to be done, from ``today``.

    ``goal`` is the state everything leads to (``conference.held``). ``finish_by`` gives the days of the open
    deadlines by (machine, state to be reached); a step without one must be finished by the pilot's end, or by the
    latest start of whatever needs it.
    """
    end = standing.pilot.end
    network = _Network(standing)
    goal_machine, _, goal_state = goal.partition(".")
    lost = network.add(goal_machine, goal_state) if goal else ()
    for machine, instance in standing.instances.items():
        if instance.period is None and not _finished(standing, instance):
            network.add(machine, "$done")
    for (machine, state), day in finish_by.items():
        network.bound(machine, state, day)
    steps = _scheduled(network.steps, calendar, today, end)
    chain = _critical(network.steps, steps, goal_machine, goal_state)
    planned = tuple(steps.values())
    slack: dict[str, int] = {}
    last_start: dict[str, date] = {}
    for step in planned:
        slack[step.machine] = min(step.slack, slack.get(step.machine, step.slack))
        last_start.setdefault(step.machine, step.latest_start)
    rescuable = None
    if chain and not lost:
        least = min(step.slack for step in chain)
        rescuable = calendar.working_days_from(today, least) if least >= 0 else None
    return Forecast(end, planned, chain, slack, last_start, rescuable, lost)


def _finished(standing: Standing, instance: Instance) -> bool:
    state = instance.workflow.state[standing.position(instance.id).state]
    return state.done or state.final


class _Network:
    """The steps still to be taken and what each waits for."""

    def __init__(self, standing: Standing) -> None:
        self.standing = standing
        self.steps: dict[Node, _Step] = {}

    def add(self, machine: str, state: str) -> tuple[str, ...]:
        """Add the smallest way to a state of a machine; the states that can no longer be reached, if it is lost."""
        instance = self.standing.instances[machine]
        if self.standing.position(machine).reached(state, instance.workflow) is not None:
            return ()
        ways = []
        lost: set[str] = set()
        for rule in instance.workflow.rules:
            reaches = rule.to_state == state or (state == "$done" and rule.to_state in instance.workflow.done_states)
            if rule.effect == "advance" and reaches:
                found = way_out(self.standing, machine, rule.trigger)
                if found.possible:
                    ways.append((len(found.steps), rule, found))
                lost.update(found.lost)
        if not ways:
            return tuple(sorted(lost)) or (f"{machine}.{state}",)
        _, rule, found = min(ways, key=lambda way: way[0])
        self.walk(found, machine, rule)
        return ()

    def walk(self, found: WayOut, machine: str, last: Rule) -> None:
        path = [
            (step.machine, self.rule_of(step.machine, step.trigger, step.from_state, step.to_state))
            for step in found.steps
        ]
        before: dict[str, Node] = {}
        for name, rule in [*path, (machine, last)]:
            node = (name, rule.trigger, rule.to_state)
            known = self.steps.setdefault(node, _Step(name, rule, set()))
            if name in before:
                known.needs.add(before[name])
            for need in rule.needs:
                known.needs |= self.awaited(self.standing.expand(need), [*path, (machine, last)])
            before[name] = node

    def rule_of(self, machine: str, trigger: str, from_state: str, to_state: str) -> Rule:
        rules = self.standing.instances[machine].workflow.rules_for[(from_state, trigger)]
        return next(rule for rule in rules if rule.to_state == to_state)

    def awaited(self, need: Need, path: Iterable[tuple[str, Rule]]) -> set[Node]:
        """The planned steps by which a need's leaves are reached."""
        found = set()
        for leaf in need.leaves():
            for name, rule in path:
                workflow = self.standing.instances[name].workflow
                done = leaf.state == "$done" and rule.to_state in workflow.done_states
                if name == leaf.machine and (rule.to_state == leaf.state or done):
                    found.add((name, rule.trigger, rule.to_state))
        return found

    def bound(self, machine: str, state: str, day: date) -> None:
        for (name, _, to_state), step in self.steps.items():
            if name == machine and to_state == state:
                step.finish_by = day if step.finish_by is None else min(day, step.finish_by)


def _scheduled(steps: Mapping[Node, _Step], calendar: WorkCalendar, today: date, end: date) -> dict[Node, Planned]:
    order = _in_order(steps)
    finish: dict[Node, date] = {}
    for node in order:
        step = steps[node]
        start = max([today, *(finish[before] for before in step.needs)])
        finish[node] = calendar.working_days_from(start, step.rule.takes)
    latest: dict[Node, date] = {}
    starts: dict[Node, date] = {}
    for node in reversed(order):
        step = steps[node]
        after = [starts[other] for other in order if node in steps[other].needs]
        latest[node] = min([step.finish_by or end, *after])
        starts[node] = calendar.working_days_from(latest[node], -step.rule.takes)
    return {
        node: Planned(
            node[0], node[1], node[2], steps[node].rule.takes, steps[node].rule.by, finish[node], starts[node],
            latest[node], calendar.working_days_between(finish[node], latest[node]),
        )
        for node in order
    }  # fmt: skip


def _in_order(steps: Mapping[Node, _Step]) -> list[Node]:
    """Every step after those it needs."""
    order: list[Node] = []
    left = dict(steps)
    while left:
        ready = [node for node, step in left.items() if all(before not in left for before in step.needs)]
        assert ready, "a way out has no circles"
        order += ready
        for node in ready:
            del left[node]
    return order


def _critical(
    network: Mapping[Node, _Step], steps: Mapping[Node, Planned], machine: str, state: str
) -> tuple[Planned, ...]:
    """Back from the goal, always along the step that finishes last."""
    node = next((n for n in steps if n[0] == machine and n[2] == state), None)
    chain: list[Planned] = []
    while node is not None:
        chain.append(steps[node])
        needs = network[node].needs
        node = max(needs, key=lambda n: (steps[n].earliest_finish, n), default=None)
    return tuple(reversed(chain))
