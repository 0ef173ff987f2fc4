"""Filters of lists: what stands in the address becomes values; what is no value is told beside its field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.interfaces.web.visit import Visit

YEARS = range(1900, 2200)
_DOTTED, _ISO = re.compile(r"(\d{1,2})[.\s/-](\d{1,2})[.\s/-](\d{4})"), re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


@dataclass(slots=True)
class Filter:
    """What was chosen."""

    visit: Visit
    wrong: dict[str, str] = field(default_factory=dict)
    """Fields with what was typed there and is nothing that there is: no date, no municipality in reach."""
    used: dict[str, str] = field(default_factory=dict)
    """What is not empty, as it stands in the address."""

    @property
    def status(self) -> int:
        """Of the answer: a municipality that is not in reach is not there, whether there is one or not."""
        return 404 if "pilot" in self.wrong else 400 if self.wrong else 200

    def text(self, name: str) -> str:
        """What was typed."""
        value = self.visit.query(name).strip()[:100]
        if value:
            self.used[name] = value
        return value

    def choice(self, name: str, known: Iterable[str]) -> str:
        """One of the values that there are; anything else is as if nothing were chosen."""
        value = self.visit.query(name)
        if value not in set(known) or not value:
            return ""
        self.used[name] = value
        return value

    def day(self, name: str) -> date | None:
        """A day as people type it: 31.05.2014, 31 5 2014 or 2014-05-31."""
        typed = self.text(name)
        if not typed:
            return None
        found = day_of(typed)
        if found is None:
            self.wrong[name] = typed
        return found

    def query(self, **more: str) -> str:
        """The same choice as the end of an address."""
        return urlencode({**self.used, **more})


def day_of(typed: str) -> date | None:
    """A day as people type it; None for what is none."""
    dotted, iso = _DOTTED.fullmatch(typed.strip()), _ISO.fullmatch(typed.strip())
    parts = (dotted[3], dotted[2], dotted[1]) if dotted else (iso[1], iso[2], iso[3]) if iso else None
    if parts is None:
        return None
    try:
        found = date(*map(int, parts))
    except ValueError:
        return None
    return found if found.year in YEARS else None
