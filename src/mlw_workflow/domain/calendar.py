"""Local days, days off and working days: counting them, and moving a deadline that falls on one that is off.

The law's holidays come from outside as a function of the day (see ``definitions/law.py``); nothing here knows a date.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

DayOff = Literal["next_working_day", "next_working_day_not_saturday", "previous_working_day", "none"]
"""How a day off moves a deadline. ``next_working_day``: to the next day that is no Saturday, Sunday or holiday;
``next_working_day_not_saturday``: the same with Saturdays counted as working days (civil-law deadlines before 2017);
``previous_working_day``: backwards; ``none``: it stays."""

SATURDAY, SUNDAY = 5, 6
MOVES_MAX = 60
"""No run of days off is longer; a calendar that says otherwise is broken."""


@dataclass(frozen=True, slots=True)
class Move:
    """One day of moving a deadline, and why."""

    day: date
    """The day it was moved off."""
    why: str
    """``saturday``, ``sunday`` or the holiday's name in the law calendar."""


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The law's days off and, beside them, periods that only colour a warning (school holidays)."""

    holiday: Callable[[date], str | None]
    """The name of the statutory holiday on a local day, or None."""
    school: tuple[tuple[date, date, str], ...] = ()
    """School holidays where the pilot is: first day, last day, name."""

    def why_off(self, day: date, *, saturdays_work: bool = False) -> str | None:
        """Why nobody works on that day, or None on a working day."""
        name = self.holiday(day)
        if name is not None:
            return name
        if day.weekday() == SUNDAY:
            return "sunday"
        if day.weekday() == SATURDAY and not saturdays_work:
            return "saturday"
        return None

    def moved(self, day: date, rule: DayOff) -> tuple[date, tuple[Move, ...]]:
        """Where a deadline on ``day`` falls after days off have moved it, and each move with its reason."""
        if rule == "none":
            return day, ()
        step = timedelta(days=-1 if rule == "previous_working_day" else 1)
        saturdays_work = rule == "next_working_day_not_saturday"
        moves: list[Move] = []
        while (why := self.why_off(day, saturdays_work=saturdays_work)) is not None:
            moves.append(Move(day, why))
            day += step
            assert len(moves) <= MOVES_MAX
        return day, tuple(moves)

    def working_days_from(self, day: date, number: int) -> date:
        """The ``number``-th working day after ``day`` (before it when negative); 0 is that day, working or not."""
        return _counted(self.holiday, day, number)

    def working_days_between(self, start: date, end: date) -> int:
        """How many working days lie after ``start`` up to and including ``end``; negative when ``end`` is earlier."""
        if end < start:
            return -self.working_days_between(end, start)
        years = [_worked(self.holiday, year) for year in range(start.year, end.year + 1)]
        whole = sum(worked[-1] for worked in years[:-1])
        return whole + years[-1][end.timetuple().tm_yday] - years[0][start.timetuple().tm_yday]

    def school_holiday(self, day: date) -> str | None:
        """The school holidays a day lies in, or None."""
        return next((name for first, last, name in self.school if first <= day <= last), None)


@lru_cache(maxsize=256)
def _worked(holiday: Callable[[date], str | None], year: int) -> tuple[int, ...]:
    """How many working days a year has up to its first, second, … day; before them a 0."""
    calendar = WorkCalendar(holiday)
    found = [0]
    day = date(year, 1, 1)
    while day.year == year:
        found.append(found[-1] + (calendar.why_off(day) is None))
        if day == date.max:
            break
        day += timedelta(days=1)
    return tuple(found)


@lru_cache(maxsize=1 << 16)
def _counted(holiday: Callable[[date], str | None], day: date, number: int) -> date:
    """The ``number``-th working day after a day. Plans ask for the same few days again and again."""
    calendar = WorkCalendar(holiday)
    step = timedelta(days=1 if number > 0 else -1)
    left, run = abs(number), 0
    while left:
        day += step
        run += 1
        if calendar.why_off(day) is None:
            left -= 1
            run = 0
        assert run <= MOVES_MAX
    return day
