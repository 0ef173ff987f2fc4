"""Finding a person in what was typed: by full name and address for certain, by surname (declined too) perhaps."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.repositories import Person

_STEM_MIN = 4
"""A shorter stem of a surname would be found in every other word."""


@dataclass(frozen=True, slots=True)
class Mention:
    """A value of evidence in which a person is named."""

    pilot: Pilot
    seq: int
    field: str
    certain: bool
    """By full name or address; else something only looks like the surname."""


@dataclass(frozen=True, slots=True)
class Mentions:
    """Looks for one person."""

    sure: tuple[str, ...]
    """Folded full name and address."""
    perhaps: re.Pattern[str] | None

    @classmethod
    def of(cls, person: Person | None) -> Mentions:
        """What to look for; nothing when there is nobody."""
        if person is None:
            return cls((), None)
        name = fold_name(person.name)
        words = name.split()
        sure = [part for part in (name, fold_name(person.email)) if part]
        if len(words) > 1:
            sure.append(" ".join([words[-1], *words[:-1]]))  # as lists of people have it
        stem = _stem(words[-1]) if words else ""
        perhaps = re.compile(rf"\b{re.escape(stem)}\w{{0,4}}\b") if len(stem) >= _STEM_MIN else None
        return cls(tuple(sure), perhaps)

    def within(self, raw: bytes) -> bool | None:
        """Whether a value (canonical JSON) names the person: for certain, perhaps (False) or not (None)."""
        if not self.sure:
            return None
        text = fold_name(" ".join(_texts(json.loads(raw))))
        if any(part in text for part in self.sure):
            return True
        return False if self.perhaps is not None and self.perhaps.search(text) else None

    def names(self, text: str) -> bool:
        """Whether a text names the person for certain."""
        folded = fold_name(text) if text and self.sure else ""
        return any(part in folded for part in self.sure)


def _stem(surname: str) -> str:
    """Polish endings change with the case: ``Kowalska`` → ``Kowalskiej``, ``Nowak`` → ``Nowakowi``."""
    return surname[:-1] if surname.endswith(("a", "i", "y", "o", "e")) else surname


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)
