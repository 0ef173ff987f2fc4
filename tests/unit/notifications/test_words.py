"""Days and numbers as people say them."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.notifications.words import counted, day_words, distance, span_words

TODAY = date(2014, 5, 2)


def test_day() -> None:
    """A day is written with its month in the genitive, and in English without an ordinal."""
    assert day_words(date(2014, 5, 12), "pl") == "12 maja 2014"
    assert day_words(date(2014, 5, 12), "en") == "12 May 2014"


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "0 dni roboczych"),
        (1, "1 dzień roboczy"),
        (2, "2 dni robocze"),
        (4, "4 dni robocze"),
        (5, "5 dni roboczych"),
        (11, "11 dni roboczych"),
        (12, "12 dni roboczych"),
        (14, "14 dni roboczych"),
        (21, "21 dni roboczych"),
        (22, "22 dni robocze"),
        (101, "101 dni roboczych"),
        (102, "102 dni robocze"),
        (112, "112 dni roboczych"),
    ],
)
def test_polish_plural(number: int, words: str) -> None:
    """Two to four have a form of their own in Polish, twelve to fourteen have not."""
    assert counted(number, "working_day", "pl") == words


def test_english_plural() -> None:
    """English has one form for one and another for the rest."""
    assert [counted(n, "working_day", "en") for n in (0, 1, 21)] == [
        "0 working days",
        "1 working day",
        "21 working days",
    ]


@pytest.mark.parametrize(
    ("day", "working_days", "polish", "english"),
    [
        (date(2014, 5, 9), 5, "za 5 dni roboczych", "in 5 working days"),
        (date(2014, 5, 6), 2, "za 2 dni robocze", "in 2 working days"),
        (date(2014, 5, 3), 0, "jutro", "tomorrow"),
        (TODAY, 0, "dzisiaj", "today"),
        (date(2014, 5, 1), -1, "wczoraj", "yesterday"),
        (date(2014, 4, 28), -3, "3 dni robocze temu", "3 working days ago"),
        (date(2014, 5, 4), 0, "za 2 dni", "in 2 days"),
        (date(2014, 4, 30), 0, "2 dni temu", "2 days ago"),
        (date(2014, 4, 27), 1, "5 dni temu", "5 days ago"),
    ],
)
def test_distance(day: date, working_days: int, polish: str, english: str) -> None:
    """A day is so many working days away, or so many days where none of them lies between or the count is wrong."""
    assert distance(day, TODAY, working_days, "pl") == polish
    assert distance(day, TODAY, working_days, "en") == english


@pytest.mark.parametrize(
    ("first", "last", "polish", "english"),
    [
        (date(2014, 5, 3), date(2014, 5, 9), "od 3 do 9 maja 2014", "from 3 to 9 May 2014"),
        (date(2014, 4, 28), date(2014, 5, 1), "od 28 kwietnia do 1 maja 2014", "from 28 April to 1 May 2014"),
        (
            date(2013, 12, 30),
            date(2014, 1, 2),
            "od 30 grudnia 2013 do 2 stycznia 2014",
            "from 30 December 2013 to 2 January 2014",
        ),
        (date(2014, 5, 3), date(2014, 5, 3), "3 maja 2014", "3 May 2014"),
    ],
)
def test_span(first: date, last: date, polish: str, english: str) -> None:
    """A span names the month and the year once where they are the same."""
    assert span_words(first, last, "pl") == polish
    assert span_words(first, last, "en") == english


@given(st.integers(-400, 400), st.integers(-300, 300), st.sampled_from(["pl", "en"]))
def test_distance_has_a_direction(days: int, working_days: int, language: str) -> None:
    """What lies ahead is never told as past, whatever the count of working days."""
    words = distance(TODAY + timedelta(days=days), TODAY, working_days, language)
    assert words.startswith(("za ", "in ", "jutro", "tomorrow")) == (days > 0)
    assert words.endswith((" temu", " ago", "wczoraj", "yesterday")) == (days < 0)
