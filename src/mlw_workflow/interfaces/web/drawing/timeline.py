"""Days as a drawing: months side by side, a row for each task, bars and marks on their days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LABEL = 268
"""The column of the titles."""
HEAD = 34
ROW = 44
BAR = 14
WIDE = 780
"""What the months get together, at least."""
MONTH_MIN = 44
MONTHS_MAX = 48
MARK = 7


@dataclass(frozen=True, slots=True)
class Stretch:
    """From a day to a day, both included."""

    first: date
    last: date
    kind: str
    """``done``, ``open`` (begun and not done), ``ahead`` or ``critical``: what the plan leaves for it."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A single day."""

    day: date
    kind: str
    """``due``, ``late``, ``kept`` or ``start``: the last day to begin."""


@dataclass(frozen=True, slots=True)
class Task:
    """What is to be drawn in a row."""

    stretches: tuple[Stretch, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Month:
    """A column."""

    first: date
    x: int
    width: int


@dataclass(frozen=True, slots=True)
class Bar:
    """A stretch on its days."""

    kind: str
    x: int
    y: int
    width: int


@dataclass(frozen=True, slots=True)
class Sign:
    """A mark on its day, as the corners of a polygon."""

    kind: str
    corners: str


@dataclass(frozen=True, slots=True)
class Row:
    """A task's row; ``y`` is its upper edge."""

    y: int
    bars: tuple[Bar, ...]
    signs: tuple[Sign, ...]


@dataclass(frozen=True, slots=True)
class Drawing:
    """The whole of it."""

    width: int
    height: int
    months: tuple[Month, ...]
    rows: tuple[Row, ...]
    today: int | None
    """Where today's line is; None: outside of what is drawn."""


def drawn(tasks: Sequence[Task], span: tuple[date, date], today: date) -> Drawing:
    """The drawing of some tasks; ``span`` is shown whole, and whatever of the tasks is not too far from it."""
    months = _months(tasks, span)
    first, end = months[0].first, _next(months[-1].first)
    scale = _Scale(months, end)
    rows = []
    for number, task in enumerate(tasks):
        y = HEAD + number * ROW
        bars = tuple(
            _bar(scale, stretch, y) for stretch in task.stretches if stretch.first < end and stretch.last >= first
        )
        signs = tuple(_sign(scale.x(mark.day), y, mark.kind) for mark in task.marks if first <= mark.day < end)
        rows.append(Row(y, bars, signs))
    width = months[-1].x + months[-1].width
    line = scale.x(today) if first <= today < end else None
    return Drawing(width, HEAD + len(tasks) * ROW, months, tuple(rows), line)


def _months(tasks: Iterable[Task], span: tuple[date, date]) -> tuple[Month, ...]:
    days = [mark.day for task in tasks for mark in task.marks]
    days += [day for task in tasks for stretch in task.stretches for day in (stretch.first, stretch.last)]
    least, most = span[0].replace(day=1), span[1].replace(day=1)
    near = [day for day in days if abs((day - span[0]).days) < 366 or abs((day - span[1]).days) < 366]
    month, last = min([least, *near]).replace(day=1), max([most, *near]).replace(day=1)
    found: list[date] = []
    while month <= last and len(found) < MONTHS_MAX:
        found.append(month)
        month = _next(month)
    width = max(MONTH_MIN, WIDE // len(found))
    return tuple(Month(day, LABEL + number * width, width) for number, day in enumerate(found))


def _next(month: date) -> date:
    """The first of the month after; the calendar's last day where there is none."""
    if month.year == date.max.year and month.month == 12:
        return date.max
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


class _Scale:
    """Days to places: months are equally wide."""

    def __init__(self, months: Sequence[Month], end: date) -> None:
        self.months = {month.first: month for month in months}
        self.first, self.end = months[0], end
        self.right = months[-1].x + months[-1].width

    def x(self, day: date) -> int:
        """The left edge of a day; outside of the drawing its edge."""
        if day < self.first.first:
            return self.first.x
        month = self.months.get(day.replace(day=1))
        if month is None:
            return self.right
        days = (_next(month.first) - month.first).days
        return month.x + round(month.width * (day.day - 1) / days)


def _bar(scale: _Scale, stretch: Stretch, y: int) -> Bar:
    """What happened lies above what is planned, so that both can be seen."""
    x = scale.x(stretch.first)
    after = scale.x(stretch.last + timedelta(days=1)) if stretch.last < date.max else scale.right
    top = y + (8 if stretch.kind in ("done", "open") else 8 + BAR)
    return Bar(stretch.kind, x, top, max(after - x, 3))


def _sign(x: int, y: int, kind: str) -> Sign:
    middle = y + 8 + BAR + BAR // 2
    if kind == "start":
        return Sign(kind, f"{x},{middle - MARK} {x + 2 * MARK},{middle} {x},{middle + MARK}")
    return Sign(kind, f"{x},{middle - MARK} {x + MARK},{middle} {x},{middle + MARK} {x - MARK},{middle}")
