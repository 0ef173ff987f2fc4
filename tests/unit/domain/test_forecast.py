"""The point of no return: the critical path, the slack, the last day to start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.bundled import bundled_folder
from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.domain.calendar import WorkCalendar
from mlw_workflow.domain.definition import Rule, Series
from mlw_workflow.domain.forecast import Forecast, forecast
from mlw_workflow.testing import Course, any_of, at_least, every, programme, rule, workflow

LAW = WorkCalendar(holiday)
START, END = date(2014, 3, 3), date(2014, 8, 31)


def plan(course: Course, today: date | str, goal: str = "goal.held", **bounds: str) -> Forecast:
    """The forecast; ``a_done="2014-05-05"`` bounds the state a.done."""
    by = {(name.split("_")[0], name.split("_")[1]): date.fromisoformat(day) for name, day in bounds.items()}
    day = date.fromisoformat(today) if isinstance(today, str) else today
    return forecast(course.standing, LAW, day, goal, by)


def names(found: Forecast) -> list[str]:
    return [f"{step.machine}.{step.trigger}" for step in found.critical_path]


def small(**hold: Any) -> Course:
    """Two machines, one slow and one quick, and a goal that needs both."""
    slow = (rule("begin", "open", "busy", takes=5), rule("end", "busy", "done", takes=20))
    held = rule("hold", "open", "held", needs=["slow.done", "quick.done"], takes=10, **hold)
    return Course(
        programme(
            workflow("slow", "open busy done*!", *slow),
            workflow("quick", "open done*!", rule("end", "open", "done", takes=3)),
            workflow("goal", "open held*!", held),
            start=START,
            end=END,
        )
    )


def test_critical_path_and_slack() -> None:
    """The path to the goal is the slowest chain; the others may slip by more."""
    found = plan(small(), START)
    assert names(found) == ["slow.begin", "slow.end", "goal.hold"]
    hold = found.critical_path[-1]
    assert hold.earliest_finish == LAW.working_days_from(START, 35)
    assert hold.latest_finish == END
    assert hold.slack == LAW.working_days_between(hold.earliest_finish, END)
    assert found.slack["slow"] == found.slack["goal"] == hold.slack
    assert found.slack["quick"] == hold.slack + 22
    assert found.last_start["goal"] == date(2014, 8, 14)  # ten working days before Friday 29 August
    assert found.rescuable_until == found.last_start["slow"]


def test_last_start_is_the_last() -> None:
    """Whoever begins on the last day meets the goal, whoever begins on the next working day does not."""
    last = plan(small(), START).rescuable_until
    assert last is not None
    for day, met in ((last, True), (LAW.working_days_from(last, 1), False)):
        found = plan(small(), day)
        assert (found.critical_path[-1].earliest_finish <= END) is met
        assert (found.rescuable_until is not None) is met


def test_what_happened_is_no_longer_planned() -> None:
    """Steps taken leave the plan; at the goal nothing is left."""
    course = small()
    course.take("slow", "begin", on="2014-03-10")
    assert names(plan(course, "2014-03-10")) == ["slow.end", "goal.hold"]
    course.take("slow", "end", on="2014-03-11")
    course.take("quick", "end", on="2014-03-11")
    assert names(plan(course, "2014-03-11")) == ["goal.hold"]
    course.take("goal", "hold", on="2014-03-12")
    found = plan(course, "2014-03-12")
    assert (found.critical_path, found.slack, found.rescuable_until, found.lost) == ((), {}, None, ())


def test_bounds_of_deadlines() -> None:
    """A deadline before the end takes slack away from all that leads to it, but does not lose the goal."""
    free, bound = plan(small(), START), plan(small(), START, slow_done="2014-04-01")
    assert bound.slack["slow"] < 0 < free.slack["slow"]
    assert bound.slack["goal"] == free.slack["goal"]
    assert bound.rescuable_until == free.rescuable_until


def test_a_goal_after_the_end_has_its_deadline() -> None:
    """The goal's own deadline bounds it even when its rule lets it lie after the pilot's end."""
    found = plan(small(outside_span=("after",)), START, goal_held="2014-09-30")
    assert found.critical_path[-1].latest_finish == date(2014, 9, 30)
    assert plan(small(outside_span=("after",)), START).critical_path[-1].latest_finish == END


def test_what_may_come_later_does_not_press() -> None:
    """A step that may follow after the pilot's end, and has no deadline, takes no slack from what it waits for."""
    base = small()
    after = workflow(
        "after", "open done*!", rule("close", "open", "done", needs=["goal.held"], takes=30, outside_span=("after",))
    )
    of = programme(*base.standing.programme.workflows, after, start=START, end=END)
    assert plan(Course(of), START).slack["goal"] == plan(base, START).slack["goal"]
    assert "after" not in plan(Course(of), START).slack


def test_reports_wait_for_their_period() -> None:
    """A report is not planned before its period ends, however idle everybody is."""
    monthly = workflow(
        "m", "due sent*!", rule("send", "due", "sent", takes=2, not_before="period_end", outside_span=("after",)),
        series=Series(1),
    )  # fmt: skip
    goal = workflow("goal", "open held*!", rule("hold", "open", "held", needs=[every("m.sent")], takes=1))
    course = Course(programme(monthly, goal, start=START, end=date(2014, 6, 15)))
    found = plan(course, START, goal_held="2014-06-30")
    assert names(found) == ["m/2014-06.send", "goal.hold"]
    assert found.critical_path[0].earliest_finish == date(2014, 6, 15)
    assert found.critical_path[1].earliest_finish == date(2014, 6, 16)
    assert found.rescuable_until == LAW.working_days_from(date(2014, 6, 30), -3)


def test_some_of_several() -> None:
    """Where two of three are enough, the plan waits for the two that it takes, and not for the third."""
    lead = {"a": 1, "b": 2, "c": 60}
    machines = [workflow(name, "open done*!", rule("end", "open", "done", takes=n)) for name, n in lead.items()]
    hold = rule("hold", "open", "held", needs=[at_least(2, "a.done", "b.done", "c.done")])
    course = Course(programme(*machines, workflow("goal", "open held*!", hold), start=START, end=END))
    assert plan(course, START).critical_path[-1].earliest_finish == LAW.working_days_from(START, 2)
    course.take("c", "end", on=START)
    assert names(plan(course, START)) == ["a.end", "goal.hold"]


def test_exceptional_steps_are_not_planned() -> None:
    """A short cut that is marked as exceptional is planned only when there is no other way."""

    def goal(*rules: Rule) -> Course:
        slow = workflow("slow", "open done*!", rule("end", "open", "done", takes=20))
        return Course(programme(slow, workflow("goal", "open held*!", *rules), start=START, end=END))

    ordinary = rule("hold", "open", "held", needs=["slow.done"])
    cut = rule("record", "open", "held", by="chief", exceptional=True)
    assert names(plan(goal(cut, ordinary), START)) == ["slow.end", "goal.hold"]
    assert names(plan(goal(cut), START)) == ["goal.record"]


def test_a_lost_goal() -> None:
    """A goal that can no longer be reached is told with what is lost, and nothing rescues it."""
    fork = workflow("fork", "open left*! right*!", rule("l", "open", "left"), rule("r", "open", "right"))
    goal = workflow("goal", "open held*!", rule("hold", "open", "held", needs=[any_of("fork.left")]))
    course = Course(programme(fork, goal, start=START, end=END))
    course.take("fork", "r", on=START)
    found = plan(course, START)
    assert found.lost == ("fork.left",)
    assert (found.critical_path, found.rescuable_until) == ((), None)


def test_without_a_goal() -> None:
    """A programme without a goal has slack, but no critical path."""
    found = plan(small(), START, goal="")
    assert found.critical_path == ()
    assert found.rescuable_until is None
    assert found.slack["quick"] > 0


def test_tluszcz_at_the_end_of_may() -> None:
    """As Tłuszcz stood on 31 May 2014 the conference hangs on the appointment of the ZSL, with eight days to spare."""
    of = load_programme(bundled_folder() / "mlw-pilot").programme
    course = Course(of)
    members = [{"institution": f"i{n}"} for n in range(5)]
    order = {"order_number": "0050.127.2013", "institution": "OPS"}
    course.take("w03", "appoint", "2013-12-30", by="coordinator", evidence=order)
    course.take("w07", "select", "2014-04-29", by="coordinator")
    course.take("w07", "propose", "2014-05-31", by="coordinator", evidence={"members": members})
    found = forecast(
        course.standing, LAW, date(2014, 5, 31), "conference.held", {("conference", "held"): date(2014, 8, 31)}
    )
    assert names(found) == ["w07.appoint", "w09.begin", "w09.draft", "conference.hold"]
    assert found.slack["w07"] == found.slack["conference"] == 8
    assert found.rescuable_until == date(2014, 6, 11)


# Against a plan made by trying


@dataclass(frozen=True)
class Chain:
    """A small network: machines of a few steps each, which wait for earlier machines."""

    takes: tuple[tuple[int, ...], ...]
    needs: Mapping[tuple[int, int], tuple[tuple[int, int], ...]]

    def course(self) -> Course:
        machines = []
        for m, takes in enumerate(self.takes):
            states = " ".join(f"s{n}" for n in range(len(takes)))
            rules = []
            for n, takes_days in enumerate(takes):
                needs = [f"m{a}.s{b}" for a, b in self.needs.get((m, n), ())]
                rules.append(rule(f"t{n}", f"s{n - 1}" if n else "s", f"s{n}", takes=takes_days, needs=needs))
            machines.append(workflow(f"m{m}", f"s {states}*!", *rules))
        return Course(programme(*machines, start=START, end=date(2014, 5, 30)))

    def before(self, step: tuple[int, int]) -> list[tuple[int, int]]:
        machine, number = step
        return [*([(machine, number - 1)] if number else []), *self.needs.get(step, ())]

    def chains(self, step: tuple[int, int]) -> list[list[tuple[int, int]]]:
        """Every chain of steps that ends with this one."""
        return [[*chain, step] for other in self.before(step) for chain in self.chains(other)] or [[step]]

    def finish(self, step: tuple[int, int], today: date, delayed: Mapping[tuple[int, int], date]) -> date:
        """When a step is finished: the last of all chains, each walked day by day."""
        days = []
        for chain in self.chains(step):
            day = today
            for m, n in chain:
                day = LAW.working_days_from(max(day, delayed.get((m, n), day)), self.takes[m][n])
            days.append(day)
        return max(days)


@st.composite
def networks(draw: st.DrawFn) -> Chain:
    random = Random(draw(st.integers(0, 10**9)))
    takes = tuple(tuple(random.randint(0, 6) for _ in range(random.randint(1, 3))) for _ in range(random.randint(1, 4)))
    needs = {}
    for m in range(1, len(takes)):
        for n in range(len(takes[m])):
            earlier = [(a, b) for a in range(m) for b in range(len(takes[a]))]
            needs[m, n] = tuple({random.choice(earlier) for _ in range(random.randint(0, 2))})
    return Chain(takes, needs)


@settings(deadline=None, max_examples=80)
@given(networks(), st.integers(0, 60), st.integers(0, 12))
def test_against_trying(network: Chain, wait: int, bound: int) -> None:
    """On small networks the plan's days are those that trying every chain, and every day, gives."""
    today = START + timedelta(days=wait)
    course = network.course()
    end = course.standing.pilot.end
    last = len(network.takes) - 1
    goal = (last, len(network.takes[last]) - 1)
    bounded = {(0, len(network.takes[0]) - 1): end - timedelta(days=bound)}
    by = {(f"m{m}", f"s{n}"): day for (m, n), day in bounded.items()}
    found = forecast(course.standing, LAW, today, f"m{last}.s{goal[1]}", by)
    limits = {(m, n): bounded.get((m, n), end) for m, takes in enumerate(network.takes) for n in range(len(takes))}

    def kept(delayed: Mapping[tuple[int, int], date], day: date = today) -> bool:
        return all(network.finish(step, day, delayed) <= limit for step, limit in limits.items())

    for step in found.steps:
        at = (int(step.machine[1:]), int(step.trigger[1:]))
        assert step.earliest_finish == network.finish(at, today, {})
        if kept({}):
            assert step.slack >= 0
            assert kept({at: step.latest_start})
            if step.takes:
                assert not kept({at: LAW.working_days_from(step.latest_start, 1)})
    assert kept({}) == all(step.slack >= 0 for step in found.steps)
    chain = [(int(step.machine[1:]), int(step.trigger[1:])) for step in found.critical_path]
    assert chain in network.chains(goal)
    assert network.finish(goal, today, {}) == found.critical_path[-1].earliest_finish
    limit = limits[goal]
    if found.rescuable_until is None:
        assert network.finish(goal, today, {}) > limit
    else:
        assert network.finish(goal, found.rescuable_until, {}) <= limit
        if any(network.takes[m][n] for chain in network.chains(goal) for m, n in chain):
            assert network.finish(goal, LAW.working_days_from(found.rescuable_until, 1), {}) > limit


@pytest.mark.parametrize("name", ["mlw-pilot", "model-kooperacji"])
def test_bundled_programmes_fit(name: str) -> None:
    """In both programmes there is slack on the first day, and a day until which the goal can be rescued."""
    of = load_programme(bundled_folder() / name).programme
    course = Course(of)
    course.standing = replace_end(course)
    found = forecast(course.standing, LAW, course.standing.pilot.start, of.reminders.goal, {})
    assert found.lost == ()
    assert found.critical_path[-1].machine == of.reminders.goal.partition(".")[0]


def replace_end(course: Course) -> Any:
    """The same pilot with a month more, so that goals after the end fit without their deadlines."""
    from mlw_workflow.domain.pilot import Standing

    pilot = replace(course.standing.pilot, end=course.standing.pilot.end + timedelta(days=30))
    return Standing(pilot, course.standing.programme, {})
