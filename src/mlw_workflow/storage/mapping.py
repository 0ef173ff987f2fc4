"""Rows ⇄ domain values. The only place that knows how a position's steps are written down."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime
from sys import intern
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.domain.pilot import Pilot, Position, Step

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Effect

_steps = msgspec.json.Decoder(list[tuple[int, str, str, str, str, date, datetime]])
_encode = msgspec.json.Encoder().encode


def steps_text(position: Position) -> str:
    """The steps as stored: ``[[seq, trigger, from, to, effect, occurred_on, recorded_at], …]``."""
    return _encode(
        [
            (s.seq, s.trigger, s.from_state, s.to_state, s.effect, s.occurred_on, instant(s.recorded_at))
            for s in position.steps
        ]
    ).decode()


def position_of(machine: str, steps: str) -> Position:
    """A stored position: its first step left the initial state. Raises IntegrityBroken for what is none."""
    try:
        decoded = tuple(
            Step(seq, intern(trigger), intern(from_state), intern(to_state), _effect(effect), on, recorded_at)
            for seq, trigger, from_state, to_state, effect, on, recorded_at in _steps.decode(steps)
        )
        return Position(machine, decoded[0].from_state, decoded)
    except (msgspec.DecodeError, IndexError, TypeError) as problem:
        raise IntegrityBroken("position_unreadable", machine=machine) from problem


def _effect(name: str) -> Effect:
    return intern(name)  # type: ignore[return-value]


class Positions(Mapping[str, Position]):
    """The positions of a pilot's machines that have moved, each decoded when it is first asked for."""

    __slots__ = ("_decoded", "_raw")

    def __init__(self, raw: dict[str, str], decoded: dict[str, Position] | None = None) -> None:
        """``raw``: steps as stored, by machine; ``decoded`` stands before it."""
        self._raw = raw
        self._decoded = {} if decoded is None else decoded

    def __getitem__(self, machine: str) -> Position:
        found = self._decoded.get(machine)
        if found is None:
            found = self._decoded[machine] = position_of(machine, self._raw[machine])
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._raw
        yield from (machine for machine in self._decoded if machine not in self._raw)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def moved_to(self, position: Position) -> Positions:
        """The same with one machine elsewhere (or, without a step, not moved at all); this value stays as it is."""
        if position.steps:
            return Positions(self._raw, {**self._decoded, position.machine: position})
        raw, decoded = self._raw.copy(), self._decoded.copy()
        raw.pop(position.machine, None)
        decoded.pop(position.machine, None)
        return Positions(raw, decoded)


def pilot_of(row: tuple[Any, ...]) -> Pilot:
    """A pilot from a row of ``statements.PILOT``."""
    pilot_id, code, municipality, programme, definition, start, end, voivodeship = row
    return Pilot(pilot_id, code, municipality, programme, definition, day_of(start), day_of(end), voivodeship)


def day_of(value: Any) -> date:
    """A day from either database."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def day_or_none(value: Any) -> date | None:
    """A day or nothing from either database."""
    return None if value is None else day_of(value)


class DaysRead(dict[Any, Any]):
    """Days from either database by what it gave, each read once: for answers in which few days come often."""

    def __missing__(self, value: Any) -> Any:
        found = self[value] = day_or_none(value)
        return found


class Taken(dict[Any, Any]):
    """Days or instants as a database takes them, each turned once."""

    def __init__(self, turn: Callable[[Any], Any]) -> None:
        """``turn``: the driver's own way."""
        super().__init__()
        self._turn = turn

    def __missing__(self, value: Any) -> Any:
        found = self[value] = self._turn(value)
        return found


def instant_of(value: Any) -> datetime:
    """An aware instant in UTC from either database."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def instant_or_none(value: Any) -> datetime | None:
    """An instant or nothing from either database."""
    return None if value is None else instant_of(value)
