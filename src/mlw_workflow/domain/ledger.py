"""What happened in a pilot, as entries; and the fold that turns entries into positions.

An entry is what is sealed: its fields become the canonical JSON whose very bytes are hashed and stored. Values that
somebody typed are not in it, only commitments to them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.decision import Reason
from mlw_workflow.domain.pilot import Position, Step

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from mlw_workflow.domain.definition import Effect

EntryKind = Literal[
    "opening",
    "transition",
    "refusal",
    "correction",
    "membership",
    "acknowledgement",
    "snooze",
    "deputy",
    "policy",
    "finding",
    "erasure",
]
"""Acknowledgement to policy say how people are reminded; finding, what was said of an audit's finding; erasure, which
values were erased. None of these moves a machine."""


@dataclass(frozen=True, slots=True)
class Membership:
    """A person's part in a pilot, from a day to a day (both included; no end: until further notice)."""

    person: str
    role: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Whether the role is held on that local day."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True, slots=True)
class Entry:
    """One sealed entry of a pilot's log, of whatever kind; what a kind does not use stays empty and is not sealed."""

    log: str
    """The pilot's id."""
    seq: int
    """1, 2, 3, … within the log, without gaps."""
    prev: str
    """The previous entry's leaf hash in hex; 64 zeros for the first."""
    kind: EntryKind
    recorded_at: datetime
    """When it was recorded: UTC, the server's clock; never earlier than the entry before."""
    actor: str
    """A person's id or ``role:<role>``; the name sits outside the seal."""
    v: int = 1
    role: str = ""
    definition: str = ""
    """Content hash of the definition under which it was decided."""
    machine: str = ""
    trigger: str = ""
    from_state: str = ""
    to_state: str = ""
    effect: str = ""
    occurred_on: date | None = None
    precision: str = ""
    """How exact the source's day is: ``month`` means an upper bound; empty means the very day."""
    source: str = ""
    """``assumed`` or ``stated`` for what a history file says of an event; empty when recorded at first hand."""
    evidence: Mapping[str, str] = field(default_factory=dict)
    """Field → salted commitment, hex."""
    relies_on: Mapping[str, int] = field(default_factory=dict)
    """Prerequisite → sequence number of the entry that met it."""
    undoes: int = 0
    """For a correction: the entry it undoes."""
    reasons: tuple[Mapping[str, object], ...] = ()
    """For a refusal: codes and places, never values."""
    pilot: Mapping[str, str] = field(default_factory=dict)
    """For an opening: code, municipality, voivodeship, programme, start, end."""
    person: str = ""
    """For a membership, with role, since and until: the person's id. For an acknowledgement or a snooze: who is not to
    be reminded of the deadline ``trigger`` of ``machine`` (with ``until``: before that day). For a deputy: who is
    absent."""
    since: date | None = None
    until: date | None = None
    deputy: str = ""
    """For a deputy, with person, since and until: the id of whoever is told instead."""
    policy: Mapping[str, object] = field(default_factory=dict)
    """For a policy: how this pilot is reminded from here on, in normal form; empty: as the programme says."""
    finding: Mapping[str, object] = field(default_factory=dict)
    """For a finding: its code, the number of the entry it is about (``seq``) and its new ``state``."""
    erased: tuple[Mapping[str, object], ...] = ()
    """For an erasure: ``seq`` and ``field`` of each value that went. Whose name went stands in ``person``."""


def fold(initial_of: Mapping[str, str], entries: Iterable[Entry]) -> dict[str, Position]:
    """The positions that a course of entries leads to, by machine; machines that took no step are left out.

    ``initial_of`` gives each machine's initial state. Raises ValueError naming the entry that does not fit the
    course before it (a machine the pilot does not have, a step from a state the machine is not in or back in time,
    an undone step that is not the last).
    """
    moved: dict[str, Position] = {}
    for entry in entries:
        if entry.kind == "transition":
            if entry.machine not in initial_of:
                raise ValueError(f"entry {entry.seq}: there is no machine {entry.machine}")
            position = moved.get(entry.machine) or Position(entry.machine, initial_of[entry.machine])
            if position.state != entry.from_state:
                raise ValueError(f"entry {entry.seq}: {entry.machine} is in {position.state}, not {entry.from_state}")
            step = step_of(entry)
            if position.last is not None and step.occurred_on < position.last.occurred_on:
                raise ValueError(f"entry {entry.seq}: {step.occurred_on} is before entry {position.last.seq}")
            moved[entry.machine] = advanced(position, step)
        elif entry.kind == "correction":
            undone = moved.get(entry.machine)
            if undone is None or undone.last is None or undone.last.seq != entry.undoes:
                raise ValueError(f"entry {entry.seq}: undoes {entry.undoes}, which is not {entry.machine}'s last step")
            moved[entry.machine] = taken_back(undone)
    return {machine: position for machine, position in moved.items() if position.steps}


def advanced(position: Position, step: Step) -> Position:
    """The position after one more step."""
    return Position(position.machine, position.initial, (*position.steps, step))


def taken_back(position: Position) -> Position:
    """The position without its last step."""
    return Position(position.machine, position.initial, position.steps[:-1])


def step_of(entry: Entry) -> Step:
    """The step that a transition entry records."""
    assert entry.occurred_on is not None
    effect: Effect = entry.effect or "advance"  # type: ignore[assignment]
    return Step(
        entry.seq, entry.trigger, entry.from_state, entry.to_state, effect, entry.occurred_on, entry.recorded_at
    )


def memberships(entries: Iterable[Entry]) -> tuple[Membership, ...]:
    """The memberships that a course of entries leads to: the last word on each (person, role, since) counts."""
    found: dict[tuple[str, str, date], Membership] = {}
    for entry in entries:
        if entry.kind == "membership":
            assert entry.since is not None
            key = (entry.person, entry.role, entry.since)
            found[key] = Membership(entry.person, entry.role, entry.since, entry.until)
    return tuple(found.values())


def roles_on(held: Iterable[Membership], person: str, day: date) -> tuple[str, ...]:
    """The roles a person holds on a local day, in the order in which they were given."""
    return tuple(dict.fromkeys(m.role for m in held if m.person == person and m.holds_on(day)))


def reasons_of(entry: Entry) -> tuple[Reason, ...]:
    """Why an attempt was refused, as the entry has it."""
    return tuple(_reason(sealed) for sealed in entry.reasons)


def _reason(sealed: Mapping[str, object]) -> Reason:
    facts = sealed.get("facts") or {}
    who = sealed.get("who") or []
    assert isinstance(facts, dict)
    assert isinstance(who, list)
    return Reason(
        str(sealed["code"]),
        str(sealed.get("machine", "")),
        str(sealed.get("needs", "")),
        str(sealed.get("field", "")),
        tuple(str(role) for role in who),
        tuple(facts.items()),
    )
