"""Days that recur by a rule: the part of RFC 5545's RRULE that speaks of days, months and years.

Days are looked for step by step up to a last day, so a rule that names no day at all comes to an end as well.
"""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Frequency = Literal["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_BY_DAY = re.compile(r"([+-]?[1-5])?(MO|TU|WE|TH|FR|SA|SU)")


class BadRecurrence(ValueError):
    """A rule that is not understood; its text is the part in question."""


@dataclass(frozen=True, slots=True)
class Recurrence:
    """A rule by which days recur. It counts from a first day that is given where it is used."""

    freq: Frequency
    interval: int = 1
    count: int = 0
    """So many days in all; 0: without a limit."""
    until: date | None = None
    """The last day on which one may fall."""
    by_month: tuple[int, ...] = ()
    by_month_day: tuple[int, ...] = ()
    """Days of the month; negative: counted from its end."""
    by_day: tuple[str, ...] = ()
    """Weekdays: ``MO``; of months also the first (``1MO``) or last (``-1FR``) of them."""
    by_set_pos: tuple[int, ...] = ()
    """Which of a step's days are meant; negative: counted from its last."""
    week_start: str = "MO"

    def __post_init__(self) -> None:
        """Refuse with ValueError what no text could say and no search could work with."""
        named = all(1 <= month <= 12 for month in self.by_month) and self.week_start in WEEKDAYS
        if self.interval < 1 or not named:
            raise ValueError("no rule by which days recur")

    def __str__(self) -> str:
        """The rule as RFC 5545 writes it."""
        parts = [f"FREQ={self.freq}"]
        parts += [f"INTERVAL={self.interval}"] if self.interval > 1 else []
        parts += [f"COUNT={self.count}"] if self.count else []
        parts += [f"UNTIL={self.until:%Y%m%d}"] if self.until else []
        for name, values in (
            ("BYMONTH", self.by_month),
            ("BYMONTHDAY", self.by_month_day),
            ("BYDAY", self.by_day),
            ("BYSETPOS", self.by_set_pos),
        ):
            parts += [f"{name}={','.join(str(value) for value in values)}"] if values else []
        parts += [f"WKST={self.week_start}"] if self.week_start != "MO" else []
        return ";".join(parts)


class Occurrence(NamedTuple):
    """One day of a rule."""

    day: date
    skipped: tuple[str, ...] = ()
    """Months (``2014-02``) or years since the one before that the rule names and that have no such day."""


def parse(text: str) -> Recurrence:
    """The rule that a text says. Raises BadRecurrence with the first part that makes no sense here."""
    given: dict[str, str] = {}
    for part in text.split(";"):
        name, equals, value = part.partition("=")
        if not equals or not value or name in given or name not in _READERS:
            raise BadRecurrence(part)
        given[name] = value
    if "FREQ" not in given:
        raise BadRecurrence("FREQ")
    found: dict[str, object] = {}
    for name, value in given.items():
        field, read = _READERS[name]
        try:
            found[field] = read(value)
        except ValueError:
            raise BadRecurrence(f"{name}={value}") from None
    rule = Recurrence(**found)  # type: ignore[arg-type]
    wrong = _misfit(rule)
    if wrong:
        raise BadRecurrence(f"{wrong}={given[wrong]}")
    return rule


def _misfit(rule: Recurrence) -> str:
    """The part that does not go with the others; empty when all do."""
    by_days = rule.freq in ("MONTHLY", "YEARLY")
    numbered = [len(day) > 2 for day in rule.by_day]
    if rule.count and rule.until:
        return "COUNT"
    if rule.by_month_day and rule.freq == "WEEKLY":
        return "BYMONTHDAY"
    alone = by_days and all(numbered) and not rule.by_month_day and (rule.freq == "MONTHLY" or rule.by_month)
    if any(numbered) and not alone:  # what else it may go with, programs that know RRULE read differently
        return "BYDAY"
    if rule.by_set_pos and not (by_days and (rule.by_day or rule.by_month_day)):
        return "BYSETPOS"
    return ""


def _number(low: int, high: int, text: str) -> int:
    if re.fullmatch(r"[+-]?\d{1,4}", text, re.ASCII) is None or not low <= int(text) <= high or int(text) == 0:
        raise ValueError(text)
    return int(text)


def _numbers(low: int, high: int, text: str) -> tuple[int, ...]:
    return tuple(sorted({_number(low, high, part) for part in text.split(",")}))


def _weekdays(text: str) -> tuple[str, ...]:
    found = set()
    for part in text.split(","):
        match = _BY_DAY.fullmatch(part)
        if match is None:
            raise ValueError(part)
        number = int(match[1]) if match[1] else 0
        found.add((WEEKDAYS.index(match[2]), number))
    return tuple(f"{number or ''}{WEEKDAYS[weekday]}" for weekday, number in sorted(found))


def _day(text: str) -> date:
    if re.fullmatch(r"\d{8}", text, re.ASCII) is None:
        raise ValueError(text)
    return date(int(text[:4]), int(text[4:6]), int(text[6:]))


def _one_of(known: tuple[str, ...], text: str) -> str:
    if text not in known:
        raise ValueError(text)
    return text


_READERS: dict[str, tuple[str, Callable[[str], object]]] = {
    "FREQ": ("freq", lambda text: _one_of(("DAILY", "WEEKLY", "MONTHLY", "YEARLY"), text)),
    "INTERVAL": ("interval", lambda text: _number(1, 1_000, text)),
    "COUNT": ("count", lambda text: _number(1, 9_999, text)),
    "UNTIL": ("until", _day),
    "BYMONTH": ("by_month", lambda text: _numbers(1, 12, text)),
    "BYMONTHDAY": ("by_month_day", lambda text: _numbers(-31, 31, text)),
    "BYDAY": ("by_day", _weekdays),
    "BYSETPOS": ("by_set_pos", lambda text: _numbers(-366, 366, text)),
    "WKST": ("week_start", lambda text: _one_of(WEEKDAYS, text)),
}


@lru_cache(maxsize=256)
def occurrences(rule: Recurrence, first: date, last: date) -> tuple[Occurrence, ...]:
    """The rule's days from ``first``, the day it counts from, up to and including ``last``.

    ``first`` itself is among them only if the rule names it.
    """
    found: list[Occurrence] = []
    skipped: list[str] = []
    end = min(last, rule.until) if rule.until else last
    for name, days in _steps(rule, first, end):
        if not days and name:
            skipped.append(name)
        for day in days:
            if day < first:
                continue
            if day > end or (rule.count and len(found) >= rule.count):
                return tuple(found)
            found.append(Occurrence(day, tuple(skipped)))
            skipped = []
    return tuple(found)


def within(rule: Recurrence, start: date, end: date, first: date | None = None) -> tuple[Occurrence, ...]:
    """The rule's days from ``start`` to ``end``; it counts from ``first``, or else from ``start``."""
    return tuple(found for found in occurrences(rule, first or start, end) if found.day >= start)


def _steps(rule: Recurrence, first: date, last: date) -> Iterator[tuple[str, list[date]]]:
    """The days, also those before ``first``, of each day, week, month or year that is the rule's turn.

    Each with its name where a person would miss it: months and years.
    """
    match rule.freq:
        case "DAILY":
            for day in _every(first, rule.interval, last):
                yield "", [day] if _named(rule, day) else []
        case "WEEKLY":
            back = (first.weekday() - WEEKDAYS.index(rule.week_start)) % 7
            if back >= first.toordinal():
                return
            weekdays = {day[-2:] for day in rule.by_day} or {WEEKDAYS[first.weekday()]}
            for begin in _every(first - timedelta(days=back), 7 * rule.interval, last):
                week = [date.fromordinal(n) for n in range(begin.toordinal(), begin.toordinal() + 7) if n <= _MAX]
                yield "", [day for day in week if WEEKDAYS[day.weekday()] in weekdays and _named(rule, day)]
        case "MONTHLY":
            index = first.year * 12 + first.month - 1
            for number in range(index, last.year * 12 + last.month, rule.interval):
                year, month = number // 12, number % 12 + 1
                if not rule.by_month or month in rule.by_month:
                    yield f"{year}-{month:02}", _chosen(rule, _of_month(rule, year, month, first))
        case "YEARLY":
            bare = not (rule.by_month or rule.by_day or rule.by_month_day)
            for year in range(first.year, last.year + 1, rule.interval):
                months = rule.by_month or ((first.month,) if bare else range(1, 13))
                days = [day for month in months for day in _of_month(rule, year, month, first)]
                yield str(year), _chosen(rule, days)


_MAX = date.max.toordinal()


def _every(first: date, step: int, last: date) -> Iterator[date]:
    return (date.fromordinal(number) for number in range(first.toordinal(), last.toordinal() + 1, step))


def _named(rule: Recurrence, day: date) -> bool:
    """Whether a day is one of the months, days of the month and weekdays that the rule names."""
    length = monthrange(day.year, day.month)[1]
    return (
        (not rule.by_month or day.month in rule.by_month)
        and (not rule.by_month_day or day.day in rule.by_month_day or day.day - length - 1 in rule.by_month_day)
        and (not rule.by_day or _is_weekday(rule, day, length))
    )


def _is_weekday(rule: Recurrence, day: date, length: int) -> bool:
    name = WEEKDAYS[day.weekday()]
    nth, from_end = (day.day - 1) // 7 + 1, -((length - day.day) // 7 + 1)
    return any(f"{number or ''}{name}" in rule.by_day for number in (0, nth, from_end))


def _of_month(rule: Recurrence, year: int, month: int, first: date) -> list[date]:
    length = monthrange(year, month)[1]
    if not (rule.by_day or rule.by_month_day):
        return [date(year, month, first.day)] if first.day <= length else []
    return [day for day in (date(year, month, n) for n in range(1, length + 1)) if _named(rule, day)]


def _chosen(rule: Recurrence, days: list[date]) -> list[date]:
    if not rule.by_set_pos:
        return days
    chosen = {(n if n > 0 else len(days) + n + 1) for n in rule.by_set_pos}
    return [day for number, day in enumerate(days, start=1) if number in chosen]
