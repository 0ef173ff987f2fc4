"""The days that may be typed, and those of histories and evidence. All reckoning (a day's end, a month's last working
day, a school year) stays within what the calendar of the computer has, and no command walks through thousands of years.
"""

from __future__ import annotations

from datetime import date

from mlw_workflow.domain.errors import BadInput

FIRST_DAY, LAST_DAY = date(1990, 1, 1), date(2100, 12, 31)


def bounded(day: date, origin: str) -> date:
    """The day, if it lies between the first and the last that may be typed; else BadInput ``day_far``."""
    if FIRST_DAY <= day <= LAST_DAY:
        return day
    years = {"year_min": FIRST_DAY.year, "year_max": LAST_DAY.year}
    raise BadInput("day_far", origin=origin, value=day.isoformat(), **years)
