"""The law's days off in Poland, by the date they hold on (24 December only from 2025), and school holidays from config.

``holidays`` is the source. What it says of the years anybody asks about stands in ``law_days``, because importing the
package takes longer than a whole command may; ``python -m mlw_workflow.definitions.law`` writes that module anew.
"""

from __future__ import annotations

from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.definitions.law_days import NAMES, YEARS
from mlw_workflow.domain.calendar import WorkCalendar

if TYPE_CHECKING:
    from collections.abc import Iterable

SchoolHolidays = tuple[str, date, date, str]
"""Voivodeship (empty: the whole country), first day, last day, name."""


class Calendars:
    """The calendar of a pilot by its voivodeship, each made once."""

    def __init__(self, school: Iterable[SchoolHolidays] = ()) -> None:
        """``school``: the school holidays that the office's config lists."""
        self.school = tuple(school)
        self._made: dict[str, WorkCalendar] = {}

    def __call__(self, voivodeship: str = "") -> WorkCalendar:
        """The law's days off, with the school holidays of that voivodeship."""
        key = voivodeship.strip().casefold()
        found = self._made.get(key)
        if found is None:
            school = tuple(
                (first, last, name) for where, first, last, name in self.school if where.strip().casefold() in ("", key)
            )
            found = self._made[key] = WorkCalendar(holiday, school)
        return found


def holiday(day: date) -> str | None:
    """The Polish name of the statutory holiday on a day, or None."""
    return _year(day.year).get(day)


@lru_cache(maxsize=64)
def _year(year: int) -> dict[date, str]:
    written = YEARS.get(year)
    if written is None:
        return _from_package(year)
    return {date(year, int(day[:2]), int(day[2:4])): NAMES[day[4]] for day in written.split()}


def _from_package(year: int) -> dict[date, str]:
    from holidays.countries.poland import Poland

    return dict(Poland(years=[year], language="pl"))  # type: ignore[no-untyped-call]


def written_out(first: int, last: int) -> str:
    """The text of ``law_days`` for those years."""
    letters: dict[str, str] = {}
    lines = []
    for year in range(first, last + 1):
        for name in (found := _from_package(year)).values():
            letters.setdefault(name, chr(ord("a") + len(letters)))
        days = " ".join(f"{day:%m%d}{letters[found[day]]}" for day in sorted(found))
        lines.append(f'    {year}: "{days}",\n')
    names = "".join(f'    "{letter}": "{name}",\n' for name, letter in letters.items())
    return f"{_HEAD}\nNAMES = {{\n{names}}}\nYEARS = {{\n{''.join(lines)}}}\n"


_HEAD = '''"""Poland's statutory holidays as ``holidays`` gives them, written out: month, day and a letter for the name.

Made by ``python -m mlw_workflow.definitions.law``; a test keeps it equal to the package. Other years come from there.
"""
'''

if __name__ == "__main__":
    Path(__file__).with_name("law_days.py").write_text(written_out(2010, 2040), "utf-8")
