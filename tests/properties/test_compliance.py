"""Any programme, any course of events: what holds of verdicts whatever happens."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.law import Calendars
from mlw_workflow.domain.compliance import VERDICTS, Compliance, Ways, compliance
from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.decision import Admitted
from mlw_workflow.domain.machine import decide
from mlw_workflow.domain.obligation import DeadlineRule, Due
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.testing import Course, random_attempt, random_programme, text

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Programme, Workflow

CALENDAR = Calendars()("")
CHANCE = st.randoms(use_true_random=False)
DAYS = 20


def dated(chance: random.Random, of: Programme) -> Programme:
    """The programme with lead times, and with deadlines of all kinds."""
    names = [flow.id for flow in of.workflows]
    return replace(of, workflows=tuple(_dated(chance, flow, names) for flow in of.workflows))


def _dated(chance: random.Random, flow: Workflow, names: list[str]) -> Workflow:
    states = [state.id for state in flow.states if not state.initial and state.id not in ("waived", "halted")]
    rules = []
    for number in range(chance.choice([0, 1, 1, 2])):
        due = chance.choice(
            [
                Due(day=date(2014, 6, 1) + timedelta(days=chance.randint(0, DAYS + 5))),
                Due(anchor="pilot_end"),
                Due(anchor="pilot_start", offset=chance.randint(1, 15), unit=chance.choice(["days", "working_days"])),
                Due(reached=f"{chance.choice(names)}.s1", offset=chance.randint(1, 9), unit="working_days"),
            ]
        )
        reaches = tuple(chance.sample(states, chance.randint(1, min(2, len(states)))))
        moved = chance.choice(["none", "next_working_day", "previous_working_day"])
        rules.append(DeadlineRule(f"d{number}", text("d"), reaches, due, day_off=moved))  # type: ignore[arg-type]
    timed = tuple(replace(rule, takes=chance.choice([0, 0, 1, 3, 8])) for rule in flow.rules)
    return replace(flow, rules=timed, deadlines=tuple(rules))


def played(chance: random.Random) -> Course:
    """A course of a random programme, as far as chance took it."""
    course = Course(dated(chance, random_programme(chance, states=2, days=DAYS, forward=chance.random() < 0.5)))
    for _ in range(chance.choice([0, 3, 10, 25])):
        attempt = random_attempt(chance, course, days=12)
        decision = decide(course.standing, attempt)
        if isinstance(decision, Admitted):
            course.record(attempt, decision)
    return course


def judge(standing: Standing, day: date, ways: Ways | None = None) -> Compliance:
    """The verdicts on a day by which nothing more than this had happened."""
    return compliance(standing, CALENDAR, day, lambda *_: None, ways)


def standing_on(course: Course, day: date) -> Standing:
    cut = {name: position.by(day) for name, position in course.standing.moved.items()}
    moved = {name: position for name, position in cut.items() if position.steps}
    return Standing(course.standing.pilot, course.standing.programme, moved)


def quiet_days(course: Course) -> list[date]:
    """The days on which nothing happens any more, from the last step on."""
    start = course.standing.pilot.start
    steps = [step.occurred_on for position in course.standing.moved.values() for step in position.steps]
    first = max([start, *steps])
    return [first + timedelta(days=number) for number in range(DAYS + 25)]


@given(chance=CHANCE)
@settings(max_examples=25, deadline=None)
def test_as_time_passes_a_verdict_only_gets_worse(chance: random.Random) -> None:
    """Without a new step: on course, at risk, violated, in that order and never back; satisfied stays satisfied.

    What is at risk names one last day. On that day it is still at risk, and on the next it is violated.
    """
    course = played(chance)
    ways = Ways(course.standing)
    days = [(day, judge(course.standing, day, ways)) for day in quiet_days(course)]
    for (today, before), (tomorrow, after) in pairwise(days):
        assert VERDICTS.index(after.verdict) >= VERDICTS.index(before.verdict)
        for one, other in zip(before.machines, after.machines, strict=True):
            assert VERDICTS.index(other.verdict) >= VERDICTS.index(one.verdict), (today, one, other)
            assert (one.verdict == "satisfied") == (other.verdict == "satisfied")
            assert (one.until is not None) == (one.verdict == "at_risk")
            if one.verdict == "at_risk":
                assert one.until is not None
                assert other.verdict == ("at_risk" if tomorrow <= one.until else "violated")
                assert other.until in (one.until, None)
            elif one.verdict == "on_course":
                assert other.verdict != "violated", "nothing is violated without a warning"
    for number, (_, judged) in enumerate(days):
        if judged.verdict == "at_risk" and judged.until is not None and judged.until < days[-1][0]:
            then = next(other for day, other in days[number:] if day == judged.until + timedelta(days=1))
            assert then.verdict == "violated"


@given(chance=CHANCE)
@settings(max_examples=25, deadline=None)
def test_verdicts_agree_with_states_and_deadlines(chance: random.Random) -> None:
    """On any day: satisfied is what is done, final or waived and owes nothing; what is late is violated."""
    course = played(chance)
    for number in range(0, DAYS + 20, 5):
        day = course.standing.pilot.start + timedelta(days=number)
        standing = standing_on(course, day)
        found = list(deadlines(standing, CALENDAR, lambda *_: None))
        for judged in judge(standing, day).machines:
            workflow = standing.instances[judged.machine].workflow
            state = workflow.state[standing.position(judged.machine).state]
            owed = [d for d in found if d.machine == judged.machine and d.status == "open"]
            assert (judged.verdict == "satisfied") == ((state.done or state.final) and not owed)
            if any(deadline.late(day) for deadline in owed):
                assert judged.verdict == "violated"
            missed = {ground.rule for ground in judged.grounds if ground.code == "missed"}
            assert missed == {deadline.rule.id for deadline in owed if deadline.late(day)}
            assert judged.grounds
