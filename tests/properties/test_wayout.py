"""The way out against a search through everything, on small random programmes."""

import heapq
import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import count, product

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlw_workflow.domain.decision import Admitted
from mlw_workflow.domain.definition import DONE, Need
from mlw_workflow.domain.wayout import PlannedStep, WayOut, way_out
from mlw_workflow.testing import ROLES, Course, random_attempt, random_programme

SEEDS = st.integers(0, 2**32)
SEARCH = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))


def a_course(rng: random.Random) -> Course:
    """A random programme in which some things have happened; nothing was returned."""
    machines = rng.choice([2, 3, 3, 4])
    made = random_programme(rng, machines, states=2 if machines == 4 else 3, forward=rng.random() < 0.5)
    course = Course(made)
    for _ in range(rng.choice([0, 2, 5, 8])):
        attempt = replace(random_attempt(rng, course), actor=course.attempt("m0", "x", by=ROLES).actor)
        if attempt.trigger in ("return", "correct") or attempt.occurred_on > course.standing.pilot.end:
            continue
        decision = course.ask(
            attempt.machine, attempt.trigger, attempt.occurred_on, by=ROLES, evidence=attempt.evidence
        )
        if isinstance(decision, Admitted):
            course.record(attempt, decision)
    return course


def a_question(rng: random.Random, course: Course) -> tuple[str, str]:
    machine = rng.choice(list(course.standing.instances))
    return machine, rng.choice(course.standing.instances[machine].workflow.triggers)


class Everything:
    """All that can be reached by forward steps, one machine's step after another: no cleverness at all."""

    def __init__(self, course: Course, machine: str, trigger: str, as_role: str) -> None:
        self.standing = course.standing
        self.names = list(course.standing.instances)
        self.target = self.names.index(machine)
        self.as_role = as_role
        self.rules = [r for r in self.flow(self.target).rules_of(trigger) if self.comes_back(self.target, r)]

    def flow(self, index: int):
        return self.standing.instances[self.names[index]].workflow

    def comes_back(self, index: int, rule) -> bool:
        return rule.effect != "resume" or rule.to_state == self.standing.position(self.names[index]).left()

    def start(self):
        found = []
        for name in self.names:
            position = self.standing.position(name)
            reached = frozenset(step.to_state for step in position.steps if step.effect == "advance")
            found.append((position.state, reached, any(step.effect == "waive" for step in position.steps)))
        return tuple(found)

    def holds(self, need: Need, at) -> bool:
        if not need.machine:
            return sum(self.holds(member, at) for member in need.of) >= need.at_least
        index = self.names.index(need.machine)
        _, reached, waived = at[index]
        wanted = self.flow(index).done_states if need.state == DONE else {need.state}
        return waived or bool(wanted & reached)

    def moves(self, at):
        for index, (state, reached, waived) in enumerate(at):
            for rule in self.flow(index).rules_from[state]:
                if rule.effect in ("return", "suspend") or not self.comes_back(index, rule):
                    continue
                if all(self.holds(need, at) for need in rule.needs):
                    gained = reached | {rule.to_state} if rule.effect == "advance" else reached
                    after = (rule.to_state, gained, waived or rule.effect == "waive")
                    other = bool(self.as_role) and self.as_role not in rule.by
                    yield (rule.effect == "waive", other, 1), (*at[:index], after, *at[index + 1 :])

    def cheapest(self):
        """The cost of the cheapest way to a place where a rule of the trigger can be taken, or None."""
        ties = count()
        queue = [((0, 0, 0), next(ties), self.start())]
        done = set()
        while queue:
            cost, _, at = heapq.heappop(queue)
            if at in done:
                continue
            done.add(at)
            for rule in self.rules:
                if at[self.target][0] == rule.from_state and all(self.holds(need, at) for need in rule.needs):
                    return cost
            for step, after in self.moves(at):
                if after not in done:
                    heapq.heappush(queue, (tuple(map(sum, zip(cost, step, strict=True))), next(ties), after))
        return None


def cost_of(found: WayOut, as_role: str):
    exceptional = sum(step.exceptional for step in found.steps)
    others = sum(bool(as_role) and as_role not in step.roles for step in found.steps)
    return exceptional, others, len(found.steps)


def evidence(step: PlannedStep) -> dict[str, str]:
    return {asked.id: "x" for asked in step.evidence}


@SEARCH
@given(seed=SEEDS, as_role=st.sampled_from(["", *ROLES]))
def test_cheapest(seed: int, as_role: str) -> None:
    """A way out costs exactly as little as the cheapest found by looking at everything, and exists when one does."""
    rng = random.Random(seed)
    course = a_course(rng)
    for _ in range(5):
        machine, trigger = a_question(rng, course)
        found = way_out(course.standing, machine, trigger, as_role)
        expected = Everything(course, machine, trigger, as_role).cheapest()
        assert not found.gave_up
        assert (cost_of(found, as_role) if found.possible else None) == expected


def asked_of(course: Course, machine: str, trigger: str) -> dict[str, str]:
    rules = course.standing.instances[machine].workflow.rules_for.get((course.state(machine), trigger), ())
    return {asked.id: "x" for rule in rules for asked in rule.evidence}


@SEARCH
@given(seed=SEEDS)
def test_can_be_done(seed: int) -> None:
    """The steps of a way out are admitted in their order, on their days, and then the transition itself is."""
    rng = random.Random(seed)
    course = a_course(rng)
    machine, trigger = a_question(rng, course)
    found = way_out(course.standing, machine, trigger)
    if not found.possible:
        assert not isinstance(course.ask(machine, trigger, course.standing.pilot.end, by=ROLES), Admitted)
        return
    assert found.earliest_on is not None  # nothing happened after the pilot's end
    for step in found.steps:
        assert course.state(step.machine) == step.from_state
        course.take(step.machine, step.trigger, step.earliest_on, by=step.roles[-1:], evidence=evidence(step))
        assert course.state(step.machine) == step.to_state
    course.take(machine, trigger, found.earliest_on, by=ROLES, evidence=asked_of(course, machine, trigger))


def first_day(course: Course, steps: tuple[PlannedStep, ...], machine: str, trigger: str) -> date | None:
    """The first day on which the transition can be taken after all steps, over every order and every choice of days."""
    pilot = course.standing.pilot
    days = [date.min, *(pilot.start + timedelta(days=n) for n in range(-1, (pilot.end - pilot.start).days + 1))]
    if not steps:
        given = asked_of(course, machine, trigger)
        asked = (
            day for day in days if isinstance(course.ask(machine, trigger, day, by=ROLES, evidence=given), Admitted)
        )
        return next(asked, None)
    found = []
    for number, day in product(range(len(steps)), days):
        step = steps[number]
        if any(earlier.machine == step.machine for earlier in steps[:number]):
            continue
        attempt = course.attempt(step.machine, step.trigger, day, by=ROLES, evidence=evidence(step))
        decision = course.ask(step.machine, step.trigger, day, by=ROLES, evidence=evidence(step))
        if isinstance(decision, Admitted):
            before = course.standing
            course.record(attempt, decision)
            best = first_day(course, (*steps[:number], *steps[number + 1 :]), machine, trigger)
            course.standing = before
            if best is not None:
                found.append(best)
    return min(found, default=None)


@SEARCH
@given(seed=SEEDS)
def test_earliest_day(seed: int) -> None:
    """The earliest day of a way out is the smallest that any order and any days of its steps allow."""
    rng = random.Random(seed)
    course = a_course(rng)
    for _ in range(3):
        machine, trigger = a_question(rng, course)
        found = way_out(course.standing, machine, trigger)
        if found.possible and len(found.steps) <= 3:
            assert found.earliest_on == first_day(course, found.steps, machine, trigger)
