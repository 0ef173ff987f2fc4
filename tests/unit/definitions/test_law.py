"""The law's days off, by the day they hold on."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta

import pytest
from holidays.countries.poland import Poland

from mlw_workflow.definitions import law, law_days
from mlw_workflow.definitions.law import Calendars, holiday
from mlw_workflow.settings.places import data_folder

CALENDAR = Calendars()()


def test_what_is_written_out_is_what_the_package_says() -> None:
    """Every day of every year that stands in the module."""
    for year in law_days.YEARS:
        expected = dict(Poland(years=[year], language="pl"))  # type: ignore[no-untyped-call]
        first = date(year, 1, 1)
        days = [first + timedelta(days=n) for n in range((date(year + 1, 1, 1) - first).days)]
        assert {day: holiday(day) for day in days if holiday(day)} == expected


def test_other_years_come_from_the_package() -> None:
    """Before and after those that stand in the module."""
    assert holiday(date(2009, 4, 13)) == "Poniedziałek Wielkanocny"
    assert holiday(date(2041, 12, 24)) == "Wigilia Bożego Narodzenia"


def test_the_module_is_what_the_package_makes_of_it() -> None:
    """Writing it anew changes nothing."""
    from pathlib import Path

    assert Path(law_days.__file__).read_text("utf-8") == law.written_out(min(law_days.YEARS), max(law_days.YEARS))


@pytest.mark.parametrize(
    ("day", "why"),
    [
        ("2013-12-24", None),
        ("2025-12-24", "Wigilia Bożego Narodzenia"),
        ("2014-06-19", "Dzień Bożego Ciała"),
        ("2014-05-31", "saturday"),
        ("2013-12-01", "sunday"),
        ("2014-01-06", "Święto Trzech Króli"),
        ("2010-01-06", None),
    ],
)
def test_days_of_the_law(day: str, why: str | None) -> None:
    """Christmas Eve is a holiday only from 2025, Epiphany only from 2011."""
    assert CALENDAR.why_off(date.fromisoformat(day)) == why


def test_school_holidays_are_those_of_the_voivodeship() -> None:
    """They colour a warning and move nothing."""
    summer = ("", date(2014, 6, 28), date(2014, 8, 31), "wakacje")
    winter = ("Mazowieckie", date(2014, 2, 3), date(2014, 2, 16), "ferie")
    calendars = Calendars([summer, winter])
    assert calendars("mazowieckie").school_holiday(date(2014, 2, 3)) == "ferie"
    assert calendars("lubelskie").school_holiday(date(2014, 2, 3)) is None
    assert calendars("lubelskie").school_holiday(date(2014, 8, 23)) == "wakacje"
    assert calendars("lubelskie").why_off(date(2014, 8, 22)) is None
    assert calendars("lubelskie") is calendars("Lubelskie ")


def test_the_pilots_winter_holidays_come_with_the_product() -> None:
    """Two weeks for each of the sixteen voivodeships; Mazovia's end on 2 March 2014, those of Lublin had by then."""
    settings = tomllib.loads((data_folder("config") / "default.toml").read_text("utf-8"))
    lines = [line for line in settings["calendar"]["school_holidays"] if ": " in line]
    winter = {}
    for line in lines:
        where, _, rest = line.partition(": ")
        first, last = rest.partition(" ")[0].split("..")
        winter[where] = (date.fromisoformat(first), date.fromisoformat(last))
    assert len(winter) == len(lines) == 16
    assert all((last - first).days == 13 and first.weekday() == 0 for first, last in winter.values())
    assert winter["mazowieckie"] == (date(2014, 2, 17), date(2014, 3, 2))
    assert winter["lubelskie"] == (date(2014, 1, 20), date(2014, 2, 2))
