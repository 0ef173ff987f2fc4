"""When which warning of a ladder goes out."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.bundled import bundled_folder
from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.domain.calendar import WorkCalendar
from mlw_workflow.domain.ladder import REPEATS_MAX, first_day_after, next_warning, warnings
from mlw_workflow.domain.obligation import Ladder, Rung, Unit
from mlw_workflow.testing import pilot, programme, rule, workflow

LAW = WorkCalendar(holiday)
PILOT = pilot(programme(workflow("a", "open done*!", rule("go", "open", "done"))))
MLW = {ladder.id: ladder for ladder in load_programme(bundled_folder() / "mlw-pilot").programme.reminders.ladders}


def days(ladder: Ladder, due_on: date | None, until: date) -> list[tuple[str, str]]:
    return [(w.rung, w.send_on.isoformat()) for w in warnings(ladder, PILOT, due_on, LAW, until)]


def test_report_of_april() -> None:
    """The report due on 8 May is told of in working days before and after: the 1st and 3rd of May do not count."""
    assert days(MLW["report"], date(2014, 5, 8), date(2014, 6, 30)) == [
        ("-5wd", "2014-04-30"),
        ("-3wd", "2014-05-05"),
        ("-1wd", "2014-05-07"),
        ("0", "2014-05-08"),
        ("+1wd", "2014-05-09"),
        ("+3wd", "2014-05-13"),
        ("+7wd", "2014-05-19"),
    ]


def test_conference() -> None:
    """The conference due on Sunday 31 August is told of 60, 30, … days before, on the day, and each week after."""
    found = days(MLW["conference"], date(2014, 8, 31), date(2014, 9, 21))
    assert found == [
        ("-60d", "2014-07-02"),
        ("-30d", "2014-08-01"),
        ("-14d", "2014-08-17"),
        ("-7d", "2014-08-24"),
        ("-3d", "2014-08-28"),
        ("-1d", "2014-08-30"),
        ("0", "2014-08-31"),
        ("+7d", "2014-09-07"),
        ("+7d#2", "2014-09-14"),
        ("+7d#3", "2014-09-21"),
    ]


def test_no_date() -> None:
    """While no date is set its absence is told weekly from 90 days before the end; with a date that stops."""
    ladder = MLW["conference_date"]
    assert days(ladder, None, date(2014, 6, 20)) == [
        ("-90d", "2014-06-02"),
        ("-90d#2", "2014-06-09"),
        ("-90d#3", "2014-06-16"),
    ]
    assert days(ladder, date(2014, 8, 23), date(2014, 6, 20)) == []
    early = Ladder("e", (), (Rung("+30d", 30, "days", ("x",)),), "pilot_start")
    assert days(early, None, date(2014, 12, 31)) == [("+30d", "2013-12-31")]


def test_training_of_the_animators() -> None:
    """A training without a date is told of monthly from the pilot's second month on, then weekly."""
    found = days(MLW["training_animators"], None, date(2014, 6, 10))
    assert [day for _, day in found] == [
        "2014-01-03", "2014-02-02", "2014-03-04", "2014-04-03", "2014-05-03", "2014-06-02", "2014-06-09",
    ]  # fmt: skip


def test_of_one_day_the_later_rung_is_last() -> None:
    """Of two warnings on one day the one further down the ladder counts as the higher."""
    ladder = Ladder("l", (Rung("-1d", -1, "days", ("a",)), Rung("-1wd", -1, "working_days", ("b",))))
    assert [w.rung for w in warnings(ladder, PILOT, date(2014, 5, 8), LAW, date(2014, 5, 8))] == ["-1d", "-1wd"]


def test_next() -> None:
    """The next warning lies after a day; beyond the horizon, or at the ladder's end, there is none."""
    ladder, due = MLW["report"], date(2014, 5, 8)
    found = next_warning(ladder, PILOT, due, LAW, date(2014, 5, 8), date(2014, 6, 30))
    assert found is not None
    assert (found.rung, found.to, found.urgent) == ("+1wd", ("animator", "coordinator"), False)
    assert next_warning(ladder, PILOT, due, LAW, date(2014, 5, 8), date(2014, 5, 8)) is None
    assert first_day_after(ladder, PILOT, due, LAW, date(2014, 5, 18)) == date(2014, 5, 19)
    assert first_day_after(ladder, PILOT, due, LAW, date(2014, 5, 19)) is None


def test_endless_rungs_end() -> None:
    """A weekly warning without an end stops after ten years."""
    ladder = Ladder("l", (Rung("+1w", 1, "weeks", ("a",), every=1),))
    assert len(warnings(ladder, PILOT, date(2014, 1, 1), LAW, date(2034, 1, 1))) == REPEATS_MAX
    assert first_day_after(ladder, PILOT, date(2014, 1, 1), LAW, date(2034, 1, 1)) is None


UNITS: list[Unit] = ["days", "weeks", "working_days"]


@settings(deadline=None, max_examples=60)
@pytest.mark.parametrize("no_date", [True, False])
@given(
    st.lists(
        st.builds(
            Rung,
            id=st.uuids().map(str),
            offset=st.integers(-90, 90),
            unit=st.sampled_from(UNITS),
            to=st.just(("a",)),
            every=st.integers(0, 9),
            until=st.integers(0, 5),
        ),
        max_size=5,
    ),
    st.integers(-200, 300),
)
def test_first_day_agrees_with_the_list(no_date: bool, rungs: list[Rung], after: int) -> None:
    """The first day after a day is that of the first warning of the full list, however the rungs repeat."""
    ladder = Ladder("l", tuple(rungs), tuple(rungs))
    due_on = None if no_date else date(2014, 5, 8)
    day = date(2014, 5, 8) + timedelta(days=after)
    far = day + timedelta(days=400)
    listed = [w.send_on for w in warnings(ladder, PILOT, due_on, LAW, far) if w.send_on > day]
    found = first_day_after(ladder, PILOT, due_on, LAW, day)
    assert (found if found is None or found <= far else None) == min(listed, default=None)
    assert listed == sorted(listed)
