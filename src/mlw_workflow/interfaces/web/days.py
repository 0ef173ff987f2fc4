"""The day that a page is asked about: today, or another one, as it happened or as was known then."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.web.forms import PARTS, Typed, day_or_none
from mlw_workflow.services.verdicts import When

if TYPE_CHECKING:
    from mlw_workflow.interfaces.web.visit import Visit

NO_DAY = Text("Proszę podać istniejącą datę, na przykład 12 5 2014.", "Give a date that exists, such as 12 5 2014.")
TOO_LATE = Text("Ten dzień jeszcze nie nadszedł.", "That day has not come yet.")
THEN = "then"


@dataclass(frozen=True, slots=True)
class Chosen:
    """A day as it was chosen on a page, with what the chooser shows."""

    when: When
    today: date
    first: date
    """The first day that there is to choose."""
    parts: tuple[str, str, str]
    error: str = ""

    @property
    def past(self) -> bool:
        """Whether anything but today is shown."""
        return self.when.day != self.today

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """What names this day in an address; nothing for today."""
        if not self.past:
            return []
        day = self.when.day
        named = [("on-day", str(day.day)), ("on-month", str(day.month)), ("on-year", str(day.year))]
        return [*named, *([("known", THEN)] if self.when.then else [])]

    def as_today(self) -> Chosen:
        """Today instead."""
        return replace(self, when=When(self.today))

    @property
    def query(self) -> str:
        """The same as the end of an address."""
        return f"?{urlencode(self.pairs)}" if self.past else ""


def of_today(today: date, first: date) -> Chosen:
    """Today, where nothing else was asked for."""
    return Chosen(When(today), today, first, (str(today.day), str(today.month), str(today.year)))


def chosen(visit: Visit, today: date, first: date) -> Chosen:
    """The day that the address names. One that is none, or is still to come, is told, and today shown."""
    parts = tuple(visit.query(f"on-{part}") for part in PARTS)
    typed = Typed({f"on-{part}": [value] for part, value in zip(PARTS, parts, strict=True)})
    then = visit.query("known") == THEN
    text = typed.day("on")
    day = day_or_none(text)
    shown = (parts[0][:4], parts[1][:4], parts[2][:4])
    if not text:
        return of_today(today, first)
    if day is None:
        return Chosen(When(today), today, first, shown, NO_DAY[visit.language])
    if day > today:
        return Chosen(When(today), today, first, shown, TOO_LATE[visit.language])
    return Chosen(When(day, then and day != today), today, first, shown)
