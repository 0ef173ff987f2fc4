"""Days that recur by a rule of RFC 5545, against dateutil and against the calendar on the wall."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from itertools import islice, takewhile

import msgspec
import pytest
from dateutil.rrule import rrulestr
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.law import holiday
from mlw_workflow.definitions.normal_form import from_normal, normal_bytes
from mlw_workflow.domain.calendar import WorkCalendar
from mlw_workflow.domain.deadline import Deadline, deadlines
from mlw_workflow.domain.definition import Series
from mlw_workflow.domain.errors import DefinitionInvalid
from mlw_workflow.domain.obligation import DeadlineRule, Due
from mlw_workflow.domain.pilot import periods
from mlw_workflow.domain.recurrence import WEEKDAYS, BadRecurrence, Recurrence, occurrences, parse, within
from mlw_workflow.testing import Course, programme, rule, text, workflow

START, END = date(2013, 12, 1), date(2014, 8, 31)


def days(rule_text: str, first: date = START, last: date = END) -> list[str]:
    return [str(found.day) for found in occurrences(parse(rule_text), first, last)]


def visits(series: Series, due: Due, **given_more: object) -> list[Deadline]:
    """The deadlines of a machine that recurs by a rule, in the pilot of 2013 and 2014."""
    of = workflow("visit", "open done*", rule("go", "open", "done"), series=series)
    rules = (DeadlineRule("d", text("d"), ("done",), due, **given_more),)  # type: ignore[arg-type]
    course = Course(programme(replace(of, deadlines=rules)))
    return list(deadlines(course.standing, WorkCalendar(holiday), lambda *_: None))


def test_every_second_monday() -> None:
    """Weeks begin on Monday, so from Sunday 1 December 2013 the first that counts is the 9th; New Year is no edge."""
    found = days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO", last=date(2014, 1, 31))
    assert found == ["2013-12-09", "2013-12-23", "2014-01-06", "2014-01-20"]
    counted = within(parse("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"), START, date(2014, 1, 1), date(2013, 12, 2))
    assert [str(one.day) for one in counted] == ["2013-12-02", "2013-12-16", "2013-12-30"]


def test_weeks_that_begin_on_sunday() -> None:
    """With WKST=SU the pilot's Sunday begins the first week, so that week's Monday counts."""
    assert days("FREQ=WEEKLY;INTERVAL=2;BYDAY=MO;WKST=SU", last=date(2013, 12, 20)) == ["2013-12-02", "2013-12-16"]


def test_last_working_day_of_the_quarter() -> None:
    """The last weekday of each quarter, across New Year; 31 May is none of them, and no holiday is thought of."""
    rule_text = "FREQ=MONTHLY;BYMONTH=3,6,9,12;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"
    assert days(rule_text) == ["2013-12-31", "2014-03-31", "2014-06-30"]


def test_a_month_without_the_day_is_skipped() -> None:
    """The 31st comes in seven months of the year; the derivation names each month that was passed over."""
    found = occurrences(parse("FREQ=MONTHLY;BYMONTHDAY=31"), START, END)
    assert [(str(one.day), one.skipped) for one in found] == [
        ("2013-12-31", ()),
        ("2014-01-31", ()),
        ("2014-03-31", ("2014-02",)),
        ("2014-05-31", ("2014-04",)),
        ("2014-07-31", ("2014-06",)),
        ("2014-08-31", ()),
    ]
    leap = occurrences(parse("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=29"), START, date(2020, 1, 1))
    assert [(str(one.day), one.skipped) for one in leap] == [("2016-02-29", ("2013", "2014", "2015"))]


def test_clocks_do_not_move_days() -> None:
    """A rule speaks of local days: each day around 30 March and 26 October comes once."""
    assert len(days("FREQ=DAILY", date(2014, 3, 29), date(2014, 4, 1))) == 4
    assert len(days("FREQ=DAILY", date(2014, 10, 25), date(2014, 10, 28))) == 4


@pytest.mark.parametrize(
    ("given_rule", "part"),
    [
        ("", ""),
        ("INTERVAL=2", "FREQ"),
        ("FREQ=HOURLY", "FREQ=HOURLY"),
        ("freq=weekly", "freq=weekly"),
        ("FREQ=DAILY;FREQ=DAILY", "FREQ=DAILY"),
        ("FREQ=DAILY;BYHOUR=3", "BYHOUR=3"),
        ("FREQ=YEARLY;BYEASTER=0", "BYEASTER=0"),
        ("FREQ=DAILY;INTERVAL=0", "INTERVAL=0"),
        ("FREQ=DAILY;INTERVAL=", "INTERVAL="),
        ("FREQ=DAILY;COUNT=-1", "COUNT=-1"),
        ("FREQ=DAILY;COUNT=2;UNTIL=20140101", "COUNT=2"),
        ("FREQ=DAILY;UNTIL=2014-01-01", "UNTIL=2014-01-01"),
        ("FREQ=DAILY;UNTIL=20140230", "UNTIL=20140230"),
        ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY=32"),
        ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY=0"),
        ("FREQ=MONTHLY;BYMONTHDAY=٣", "BYMONTHDAY=٣"),
        ("FREQ=MONTHLY;BYMONTH=13", "BYMONTH=13"),
        ("FREQ=WEEKLY;BYDAY=2MO", "BYDAY=2MO"),
        ("FREQ=YEARLY;BYDAY=2MO", "BYDAY=2MO"),
        ("FREQ=MONTHLY;BYDAY=2MO,TU", "BYDAY=2MO,TU"),
        ("FREQ=MONTHLY;BYDAY=6MO", "BYDAY=6MO"),
        ("FREQ=MONTHLY;BYDAY=XX", "BYDAY=XX"),
        ("FREQ=WEEKLY;BYMONTHDAY=3", "BYMONTHDAY=3"),
        ("FREQ=MONTHLY;BYSETPOS=1", "BYSETPOS=1"),
        ("FREQ=WEEKLY;BYDAY=MO;BYSETPOS=1", "BYSETPOS=1"),
        ("FREQ=WEEKLY;WKST=PN", "WKST=PN"),
    ],
)
def test_what_is_not_understood_is_refused(given_rule: str, part: str) -> None:
    """A part that means nothing here is named, never ignored."""
    with pytest.raises(BadRecurrence) as problem:
        parse(given_rule)
    assert str(problem.value) == part


def test_a_rule_that_names_no_day_ends() -> None:
    """The search stops with the span, though the rule has no end of its own."""
    assert days("FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", last=date(2053, 1, 1)) == []
    assert days("FREQ=DAILY", date(9999, 12, 30), date.max) == ["9999-12-30", "9999-12-31"]
    assert days("FREQ=WEEKLY", date(9999, 12, 30), date.max) == ["9999-12-30"]
    assert days("FREQ=YEARLY", date(9998, 12, 31), date.max) == ["9998-12-31", "9999-12-31"]


_NUMBERS = st.lists(st.sampled_from([1, 5, 13, 28, 29, 30, 31, -1, -2, -31]), min_size=1, max_size=3)
_PARTS = st.fixed_dictionaries(
    {"FREQ": st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])},
    optional={
        "INTERVAL": st.integers(1, 6).map(str),
        "COUNT": st.integers(1, 12).map(str),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=4).map(lambda n: ",".join(map(str, n))),
        "BYMONTHDAY": _NUMBERS.map(lambda n: ",".join(map(str, n))),
        "BYDAY": st.one_of(
            st.lists(st.sampled_from(WEEKDAYS), min_size=1, max_size=4).map(",".join),
            st.lists(
                st.tuples(st.sampled_from(["1", "2", "5", "-1", "-2"]), st.sampled_from(WEEKDAYS)).map("".join),
                min_size=1,
                max_size=3,
            ).map(",".join),
        ),
        "BYSETPOS": st.sampled_from(["1", "2", "-1", "1,-1", "3", "10"]),
        "WKST": st.sampled_from(WEEKDAYS),
    },
)


@settings(deadline=None, max_examples=300)
@given(_PARTS, st.dates(date(2011, 1, 1), date(2012, 12, 31)))
def test_as_dateutil_reads_it(parts: dict[str, str], first: date) -> None:
    """Every rule that is accepted gives the days that dateutil gives, and is written back as it was understood."""
    try:
        of = parse(";".join(f"{name}={value}" for name, value in parts.items()))
    except BadRecurrence:
        assume(False)
    last = date(2018, 6, 1)
    mine = [one.day for one in occurrences(of, first, last)]
    assume(mine)  # dateutil looks for a day that never comes until the year 9999
    bounded = str(of) if of.count else f"{of};UNTIL=20180601"
    theirs = (one.date() for one in rrulestr(bounded, dtstart=datetime.fromisoformat(str(first))))
    assert parse(str(of)) == of
    assert mine == list(takewhile(lambda day: day <= last, islice(theirs, len(mine) if of.count else None)))


def test_periods() -> None:
    """Each day of the rule ends a period, and the next begins on the day after; the rest belongs to none."""
    series = Series(key="day", rule=parse("FREQ=MONTHLY;BYMONTHDAY=15"))
    found = [(key, str(one.start), str(one.end)) for key, one in periods(series, START, date(2014, 2, 20))]
    assert found == [
        ("2013-12-15", "2013-12-01", "2013-12-15"),
        ("2014-01-15", "2013-12-16", "2014-01-15"),
        ("2014-02-15", "2014-01-16", "2014-02-15"),
    ]
    numbered = replace(series, key="number", starts=date(2013, 1, 1))
    assert [key for key, _ in periods(numbered, START, date(2014, 2, 20))] == ["1", "2", "3"]


def test_derivation() -> None:
    """It names the rule, which of its days this is, the months that lack it, and the days off that move it."""
    series = Series(key="day", rule=parse("FREQ=MONTHLY;BYMONTHDAY=31"))
    found = {
        one.machine: [(step.step, str(step.day), step.why) for step in one.derivation]
        for one in visits(series, Due(anchor="period_end"), day_off="next_working_day")
    }
    rule_text = "FREQ=MONTHLY;BYMONTHDAY=31"
    assert found["visit/2014-05-31"] == [
        ("recurs", "2014-05-31", f"4 {rule_text}"),
        ("skipped", "None", "2014-04"),
        ("period_end", "2014-05-31", ""),
        ("moved", "2014-05-31", "saturday"),
        ("moved", "2014-06-01", "sunday"),
        ("due", "2014-06-02", "next_working_day"),
    ]
    assert len(found) == 6


def test_holidays_move_the_deadline_and_not_the_rule() -> None:
    """Easter Monday is a Monday by the rule; the deadline moves off it."""
    found = visits(
        Series(key="day", rule=parse("FREQ=WEEKLY;BYDAY=MO")), Due(anchor="period_end"), day_off="previous_working_day"
    )
    assert {one.machine: str(one.due_on) for one in found}["visit/2014-04-21"] == "2014-04-18"


def test_normal_form() -> None:
    """A programme with a rule is read back as it was, and one without says nothing of rules."""
    series = Series(key="day", rule=parse("FREQ=MONTHLY;UNTIL=20140630;BYDAY=-1FR"), starts=date(2014, 1, 1))
    of = programme(workflow("visit", "open done*", rule("go", "open", "done"), series=series))
    assert from_normal(normal_bytes(of)).workflow["visit"].series == series
    plain = programme(workflow("visit", "open done*", rule("go", "open", "done"), series=Series(1)))
    assert b'"series":{"months":1}' in normal_bytes(plain)
    assert series.rule == Recurrence("MONTHLY", until=date(2014, 6, 30), by_day=("-1FR",))


@pytest.mark.parametrize(
    "series",
    [
        {},
        {"months": 0},
        {"months": 1, "rule": {"freq": "DAILY"}},
        {"rule": {"freq": "DAILY", "interval": 0}},
        {"rule": {"freq": "YEARLY", "by_month": [13]}},
        {"rule": {"freq": "HOURLY"}},
    ],
)
def test_a_damaged_normal_form(series: dict[str, object]) -> None:
    """A stored rule that would never end, or that nobody could have written, is refused when it is read."""
    of = programme(workflow("visit", "open done*", rule("go", "open", "done"), series=Series(1)))
    form = msgspec.json.decode(normal_bytes(of))
    form["workflows"][0]["series"] = series
    with pytest.raises(DefinitionInvalid):
        from_normal(msgspec.json.encode(form))
