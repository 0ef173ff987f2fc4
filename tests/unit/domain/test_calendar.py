"""Local days, days off and working days: the law by date, and the traps of the pilot's calendar."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.law import Calendars, holiday
from mlw_workflow.domain.calendar import DayOff, Move, WorkCalendar

LAW = WorkCalendar(holiday)
DAYS = st.dates(date(2011, 1, 1), date(2039, 12, 31))
MOVES: list[DayOff] = ["next_working_day", "next_working_day_not_saturday", "previous_working_day", "none"]


@pytest.mark.parametrize(
    ("day", "why"),
    [
        (date(2013, 12, 1), "sunday"),  # the pilot's first day
        (date(2014, 8, 31), "sunday"),  # and its last
        (date(2014, 5, 31), "saturday"),
        (date(2013, 12, 24), None),  # Christmas Eve is a holiday only from 2025
        (date(2024, 12, 24), None),
        (date(2025, 12, 24), "Wigilia Bożego Narodzenia"),
        (date(2014, 6, 19), "Dzień Bożego Ciała"),
        (date(2014, 4, 21), "Poniedziałek Wielkanocny"),
        (date(2014, 5, 2), None),  # a Friday between two holidays
        (date(2014, 5, 3), "Święto Narodowe Trzeciego Maja"),  # a Saturday too: the holiday is what is told
        (date(2018, 11, 12), "Narodowe Święto Niepodległości - 100-lecie"),  # a holiday that came once
        (date(2019, 11, 12), None),
        (date(2010, 1, 6), None),  # Epiphany is a holiday only from 2011
        (date(2014, 1, 6), "Święto Trzech Króli"),
        (date(2014, 3, 30), "sunday"),  # the clocks go forward
    ],
)
def test_days_off(day: date, why: str | None) -> None:
    """Each day is off for the reason the law gives on that date."""
    assert LAW.why_off(day) == why


def test_saturdays_may_work() -> None:
    """Where Saturdays count as working days only Sundays and holidays are off."""
    assert LAW.why_off(date(2014, 5, 31), saturdays_work=True) is None
    assert LAW.why_off(date(2014, 5, 3), saturdays_work=True) == "Święto Narodowe Trzeciego Maja"
    assert LAW.why_off(date(2014, 6, 1), saturdays_work=True) == "sunday"


@pytest.mark.parametrize(
    ("day", "rule", "moved", "reasons"),
    [
        (date(2014, 5, 31), "next_working_day", date(2014, 6, 2), ["saturday", "sunday"]),
        (date(2014, 5, 31), "next_working_day_not_saturday", date(2014, 5, 31), []),
        (date(2014, 5, 31), "previous_working_day", date(2014, 5, 30), ["saturday"]),
        (date(2014, 8, 31), "none", date(2014, 8, 31), []),
        (date(2014, 8, 31), "next_working_day", date(2014, 9, 1), ["sunday"]),
        (date(2013, 12, 24), "next_working_day", date(2013, 12, 24), []),
        (
            date(2025, 12, 24),
            "next_working_day",
            date(2025, 12, 29),
            [
                "Wigilia Bożego Narodzenia",
                "Boże Narodzenie (pierwszy dzień)",
                "Boże Narodzenie (drugi dzień)",
                "saturday",
                "sunday",
            ],
        ),
        (date(2014, 6, 19), "previous_working_day", date(2014, 6, 18), ["Dzień Bożego Ciała"]),
    ],
)
def test_moving(day: date, rule: DayOff, moved: date, reasons: list[str]) -> None:
    """A deadline on a day off moves as its rule says, and each day it was moved off is told with its reason."""
    landed, moves = LAW.moved(day, rule)
    assert landed == moved
    assert [move.why for move in moves] == reasons
    assert moves[:1] == ((Move(day, reasons[0]),) if reasons else ())


@settings(deadline=None)
@given(DAYS, st.sampled_from(MOVES))
def test_moved_day_works(day: date, rule: DayOff) -> None:
    """A moved deadline never lies on a day off, and every day it passed was off."""
    landed, moves = LAW.moved(day, rule)
    saturdays = rule == "next_working_day_not_saturday"
    if rule == "none":
        assert landed == day
    else:
        assert LAW.why_off(landed, saturdays_work=saturdays) is None
    assert all(LAW.why_off(move.day, saturdays_work=saturdays) == move.why for move in moves)
    assert abs((landed - day).days) == len(moves)


@settings(deadline=None)
@given(DAYS, st.integers(-300, 300))
def test_counting_there_and_back(day: date, number: int) -> None:
    """Counting working days is the inverse of counting them out, and where it ends is no day off."""
    there = LAW.working_days_from(day, number)
    assert number == 0 or LAW.why_off(there) is None
    if number >= 0:
        assert LAW.working_days_between(day, there) == number
    else:
        assert LAW.working_days_from(there, -number) == LAW.moved(day, "next_working_day")[0]


@settings(deadline=None)
@given(DAYS, st.integers(-800, 800))
def test_working_days_one_by_one(start: date, length: int) -> None:
    """The number of working days between two days is what counting them one by one gives, in either direction."""
    end = start + timedelta(days=length)
    low, high = min(start, end), max(start, end)
    one_by_one = sum(LAW.why_off(low + timedelta(days=n)) is None for n in range(1, (high - low).days + 1))
    assert LAW.working_days_between(start, end) == (one_by_one if length >= 0 else -one_by_one)


def test_five_working_days_after_april() -> None:
    """The fifth working day after April 2014 is 8 May: 1 and 3 May are holidays."""
    assert LAW.working_days_from(date(2014, 4, 30), 5) == date(2014, 5, 8)


def test_school_holidays_only_colour() -> None:
    """School holidays are told of a day in their voivodeship; they move nothing."""
    calendars = Calendars([("mazowieckie", date(2014, 6, 28), date(2014, 8, 31), "wakacje")])
    here, there = calendars("Mazowieckie"), calendars("lubelskie")
    assert here.school_holiday(date(2014, 8, 31)) == "wakacje"
    assert here.school_holiday(date(2014, 6, 27)) is None
    assert there.school_holiday(date(2014, 8, 31)) is None
    assert here.why_off(date(2014, 7, 1)) is None


def test_a_calendar_without_working_days() -> None:
    """A calendar in which nobody ever works is ours to mend, and counting in it stops."""
    with pytest.raises(AssertionError):
        WorkCalendar(lambda _: "strike").working_days_from(date(2014, 1, 1), 1)
    with pytest.raises(AssertionError):
        WorkCalendar(lambda _: "strike").moved(date(2014, 1, 1), "next_working_day")
