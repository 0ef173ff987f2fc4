"""What a step stands on: the entries it relied on, and what became of them afterwards.

A return gives states back, a correction undoes a step. Whatever relied on either is *in doubt* until somebody confirms
it, and so is what relied on that in turn. Doubt also passes along a machine: what follows a step stands on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain import ledger
from mlw_workflow.domain.pilot import Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Instance, Step


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
    needs: str = ""
    """The prerequisite that ``relied_on`` met; empty for what the step merely follows."""


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

    Once what a step relied on is gone, the step stands on whatever met that prerequisite since: the cause is the last
    time that it was taken back, and what meets it now may be in doubt itself.
    """
    steps: list[tuple[Any, Any, str]] = []
    for machine, position in positions.items():
        standing = standing_steps(position)
        steps += zip(standing, (None, *standing), [machine] * len(standing), strict=False)
    steps.sort(key=lambda item: item[0].seq)
    ground = _Grounds(positions, instances, entries, gone)
    in_doubt: dict[int, Doubt] = {}
    found: list[Doubt] = []
    for _ in steps:  # what meets a prerequisite now may come later: once more, until nothing is added
        found, before, in_doubt = [], in_doubt, {}
        for step, previous, machine in steps:
            own = ground.own(entries[step.seq], in_doubt, before)
            carried = in_doubt.get(previous.seq) if previous is not None else None
            follows = [Doubt(step.seq, carried.seq, carried.cause, carried.corrected)] if carried is not None else []
            if not (own or follows):
                continue
            doubt = max(own + follows, key=lambda one: (one.cause, bool(one.needs), one.relied_on))
            told = bool(own) or instances[machine].workflow.state[step.to_state].final
            if told:
                found.append(doubt)
            if not (told and confirmed(doubt)):
                in_doubt[step.seq] = doubt
        if in_doubt == before or not ground.ahead:
            break
    return found


class _Grounds:
    """What takes away the grounds that steps named."""

    def __init__(
        self,
        positions: Mapping[str, Position],
        instances: Mapping[str, Instance],
        entries: Mapping[int, Entry],
        gone: Mapping[int, tuple[int, bool]],
    ) -> None:
        self.positions = positions
        self.instances = instances
        self.entries = entries
        self.gone = gone
        self.ahead = False
        """Whether a step stands on a later one."""
        self._last: dict[str, tuple[int, bool] | None] = {}

    def own(self, entry: Entry, earlier: Mapping[int, Doubt], later: Mapping[int, Doubt]) -> list[Doubt]:
        """The doubts of a step about what it relied on; doubts are given for earlier and for later steps."""
        found = []
        for needs, relied in entry.relies_on.items():
            seq = relied
            if seq in self.gone:
                found.append(Doubt(entry.seq, seq, *max(self.gone[seq], self.last(needs) or (0, False)), needs))
                now = self.now(needs)
                if now is not None and now.seq != seq:
                    self.ahead = self.ahead or now.seq > entry.seq
                    seq = now.seq
            through = (earlier if seq < entry.seq else later).get(seq)
            if through is not None:
                found.append(Doubt(entry.seq, seq, through.cause, through.corrected, needs))
        return found

    def now(self, needs: str) -> Step | None:
        """The step that meets a prerequisite now."""
        machine, _, state = needs.rpartition(".")
        position = self.positions.get(machine)
        return position.reached(state, self.instances[machine].workflow) if position is not None else None

    def last(self, needs: str) -> tuple[int, bool] | None:
        """The entry by which a prerequisite was taken back last, and whether that was a correction."""
        if needs not in self._last:
            machine, _, state = needs.rpartition(".")
            instance = self.instances.get(machine)
            self._last[needs] = _last_loss(self.entries, instance, state) if instance is not None else None
        return self._last[needs]


def _last_loss(entries: Mapping[int, Entry], instance: Instance, state: str) -> tuple[int, bool] | None:
    """The last return or correction that took away the step by which a state was reached; a return that was itself
    corrected took nothing.
    """
    own = [entry for entry in entries.values() if entry.machine == instance.id]
    mistaken = {e.undoes for e in own if e.kind == "correction" and entries[e.undoes].effect == "return"}
    position = Position(instance.id, instance.workflow.initial)
    last = None
    for entry in own:
        correction = entry.kind == "correction"
        if (entry.undoes if correction else entry.seq) in mistaken or not (correction or entry.kind == "transition"):
            continue
        after = ledger.taken_back(position) if correction else ledger.advanced(position, ledger.step_of(entry))
        if correction or entry.effect == "return":
            met = position.reached(state, instance.workflow)
            if met is not None and after.reached(state, instance.workflow) != met:
                last = (entry.seq, correction)
        position = after
    return last
