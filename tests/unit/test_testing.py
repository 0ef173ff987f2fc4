"""The builders and the clock that tests stand on."""

from datetime import UTC, date, datetime, timedelta

import pytest

from mlw_workflow.testing import Course, ManualClock, programme, rule, workflow


def test_manual_clock_stands_still() -> None:
    """The clock shows the same instant until it is moved: noon of the day it was given."""
    clock = ManualClock("2014-06-10")
    assert clock.now() == clock.now() == datetime(2014, 6, 10, 12, tzinfo=UTC)


def test_manual_clock_moves_on() -> None:
    """The clock moves by a duration or to a later instant."""
    clock = ManualClock(date(2014, 6, 10))
    clock.advance(hours=13)
    assert clock.now().date() == date(2014, 6, 11)
    clock.advance(timedelta(minutes=1), days=1)
    assert clock.now() == datetime(2014, 6, 12, 1, 1, tzinfo=UTC)
    assert clock.set("2014-06-20") == clock.now() == datetime(2014, 6, 20, 12, tzinfo=UTC)


def test_manual_clock_refuses_to_go_back() -> None:
    """The clock never shows an earlier instant than before."""
    clock = ManualClock("2014-06-10")
    for back in (lambda: clock.advance(seconds=-1), lambda: clock.set("2014-06-09")):
        with pytest.raises(ValueError, match="does not go back"):
            back()
    assert clock.now() == datetime(2014, 6, 10, 12, tzinfo=UTC)


def test_manual_clock_wants_a_zone() -> None:
    """An instant without a time zone is refused."""
    with pytest.raises(ValueError, match="time zone"):
        ManualClock(datetime(2014, 6, 10))  # noqa: DTZ001 - that is what is refused


def test_states_by_their_marks() -> None:
    """The marks of the states say which are done, final and suspended; the first is the initial one."""
    flow = workflow("x", "open working done* held*! halted~")
    assert flow.initial == "open"
    assert [state.id for state in flow.states if state.working] == ["working"]
    assert flow.done_states == {"done", "held"}
    assert [state.id for state in flow.states if state.final] == ["held"]


def test_course_records() -> None:
    """A course takes steps at the clock's instants, takes back what is corrected, and fails on what is refused."""
    clock = ManualClock("2014-06-10")
    flow = workflow("x", "open working done*", rule("begin", "open", "working"), rule("finish", "working", "done"))
    course = Course(programme(flow), clock=clock)
    course.take("x", "begin", on="2014-02-03")
    clock.advance(days=1)
    course.take("x", "finish", on="2014-02-03")
    assert [step.recorded_at.day for step in course.position("x").steps] == [10, 11]
    course.correct("x")
    assert (course.state("x"), course.seq) == ("working", 3)
    with pytest.raises(AssertionError):
        course.take("x", "finish", on="2014-02-02")
