"""What a step stands on: the entries it relied on, and what became of them afterwards.

A return gives states back, a correction undoes a step. Whatever relied on either is *in doubt* until somebody confirms
it, and so is what relied on that in turn. Doubt also passes along a machine: what follows a step stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Instance, Position, Step


@dataclass(frozen=True, slots=True)
class Doubt:
    """Why a step is in doubt."""

    seq: int
    """The step in doubt."""
    relied_on: int
    """The entry it relied on (or follows) that is gone or in doubt itself."""
    cause: int
    """The return or the correction at the root of it."""
    corrected: bool
    """Whether that was a correction."""


def taken_back(positions: Iterable[Position], entries: Iterable[Entry]) -> dict[int, tuple[int, bool]]:
    """The steps that no longer hold, each with the entry that took it back and whether that was a correction.

    ``positions`` are those that ``entries`` lead to, so a return that was itself corrected takes nothing back.
    """
    found = {entry.undoes: (entry.seq, True) for entry in entries if entry.kind == "correction"}
    for position in positions:
        found.update((step.seq, (by.seq, False)) for step, by in _given_back(position))
    return found


def _given_back(position: Position) -> Iterator[tuple[Step, Step]]:
    """Each step whose state a return gave back, with that return; the same fold as ``Position.trail``."""
    reached: list[tuple[str, Step | None]] = [(position.initial, None)]
    waived: Step | None = None
    for step in position.steps:
        if step.effect == "advance":
            reached.append((step.to_state, step))
        elif step.effect == "waive":
            waived = step
        elif step.effect == "return":
            if waived is not None:
                yield waived, step
                waived = None
            states = [state for state, _ in reached]
            kept = states.index(step.to_state) + 1 if step.to_state in states else 1
            yield from ((gone, step) for _, gone in reached[kept:] if gone is not None)
            del reached[kept:]
            if step.to_state not in states:
                reached.append((step.to_state, step))


def standing_steps(position: Position) -> tuple[Step, ...]:
    """The steps that a machine's present trail rests on, in order; a return gives none of its own."""
    trail = position.trail()
    steps = [step for _, step in trail.reached if step is not None]
    if trail.waived_by is not None:
        steps.append(trail.waived_by)
    return tuple(steps)


def doubts(
    positions: Mapping[str, Position],
    instances: Mapping[str, Instance],
    entries: Mapping[int, Entry],
    gone: Mapping[int, tuple[int, bool]],
    confirmed: Callable[[Doubt], bool],
) -> list[Doubt]:
    """The steps whose footing is gone, in the order of recording; ``gone`` is what ``taken_back`` gives.

    Told of is each step that named what it relied on, and each by which a machine came to its end; the steps between
    only pass doubt on. One for which ``confirmed`` is true is told of and passes none on.
    """
    steps: list[tuple[Any, Any, str]] = []
    for machine, position in positions.items():
        standing = standing_steps(position)
        steps += zip(standing, (None, *standing), [machine] * len(standing), strict=False)
    in_doubt: dict[int, Doubt] = {}
    found = []
    for step, before, machine in sorted(steps, key=lambda item: item[0].seq):
        entry = entries[step.seq]
        own = [Doubt(step.seq, seq, *gone[seq]) for seq in entry.relies_on.values() if seq in gone]
        own += [_through(step.seq, in_doubt[seq]) for seq in entry.relies_on.values() if seq in in_doubt]
        carried = in_doubt.get(before.seq) if before is not None else None
        grounds = own + ([_through(step.seq, carried)] if carried is not None else [])
        if not grounds:
            continue
        doubt = max(grounds, key=lambda ground: (ground.cause, ground.relied_on))
        told = bool(own) or instances[machine].workflow.state[step.to_state].final
        if told:
            found.append(doubt)
        if not (told and confirmed(doubt)):
            in_doubt[step.seq] = doubt
    return found


def _through(seq: int, doubt: Doubt) -> Doubt:
    return Doubt(seq, doubt.seq, doubt.cause, doubt.corrected)
