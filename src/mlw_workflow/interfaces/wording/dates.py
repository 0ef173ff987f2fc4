"""Days and instants as people write them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import WARSAW, zone
from mlw_workflow.notifications import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime


def day_words(day: date | str, language: str) -> str:
    """``10 czerwca 2014`` or ``10 June 2014``. In Polish the form also follows „od” and „do”."""
    if isinstance(day, str):
        try:
            return day_words(date.fromisoformat(day), language)
        except ValueError:
            return day
    return words.day_words(day, "en" if language == "en" else "pl")


def day_unbroken(day: date | str, language: str) -> str:
    """A day in words, whose number and month stay on one line."""
    return day_words(day, language).replace(" ", "\N{NO-BREAK SPACE}", 1)


def month_words(year: int, month: int, language: str) -> str:
    """``Czerwiec 2014`` or ``June 2014``: a month as a heading."""
    if language == "en":
        return words.day_words(date(year, month, 1), "en").partition(" ")[2]
    return f"{words.MONTHS_ALONE[month - 1].capitalize()} {year}"


_SHORT: Mapping[str, str] = {
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "en": "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec",
}


def month_short(day: date, language: str) -> str:
    """``cze`` or ``Jun``: the month of a day, where there is little room."""
    return _SHORT["en" if language == "en" else "pl"].split()[day.month - 1]


_ROMAN = ("i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "xi", "xii")


def month_number(typed: str) -> str:
    """The number of a month written in words („12 maja”, „maj”, “May”) or in Roman figures; else what was typed."""
    word = typed.casefold().rstrip(".")
    for month, roman in enumerate(_ROMAN, 1):
        names = (words.day_words(date(2000, month, 1), language).split()[1] for language in ("pl", "en"))
        short = (months.split()[month - 1] for months in _SHORT.values())
        if word in (roman, words.MONTHS_ALONE[month - 1], *(name.casefold() for name in (*names, *short))):
            return str(month)
    return typed


def day_short(day: date | None, language: str) -> str:
    """A day for a column of a table: ``10.06.2014`` or ``2014-06-10``; nothing for None."""
    if day is None:
        return ""
    return f"{day:%d.%m.%Y}" if language == "pl" else day.isoformat()


def instant_short(instant: datetime | None, language: str, timezone: str = WARSAW) -> str:
    """An instant for a column of a table, in local time to the minute; nothing for None."""
    if instant is None:
        return ""
    local = instant.astimezone(zone(timezone))
    return f"{day_short(local.date(), language)} {local:%H:%M}"
