"""The vocabulary of deadlines and reminders: ``deadlines`` of a machine's file, ``reminders`` of programme.yaml."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from mlw_workflow.definitions.vocabulary import SHORT, Day, Id, Model, Roles, Source, StateRef, Text

OFFSET_MAX = 3_660
"""Ten years of days."""

_PERIOD = "pilot_start|pilot_end|period_start|period_end"
Anchor = Annotated[
    str, StringConstraints(pattern=rf"^({_PERIOD}|[a-z][a-z0-9_]*\.(\$done|[a-z][a-z0-9_]*))$", max_length=2 * SHORT)
]
"""A day to count from: of the pilot, of the period, or the one on which a machine reached a state."""
FieldRef = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$", max_length=2 * SHORT)]
"""A field of a transition's evidence: ``announce.date``."""
Offset = Annotated[int, Field(ge=1, le=OFFSET_MAX)]
Signed = Annotated[int, Field(ge=-OFFSET_MAX, le=OFFSET_MAX)]
Hour = Annotated[int, Field(ge=0, le=23)]
DayOff = Literal["next_working_day", "next_working_day_not_saturday", "previous_working_day", "none"]


class OnDue(Model):
    """A fixed day."""

    on: Day


class AtDue(Model):
    """The day itself."""

    at: Anchor


class Counted(Model):
    """So many of exactly one unit."""

    days: Offset | None = None
    weeks: Offset | None = None
    months: Offset | None = None
    working_days: Offset | None = None

    @model_validator(mode="after")
    def _one_unit(self) -> Counted:
        if sum(n is not None for n in (self.days, self.weeks, self.months, self.working_days)) != 1:
            raise PydanticCustomError("one_unit", "exactly one unit")
        return self


class AfterDue(Counted):
    """So long after a day."""

    after: Anchor


class BeforeDue(Counted):
    """So long before a day."""

    before: Anchor


_FieldRefs = Annotated[list[FieldRef], Field(min_length=1, max_length=20)]


class EvidenceDue(Model):
    """The day that the machine's own evidence names; of several fields the one recorded last."""

    evidence: Annotated[
        Annotated[FieldRef, Tag("<one>")] | Annotated[_FieldRefs, Tag("<many>")],
        Discriminator(lambda given: "<many>" if isinstance(given, list) else "<one>"),
    ]


_DUES = ("on", "at", "after", "before", "evidence")


def _due_tag(given: Any) -> str | None:
    keys = given if isinstance(given, dict) else {name for name in _DUES if hasattr(given, name)}
    return next((f"<due {key}>" for key in _DUES if key in keys), None)


Due = Annotated[
    Annotated[OnDue, Tag("<due on>")]
    | Annotated[AtDue, Tag("<due at>")]
    | Annotated[AfterDue, Tag("<due after>")]
    | Annotated[BeforeDue, Tag("<due before>")]
    | Annotated[EvidenceDue, Tag("<due evidence>")],
    Discriminator(_due_tag),
]


class DeadlineModel(Model):
    """By when a machine must have reached one of some states."""

    id: Id
    title: Text
    reaches: Annotated[list[Id], Field(min_length=1, max_length=50)]
    due: Due
    basis: Literal["statute", "agreement", "programme"] = "programme"
    basis_note: Text | None = None
    day_off: DayOff = "none"
    ladder: Id | None = None
    source: Source = "assumed"


class RungModel(Model):
    """One warning: when, counted from the due day (negative: before), and to which roles."""

    days: Signed | None = None
    weeks: Signed | None = None
    working_days: Signed | None = None
    to: Roles
    urgent: bool = False
    every: Annotated[int, Field(ge=1, le=366)] | None = None
    times: Annotated[int, Field(ge=1, le=520)] | None = None

    @model_validator(mode="after")
    def _counted(self) -> RungModel:
        if sum(n is not None for n in (self.days, self.weeks, self.working_days)) != 1:
            raise PydanticCustomError("one_unit", "exactly one unit")
        if self.times is not None and self.every is None:
            raise PydanticCustomError("times_without_every", "times needs every")
        return self


_Rungs = Annotated[list[RungModel], Field(min_length=1, max_length=50)]


class NoDateModel(Model):
    """The warnings while no date is set."""

    from_: Annotated[Literal["pilot_start", "pilot_end"], Field(alias="from")] = "pilot_end"
    rungs: _Rungs


class LadderModel(Model):
    """The warnings of one kind of deadline."""

    rungs: Annotated[list[RungModel], Field(max_length=50)] = []
    no_date: NoDateModel | None = None

    @model_validator(mode="after")
    def _any(self) -> LadderModel:
        if not self.rungs and self.no_date is None:
            raise PydanticCustomError("empty_ladder", "no warning")
        return self


class QuietModel(Model):
    """Local hours without urgent mail."""

    from_: Annotated[Hour, Field(alias="from")]
    to: Hour


class SnoozeModel(Model):
    """How far, and how often, a person may put a reminder off."""

    days_max: Annotated[int, Field(ge=0, le=366)] = 14
    times_max: Annotated[int, Field(ge=0, le=100)] = 2


class RemindersModel(Model):
    """How a programme reminds, and what it leads to."""

    goal: StateRef | None = None
    escalation: Annotated[list[Id], Field(max_length=50)] = []
    digest_hour: Hour = 7
    quiet: QuietModel | None = None
    snooze: SnoozeModel | None = None
    slack_days: Annotated[int, Field(ge=0, le=366)] = 5
    ladders: Annotated[dict[Id, LadderModel], Field(max_length=50)] = {}
