"""Decisions over random courses of events, against a second, simpler reading of the rules."""

import random
from dataclasses import dataclass, replace
from datetime import timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlw_workflow.domain.decision import Admitted, Attempt, Refused
from mlw_workflow.domain.definition import CORRECT, DONE, Need, Programme, Rule, Workflow
from mlw_workflow.domain.machine import Moment
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.testing import ROLES, Course, programme, random_attempt, random_programme

SEEDS = st.integers(0, 2**32)
RUNS = settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
DAYS = 6
STEPS = 30


def with_alternatives(rng: random.Random, made: Programme) -> Programme:
    """The same programme with a few rules given a rival: same state and trigger, another role, target or need."""
    flows = []
    for flow in made.workflows:
        rules = list(flow.rules)
        for rule in rng.sample(rules, min(2, len(rules))):
            rival = replace(rule, by=rng.choice([ROLES, ROLES[:1], ROLES[1:]]), needs=rng.choice([(), rule.needs]))
            if rule.effect == "advance":
                rival = replace(rival, to_state=rng.choice(flow.states[1:-2]).id, evidence=())
            rules.insert(rng.randint(0, len(rules)), rival)
        flows.append(replace(flow, rules=tuple(rules)))
    return programme(*flows, start=made.start, end=made.end)


def an_attempt(rng: random.Random, course: Course) -> Attempt:
    made = random_attempt(rng, course, DAYS)
    if rng.random() < 0.15:
        made = replace(made, trigger=CORRECT)
    if rng.random() < 0.15:
        made = replace(made, seen_seq=rng.randint(0, course.seq))
    return replace(made, today=rng.choice([None, None, course.standing.pilot.start + timedelta(days=3)]))


# --- A table read in its order


def by_table(course: Course, attempt: Attempt) -> str | None:
    """The state the compiled table leads to: the first rule that is meant and admitted; None for a refusal."""
    standing = course.standing
    instance = standing.instances[attempt.machine]
    moment = Moment(standing, instance, attempt)
    for rule in instance.workflow.rules_for.get((moment.position.state, attempt.trigger), ()):
        if moment.selects(rule) and not moment.conditions(rule)[1]:
            return rule.to_state
    return None


@RUNS
@given(seed=SEEDS)
def test_machine_agrees_with_the_table(seed: int) -> None:
    """The state machine decides exactly what reading the table of rules in its order decides."""
    rng = random.Random(seed)
    course = Course(with_alternatives(rng, random_programme(rng, days=DAYS)))
    for _ in range(STEPS):
        attempt = random_attempt(rng, course, DAYS)
        if attempt.trigger == CORRECT:
            continue
        decision = course.ask(
            attempt.machine, attempt.trigger, attempt.occurred_on, by=attempt.actor.roles, evidence=attempt.evidence
        )
        assert (decision.to_state if isinstance(decision, Admitted) else None) == by_table(course, attempt)
        if isinstance(decision, Admitted):
            course.record(attempt, decision)


# --- The rules once more, as plainly as possible


@dataclass
class Event:
    """One step that stands, in the order of recording."""

    seq: int
    machine: str
    rule: Rule
    day: object


class Plain:
    """What happened as one list of events, and every condition read off it from the beginning."""

    def __init__(self, standing: Standing) -> None:
        self.flows: dict[str, Workflow] = {name: i.workflow for name, i in standing.instances.items()}
        self.pilot = standing.pilot
        self.events: list[Event] = []

    def of(self, machine: str) -> list[Event]:
        return [event for event in self.events if event.machine == machine]

    def state(self, machine: str) -> str:
        mine = self.of(machine)
        return mine[-1].rule.to_state if mine else self.flows[machine].initial

    def reached(self, machine: str, state: str, day=None, before: int | None = None) -> Event | None:
        """The event by which the state was reached by the end of the day (and before the entry), and not given back."""
        flow, line = self.flows[machine], []
        for event in self.of(machine):
            later = day is not None and event.day > day
            if later or (event.day == day and before is not None and event.seq >= before):
                continue
            if event.rule.effect in ("advance", "waive"):
                line.append(event)
            elif event.rule.effect == "return":
                states = [flow.initial, *(old.rule.to_state for old in line)]
                line = line[: states.index(event.rule.to_state)] if event.rule.to_state in states else [event]
        for event in line:
            to_state = event.rule.to_state
            done = state == DONE and to_state in flow.done_states
            if event.rule.effect == "waive" or to_state == state or done:
                return event
        return None

    def holds(self, need: Need, day, before: int | None = None) -> bool:
        if need.machine:
            return self.reached(need.machine, need.state, day, before) is not None
        return sum(self.holds(member, day, before) for member in need.of) >= need.at_least

    def stands(self, event: Event) -> bool:
        return all(self.holds(need, event.day, event.seq) for need in event.rule.needs)

    def losing(self, change) -> set[tuple[str, str]]:
        """The other machines' events that a change would leave without their needs."""
        held = [event for event in self.events if self.stands(event)]
        before = list(self.events)
        machine = change()
        lost = {("relied_upon", f"{e.machine}#{e.seq}") for e in held if e.machine != machine and not self.stands(e)}
        self.events = before
        return lost

    def unmet(self, attempt: Attempt) -> set[tuple[str, str]]:
        """Every condition that keeps the attempt, as (code, what it is about)."""
        found = self.seen(attempt)
        if attempt.today is not None and attempt.occurred_on > attempt.today:
            found.add(("date_in_future", ""))
        if attempt.trigger == CORRECT:
            return found | self.unmet_correction(attempt)
        rule = self.rule(attempt)
        if rule.from_state != self.state(attempt.machine) or not self.comes_back(attempt.machine, rule):
            found.add(("wrong_state", ""))
        if not set(rule.by) & set(attempt.actor.roles):
            found.add(("role_not_allowed", ""))
        for need in rule.needs:
            if not self.holds(need, attempt.occurred_on):
                found |= self.missing(need, attempt.occurred_on)
        asked = {field.id for field in rule.evidence}
        found |= {("evidence_missing", name) for name in asked - set(attempt.evidence)}
        found |= {("evidence_unknown_field", name) for name in set(attempt.evidence) - asked}
        if attempt.occurred_on < self.pilot.start and "before" not in rule.outside_span:
            found.add(("date_before_pilot", ""))
        if attempt.occurred_on > self.pilot.end and "after" not in rule.outside_span:
            found.add(("date_after_pilot", ""))
        mine = self.of(attempt.machine)
        if mine and attempt.occurred_on < mine[-1].day:
            found.add(("date_before_last_step", ""))
        if rule.effect == "return":
            event = Event(10**9, attempt.machine, rule, attempt.occurred_on)
            found |= self.losing(lambda: (self.events.append(event), attempt.machine)[1])
        return found

    def seen(self, attempt: Attempt) -> set[tuple[str, str]]:
        mine = self.of(attempt.machine)
        last = mine[-1].seq if mine else 0
        return {("changed_meanwhile", "")} if attempt.seen_seq not in (None, last) else set()

    def unmet_correction(self, attempt: Attempt) -> set[tuple[str, str]]:
        found: set[tuple[str, str]] = {("evidence_unknown_field", name) for name in attempt.evidence}
        if ROLES[0] not in attempt.actor.roles:
            found.add(("role_not_allowed", ""))
        mine = self.of(attempt.machine)
        if not mine:
            return found | {("nothing_to_correct", "")}

        def undo() -> str:
            self.events = [event for event in self.events if event is not mine[-1]]
            return attempt.machine

        return found | self.losing(undo)

    def rule(self, attempt: Attempt) -> Rule:
        """The rule that is meant: from here if there is one, and one that the actor may take if there is one."""
        every = self.flows[attempt.machine].rules_of(attempt.trigger)
        state = self.state(attempt.machine)
        here = [rule for rule in every if rule.from_state == state and self.comes_back(attempt.machine, rule)]
        among = here or list(every)
        return next((rule for rule in among if set(rule.by) & set(attempt.actor.roles)), among[0])

    def comes_back(self, machine: str, rule: Rule) -> bool:
        if rule.effect != "resume":
            return True
        left = [event.rule.from_state for event in self.of(machine) if event.rule.effect == "suspend"]
        return bool(left) and rule.to_state == left[-1]

    def missing(self, need: Need, day) -> set[tuple[str, str]]:
        if not need.machine:
            return set().union(*(self.missing(member, day) for member in need.of))
        if self.reached(need.machine, need.state, day):
            return set()
        later = self.reached(need.machine, need.state)
        return {("prerequisite_later" if later else "prerequisite_unmet", need.name)}


def told(refused: Refused) -> list[tuple[str, str]]:
    """The reasons of a refusal in the same form."""
    found = []
    for reason in refused.reasons:
        about = reason.needs or reason.field
        if reason.code == "relied_upon":
            about = f"{reason.machine}#{reason.fact['seq']}"
        found.append((reason.code, about))
    return found


@RUNS
@given(seed=SEEDS)
def test_every_unmet_condition_at_once(seed: int) -> None:
    """A refusal tells exactly the conditions that are unmet, each once; what is admitted leaves none unmet."""
    rng = random.Random(seed)
    course = Course(random_programme(rng, days=DAYS))
    plain = Plain(course.standing)
    for _ in range(STEPS):
        attempt = an_attempt(rng, course)
        expected = plain.unmet(attempt)
        decision = course.ask(
            attempt.machine,
            attempt.trigger,
            attempt.occurred_on,
            by=attempt.actor.roles,
            evidence=attempt.evidence,
            seen_seq=attempt.seen_seq,
            today=attempt.today,
        )
        if isinstance(decision, Refused):
            reasons = told(decision)
            assert sorted(reasons) == sorted(expected)
            continue
        assert expected == set()
        course.record(attempt, decision)
        if decision.undoes is not None:
            plain.events = [event for event in plain.events if event.seq != decision.undoes.seq]
        else:
            plain.events.append(Event(course.seq, attempt.machine, plain.rule(attempt), attempt.occurred_on))
        assert {name: plain.state(name) for name in plain.flows} == {name: course.state(name) for name in plain.flows}


@RUNS
@given(seed=SEEDS)
def test_what_happened_keeps_its_footing(seed: int) -> None:
    """After any course of events every step that stands had its prerequisites on its day, never going back in time."""
    rng = random.Random(seed)
    course = Course(with_alternatives(rng, random_programme(rng, days=DAYS)))
    for _ in range(STEPS):
        attempt = replace(an_attempt(rng, course), today=None, seen_seq=None)
        decision = course.ask(
            attempt.machine, attempt.trigger, attempt.occurred_on, by=attempt.actor.roles, evidence=attempt.evidence
        )
        if isinstance(decision, Admitted):
            course.record(attempt, decision)
    for machine, position in course.standing.moved.items():
        flow = course.standing.instances[machine].workflow
        days = [step.occurred_on for step in position.steps]
        assert days == sorted(days)
        for step in position.steps:
            rules = [r for r in flow.rules_for[(step.from_state, step.trigger)] if r.to_state == step.to_state]
            assert any(_held(course, rule, step) for rule in rules)


def _held(course: Course, rule: Rule, step) -> bool:
    def holds(need: Need) -> bool:
        if not need.machine:
            return sum(map(holds, need.of)) >= need.at_least
        flow = course.standing.instances[need.machine].workflow
        then = course.position(need.machine).by(step.occurred_on, step.seq)
        return then.reached(need.state, flow) is not None

    return all(map(holds, rule.needs))
