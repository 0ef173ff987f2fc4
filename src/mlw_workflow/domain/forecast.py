"""Point of no return: the critical path to the programme's goal, the slack of each machine, the last day to start.

A network plan over the steps that are still to be taken: forwards from today by the lead times the definition gives
(working days a step normally takes), backwards from the days on which things must be finished. The *slack* of a step
is how many working days it can slip before a deadline falls.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.guards import earliest_in_period
from mlw_workflow.domain.wayout import WayOut, way_out

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.definition import Need, Rule, Workflow
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
    bounded: bool = True
    """False for a step that nothing presses: it may lie after the pilot's end, and no deadline waits for it."""


@dataclass(frozen=True, slots=True)
class Forecast:
    """How a pilot stands towards its goal."""

    end: date
    steps: tuple[Planned, ...]
    critical_path: tuple[Planned, ...]
    """The chain of steps to the goal that leaves the least slack, in order."""
    slack: Mapping[str, int]
    """Working days that each machine still open can slip, by machine; those that nothing presses are left out."""
    last_start: Mapping[str, date]
    """The last day on which each machine's next step must start."""
    rescuable_until: date | None
    """The last day on which starting at once still meets the goal; None when it is already missed (or reached)."""
    lost: tuple[str, ...] = ()
    """States on the way to the goal that can no longer be reached."""
    least: int | None = None
    """The smallest slack of all steps that lead to the goal; None where there are none."""


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
    deadlines by (machine, state to be reached); a step without one must be finished by the pilot's end (unless its rule
    lets it lie after that), and by the latest start of whatever needs it.
    """
    end = standing.pilot.end
    network = _Network(standing)
    goal_machine, _, goal_state = goal.partition(".")
    lost = network.add(goal_machine, goal_state) if goal else ()
    # Later machines first: their ways pass through the earlier ones, which then need no search of their own.
    for machine, instance in reversed(list(standing.instances.items())):
        if instance.period is None and not _finished(standing, instance):
            network.add(machine, "$done")
    for (machine, state), day in finish_by.items():
        network.bound(machine, state, day)
    goals = {node for node in network.steps if goal and node[0] == goal_machine and network.reaches(node, goal_state)}
    plan = _Plan(standing, network.steps, calendar, end, goals)
    steps = plan.scheduled(today)
    chain = _critical(network.steps, steps, goals)
    planned = tuple(steps.values())
    slack: dict[str, int] = {}
    last_start: dict[str, date] = {}
    for step in planned:
        if not step.bounded:
            continue
        slack[step.machine] = min(step.slack, slack.get(step.machine, step.slack))
        last_start.setdefault(step.machine, step.latest_start)
    rescuable = plan.last_start_to_goal() if chain and not lost else None
    if rescuable is not None and rescuable < today:
        rescuable = None
    least = min((steps[node].slack for node in _leading_to(goals, network.steps)), default=None)
    return Forecast(end, planned, chain, slack, last_start, rescuable, lost, least)


@dataclass(frozen=True, slots=True)
class Ahead:
    """A step still to be taken on the way to something."""

    rule: Rule
    needs: frozenset[Node]
    """The steps it waits for."""
    lawful: date
    """The first day on which it could lawfully be taken, if nothing took any time."""


@dataclass(frozen=True, slots=True)
class Way:
    """The smallest way to a state of a machine, by itself: what other machines are after does not matter to it.

    It depends on the standing alone, so it is the same on every day on which nothing happens.
    """

    steps: Mapping[Node, Ahead]
    """In an order in which each comes after those it needs."""
    target: Node

    def finish(self, calendar: WorkCalendar, today: date) -> dict[Node, date]:
        """When each step is finished if everything starts as soon as it can and takes what it normally takes."""
        found: dict[Node, date] = {}
        for node, step in self.steps.items():
            start = max([today, *(found[before] for before in step.needs)])
            found[node] = max(calendar.working_days_from(start, step.rule.takes), step.lawful)
        return found


def way_to(standing: Standing, machine: str, states: Iterable[str]) -> Way | None:
    """The way to the first of these states that can be reached from where the machine stands; None: there is none."""
    for state in states:
        network = _Network(standing)
        if network.add(machine, state) or not network.steps:
            continue
        steps: dict[Node, Ahead] = {}
        for node in _in_order(network.steps):
            step = network.steps[node]
            own = earliest_in_period(standing.instances[step.machine], step.rule) or date.min
            lawful = max([own, *(steps[before].lawful for before in step.needs)])
            steps[node] = Ahead(step.rule, frozenset(step.needs), lawful)
        return Way(steps, next(node for node in steps if node[0] == machine and network.reaches(node, state)))
    return None


def ends(workflow: Workflow) -> tuple[str, ...]:
    """What a machine is to reach: any state that is done, or where it has none, one of those that are final."""
    if workflow.done_states:
        return (DONE,)
    return tuple(state.id for state in workflow.states if state.final)


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
        if any(node[0] == machine and self.reaches(node, state) for node in self.steps):
            return ()
        ways = []
        lost: set[str] = set()
        for rule in instance.workflow.rules:
            reaches = rule.to_state == state or (state == "$done" and rule.to_state in instance.workflow.done_states)
            if rule.effect == "advance" and reaches:
                found = way_out(self.standing, machine, rule.trigger)
                if found.possible:
                    exceptional = rule.exceptional_way + sum(step.exceptional for step in found.steps)
                    ways.append(((exceptional, len(found.steps)), rule, found))
                lost.update(found.lost)
        if not ways:
            return tuple(sorted(lost)) or (f"{machine}.{state}",)
        _, rule, found = min(ways, key=lambda way: way[0])
        self.walk(found, machine, rule)
        return ()

    def walk(self, found: WayOut, machine: str, last: Rule) -> None:
        rules = [
            (step.machine, self.rule_of(step.machine, step.trigger, step.from_state, step.to_state))
            for step in found.steps
        ]
        rules.append((machine, last))
        path = [(name, rule.trigger, rule.to_state) for name, rule in rules]
        before: dict[str, Node] = {}
        for (name, rule), node in zip(rules, path, strict=True):
            if node not in self.steps:  # else another way planned it already, with all it needs: no circle can arise
                step = self.steps[node] = _Step(name, rule, {before[name]} if name in before else set())
                for need in rule.needs:  # met by what comes before, never by what comes after
                    step.needs |= self.awaited(self.standing.expand(need), path[: path.index(node)])
            before[name] = node

    def rule_of(self, machine: str, trigger: str, from_state: str, to_state: str) -> Rule:
        rules = self.standing.instances[machine].workflow.rules_for[(from_state, trigger)]
        return next(rule for rule in rules if rule.to_state == to_state)

    def awaited(self, need: Need, path: Sequence[Node]) -> set[Node]:
        """The planned steps by which an expanded need is met; of several ways those that come first in the path."""
        if need.machine:
            return {node for node in path if node[0] == need.machine and self.reaches(node, need.state)}
        members = [(member, self.awaited(member, path)) for member in need.of if not self.met(member)]
        missing = need.at_least - (len(need.of) - len(members))
        planned = [steps for _, steps in members if steps]
        planned.sort(key=lambda steps: max(path.index(step) for step in steps))
        return {node for steps in planned[: max(0, missing)] for node in steps}

    def met(self, need: Need) -> bool:
        """Whether an expanded need is met already."""
        if need.machine:
            workflow = self.standing.instances[need.machine].workflow
            return self.standing.position(need.machine).reached(need.state, workflow) is not None
        return sum(self.met(member) for member in need.of) >= need.at_least

    def reaches(self, node: Node, state: str) -> bool:
        """Whether a step leads to a state of its machine."""
        done = self.standing.instances[node[0]].workflow.done_states
        return node[2] == state or (state == "$done" and node[2] in done)

    def bound(self, machine: str, state: str, day: date) -> None:
        for (name, _, to_state), step in self.steps.items():
            if name == machine and to_state == state:
                step.finish_by = day if step.finish_by is None else min(day, step.finish_by)


class _Plan:
    """The days of a network of steps: the earliest from a day on, the latest that the bounds allow."""

    def __init__(
        self,
        standing: Standing,
        steps: Mapping[Node, _Step],
        calendar: WorkCalendar,
        end: date,
        goals: Collection[Node],
    ) -> None:
        self.standing = standing
        self.steps = steps
        self.calendar = calendar
        self.end = end
        self.goals = goals
        self.order = _in_order(steps)

    def scheduled(self, today: date) -> dict[Node, Planned]:
        """Every step with its days, in an order in which each comes after those it needs."""
        finish = self.earliest(today)
        latest = self.latest(self.bound)
        planned = {}
        for node in self.order:
            rule = self.steps[node].rule
            by = latest.get(node) or max(self.end, finish[node])
            slack = self.calendar.working_days_between(finish[node], by)
            start = self.start(node, by)
            bounded = node in latest
            planned[node] = Planned(*node, rule.takes, rule.by, finish[node], start, by, slack, bounded=bounded)
        return planned

    def bound(self, node: Node) -> date | None:
        """The day by which a step must be finished for its own sake; None when it may lie after the pilot's end."""
        step = self.steps[node]
        if step.finish_by is not None:
            return step.finish_by
        return None if "after" in step.rule.outside_span and node not in self.goals else self.end

    def earliest(self, today: date) -> dict[Node, date]:
        """When each step is finished if everything starts as soon as it can and takes what it normally takes."""
        finish: dict[Node, date] = {}
        for node in self.order:
            step = self.steps[node]
            start = max([today, *(finish[before] for before in step.needs)])
            lawful = earliest_in_period(self.standing.instances[step.machine], step.rule) or date.min
            finish[node] = max(self.calendar.working_days_from(start, step.rule.takes), lawful)
        return finish

    def latest(self, bound: Callable[[Node], date | None]) -> dict[Node, date]:
        """By when each step must be finished, so that it and all that wait for it keep their bounds."""
        latest: dict[Node, date] = {}
        for node in reversed(self.order):
            own = bound(node)
            days = [self.start(other, latest[other]) for other in latest if node in self.steps[other].needs]
            if own is not None or days:
                latest[node] = min([*days, *([own] if own is not None else [])])
        return latest

    def start(self, node: Node, finish: date) -> date:
        """The last day on which a step can start and be finished by a day."""
        takes = self.steps[node].rule.takes
        if not takes:
            return finish
        worked, _ = self.calendar.moved(finish, "previous_working_day")
        return self.calendar.working_days_from(worked, -takes)

    def last_start_to_goal(self) -> date:
        """The last day on which everything that leads to the goal can start at once and the goal be met."""
        latest = self.latest(lambda node: self.bound(node) if node in self.goals else None)
        return min(self.start(node, day) for node, day in latest.items())


def _leading_to(goals: Iterable[Node], steps: Mapping[Node, _Step]) -> set[Node]:
    """The goals and every step that one of them waits for, directly or not."""
    found: set[Node] = set()
    left = list(goals)
    while left:
        node = left.pop()
        if node not in found:
            found.add(node)
            left += steps[node].needs
    return found


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
    network: Mapping[Node, _Step], steps: Mapping[Node, Planned], goals: Collection[Node]
) -> tuple[Planned, ...]:
    """Back from the goal, always along the step that finishes last."""
    node = next(iter(goals), None)
    chain: list[Planned] = []
    while node is not None:
        chain.append(steps[node])
        needs = network[node].needs
        node = max(needs, key=lambda n: (steps[n].earliest_finish, n), default=None)
    return tuple(reversed(chain))
