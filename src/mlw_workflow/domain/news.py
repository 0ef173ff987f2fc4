"""What a person was told last of a deadline: that its day moved is news, and soon after news a warning is noise."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from mlw_workflow.domain.definition import Workflow


@dataclass(frozen=True, slots=True)
class Told:
    """A notice that went out to a person."""

    rule: str
    due_on: date | None
    """The due day of which it spoke."""
    on: date
    """The local day on which it was written."""


def moved_from(rule: str, due_on: date | None, told: Sequence[Told]) -> date | None:
    """The day that the person takes for the due day, where it is another by now; ``told`` in order."""
    before = next((one.due_on for one in reversed(told) if one.rule == rule), None)
    return before if due_on is not None and before != due_on else None


def just_told(rule: str, due_on: date | None, send_on: date, told: Sequence[Told]) -> bool:
    """Whether a warning before the due day comes so soon after news of it that it says nothing more.

    News is that the deadline's day was set or moved, or any warning of a deadline that another rule of the same machine
    sets no later for the same (``told`` holds no others). Soon is: fewer days ago than are left until the due day.
    """
    if due_on is None:
        return False
    left = due_on - send_on
    last: Told | None = None
    for one in told:
        soon = one.on < send_on and send_on - one.on < left
        if one.rule != rule:
            if soon and one.due_on is not None and send_on <= one.due_on:
                return True
            continue
        if soon and last is not None and last.due_on != due_on == one.due_on:
            return True
        last = one
    return False


def rivals(workflow: Workflow, rule: str) -> frozenset[str]:
    """The machine's other deadline rules that are met only by what meets this one too."""
    mine = next((set(one.reaches) for one in workflow.deadlines if one.id == rule), set())
    return frozenset(one.id for one in workflow.deadlines if one.id != rule and set(one.reaches) <= mine)
