"""What a mail or a calendar is made from: plain values, every text already in the reader's language.

``services`` fills them. Nothing in them needs to be safe: whoever renders them cleans and escapes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.domain.deadline import Status
    from mlw_workflow.domain.obligation import Basis

Language = Literal["pl", "en"]


@dataclass(frozen=True, slots=True)
class Composed:
    """A mail's wording, the same content as plain text and as HTML."""

    subject: str
    text: str
    html: str
    language: Language


@dataclass(frozen=True, slots=True)
class Action:
    """Something the reader can do: a command to type, or a page to open where the office has one."""

    command: str
    url: str = ""
    """Comes before the command. Shown only if it begins with http:// or https://."""


@dataclass(frozen=True, slots=True)
class Why:
    """Why this person is told."""

    role: str
    """The title of the role that the warning goes to."""
    deputy_for: str = ""
    """The name of the absent person whose deputy the reader is."""
    in_place_of: str = ""
    """The title of the role that nobody holds, if the warning was handed on to ``role``."""


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One deadline in a mail."""

    machine: str
    """The machine's id, ``monthly/2014-04``, which commands need; empty where the reader has pages instead."""
    title: str
    """The machine's title, the period included."""
    what: str
    """The title of the deadline: what has to be done."""
    due_on: date | None
    """None: no date is set yet."""
    why: Why
    working_days: int = 0
    """Working days from today to the due day, negative once it has passed."""
    basis: Basis = "programme"
    basis_note: str = ""
    missed: int = 0
    """How many earlier warnings of this deadline were never sent because nothing ran at the time."""
    school_holiday: str = ""
    """The school holidays that the due day lies in."""
    acknowledge: Action | None = None
    snooze: Action | None = None
    moved_from: date | None = None
    """The due day that the reader was told before, where it has moved since."""


@dataclass(frozen=True, slots=True)
class LastChance:
    """A step that can hardly be put off any more if the goal is to be reached: the point of no return."""

    machine: str
    """The machine's id; empty where the reader has pages."""
    title: str
    """The machine's title."""
    step: str
    """What has to be done, as a title."""
    latest_start: date
    slack: int
    """Working days that are left to begin; 0: today at the latest; negative: so many too late."""
    goal: str
    """The title of what everything leads to."""
    goal_on: date
    because: tuple[str, ...] = ()
    """The titles of the steps that can only follow this one, in order."""
    who: tuple[str, ...] = ()
    """Who can act: names, or titles of roles."""


@dataclass(frozen=True, slots=True)
class DigestPart:
    """What a digest says of one municipality."""

    municipality: str
    lines: tuple[DigestLine, ...] = ()
    last_chances: tuple[LastChance, ...] = ()


@dataclass(frozen=True, slots=True)
class Outage:
    """Local days, both included, on which no reminders were sent."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Digest:
    """One person's mail of one day."""

    language: Language
    today: date
    recipient: str
    """The person's name."""
    parts: tuple[DigestPart, ...]
    """In the order of the mail."""
    outage: Outage | None = None
    office: str = ""
    """Who runs the program and can be asked; the mail's last line."""
    urgent: bool = False
    """Several urgent matters at once, and not the day's mail."""


@dataclass(frozen=True, slots=True)
class UrgentNotice:
    """One deadline that does not wait for the digest."""

    language: Language
    today: date
    recipient: str
    municipality: str
    line: DigestLine
    outage: Outage | None = None
    office: str = ""


@dataclass(frozen=True, slots=True)
class UndeliveredMail:
    """One mail that a person has to decide about."""

    recipient: str
    """Name or address."""
    subject: str
    state: Literal["dead", "in_doubt"]
    reason: str
    """A reason of ``transport``, such as ``recipient_refused``."""
    detail: str = ""
    """What the mail server said, in its own words."""
    attempts: int = 1
    since: datetime | None = None
    """When the mail was to go out first: an aware instant in the zone it is to be shown in."""
    resend: Action | None = None


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The dead-letter notice: mails that reached nobody, or of which nobody knows, for the operators."""

    language: Language
    today: date
    mails: tuple[UndeliveredMail, ...]
    show_all: Action | None = None
    office: str = ""


@dataclass(frozen=True, slots=True)
class CalendarEvent:
    """One deadline in a calendar."""

    key: str
    """The deadline's stable key: pilot, machine and rule."""
    title: str
    what: str
    municipality: str
    due_on: date
    """For a withdrawn deadline the day it last had."""
    changed_at: datetime
    """When the deadline last changed, aware."""
    revision: int = 0
    """Counts what became of the deadline, a move or a withdrawal: programs ignore what has not a higher number."""
    status: Status = "open"
    basis: Basis = "programme"
    basis_note: str = ""
    url: str = ""
    categories: tuple[str, ...] = ()
    alarm_days: tuple[int, ...] = ()
    """How many days before the day a calendar program is to remind; 0: that morning."""
