"""The vocabulary of definitions as pydantic models: what may be written in programme.yaml and in a machine's file.

Only the shape is stated here. Whether a name means anything is asked in ``references``, what a definition leads to in
``machine_checks`` and ``proofs``. Every problem becomes one finding; unknown keys are problems.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag, model_validator
from pydantic_core import PydanticCustomError

from mlw_workflow.definitions.schema_audit import AuditModel
from mlw_workflow.definitions.schema_reminders import DeadlineModel, RemindersModel
from mlw_workflow.definitions.vocabulary import (
    SHORT,
    Count,
    Day,
    Id,
    Model,
    OptionId,
    Positive,
    ProgrammeId,
    Roles,
    Rrule,
    Source,
    StateRef,
    Text,
)

FromSelector = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*|\$done|\$working|\$initial)$")]
ToSelector = Annotated[str, StringConstraints(pattern=r"^([a-z][a-z0-9_]*|\$returns_to|\$left|\$initial)$")]
Effect = Literal["advance", "return", "suspend", "resume", "waive"]
Side = Literal["before", "after"]


class MinEach(Model):
    """At least so many rows for each option of a choice column."""

    field: Id
    at_least: Positive = 1


class Among(Model):
    """Options that another machine's evidence recorded earlier."""

    machine: Id
    field: Id
    subfield: Id | None = None


class Evidence(Model):
    """What every kind of evidence field has."""

    title: Text
    help: Text | None = None
    required: bool = True
    public: bool = False


class TextField(Evidence):
    """Some text; min and max count characters."""

    type: Literal["text"]
    min: Count | None = None
    max: Positive | None = None


class DateField(Evidence):
    """A day."""

    type: Literal["date"]
    default: Literal["occurred_on"] | None = None


class NumberField(Evidence):
    """A number between min and max."""

    type: Literal["number"]
    min: float | None = None
    max: float | None = None
    integer: bool = False


class ChoiceField(Evidence):
    """One of several options, or with `many` at least `min` of them."""

    type: Literal["choice"]
    options: (
        Annotated[
            Annotated[Id, Tag("<name>")]
            | Annotated[Annotated[dict[OptionId, Text], Field(min_length=1, max_length=500)], Tag("<options>")],
            Discriminator(lambda given: "<options>" if isinstance(given, dict) else "<name>"),
        ]
        | None
    ) = None
    many: bool = False
    min: Positive | None = None
    among: Among | None = None

    @model_validator(mode="after")
    def _one_origin(self) -> ChoiceField:
        if (self.options is None) == (self.among is None):
            raise PydanticCustomError("options_or_among", "give either options or among")
        if self.min is not None and not self.many:
            raise PydanticCustomError("min_without_many", "min needs many")
        return self


class RecordsField(Evidence):
    """A table: min to max rows with the given columns."""

    type: Literal["records"]
    fields: Annotated[dict[Id, EvidenceField], Field(min_length=1, max_length=50)]
    min: Count | None = None
    max: Positive | None = None
    min_each: MinEach | None = None
    collects: Id | None = None


class FileField(Evidence):
    """A reference to a file: its name and SHA-256."""

    type: Literal["file"]


def _field_tag(given: Any) -> str | None:
    kind = given.get("type") if isinstance(given, dict) else getattr(given, "type", None)
    return f"<{kind}>" if isinstance(kind, str) else None


EvidenceField = Annotated[
    Annotated[TextField, Tag("<text>")]
    | Annotated[DateField, Tag("<date>")]
    | Annotated[NumberField, Tag("<number>")]
    | Annotated[ChoiceField, Tag("<choice>")]
    | Annotated[RecordsField, Tag("<records>")]
    | Annotated[FileField, Tag("<file>")],
    Discriminator(_field_tag),
]
EvidenceFields = Annotated[dict[Id, EvidenceField], Field(max_length=50)]


class AllNeed(Model):
    """All of several needs."""

    all: Annotated[list[Need], Field(min_length=1, max_length=200)]


class AnyNeed(Model):
    """One of several needs."""

    any: Annotated[list[Need], Field(min_length=1, max_length=200)]


class SomeNeed(Model):
    """So many of several needs."""

    at_least: Positive
    of: Annotated[list[Need], Field(min_length=1, max_length=200)]


class EveryNeed(Model):
    """All machines of a series, or at least so many of them."""

    every: StateRef
    at_least: Positive | None = None


def _need_tag(given: Any) -> str | None:
    if isinstance(given, str):
        return "<state>"
    for key in ("all", "any", "every", "of"):
        if (key in given) if isinstance(given, dict) else hasattr(given, key):
            return f"<{key}>"
    return "<of>" if isinstance(given, dict) and "at_least" in given else None


Need = Annotated[
    Annotated[StateRef, Tag("<state>")]
    | Annotated[AllNeed, Tag("<all>")]
    | Annotated[AnyNeed, Tag("<any>")]
    | Annotated[EveryNeed, Tag("<every>")]
    | Annotated[SomeNeed, Tag("<of>")],
    Discriminator(_need_tag),
]


class StateModel(Model):
    """One state. A state with no class is a working state."""

    title: Text
    help: Text | None = None
    initial: bool = False
    done: bool = False
    final: bool = False
    suspended: bool = False
    returns_to: Id | None = None

    @model_validator(mode="after")
    def _classes(self) -> StateModel:
        if self.initial + self.suspended + (self.done or self.final) > 1:
            raise PydanticCustomError("state_classes", "classes exclude each other")
        if self.returns_to is not None and not self.done:
            raise PydanticCustomError("returns_to_without_done", "returns_to needs done")
        return self


_FromList = Annotated[list[FromSelector], Field(min_length=1, max_length=200)]


class TransitionModel(Model):
    """One transition: who may take it, when, and on what evidence."""

    trigger: Id
    title: Text
    help: Text | None = None
    from_: Annotated[
        Annotated[FromSelector, Tag("<one>")] | Annotated[_FromList, Tag("<many>")],
        Discriminator(lambda given: "<many>" if isinstance(given, list) else "<one>"),
        Field(alias="from"),
    ]
    to: ToSelector
    effect: Effect = "advance"
    by: Roles
    needs: Annotated[list[Need], Field(max_length=200)] = []
    evidence: EvidenceFields = {}
    outside_span: Annotated[list[Side], Field(min_length=1, max_length=2)] | None = None
    not_before: Literal["period_start", "period_end"] | None = None
    corrected_by: Roles | None = None
    takes: Annotated[int, Field(ge=0, le=1_000)] = 0
    exceptional: bool = False
    source: Source = "assumed"


class SeriesModel(Model):
    """A recurring machine: one for each period of so many months, or for each day of a rule (RFC 5545)."""

    months: Annotated[int, Field(ge=1, le=120)] | None = None
    rrule: Rrule | None = None
    starts: Day | None = None
    key: Literal["month", "number", "day"] | None = None
    whole: bool = False

    @model_validator(mode="after")
    def _one_way(self) -> SeriesModel:
        if (self.months is None) == (self.rrule is None):
            raise PydanticCustomError("months_or_rrule", "either months or rrule")
        if self.rrule is None and (self.starts is not None or self.key == "day"):
            raise PydanticCustomError("series_misfit", "starts and key: day without rrule")
        if self.rrule is not None and (self.whole or self.key == "month"):
            raise PydanticCustomError("series_misfit", "whole or key: month with rrule")
        return self


class CorrectModel(Model):
    """Who may undo a mistake in recording."""

    by: Roles
    evidence: EvidenceFields = {}
    source: Source = "assumed"


class Machine(Model):
    """A machine's file."""

    id: Id
    kind: Id
    title: Text
    help: Text | None = None
    source: Source = "assumed"
    states: Annotated[dict[Id, StateModel], Field(max_length=200)] = {}
    transitions: Annotated[list[TransitionModel], Field(max_length=500)] = []
    series: SeriesModel | None = None
    deadlines: Annotated[list[DeadlineModel], Field(max_length=50)] = []
    correct: CorrectModel | None = None


class KindModel(Model):
    """A family of machines, with the states and transitions all of them have."""

    title: Text
    plural: Text | None = None
    states: Annotated[dict[Id, StateModel], Field(max_length=200)] = {}
    transitions: Annotated[list[TransitionModel], Field(max_length=500)] = []
    correct: CorrectModel | None = None


class RoleModel(Model):
    """A part that people play."""

    title: Text
    help: Text | None = None
    scope: Literal["pilot", "programme"] = "pilot"
    acts: bool = True
    publishes: bool = False


class Span(Model):
    """The days of a pilot that does not say otherwise, both included."""

    start: Day
    end: Day

    @model_validator(mode="after")
    def _forward(self) -> Span:
        if self.start > self.end:
            raise PydanticCustomError("span_backwards", "the span ends before it starts")
        return self


class HistoryStepModel(Model):
    """One transition drawn from an item of a history section."""

    machine: Id
    trigger: Id
    on: Annotated[str, StringConstraints(min_length=1, max_length=SHORT)]
    evidence: dict[Id, Annotated[str, StringConstraints(min_length=1, max_length=SHORT)]] = {}


class ProgrammeModel(Model):
    """programme.yaml."""

    id: ProgrammeId
    title: Text
    help: Text | None = None
    source: Source = "assumed"
    span: Span | None = None
    timezone: Annotated[str, StringConstraints(min_length=1, max_length=SHORT)] = "Europe/Warsaw"
    roles: Annotated[dict[Id, RoleModel], Field(min_length=1, max_length=100)]
    vocabularies: dict[Id, Annotated[dict[OptionId, Text], Field(min_length=1, max_length=500)]] = {}
    kinds: Annotated[dict[Id, KindModel], Field(min_length=1, max_length=50)]
    machines: Annotated[list[Id], Field(min_length=1, max_length=300)]
    history: dict[Id, Annotated[list[HistoryStepModel], Field(min_length=1, max_length=100)]] = {}
    reminders: RemindersModel | None = None
    audit: AuditModel | None = None


# Models that refer to each other, or to themselves, are complete only now.
for _model in (RecordsField, AllNeed, AnyNeed, SomeNeed, TransitionModel, CorrectModel, Machine, KindModel):
    _model.model_rebuild()
