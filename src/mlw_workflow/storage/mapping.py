"""Rows ⇄ domain values. The only place that knows how a position's steps are written down."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from sys import intern
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.seal import instant
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


def position_of(machine: str, state: str, steps: str) -> Position:
    """A stored position. A machine leaves its initial state by its first step, or is in it still."""
    decoded = tuple(
        Step(seq, intern(trigger), intern(from_state), intern(to_state), _effect(effect), on, recorded_at)
        for seq, trigger, from_state, to_state, effect, on, recorded_at in _steps.decode(steps)
    )
    return Position(machine, decoded[0].from_state if decoded else state, decoded)


def _effect(name: str) -> Effect:
    return intern(name)  # type: ignore[return-value]


class Positions(Mapping[str, Position]):
    """The positions of a pilot's machines that have moved, each decoded when it is first asked for."""

    __slots__ = ("_decoded", "_raw")

    def __init__(self, raw: dict[str, tuple[str, str]], decoded: dict[str, Position] | None = None) -> None:
        """``raw``: state and steps as stored, by machine; ``decoded`` stands before it."""
        self._raw = raw
        self._decoded = {} if decoded is None else decoded

    def __getitem__(self, machine: str) -> Position:
        found = self._decoded.get(machine)
        if found is None:
            state, steps = self._raw[machine]
            found = self._decoded[machine] = position_of(machine, state, steps)
        return found

    def __iter__(self) -> Iterator[str]:
        yield from self._raw
        yield from (machine for machine in self._decoded if machine not in self._raw)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def moved_to(self, position: Position) -> Positions:
        """The same with one machine elsewhere; this value stays as it is."""
        return Positions(self._raw, {**self._decoded, position.machine: position})


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


def instant_of(value: Any) -> datetime:
    """An aware instant in UTC from either database."""
    return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


def instant_or_none(value: Any) -> datetime | None:
    """An instant or nothing from either database."""
    return None if value is None else instant_of(value)
