"""What is different between two looks at a pilot, and which entries made it so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence
    from datetime import date

    from mlw_workflow.domain.compliance import Compliance, Judged
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.ledger import Entry

Value = TypeVar("Value")
MOVES = frozenset({"transition", "correction"})
"""The kinds of entries that move a machine: what was refused, or said of a finding or a reminder, changed no state."""


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline as it stands on a day."""

    due_on: date | None
    status: str
    """``open``, ``late``, ``done``, ``withdrawn``."""


@dataclass(frozen=True, slots=True)
class Look:
    """A pilot as somebody sees it who looks on a day."""

    states: Mapping[str, str]
    compliance: Compliance
    deadlines: Mapping[tuple[str, str], Due]
    """By machine and rule."""
    findings: Sequence[Finding]


@dataclass(frozen=True, slots=True)
class Changed(Generic[Value]):
    """Something that is not as it was; None: it is on one side only."""

    machine: str
    what: str
    """Which deadline, or which finding; empty for a machine's state and verdict."""
    before: Value | None
    after: Value | None
    entries: tuple[int, ...]
    """The entries that made it so; none: nothing but time did."""


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that is not as it was."""

    states: tuple[Changed[str], ...]
    verdicts: tuple[Changed[Judged], ...]
    deadlines: tuple[Changed[Due], ...]
    findings: tuple[Changed[Finding], ...]
    entries: tuple[Entry, ...]
    """What lies between the two looks, in the order of recording."""


def difference(before: Look, after: Look, between: Sequence[Entry]) -> Difference:
    """Compare two looks at one pilot; ``between`` are the entries that the second knows and the first does not."""
    seqs = {entry.seq for entry in between}
    of_machine: dict[str, list[int]] = {}
    for entry in between:
        if entry.machine and entry.kind in MOVES:
            of_machine.setdefault(entry.machine, []).append(entry.seq)

    def of(*machines: str) -> tuple[int, ...]:
        return tuple(sorted({seq for machine in machines for seq in of_machine.get(machine, ())}))

    def judged(key: str, one: Judged | None, other: Judged | None) -> Changed[Judged]:
        hangs = {ground.machine for side in (one, other) if side for ground in side.grounds if ground.machine}
        return Changed(key, "", one, other, of(key, *hangs))

    def found(key: tuple[str, str, int, str], one: Finding | None, other: Finding | None) -> Changed[Finding]:
        sides = [side for side in (one, other) if side is not None]
        named = {key[2], *(side.cause for side in sides), *(side.answer.seq for side in sides if side.answer)} & seqs
        return Changed(key[1], key[0], one, other, tuple(sorted(named)) if named or not key[3] else of(key[1]))

    return Difference(
        tuple(_pairs(before.states, after.states, lambda k, a, b: Changed(k, "", a, b, of(k)), lambda state: state)),
        tuple(_pairs(_by_machine(before), _by_machine(after), judged, lambda side: (side.verdict, side.until))),
        tuple(
            _pairs(
                before.deadlines, after.deadlines, lambda k, a, b: Changed(k[0], k[1], a, b, of(k[0])), lambda due: due
            )
        ),
        tuple(_pairs(_by_place(before), _by_place(after), found, lambda side: (side.state, side.severity, side.cause))),
        tuple(between),
    )


Key = TypeVar("Key", bound="Hashable")
Made = TypeVar("Made")


def _pairs(
    before: Mapping[Key, Value],
    after: Mapping[Key, Value],
    make: Callable[[Key, Value | None, Value | None], Made],
    compared: Callable[[Value], object],
) -> list[Made]:
    """One for each key whose sides are not the same, in the order of the second side."""
    found = []
    for key in dict.fromkeys([*after, *before]):
        one, other = before.get(key), after.get(key)
        if one is None or other is None or compared(one) != compared(other):
            found.append(make(key, one, other))
    return found


def _by_machine(look: Look) -> dict[str, Judged]:
    return {judged.machine: judged for judged in look.compliance.machines}


def _by_place(look: Look) -> dict[tuple[str, str, int, str], Finding]:
    return {(f.code, f.place.machine, f.place.seq, f.place.rule): f for f in look.findings}
