"""What a step changes beside its own task, told before it is taken and after: what it takes back, what rests on that,
what it frees.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from mlw_workflow.domain.guards import losing_their_footing
from mlw_workflow.domain.ledger import advanced
from mlw_workflow.domain.outlook import blocked
from mlw_workflow.domain.pilot import Position, Step

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.domain.definition import Effect, Rule
    from mlw_workflow.domain.pilot import Standing

Freed = tuple[tuple[str, str], ...]
"""(machine, trigger) of steps that nothing keeps any more."""
TOLD: tuple[Effect, ...] = ("return", "suspend", "waive", "correct")
"""The steps whose consequences are told beforehand; those of ordinary steps stand on the board."""


@dataclass(frozen=True, slots=True)
class Resting:
    """A step of another task that rests on what would be taken back."""

    machine: str
    trigger: str
    occurred_on: date


@dataclass(frozen=True, slots=True)
class Consequences:
    """What would follow from a step."""

    effect: Effect
    to_state: str
    """Where the task goes."""
    takes_back: tuple[Step, ...] = ()
    """The steps of this task that would no longer count, oldest first."""
    in_doubt: tuple[Resting, ...] = ()
    """What would have to be looked at anew; of a correction: what has to be corrected first."""
    frees: Freed = ()


def consequences(
    standing: Standing, machine: str, rule: Rule | None, today: date, now: datetime
) -> Consequences | None:
    """What a step that leaves the present state (``rule``; None: a correction) would bring about.

    None for an ordinary step, and for a correction of a task that has not moved.
    """
    position = standing.position(machine)
    effect: Effect = "correct" if rule is None else rule.effect
    if effect not in TOLD or (rule is None and not position.steps):
        return None
    if rule is None:
        kept = position.steps[:-1]
    elif effect == "return":
        kept = _kept_by_return(position, rule.to_state)
    else:
        kept = position.steps
    before = Position(machine, position.initial, kept)
    without = standing.with_position(before)
    found = Consequences(
        effect,
        before.state if rule is None else rule.to_state,
        position.steps[len(kept) :],
        tuple(
            Resting(other, step.trigger, step.occurred_on)
            for other, step, _ in losing_their_footing(standing, without, machine)
        ),
    )
    if effect != "waive" or rule is None:
        return found
    step = Step(2**62, rule.trigger, rule.from_state, rule.to_state, rule.effect, today, now)
    return replace(found, frees=freed(standing, standing.with_position(advanced(position, step)), machine, today))


def _kept_by_return(position: Position, to_state: str) -> tuple[Step, ...]:
    """The steps up to the one that reached the state a return goes back to; none for the initial state."""
    steps = position.steps
    reached = [number for number, step in enumerate(steps) if step.to_state == to_state and step.effect == "advance"]
    return steps[: reached[-1] + 1] if reached else ()


def freed(before: Standing, after: Standing, machine: str, today: date) -> Freed:
    """The steps of other tasks that something kept before and nothing keeps after."""
    return tuple(
        (other, item.trigger)
        for other in before.instances
        if other != machine
        for item in blocked(before, other, today)
        if all(still.trigger != item.trigger for still in blocked(after, other, today))
    )


def freed_by_last(standing: Standing, machine: str, today: date) -> Freed:
    """What the last step of a task has freed."""
    position = standing.position(machine)
    before = Position(machine, position.initial, position.steps[:-1])
    return freed(standing.with_position(before), standing, machine, today) if position.steps else ()
