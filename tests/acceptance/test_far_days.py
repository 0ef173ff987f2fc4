"""A day that nobody can mean is refused at the door, in one sentence, before anything is written out."""

from __future__ import annotations

import pytest
from tests.acceptance.conftest import Office

LINES = (
    "compliance Tłuszcz --as-of {}",
    "audit findings Tłuszcz --as-of {}",
    "status Tłuszcz --as-of {}",
    "status Tłuszcz --known-at {}",
    "compliance Tłuszcz --known-at {}T23:59",
    "diff Tłuszcz 2014-01-01 {}",
    "diff Tłuszcz {} 2014-06-01",
    "audit export all --format oscal --out - --to {}",
    "audit export all --format xes --out - --from {}",
    "deadlines Tłuszcz --from {}",
    "remind --dry-run --today {}",
    "audit reminders --to {}",
)
TODAY = ("deadlines Tłuszcz", "forecast Tłuszcz", "compliance Tłuszcz", "calendar Tłuszcz", "remind --dry-run")


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "1989-12-31", "2101-01-01"])
def test_a_far_day_is_bad_input(tluszcz: Office, day: str) -> None:
    """Wherever a day is typed, and where the clock is set; the sentence names the day and the years."""
    answers = [tluszcz(line.format(day)) for line in LINES] + [tluszcz(line, MLW_TODAY=day) for line in TODAY]
    for line, answer in zip(LINES + TODAY, answers, strict=True):
        assert answer.code == 2, (line, answer)
        assert not answer.out, (line, answer.out[:200])
        assert {day, "1990", "2100"} <= set(answer.err.replace(".", "").split()), (line, answer.err)


@pytest.mark.parametrize("day", ["2100-12-31", "1990-01-01"])
def test_the_last_day_of_all_is_served(tluszcz: Office, day: str) -> None:
    """On the edges nothing overflows."""
    for line in ("compliance Tłuszcz --as-of {}", "status Tłuszcz --as-of {}", "diff Tłuszcz {} {}"):
        assert tluszcz(line.format(day, day)).code in (0, 2, 3), line


def test_it_is_said_in_polish_too(tluszcz: Office) -> None:
    """In the reader's language."""
    answer = tluszcz("compliance Tłuszcz --as-of 9999-12-31", MLW_LANG="pl")
    assert answer.code == 2
    assert "za daleko" in answer.err
