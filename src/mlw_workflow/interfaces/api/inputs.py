"""What routes take: values of the address and bodies, with their bounds. Descriptions go into the OpenAPI document."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from fastapi import Path
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, JsonValue

from mlw_workflow.domain.door import bounded
from mlw_workflow.interfaces.api.paging import CURSOR_MAX, LIMIT, LIMIT_MAX

_NUMBER_MAX = 1 << 53
_DEPTH_MAX = 12
_TEXT_MAX = 20_000


def _plain_day(value: Any) -> Any:
    """Only ``2014-06-10``: no instants, no numbers that count seconds."""
    if isinstance(value, str) and len(value) == 10 and value[4:5] == value[7:8] == "-" and value.isascii():
        return value
    if isinstance(value, date) and not isinstance(value, datetime):
        return value
    raise ValueError("no day")


def _day_within(value: date) -> date:
    """Raises BadInput ``day_far``, which is no matter of form."""
    return bounded(value, "date")


def _plain_instant(value: Any) -> Any:
    if isinstance(value, str) and len(value) <= 40 and "T" in value.upper():
        return value
    raise ValueError("no instant")


def _instant_within(value: datetime) -> datetime:
    _day_within(value.date())
    return value


def _storable(value: Any, depth: int = 0) -> Any:
    """Evidence that can be kept as canonical JSON: texts of Unicode, exact numbers, not too deep."""
    match value:
        case bool() | None:
            return value
        case int() if abs(value) >= _NUMBER_MAX:
            raise ValueError("too large a number")
        case float() if value != value or abs(value) >= _NUMBER_MAX:  # noqa: PLR0124 (not a number)
            raise ValueError("no number")
        case str():
            _storable_text(value)
        case list() | dict() if depth >= _DEPTH_MAX:
            raise ValueError("too deep")
        case list():
            for item in value:
                _storable(item, depth + 1)
        case dict():
            for key, item in value.items():
                _storable_text(key)
                _storable(item, depth + 1)
        case _:
            pass
    return value


def _storable_text(value: str) -> str:
    if len(value) > _TEXT_MAX or "\x00" in value:
        raise ValueError("too long, or not text")
    value.encode()  # a lone surrogate is no character
    return value


Day = Annotated[
    date,
    BeforeValidator(_plain_day),
    AfterValidator(_day_within),
    Field(description="A day, 2014-06-10.", examples=["2014-06-10"]),
]
Instant = Annotated[
    AwareDatetime,
    BeforeValidator(_plain_instant),
    AfterValidator(_instant_within),
    Field(description="An instant with its zone.", examples=["2014-05-31T16:00:00Z"]),
]
Text = Annotated[str, AfterValidator(_storable_text)]
Code = Annotated[
    str,
    Path(description="The pilot's code.", pattern=r"^[a-z0-9][a-z0-9_-]{0,79}$", examples=["tluszcz"]),
]
Machine = Annotated[
    str,
    Path(
        description="The machine's id; the slash in the id of a recurring report may stand as it is or as %2F.",
        pattern=r"^[a-z0-9][a-z0-9_-]{0,59}(/[0-9a-z-]{1,20})?$",
        examples=["w06"],
    ),
]
Trigger = Annotated[
    str,
    Path(
        description="The step; `correct` takes the last one back.", pattern=r"^[a-z][a-z0-9_]{0,59}$", examples=["code"]
    ),
]
SEQ_MAX = (1 << 31) - 1
Seq = Annotated[int, Path(description="The entry's number.", ge=1, le=SEQ_MAX, examples=[2])]
Number = Annotated[str, Path(description="Its id.", pattern=r"^[0-9a-f]{12}$", examples=["0123456789ab"])]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$", max_length=80)]
PersonId = Annotated[
    str, Path(description="The person's id.", pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,79}$", examples=["5b1c"])
]
FindingCode = Annotated[
    str, Path(description="The finding's code.", pattern=r"^[a-z_]{1,40}$", examples=["recorded_late"])
]


class Asked(BaseModel):
    """What an address takes; what it does not know is refused."""

    model_config = ConfigDict(extra="forbid")


class Nothing(Asked):
    """An address that takes no values."""


class Paged(Asked):
    """A list page by page."""

    limit: int = Field(LIMIT, ge=1, le=LIMIT_MAX, description="Items on a page.")
    cursor: str = Field(
        "", max_length=CURSOR_MAX, description="Where the page begins, as `next` of the page before has it."
    )


class PilotsAsked(Paged):
    """Which pilots."""

    programme: Id | None = Field(None, description="Only pilots of this programme.")
    voivodeship: Annotated[str, Field(max_length=60)] | None = None
    sort: Literal["municipality", "code", "start"] = "municipality"


class Past(Asked):
    """As of when."""

    as_of: Day | None = Field(None, description="What had happened by the end of this day; by default today.")
    known_at: Instant | None = Field(None, description="What had been recorded by this instant.")


class PastPaged(Paged):
    """The same of several pilots."""

    as_of: Day | None = Field(None, description="What had happened by the end of this day; by default today.")
    known_at: Instant | None = Field(None, description="What had been recorded by this instant.")


class FindingsAsked(Paged):
    """Which findings."""

    as_of: Day | None = None
    known_at: Instant | None = None
    state: Literal["open", "explained", "closed"] | None = None
    severity: Literal["minor", "major", "critical"] | None = None


class NextAsked(Asked):
    """Which steps."""

    everything: bool = Field(False, description="Also suspending, returning, releasing and the like.")
    role: Id | None = Field(None, description="Only what this role can do.")


class Span(Asked):
    """From a day to a day, both included."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class SpanPaged(Paged):
    """The same page by page."""

    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")


class DiffAsked(Asked):
    """Between which days."""

    first: Day = Field(alias="from")
    last: Day = Field(alias="to")
    known_at: Instant | None = None
    recorded: bool = Field(False, description="Each day as it was known then.")


class EntriesAsked(Paged):
    """Which entries: by who, what, and both dates."""

    who: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="The actor: a person's id or `role:ROLE`."
    )
    kind: (
        Literal[
            "opening", "transition", "refusal", "correction", "membership", "acknowledgement", "snooze", "deputy",
            "policy", "finding", "erasure",
        ]
        | None
    ) = None  # fmt: skip
    machine: Annotated[str, Field(max_length=80)] | None = Field(None, description="A machine, or a series of them.")
    trigger: Id | None = None
    outcome: Literal["admitted", "refused"] | None = None
    occurred_from: Day | None = None
    occurred_to: Day | None = None
    recorded_from: Day | None = None
    recorded_to: Day | None = None
    order: Literal["oldest", "newest"] = "oldest"


class ExportAsked(Asked):
    """In which form, and what."""

    format: Literal["xes", "ocel-json", "ocel-sqlite", "csv", "jsonl", "oscal", "prov"] = "jsonl"
    first: Day | None = Field(None, alias="from")
    last: Day | None = Field(None, alias="to")
    refusals: bool = Field(False, description="Also what was refused.")
    corrected: bool = Field(True, description="Also steps that were taken back.")
    names: bool = Field(False, description="Name people, not only give their ids.")
    evidence: bool = Field(True, description="JSON Lines: with what was given as evidence.")
    case: Literal["machine", "pilot"] = Field("machine", description="XES: a trace for each machine, or each pilot.")


class PackAsked(Asked):
    """What stays in the office."""

    redact: list[Annotated[str, Field(max_length=80)]] = Field(
        default_factory=list, max_length=50, description="Fields whose values are left out."
    )
    files: bool = Field(False, description="Put the evidence files in as well.")


class AccessAsked(SpanPaged):
    """Whose looking."""

    person: Annotated[str, Field(max_length=80)] | None = Field(None, description="A person's id.")


class ConsistencyAsked(Asked):
    """Between which checkpoints."""

    old: int = Field(ge=1, le=1 << 53, description="The size of the earlier one.")
    new: int | None = Field(None, ge=1, le=1 << 53, description="The size of the later one; without it the last.")


class FileAsked(Asked):
    """What a file is called."""

    name: Annotated[str, Field(min_length=1, max_length=255)] = "plik"


class Body(BaseModel):
    """What is sent; what is not known is refused."""

    model_config = ConfigDict(extra="forbid")


class Step(Body):
    """A step that is taken, or tried out."""

    occurred_on: Day | None = Field(None, description="The day on which it happened; by default today.")
    evidence: Annotated[dict[str, JsonValue], AfterValidator(_storable), Field(max_length=200)] = Field(
        default_factory=dict,
        description="By field, as GET …/steps/{trigger} describes them. A file is what POST /files answered.",
        examples=[{"order_number": "12/2014"}],
    )
    seen: int | None = Field(
        None, strict=True, ge=0, le=1 << 31, description="The machine's last entry as the sender knows it."
    )


class Acknowledgement(Body):
    """That somebody knows of a deadline."""

    rule: Id | None = Field(None, description="Which deadline; by default all of the machine.")
    reason: Annotated[Text, Field(max_length=500)] = ""


class Snooze(Body):
    """That somebody wants to be reminded later."""

    until: Day
    reason: Annotated[Text, Field(min_length=1, max_length=500)]
    rule: Id | None = None


class Answer(Body):
    """What is said of a finding."""

    place: Annotated[Text, Field(max_length=80)] = Field(
        description="The entry's number; where it has none, the machine.", examples=["7"]
    )
    answer: Literal["explained", "confirmed", "closed"]
    text: Annotated[Text, Field(min_length=1, max_length=2000)]
    rule: Id | None = None


class NewDeputy(Body):
    """Who is told in somebody's place, from a day to a day."""

    deputy: Annotated[Text, Field(max_length=120)] = Field(description="The deputy's id.")
    person: Annotated[Text, Field(max_length=120)] | None = Field(
        None, description="Who is absent (an id); by default whoever asks."
    )
    since: Day | None = Field(None, description="By default today.")
    until: Day


class EndedDeputy(Body):
    """The last day of a deputy; the day before the first takes the deputy back."""

    deputy: Annotated[Text, Field(max_length=120)]
    person: Annotated[Text, Field(max_length=120)] | None = None
    since: Day
    until: Day | None = Field(None, description="By default yesterday.")


class NewMember(Body):
    """A role that is given, from a day to a day."""

    person: Annotated[Text, Field(max_length=120)] = Field(description="The person's id.")
    role: Id
    since: Day | None = Field(None, description="By default the pilot's first day.")
    until: Day | None = None


class EndedMember(Body):
    """The last day of a role."""

    person: Annotated[Text, Field(max_length=120)]
    role: Id
    until: Day | None = Field(None, description="By default today.")


class NewPerson(Body):
    """Somebody who is to be known."""

    name: Annotated[Text, Field(min_length=1, max_length=120)]
    email: Annotated[Text, Field(max_length=254)] = ""
    language: Literal["pl", "en"] = "pl"


class NewWebhook(Body):
    """An address that is to be told of events."""

    url: Annotated[str, Field(min_length=9, max_length=500, pattern="^https?://"), AfterValidator(_storable_text)] = (
        Field(examples=["https://panel.gmina.example/mlw"])
    )
    events: list[Literal["entry.recorded", "entry.refused", "deadline.due", "finding.opened", "checkpoint.made"]] = (
        Field(min_length=1, max_length=5)
    )
    pilot: Annotated[str, Field(max_length=80)] | None = Field(
        None, description="A pilot's code; by default every pilot in the person's reach."
    )


class Shown(Body):
    """Whether anybody may read a pilot's public page."""

    shown: bool = Field(strict=True)


class NoBody(Body):
    """Nothing is sent: ``{}``."""
