"""What control finds in a pilot's record, what may be answered to it, and who may answer.

A finding accuses nobody: it names a place that somebody must look at, and why. It is derived anew each time it is asked
for; only the answers to it are recorded, as entries of the log.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, get_args

from mlw_workflow.domain.clock import local_day

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.domain.control import ControlRules
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Instance

Code = Literal[
    "recorded_late",
    "before_reliance",
    "suspect",
    "four_eyes",
    "accepted_unread",
    "waiver_expired",
    "deadline_missed",
    "role_outside_dates",
]
CODES: tuple[Code, ...] = get_args(Code)
Severity = Literal["minor", "major", "critical"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""From the least to the gravest."""
State = Literal["open", "explained", "closed"]
STATES: tuple[State, ...] = get_args(State)
Answer = Literal["explained", "confirmed", "closed"]
"""What an entry says of a finding. A step that is confirmed stands again, so its finding is closed."""
ANSWERS: tuple[Answer, ...] = get_args(Answer)
CONFIRMED: frozenset[Code] = frozenset({"before_reliance", "suspect", "waiver_expired"})
"""Findings that doubt whether a step still stands, so that somebody may confirm that it does."""
OF_MACHINE: frozenset[Code] = frozenset({"deadline_missed"})
"""Findings about what was not recorded: they name a machine and its deadline, and no entry."""
OF_TWO_PEOPLE: frozenset[Code] = frozenset({"four_eyes"})
"""Findings that one person did what is for two: only a person who is named can answer for being another."""
FROM_FILE = "import"
"""The actor of steps that a history file brought in."""
TEXT = "text"
"""The evidence field of an answer: why."""


@dataclass(frozen=True, slots=True)
class Place:
    """What a finding is about; answers are given to a place and a code."""

    machine: str
    seq: int = 0
    """The entry; 0 for what was not recorded."""
    rule: str = ""
    """The deadline, where one was missed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One finding. Facts, not wording: ``code`` chooses the sentence, ``facts`` fill it in."""

    code: Code
    severity: Severity
    place: Place
    since: date
    """The local day on which it could first be seen."""
    cause: int
    """The entry that brought it about; answers recorded before it do not count."""
    facts: tuple[tuple[str, str | int], ...] = ()
    state: State = "open"
    answer: Entry | None = None
    """The last answer that counts: who explained or closed it, and when."""

    @property
    def fact(self) -> dict[str, str | int]:
        """The facts by name."""
        return dict(self.facts)


Answers = dict[tuple[str, Place], list["Entry"]]
"""The answers in a log, oldest first, by code and place."""


def answers(entries: Iterable[Entry]) -> Answers:
    """The answers among a log's entries."""
    found: Answers = {}
    for entry in entries:
        if entry.kind == "finding":
            found.setdefault((str(entry.finding.get("code")), place_of(entry)), []).append(entry)
    return found


def place_of(entry: Entry) -> Place:
    """What an answer is given to."""
    seq = entry.finding.get("seq")
    return Place(entry.machine, seq if isinstance(seq, int) else 0, entry.trigger)


def settled(finding: Finding, given: Answers) -> Finding:
    """The finding with its last answer, if one was given after what brought it about."""
    later = [entry for entry in given.get((finding.code, finding.place), ()) if entry.seq > finding.cause]
    if not later:
        return finding
    state: State = "explained" if later[-1].finding.get("state") == "explained" else "closed"
    return replace(finding, state=state, answer=later[-1])


# Who may answer, and what


def looked_after(rules: ControlRules, code: Code) -> bool:
    """Whether a programme asks for findings of that code."""
    return bool(
        {
            "recorded_late": rules.recorded_within,
            "before_reliance": rules.reconfirm,
            "suspect": rules.reconfirm,
            "four_eyes": rules.two_people,
            "accepted_unread": rules.read_first,
            "waiver_expired": rules.waiver_holds,
            "deadline_missed": rules.late,
            "role_outside_dates": rules.role_held_on,
        }[code]
    )


def answered_by(rules: ControlRules, answer: Answer) -> tuple[str, ...]:
    """The roles that may give an answer."""
    return rules.explained_by if answer == "explained" else rules.closed_by


Objection = Literal[
    "finding_unknown",
    "finding_not_looked_after",
    "finding_not_confirmed",
    "finding_role",
    "finding_own",
    "finding_unnamed",
]


def objection(
    rules: ControlRules, code: str, answer: str, roles: Iterable[str], actor: str, about: str
) -> Objection | None:
    """Why an answer may not be given by ``actor``, who holds these roles; None when it may.

    ``about``: who took the step that the finding is about; empty where it is about none. Whoever a finding is about may
    explain it, but neither confirm nor close it; and a finding that one person did what is for two is for a person to
    close: nobody can tell who stands behind a role.
    """
    if code not in CODES or answer not in ANSWERS:
        return "finding_unknown"
    if not looked_after(rules, code):
        return "finding_not_looked_after"
    if answer == "confirmed" and code not in CONFIRMED:
        return "finding_not_confirmed"
    if not set(roles) & set(answered_by(rules, answer)):
        return "finding_role"
    if answer == "explained":
        return None
    named = not actor.startswith("role:") and actor != FROM_FILE
    if code in OF_TWO_PEOPLE and not named:
        return "finding_unnamed"
    return "finding_own" if named and actor == about else None


def is_place(place: Place, instances: Mapping[str, Instance], machine_of: Mapping[int, str], code: str) -> bool:
    """Whether a finding can be about a place: a step of that machine (``machine_of`` gives each step's), a deadline."""
    instance = instances.get(place.machine)
    if instance is None:
        return False
    if code in OF_MACHINE:
        return place.seq == 0 and any(rule.id == place.rule for rule in instance.workflow.deadlines)
    return not place.rule and machine_of.get(place.seq) == place.machine


def day_of(entry: Entry, timezone: str) -> date:
    """The local day on which an entry was recorded."""
    return local_day(entry.recorded_at, timezone)
