"""The way out of a refusal: the smallest set of steps, over all machines, that makes a transition possible.

The search is exact. A plan gives each machine it touches one path onwards from where it stands. Forward steps only
ever add reached states (prerequisites ask for "this state or beyond"), so the order of steps on different machines
does not matter for what is reached, and a plan is a *set*: best-first search over sets of paths, where each unmet
need is an OR over the paths that reach it (and, for "k of n", over the k chosen) and each step an AND over its needs.
A plan counts only if its steps can be put in an order in which every step's needs hold (no circles), each on a day
that its rule allows; a plan whose days come too late is the answer only when there is no other.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from datetime import date
from itertools import combinations, count
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import DONE, Field, Need, Rule, Workflow
from mlw_workflow.domain.guards import after_return, earliest_in_period, losing_their_footing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from mlw_workflow.domain.pilot import Instance, Standing

EXPANSIONS_MAX = 100_000
"""Partial plans looked at before the search gives up; a definition that needs more is a thicket, and is told so."""
LATE_EXPANSIONS_MAX = 2_000
"""The same once there is a plan whose days come too late, in search of one that can still happen."""

Cost = tuple[int, int, int]
"""Exceptional steps (waivers, rules marked so), steps that somebody else must take (with a role given), all steps."""


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
    fixed: tuple[tuple[str, str], ...] = ()
    """Evidence that must have a certain value for the step to help: (field, option)."""


@dataclass(frozen=True, slots=True)
class WayOut:
    """How a transition can be made possible."""

    possible: bool
    steps: tuple[PlannedStep, ...] = ()
    earliest_on: date | None = None
    """The first local day on which the transition itself could lawfully happen; None when no day is lawful."""
    lost: tuple[str, ...] = ()
    """When it is not possible: prerequisites (or ``machine.state``) that can no longer be reached."""
    gave_up: bool = False
    """The search was ended before all plans were looked at: whether it is possible is not known."""


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
    best: _Found | None = None
    lost: set[str] = set()
    gave_up = False
    for rule in rules:
        if rule.effect == "resume" and rule.to_state != standing.position(machine).left():
            continue
        search = _Search(standing, instance, rule, as_role)
        found = search.run(best)
        best = found or best
        lost |= search.lost
        gave_up |= search.gave_up
    if best is None:
        return WayOut(possible=False, lost=tuple(sorted(lost)), gave_up=gave_up)
    steps = tuple(
        PlannedStep(name, r.trigger, r.from_state, r.to_state, r.by, r.evidence, day, r.exceptional_way)
        for name, r, day in best.steps
    )
    return WayOut(True, steps, best.earliest_on)


Path = tuple[Rule, ...]
Demand = tuple[str, str] | Need
"""A state of a machine that must be reached, or a group of needs."""


_Been = frozenset[tuple[str, frozenset[str]]]
"""States a path has been in, each with all that was reached by then."""


@dataclass(frozen=True, slots=True)
class _Plan:
    paths: Mapping[str, Path]
    open: tuple[Demand, ...]
    cost: Cost

    def key(self) -> object:
        """Equal for plans that are the same (rules by identity: their values are large)."""
        return frozenset((name, *map(id, path)) for name, path in self.paths.items()), frozenset(self.open)


@dataclass(frozen=True, slots=True)
class _Found:
    """A finished plan: its steps in order, each with its first lawful day; and that of the transition itself."""

    cost: Cost
    steps: tuple[tuple[str, Rule, date], ...]
    earliest_on: date | None

    def beats(self, other: _Found | None) -> bool:
        """One that can still happen is better than one that cannot; then the cheaper, then the earlier."""
        return other is None or self.rank() < other.rank()

    def rank(self) -> tuple[bool, Cost, date]:
        return self.earliest_on is None, self.cost, self.earliest_on or date.max


class _Search:
    def __init__(self, standing: Standing, instance: Instance, rule: Rule, as_role: str) -> None:
        self.standing = standing
        self.instance = instance
        self.rule = rule
        self.as_role = as_role
        self.lost: set[str] = set()
        self.gave_up = False
        self._distances: dict[tuple[str, str], Cost | None] = {}
        self._needs: dict[int, tuple[Need, ...]] = {}

    def run(self, best: _Found | None) -> _Found | None:
        """The cheapest plan if it is better than ``best``, else None."""
        ties = count()
        queue: list[tuple[Cost, int, int, _Plan]] = []
        seen: set[object] = set()
        found: _Found | None = None

        def push(plan: _Plan) -> None:
            estimate = self.estimate(plan)
            if estimate is None or (best is not None and best.earliest_on is not None and estimate > best.cost):
                return
            key = plan.key()
            if key not in seen:
                seen.add(key)
                heapq.heappush(queue, (estimate, len(plan.open), next(ties), plan))

        for path in self.paths_to_stand_in(self.rule.from_state):
            demands = [d for step in (*path, self.rule) for d in self.demands(step)]
            paths = {self.instance.id: path} if path else {}
            push(_Plan(paths, tuple(dict.fromkeys(demands)), self.cost(path)))
        left = EXPANSIONS_MAX
        while queue and left:
            left -= 1
            plan = heapq.heappop(queue)[-1]
            if plan.open:
                for further in self.resolve(plan):
                    push(further)
                continue
            finished = self.finished(plan)
            if finished is not None and finished.beats(found):
                found = finished
                left = min(left, LATE_EXPANSIONS_MAX)
            if found is not None and found.earliest_on is not None:
                break
        self.gave_up = not left
        return found if found is not None and found.beats(best) else None

    def needs(self, rule: Rule) -> tuple[Need, ...]:
        """The rule's needs with every series expanded."""
        known = self._needs.get(id(rule))
        if known is None:
            known = self._needs[id(rule)] = tuple(self.standing.expand(need) for need in rule.needs)
        return known

    def demands(self, rule: Rule) -> Iterator[Demand]:
        for need in self.needs(rule):
            yield from self.demanded(need)

    def demanded(self, need: Need) -> Iterator[Demand]:
        """What a need demands: a state; of a group of which all must hold, what its members demand."""
        if need.machine:
            yield (need.machine, need.state)
        elif need.at_least == len(need.of):
            for member in need.of:
                yield from self.demanded(member)
        elif need.at_least > 0:
            yield need

    def cost(self, path: Path) -> Cost:
        exceptional = sum(rule.exceptional_way for rule in path)
        others = sum(bool(self.as_role) and self.as_role not in rule.by for rule in path)
        return exceptional, others, len(path)

    def has(self, paths: Mapping[str, Path], machine: str, state: str) -> bool:
        """Whether the state is reached once the machine's path is walked."""
        workflow = self.standing.instances[machine].workflow
        if self.standing.position(machine).reached(state, workflow) is not None:
            return True
        return any(_reaches(rule, state, workflow) for rule in paths.get(machine, ()))

    def resolve(self, plan: _Plan) -> Iterator[_Plan]:
        """All ways to settle one open demand of the plan: a state first, a choice among several last."""
        demand = next((demand for demand in plan.open if not isinstance(demand, Need)), plan.open[0])
        rest = tuple(other for other in plan.open if other is not demand)
        if isinstance(demand, Need):
            # Even when it is met, or would be by the plan's own steps: too late perhaps, or in a circle.
            for chosen in combinations(demand.of, demand.at_least):
                added = [d for member in chosen for d in self.demanded(member)]
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

    def walks(self, machine: str, start: str, walked: Path) -> Iterator[Path]:
        """Every path onwards, the empty one included, that comes back to a state only with more states reached."""

        def extend(path: Path, here: str, reached: frozenset[str], seen: _Been) -> Iterator[Path]:
            yield path
            for rule in self.onward(machine, here, walked=bool(walked or path)):
                gained = reached | {rule.to_state} if rule.effect == "advance" else reached
                if (rule.to_state, gained) not in seen:
                    yield from extend((*path, rule), rule.to_state, gained, seen | {(rule.to_state, gained)})

        reached = frozenset(state for state, _ in self.standing.position(machine).trail().reached)
        reached |= {rule.to_state for rule in walked if rule.effect == "advance"}
        yield from extend((), start, reached, frozenset({(start, reached)}))

    def paths_to_reach(self, machine: str, state: str, walked: Path) -> Iterator[Path]:
        """Every path onwards that ends with the first step by which ``state`` is reached."""
        workflow = self.standing.instances[machine].workflow
        start = walked[-1].to_state if walked else self.standing.position(machine).state
        for path in self.walks(machine, start, walked):
            reaching = [_reaches(rule, state, workflow) for rule in path]
            if reaching and reaching[-1] and not any(reaching[:-1]):
                yield path

    def paths_to_stand_in(self, state: str) -> Iterator[Path]:
        """Every path of the machine itself that ends in ``state``."""
        start = self.standing.position(self.instance.id).state
        found = False
        for path in self.walks(self.instance.id, start, ()):
            if (path[-1].to_state if path else start) == state:
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

    def finished(self, plan: _Plan) -> _Found | None:
        """The plan's steps in an order in which each one's needs hold, the earliest first; None when there is none.

        Each step gets its first lawful day; as no day is before those it rests on, the earliest step that can be
        taken never gets an earlier one.
        """
        walked: dict[str, list[tuple[Rule, date]]] = {}
        ordered: list[tuple[str, Rule, date]] = []
        in_time = True
        machines = [machine for machine in self.standing.instances if machine in plan.paths]
        for _ in range(sum(len(path) for path in plan.paths.values())):
            ready = []
            for number, machine in enumerate(machines):
                done = len(walked.get(machine, ()))
                if done < len(plan.paths[machine]):
                    rule = plan.paths[machine][done]
                    day = self.first_day(self.standing.instances[machine], rule, walked)
                    if day is not None:
                        ready.append((day, number, machine, rule))
            if not ready:
                return None
            day, _number, machine, rule = min(ready, key=lambda step: step[:2])
            walked.setdefault(machine, []).append((rule, day))
            ordered.append((machine, rule, day))
            in_time &= self.in_time(rule, day)
        earliest = self.first_day(self.instance, self.rule, walked)
        if earliest is None:
            return None
        if self.rule.effect == "return" and self.instance.id not in plan.paths:
            earliest = self.after_the_reliant(earliest)
        lawful = in_time and self.in_time(self.rule, earliest)
        return _Found(plan.cost, tuple(ordered), earliest if lawful else None)

    def after_the_reliant(self, day: date) -> date:
        """The first day from ``day`` on when a return takes away nothing that another machine's step relied on."""
        position = self.standing.position(self.instance.id)
        if not position.steps:
            return day
        after = after_return(self.standing, position, self.rule, day)
        reliant = losing_their_footing(self.standing, after, self.instance.id)
        return max([day, *(step.occurred_on for _, step, _ in reliant)])

    def in_time(self, rule: Rule, day: date) -> bool:
        return day <= self.standing.pilot.end or "after" in rule.outside_span

    def first_day(self, instance: Instance, rule: Rule, walked: Mapping[str, list[tuple[Rule, date]]]) -> date | None:
        """The first lawful day of a step after those that are walked; None while a need is unmet."""
        last = self.standing.position(instance.id).last
        days = [
            date.min if "before" in rule.outside_span else self.standing.pilot.start,
            last.occurred_on if last else date.min,
            earliest_in_period(instance, rule) or date.min,
            *(day for _, day in walked.get(instance.id, ())),
        ]
        for need in self.needs(rule):
            met_on = self.first_met(need, walked)
            if met_on is None:
                return None
            days.append(met_on)
        return max(days)

    def first_met(self, need: Need, walked: Mapping[str, list[tuple[Rule, date]]]) -> date | None:
        """The day on which an expanded need is met for good, with the steps walked; None when it is not."""
        if not need.machine:
            if not need.at_least:
                return date.min
            found = sorted(day for member in need.of if (day := self.first_met(member, walked)) is not None)
            return found[need.at_least - 1] if need.at_least <= len(found) else None
        workflow = self.standing.instances[need.machine].workflow
        reached = self.standing.position(need.machine).reached(need.state, workflow)
        if reached is not None:
            return reached.occurred_on
        days = (day for rule, day in walked.get(need.machine, ()) if _reaches(rule, need.state, workflow))
        return next(days, None)


def _merged(rest: tuple[Demand, ...], added: list[Demand]) -> tuple[Demand, ...]:
    return tuple(dict.fromkeys((*rest, *added)))


def _reaches(rule: Rule, state: str, workflow: Workflow) -> bool:
    if rule.effect == "waive":
        return True
    if rule.effect != "advance":
        return False
    return rule.to_state == state or (state == DONE and rule.to_state in workflow.done_states)
