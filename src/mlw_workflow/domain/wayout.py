"""The way out of a refusal: the smallest set of steps, over all machines, that makes a transition possible.

The search is exact. A plan gives each machine it touches one path onwards from where it stands. Forward steps only
ever add reached states (prerequisites ask for "this state or beyond"), so the order of steps on different machines
does not matter for what is reached, and a plan is a *set*: best-first search over sets of paths, where each unmet
need is an OR over the paths that reach it (and, for "k of n", over the k chosen) and each step an AND over its needs.
A plan counts only if its steps can be put in an order in which every step's needs hold (no circles).
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date
from itertools import combinations, count
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import DONE, Field, Need, Rule, Workflow
from mlw_workflow.domain.guards import earliest_in_period

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.domain.pilot import Instance, Standing

EXPANSIONS_MAX = 100_000
"""Partial plans looked at before the search gives up; a definition that needs more is a thicket, and is told so."""

Cost = tuple[int, int, int]
"""Exceptional steps (waivers), steps that somebody else must take (with a role given), all steps."""


@dataclass(frozen=True, slots=True)
class PlannedStep:
    """One step of a way out."""

    machine: str
    trigger: str
    from_state: str
    to_state: str
    roles: tuple[str, ...]
    evidence: tuple[Field, ...]
    earliest_on: date
    """The first local day on which it can lawfully happen, given what is recorded and the steps before it."""
    exceptional: bool = False


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a transition can be made possible."""

    possible: bool
    steps: tuple[PlannedStep, ...] = ()
    earliest_on: date | None = None
    """The first local day on which the transition itself could lawfully happen; None when no day is lawful."""
    lost: tuple[str, ...] = ()
    """When it is not possible: prerequisites (or ``machine.state``) that can no longer be reached."""


def way_out(standing: Standing, machine: str, trigger: str, as_role: str = "") -> WayOut:
    """The smallest set of steps after which ``trigger`` of ``machine`` can be taken, in a lawful order.

    Fewest waivers first, then (with ``as_role``) fewest steps that need somebody else, then fewest steps. Returns
    and suspensions are never proposed. The trigger's own step is not among the steps. Raises KeyError for a machine
    or a trigger that does not exist.
    """
    instance = standing.instances[machine]
    rules = instance.workflow.rules_of(trigger)
    if not rules:
        raise KeyError(trigger)
    best: WayOut | None = None
    best_cost: Cost | None = None
    lost: set[str] = set()
    for rule in rules:
        if rule.effect == "resume" and rule.to_state != standing.position(machine).left():
            continue
        search = _Search(standing, instance, rule, as_role)
        found = search.run(best_cost)
        if found is not None and (best_cost is None or found[0] < best_cost):
            best_cost, best = found[0], _dated(standing, instance, rule, found[1])
        lost |= search.lost
    return best or WayOut(possible=False, lost=tuple(sorted(lost)))


Path = tuple[Rule, ...]
Demand = tuple[str, str] | Need
"""A state of a machine that must be reached, or a group of needs."""


@dataclass(frozen=True, slots=True)
class _Plan:
    paths: Mapping[str, Path]
    open: tuple[Demand, ...]
    cost: Cost


class _Search:
    def __init__(self, standing: Standing, instance: Instance, rule: Rule, as_role: str) -> None:
        self.standing = standing
        self.instance = instance
        self.rule = rule
        self.as_role = as_role
        self.lost: set[str] = set()
        self._distances: dict[tuple[str, str], Cost | None] = {}

    def run(self, bound: Cost | None) -> tuple[Cost, list[tuple[str, Rule]]] | None:
        """The cheapest plan (below ``bound``) as its cost and its steps in order, or None."""
        ties = count()
        queue: list[tuple[Cost, int, int, _Plan]] = []

        def push(plan: _Plan) -> None:
            estimate = self.estimate(plan)
            if estimate is not None and (bound is None or estimate < bound):
                heapq.heappush(queue, (estimate, len(plan.open), next(ties), plan))

        for path in self.paths_to_stand_in(self.rule.from_state):
            paths = {self.instance.id: path} if path else {}
            demands = [d for step in (*path, self.rule) for d in self.demands(step)]
            push(_Plan(paths, tuple(dict.fromkeys(demands)), self.cost(path)))
        for _ in range(EXPANSIONS_MAX):
            if not queue:
                return None
            plan = heapq.heappop(queue)[-1]
            if not plan.open:
                ordered = self.in_order(plan)
                if ordered is not None:
                    return plan.cost, ordered
                continue
            for further in self.resolve(plan):
                push(further)
        return None

    def demands(self, rule: Rule) -> Iterator[Demand]:
        for need in rule.needs:
            expanded = self.standing.expand(need)
            if expanded.of or not expanded.machine:
                if not (expanded.at_least <= 0):
                    yield expanded
            else:
                yield (expanded.machine, expanded.state)

    def cost(self, path: Path) -> Cost:
        exceptional = sum(rule.effect == "waive" for rule in path)
        others = sum(bool(self.as_role) and self.as_role not in rule.by for rule in path)
        return exceptional, others, len(path)

    def has(self, paths: Mapping[str, Path], machine: str, state: str) -> bool:
        """Whether the state is reached once the machine's path is walked."""
        workflow = self.standing.instances[machine].workflow
        if self.standing.position(machine).reached(state, workflow) is not None:
            return True
        return any(_reaches(rule, state, workflow) for rule in paths.get(machine, ()))

    def met(self, paths: Mapping[str, Path], need: Need) -> bool:
        if need.of or not need.machine:
            return sum(self.met(paths, member) for member in need.of) >= need.at_least
        return self.has(paths, need.machine, need.state)

    def resolve(self, plan: _Plan) -> Iterator[_Plan]:
        """All ways to settle the plan's first open demand."""
        demand, rest = plan.open[0], plan.open[1:]
        if isinstance(demand, Need):
            if self.met(plan.paths, demand):
                yield _Plan(plan.paths, rest, plan.cost)
                return
            for chosen in combinations(demand.of, demand.at_least):
                added: list[Demand] = [m if m.of else (m.machine, m.state) for m in chosen]
                yield _Plan(plan.paths, _merged(rest, added), plan.cost)
            return
        machine, state = demand
        if self.has(plan.paths, machine, state):
            yield _Plan(plan.paths, rest, plan.cost)
            return
        if machine == self.instance.id:
            return
        walked = plan.paths.get(machine, ())
        found = False
        for path in self.paths_to_reach(machine, state, walked):
            found = True
            added = [d for step in path for d in self.demands(step)]
            gained = self.cost(path)
            cost = (plan.cost[0] + gained[0], plan.cost[1] + gained[1], plan.cost[2] + gained[2])
            yield _Plan({**plan.paths, machine: (*walked, *path)}, _merged(rest, added), cost)
        if not found:
            self.lost.add(f"{machine}.{state}")

    def onward(self, machine: str, state: str, *, walked: bool) -> Iterator[Rule]:
        """The forward rules from a state; a suspended machine can only resume where it left."""
        workflow = self.standing.instances[machine].workflow
        for rule in workflow.rules_from[state]:
            if rule.to_state == state or rule.effect in ("return", "suspend"):
                continue
            if rule.effect == "resume" and (walked or rule.to_state != self.standing.position(machine).left()):
                continue
            yield rule

    def paths_to_reach(self, machine: str, state: str, walked: Path) -> Iterator[Path]:
        """Every simple path onwards that ends with the first step by which ``state`` is reached."""
        workflow = self.standing.instances[machine].workflow
        start = walked[-1].to_state if walked else self.standing.position(machine).state

        def extend(path: Path, here: str, seen: frozenset[str]) -> Iterator[Path]:
            for rule in self.onward(machine, here, walked=bool(walked or path)):
                if rule.to_state in seen:
                    continue
                longer = (*path, rule)
                if _reaches(rule, state, workflow):
                    yield longer
                else:
                    yield from extend(longer, rule.to_state, seen | {rule.to_state})

        yield from extend((), start, frozenset({start}))

    def paths_to_stand_in(self, state: str) -> Iterator[Path]:
        """Every simple path of the machine itself that ends in ``state``."""
        start = self.standing.position(self.instance.id).state

        def extend(path: Path, here: str, seen: frozenset[str]) -> Iterator[Path]:
            if here == state:
                yield path
                return
            for rule in self.onward(self.instance.id, here, walked=bool(path)):
                if rule.to_state not in seen:
                    yield from extend((*path, rule), rule.to_state, seen | {rule.to_state})

        found = False
        for path in extend((), start, frozenset({start})):
            found = True
            yield path
        if not found:
            self.lost.add(f"{self.instance.id}.{state}")

    def estimate(self, plan: _Plan) -> Cost | None:
        """A lower bound of the finished plan's cost; None when a demand can no longer be met."""
        exceptional, others, steps = plan.cost
        farthest: dict[str, Cost] = {}
        for demand in plan.open:
            if isinstance(demand, Need):
                continue
            machine, state = demand
            if self.has(plan.paths, machine, state):
                continue
            if machine in plan.paths:
                continue
            distance = self.distance(machine, state)
            if distance is None:
                self.lost.add(f"{machine}.{state}")
                return None
            farthest[machine] = max(farthest.get(machine, distance), distance)
        for distance in farthest.values():
            exceptional, others, steps = exceptional + distance[0], others + distance[1], steps + distance[2]
        return exceptional, others, steps

    def distance(self, machine: str, state: str) -> Cost | None:
        """The cheapest path's cost from where the machine stands, needs left out."""
        key = (machine, state)
        if key not in self._distances:
            costs = [self.cost(path) for path in self.paths_to_reach(machine, state, ())]
            self._distances[key] = min(costs, default=None)
        return self._distances[key]

    def in_order(self, plan: _Plan) -> list[tuple[str, Rule]] | None:
        """The plan's steps in an order in which each one's needs hold; None when it goes in a circle."""
        walked: dict[str, Path] = {}
        ordered: list[tuple[str, Rule]] = []
        total = sum(len(path) for path in plan.paths.values())
        machines = [machine for machine in self.standing.instances if machine in plan.paths]
        while len(ordered) < total:
            progress = False
            for machine in machines:
                path, done = plan.paths[machine], walked.get(machine, ())
                while len(done) < len(path) and self.may(walked, path[len(done)]):
                    step = path[len(done)]
                    ordered.append((machine, step))
                    done = walked[machine] = (*done, step)
                    progress = True
            if not progress:
                return None
        return ordered if self.may(walked, self.rule) else None

    def may(self, walked: Mapping[str, Path], rule: Rule) -> bool:
        return all(self.met(walked, self.standing.expand(need)) for need in rule.needs)


def _merged(rest: tuple[Demand, ...], added: list[Demand]) -> tuple[Demand, ...]:
    return tuple(dict.fromkeys((*rest, *added)))


def _reaches(rule: Rule, state: str, workflow: Workflow) -> bool:
    if rule.effect == "waive":
        return True
    if rule.effect != "advance":
        return False
    return rule.to_state == state or (state == DONE and rule.to_state in workflow.done_states)


def _dated(standing: Standing, instance: Instance, rule: Rule, ordered: list[tuple[str, Rule]]) -> WayOut:
    """Give each planned step the first lawful day, and the transition itself too."""
    planned: dict[str, list[tuple[Rule, date]]] = {}
    steps: list[PlannedStep] = []
    for machine, step in ordered:
        day = _first_day(standing, standing.instances[machine], step, planned)
        planned.setdefault(machine, []).append((step, day))
        steps.append(
            PlannedStep(
                machine, step.trigger, step.from_state, step.to_state, step.by, step.evidence, day,
                step.effect == "waive",
            )
        )  # fmt: skip
    earliest = _first_day(standing, instance, rule, planned)
    in_time = earliest <= standing.pilot.end or "after" in rule.outside_span
    return WayOut(True, tuple(steps), earliest if in_time else None)


def _first_day(
    standing: Standing, instance: Instance, rule: Rule, planned: Mapping[str, list[tuple[Rule, date]]]
) -> date:
    last = standing.position(instance.id).last
    bounds = [date.min] if "before" in rule.outside_span else [standing.pilot.start]
    if last is not None:
        bounds.append(last.occurred_on)
    bounds += [day for _, day in planned.get(instance.id, ())]
    bound = earliest_in_period(instance, rule)
    if bound is not None:
        bounds.append(bound)
    bounds += [_first_met(standing, standing.expand(need), planned) for need in rule.needs]
    return max(bounds)


def _first_met(standing: Standing, need: Need, planned: Mapping[str, list[tuple[Rule, date]]]) -> date:
    """The first day on which an expanded need holds, given the planned steps; ``date.max`` when it never does."""
    if need.of or not need.machine:
        days = sorted(_first_met(standing, member, planned) for member in need.of)
        return days[need.at_least - 1] if 0 < need.at_least <= len(days) else date.min
    workflow = standing.instances[need.machine].workflow
    reached = standing.position(need.machine).reached(need.state, workflow)
    if reached is not None:
        return reached.occurred_on
    days = [day for rule, day in planned.get(need.machine, ()) if _reaches(rule, need.state, workflow)]
    return min(days, default=date.max)
