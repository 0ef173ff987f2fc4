"""By when: deadlines from rules and from what happened, each with its derivation."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.bundled import bundled_folder, bundled_programmes
from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.domain.calendar import DayOff, WorkCalendar
from mlw_workflow.domain.deadline import Deadline, affected_by, deadlines, shifted
from mlw_workflow.domain.definition import Series, Workflow
from mlw_workflow.domain.obligation import DeadlineRule, Due
from mlw_workflow.domain.pilot import Pilot, Standing
from mlw_workflow.testing import Course, field, programme, rule, text, workflow

LAW = WorkCalendar(holiday)


def with_deadlines(of: Workflow, *rules: DeadlineRule) -> Workflow:
    return replace(of, deadlines=rules)


def due(given: Due, reaches: str = "done", name: str = "d", day_off: DayOff = "none") -> DeadlineRule:
    return DeadlineRule(name, text(name), tuple(reaches.split()), given, day_off=day_off)


def task(name: str, *rules: DeadlineRule, series: Series | None = None) -> Workflow:
    of = workflow(
        name,
        "open working done* accepted! waived! halted~",
        rule("begin", "open", "working", evidence=[field("planned_on", "date", required=False)]),
        rule("move", "working", "working", evidence=[field("planned_on", "date")]),
        rule("finish", "working", "done"),
        rule("accept", "done", "accepted"),
        rule("give_back", "done", "working", effect="return"),
        rule("waive", "open", "waived", effect="waive"),
        series=series,
    )
    return with_deadlines(of, *rules)


def found(course: Course, evidence: dict[int, date | None] | None = None) -> list[Deadline]:
    return list(deadlines(course.standing, LAW, lambda _m, step, _f: (evidence or {}).get(step.seq)))


def derivation(deadline: Deadline) -> list[tuple[str, str, str]]:
    return [(d.step, str(d.day), d.why) for d in deadline.derivation]


@pytest.mark.parametrize(
    ("given_due", "day"),
    [
        (Due(day=date(2014, 2, 3)), date(2014, 2, 3)),
        (Due(anchor="pilot_start"), date(2013, 12, 1)),
        (Due(anchor="pilot_end", offset=-60), date(2014, 7, 2)),
        (Due(anchor="pilot_end", offset=-2, unit="weeks"), date(2014, 8, 17)),
        (Due(anchor="pilot_end", offset=-1, unit="working_days"), date(2014, 8, 29)),
        (Due(anchor="pilot_end", offset=-6, unit="months"), date(2014, 2, 28)),
        (Due(anchor="pilot_start", offset=5, unit="working_days"), date(2013, 12, 6)),
    ],
)
def test_days(given_due: Due, day: date) -> None:
    """A deadline falls so long before or after its starting day."""
    (deadline,) = found(Course(programme(task("a", due(given_due)))))
    assert (deadline.due_on, deadline.status, deadline.satisfied_on) == (day, "open", None)


def test_derivation_of_a_moved_deadline() -> None:
    """The derivation names the starting day, the offset, each day off with its reason, and where it ended."""
    of = programme(task("a", due(Due(anchor="pilot_end", offset=-3, unit="months"), day_off="next_working_day")))
    (deadline,) = found(Course(of))
    assert deadline.due_on == date(2014, 6, 2)
    assert derivation(deadline) == [
        ("pilot_end", "2014-08-31", ""),
        ("offset", "2014-05-31", "-3 months"),
        ("moved", "2014-05-31", "saturday"),
        ("moved", "2014-06-01", "sunday"),
        ("due", "2014-06-02", "next_working_day"),
    ]


def test_corpus_christi() -> None:
    """A deadline on Corpus Christi moves over it, and the derivation says that it was that feast."""
    (deadline,) = found(Course(programme(task("a", due(Due(day=date(2014, 6, 19)), day_off="next_working_day")))))
    assert deadline.due_on == date(2014, 6, 20)
    assert derivation(deadline)[1] == ("moved", "2014-06-19", "Dzień Bożego Ciała")


def test_months_without_the_day() -> None:
    """A month that lacks the day ends the count on its last day; nothing spills into the next."""
    start = date(2014, 1, 31)
    assert [shifted(LAW, start, n, "months") for n in (1, 2, 3, 12, 13, 25)] == [
        date(2014, 2, 28),
        date(2014, 3, 31),
        date(2014, 4, 30),
        date(2015, 1, 31),
        date(2015, 2, 28),
        date(2016, 2, 29),
    ]
    assert shifted(LAW, date(2014, 3, 31), -1, "months") == date(2014, 2, 28)


def test_series_across_new_year() -> None:
    """A report for each month has its own deadline, also across New Year; that of April is due on 8 May."""
    monthly = task("m", due(Due(anchor="period_end", offset=5, unit="working_days")), series=Series(1))
    days = {deadline.machine: deadline.due_on for deadline in found(Course(programme(monthly)))}
    assert days["m/2013-12"] == date(2014, 1, 9)
    assert days["m/2014-01"] == date(2014, 2, 7)
    assert days["m/2014-04"] == date(2014, 5, 8)
    assert days["m/2014-08"] == date(2014, 9, 5)
    assert len(days) == 9


def test_clocks_do_not_move_days() -> None:
    """Deadlines are local days: the night in which the clocks go forward is one day as any other."""
    (deadline,) = found(Course(programme(task("a", due(Due(day=date(2014, 3, 29), offset=2))))))
    assert deadline.due_on == date(2014, 3, 31)


def test_counted_from_a_state() -> None:
    """A deadline counted from another machine's state does not exist before that is reached, and goes when it is given
    back."""
    of = programme(task("a"), task("b", due(Due(reached="a.done", offset=10))))
    course = Course(of)
    course.take("a", "begin", on="2014-01-02")
    assert found(course) == []
    course.take("a", "finish", on="2014-01-10")
    (deadline,) = found(course)
    assert derivation(deadline) == [("reached", "2014-01-10", "a.done"), ("offset", "2014-01-20", "10 days")]
    assert [instance.id for instance in affected_by(course.standing, "a")] == ["a", "b"]
    assert [instance.id for instance in affected_by(course.standing, "b")] == ["b"]
    course.take("a", "give_back", on="2014-01-12")
    assert found(course) == []


def test_counted_from_its_own_state_in_a_series() -> None:
    """Each report's second deadline counts from the day on which that very report was begun."""
    monthly = task("m", due(Due(reached="m.working", offset=3)), series=Series(1))
    course = Course(programme(monthly))
    course.take("m/2014-02", "begin", on="2014-02-05")
    assert [(deadline.machine, deadline.due_on) for deadline in found(course)] == [("m/2014-02", date(2014, 2, 8))]


def test_no_date_set_yet() -> None:
    """Without a date the deadline is there and has none; the last date recorded counts, and an erased one is none."""
    course = Course(programme(task("a", due(Due(evidence=("begin.planned_on", "move.planned_on"))))))
    assert derivation(found(course)[0]) == [("no_date", "None", "")]
    course.take("a", "begin", on="2014-01-02", evidence={"planned_on": "2014-08-20"})
    (deadline,) = found(course, {1: date(2014, 8, 20)})
    assert derivation(deadline) == [("evidence", "2014-08-20", "begin.planned_on")]
    course.take("a", "move", on="2014-02-02", evidence={"planned_on": "2014-08-23"})
    (deadline,) = found(course, {1: date(2014, 8, 20), 2: date(2014, 8, 23)})
    assert (deadline.due_on, deadline.derivation[0].why) == (date(2014, 8, 23), "move.planned_on")
    assert found(course, {1: date(2014, 8, 20)})[0].due_on is None


def test_status() -> None:
    """A deadline is met on the day its state was reached, open again when that is given back, gone with a waiver."""
    course = Course(
        programme(task("a", due(Due(anchor="pilot_end"), "done accepted")), task("b", due(Due(anchor="pilot_end"))))
    )
    course.take("a", "begin", on="2014-01-02")
    assert found(course)[0].status == "open"
    course.take("a", "finish", on="2014-01-10")
    course.take("a", "accept", on="2014-01-20")
    assert (found(course)[0].status, found(course)[0].satisfied_on) == ("done", date(2014, 1, 10))
    course.take("b", "waive", on="2014-01-11")
    assert found(course)[1].status == "withdrawn"


def test_returned_work_is_due_again() -> None:
    """Returning the work revives its deadline."""
    course = Course(programme(task("a", due(Due(anchor="pilot_end")))))
    course.take("a", "begin", on="2014-01-02")
    course.take("a", "finish", on="2014-01-10")
    course.take("a", "give_back", on="2014-01-20")
    assert found(course)[0].status == "open"


def test_late() -> None:
    """On its day a deadline is not late, on the next it is; a met one never, and one without a date neither."""
    (deadline,) = found(Course(programme(task("a", due(Due(day=date(2014, 2, 3)))))))
    assert not deadline.late(date(2014, 2, 3))
    assert deadline.late(date(2014, 2, 4))
    assert not replace(deadline, status="done").late(date(2015, 1, 1))
    assert not replace(deadline, due_on=None).late(date(2015, 1, 1))


@settings(deadline=None)
@given(
    st.dates(date(2012, 1, 1), date(2030, 1, 1)),
    st.integers(-400, 400),
    st.sampled_from(["days", "weeks", "months", "working_days"]),
    st.sampled_from(["next_working_day", "next_working_day_not_saturday", "previous_working_day"]),
)
def test_due_days_work(day: date, offset: int, unit: Any, day_off: Any) -> None:
    """Whatever the rule, a deadline that moves off days off never lies on one, and its derivation ends on its day."""
    (deadline,) = found(Course(programme(task("a", due(Due(day=day, offset=offset, unit=unit), day_off=day_off)))))
    assert deadline.due_on is not None
    assert LAW.why_off(deadline.due_on, saturdays_work="not_saturday" in day_off) is None
    assert deadline.derivation[-1].day == deadline.due_on


@pytest.mark.parametrize("name", bundled_programmes())
def test_all_deadlines_of_a_pilot(name: str, snapshot: Any) -> None:
    """Every deadline of a pilot of each programme, as nothing has happened yet, with its derivation.

    To accept a change: ``pytest tests/unit/domain/test_deadline.py --snapshot-update``.
    """
    of = load_programme(bundled_folder() / name).programme
    assert of.start is not None
    assert of.end is not None
    standing = Standing(Pilot("p", "p", "Próbna", of.id, "", of.start, of.end), of, {})
    lines = []
    for deadline in deadlines(standing, LAW, lambda *_: None):
        steps = " → ".join(" ".join(filter(None, (d.step, str(d.day or ""), d.why))) for d in deadline.derivation)
        lines.append(f"{deadline.machine} {deadline.rule.id}: {deadline.due_on} ({deadline.basis}) = {steps}")
    assert "\n".join(lines) == snapshot
