"""What all parts of the definitions' vocabulary are made of: names, days, counts, wordings, and the strict model."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError

from mlw_workflow.domain import recurrence

SHORT = 63
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$", max_length=SHORT)]
ProgrammeId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$", max_length=SHORT)]
OptionId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=SHORT)]
StateRef = Annotated[
    str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.(\$done|[a-z][a-z0-9_]*)$", max_length=2 * SHORT)
]
Source = Literal["stated", "assumed"]
Count = Annotated[int, Field(ge=0, le=1_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000)]


def _worded(text: str) -> str:
    if not text.strip():
        raise PydanticCustomError("empty_text", "empty text")
    return text


def _day(text: str) -> str:
    try:
        if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
            date.fromisoformat(text)
            return text
    except ValueError:
        raise PydanticCustomError("no_such_day", "no such day") from None
    raise PydanticCustomError("bad_day", "not a day")


def _recurrence(text: str) -> str:
    try:
        recurrence.parse(text)
    except recurrence.BadRecurrence as problem:
        raise PydanticCustomError("bad_rrule", "no rule", {"part": str(problem)[:100]}) from None
    return text


Roles = Annotated[list[Id], Field(min_length=1, max_length=50)]
Wording = Annotated[str, StringConstraints(min_length=1), AfterValidator(_worded)]
Day = Annotated[str, StringConstraints(pattern=r"^\d{4}-\d{2}-\d{2}$"), AfterValidator(_day)]


Rrule = Annotated[str, StringConstraints(max_length=300), AfterValidator(_recurrence)]
"""A rule by which days recur, as RFC 5545 writes it: ``FREQ=WEEKLY;INTERVAL=2;BYDAY=MO``."""


class Model(BaseModel):
    """What all parts of the vocabulary share: no unknown keys, no conversion of types."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class Text(Model):
    """A wording in each language of the product."""

    pl: Wording
    en: Wording
