"""The verdict on a machine, from its deadlines, the plan of what is left, and where it stands."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
from tests.unit.domain.log import CALENDAR, task

from mlw_workflow.domain.compliance import VERDICTS, Compliance, Ground, Judged, compliance
from mlw_workflow.domain.obligation import DeadlineRule, Due
from mlw_workflow.testing import Course, day, programme, rule, text, workflow

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Step

END = "2014-08-31"
REPORT = DeadlineRule("report", text("report"), ("done",), Due(day=date(2014, 3, 14)))
"""A Friday."""


def judge(course: Course, on: str, dated: date | None = None) -> Compliance:
    """The verdicts at the end of a day."""
    standing = course.standing
    cut = {name: position.by(day(on)) for name, position in standing.moved.items()}
    standing = type(standing)(standing.pilot, standing.programme, {n: p for n, p in cut.items() if p.steps})

    def named(machine: str, step: Step, field: str) -> date | None:
        return dated

    return compliance(standing, CALENDAR, day(on), named)


def of(course: Course, machine: str, on: str) -> Judged:
    """The verdict on one machine."""
    return next(judged for judged in judge(course, on).machines if judged.machine == machine)


def short(course: Course, machine: str, on: str) -> tuple[str, str | None, list[str]]:
    """Verdict, last day, and codes of its grounds."""
    found = of(course, machine, on)
    return found.verdict, found.until and found.until.isoformat(), [ground.code for ground in found.grounds]


def taking(flow: Any, **days: int) -> Any:
    """The same machine with lead times, by trigger."""
    return replace(flow, rules=tuple(replace(r, takes=days.get(r.trigger, r.takes)) for r in flow.rules))


def test_a_deadline_ahead_is_on_course_then_at_risk_then_violated() -> None:
    """Three working days of work: at risk from the day on which they are all that is left to the due day itself."""
    course = Course(programme(taking(task("a", deadlines=[REPORT]), begin=1, finish=2)))
    assert short(course, "a", "2014-03-10") == ("on_course", None, ["in_time"])
    assert short(course, "a", "2014-03-11") == ("at_risk", "2014-03-14", ["tight"])
    assert short(course, "a", "2014-03-14") == ("at_risk", "2014-03-14", ["tight"])
    assert short(course, "a", "2014-03-15") == ("violated", None, ["missed"])
    due = date(2014, 3, 14)
    for on, slack in (("2014-03-11", 0), ("2014-03-14", -3)):
        (ground,) = of(course, "a", on).grounds
        assert ground == Ground("tight", "", "report", due, "finish", slack, date(2014, 3, 11))


def test_done_in_time_and_done_late_are_both_satisfied() -> None:
    """Lateness is told as a ground; the obligation itself is met."""
    for on, codes in (("2014-03-14", ["done"]), ("2014-03-20", ["done", "done_late"])):
        course = Course(programme(task("a", deadlines=[REPORT])))
        course.take("a", "begin", on, by="clerk")
        course.take("a", "finish", on, by="clerk")
        assert short(course, "a", on) == ("satisfied", None, codes)


def test_accepted_and_waived_are_satisfied() -> None:
    """So are machines that reached their end otherwise, deadlines and all."""
    course = Course(programme(task("a", deadlines=[REPORT]), task("b", deadlines=[REPORT])))
    course.take("a", "waive", "2014-02-03", by="chief")
    for trigger, by in (("begin", "clerk"), ("finish", "clerk"), ("accept", "chief")):
        course.take("b", trigger, "2014-02-03", by=by)
    assert short(course, "a", "2014-12-31") == ("satisfied", None, ["waived"])
    assert short(course, "b", "2014-12-31") == ("satisfied", None, ["accepted"])
    assert judge(course, "2014-12-31").verdict == "satisfied"


def test_returned_work_is_judged_again() -> None:
    """Given back after its day it is violated until it is done again."""
    course = Course(programme(task("a", deadlines=[REPORT])))
    course.take("a", "begin", "2014-03-03", by="clerk")
    course.take("a", "finish", "2014-03-03", by="clerk")
    course.take("a", "return", "2014-03-20", by="chief")
    assert short(course, "a", "2014-03-19") == ("satisfied", None, ["done"])
    assert short(course, "a", "2014-03-20") == ("violated", None, ["missed", "returned"])


def test_without_a_deadline_the_end_of_the_pilot_binds() -> None:
    """Steps that must lie within the span must be taken by its last day; those that need not bind nothing."""
    free = taking(task("free"), finish=1)
    free = replace(free, rules=tuple(replace(r, outside_span=("after",)) for r in free.rules))
    course = Course(programme(taking(task("a"), finish=1), free))
    assert short(course, "a", "2014-08-27") == ("on_course", None, ["in_time"])
    assert short(course, "a", "2014-08-29") == ("at_risk", END, ["tight"])
    assert short(course, "a", END) == ("at_risk", END, ["tight"])
    assert short(course, "a", "2014-09-01") == ("violated", None, ["out_of_reach"])
    assert short(course, "free", "2015-08-31") == ("on_course", None, ["nothing_due"])


def test_it_hangs_on_what_it_waits_for() -> None:
    """A machine that may be late itself is violated when what it needs can no longer come."""
    late = task("b", "a.done")
    late = replace(late, rules=tuple(replace(r, outside_span=("after",)) for r in late.rules))
    course = Course(programme(task("a"), late))
    found = of(course, "b", "2014-09-01")
    assert (found.verdict, found.grounds[0].code, found.grounds[0].machine) == ("violated", "out_of_reach", "a")
    assert short(course, "b", END) == ("at_risk", END, ["tight"])
    course.take("a", "begin", END, by="clerk")
    course.take("a", "finish", END, by="clerk")
    assert short(course, "b", "2014-09-01") == ("on_course", None, ["nothing_due"])


def test_a_suspended_machine_is_judged_as_if_it_went_on() -> None:
    """Suspending stops no deadline; the verdict says that it is suspended."""
    flow = workflow(
        "a",
        "open working done*! halted~",
        rule("begin", "open", "working"),
        rule("finish", "working", "done"),
        rule("halt", "working", "halted", effect="suspend"),
        rule("resume", "halted", "working", effect="resume"),
    )
    course = Course(programme(replace(flow, deadlines=(REPORT,))))
    course.take("a", "begin", "2014-03-03")
    course.take("a", "halt", "2014-03-04")
    assert short(course, "a", "2014-03-10") == ("on_course", None, ["in_time", "suspended"])
    assert short(course, "a", "2014-03-17") == ("violated", None, ["missed", "suspended"])


def test_a_date_that_nobody_has_set_is_told() -> None:
    """Without a date the end of the pilot binds, and the missing date is told beside."""
    undated = DeadlineRule("date", text("date"), ("done",), Due(evidence=("begin.day",)))
    course = Course(programme(task("a", deadlines=[undated])))
    assert short(course, "a", "2014-03-03") == ("on_course", None, ["in_time", "no_date"])
    assert short(course, "a", "2014-09-01") == ("violated", None, ["out_of_reach", "no_date"])


def test_a_machine_without_a_way_to_its_end_is_violated() -> None:
    """Where no step leads on, nothing can be met any more."""
    stuck = workflow("a", "open working done*", rule("begin", "open", "working"))
    course = Course(programme(stuck))
    assert short(course, "a", "2014-03-03") == ("violated", None, ["out_of_reach"])


def test_a_machine_that_is_never_done_but_final_ends_there() -> None:
    """A machine without a done state is satisfied in its final one, and planned towards it."""
    course = Course(programme(workflow("a", "open closed!", rule("close", "open", "closed"))))
    assert short(course, "a", "2014-03-03") == ("on_course", None, ["in_time"])
    course.take("a", "close", "2014-03-04")
    assert short(course, "a", "2014-03-04") == ("satisfied", None, ["accepted"])


def test_the_worst_of_the_machines_is_the_pilots_verdict() -> None:
    """And the first day on which one of them becomes violated is the pilot's."""
    later = replace(REPORT, id="later", due=Due(day=date(2014, 3, 17)))
    course = Course(programme(task("a", deadlines=[REPORT]), task("b", deadlines=[later]), task("c")))
    found = judge(course, "2014-03-14")
    assert (found.verdict, found.until) == ("at_risk", date(2014, 3, 14))
    found = judge(course, "2014-03-17")
    assert (found.verdict, found.until) == ("violated", None)
    assert [judged.verdict for judged in found.machines] == ["violated", "at_risk", "on_course"]


def test_of_several_deadlines_the_first_counts() -> None:
    """One that is missed outweighs one that is met; the day of what is at risk is the first to come."""
    early = replace(REPORT, id="early", reaches=("working",), due=Due(day=date(2014, 3, 12)))
    course = Course(programme(task("a", deadlines=[REPORT, early])))
    assert of(course, "a", "2014-03-12").until == date(2014, 3, 12)
    assert short(course, "a", "2014-03-13") == ("violated", None, ["missed"])
    course.take("a", "begin", "2014-03-13", by="clerk")
    assert short(course, "a", "2014-03-13") == ("on_course", None, ["in_time"])
    assert short(course, "a", "2014-03-14") == ("at_risk", "2014-03-14", ["tight"])


@pytest.mark.parametrize("number", range(len(VERDICTS)))
def test_verdicts_are_ordered(number: int) -> None:
    """From the best to the worst, as the contract names them."""
    assert VERDICTS[number] == ("satisfied", "on_course", "at_risk", "violated")[number]
