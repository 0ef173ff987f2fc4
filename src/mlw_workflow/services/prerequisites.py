"""Which task waits for which: the prerequisites of a pilot's steps, gathered by task, and whether each is met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain import guards

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.pilot import Standing


@dataclass(frozen=True, slots=True)
class Prerequisite:
    """A step of a task needs a state of another. A recurring report is one task: all its periods."""

    task: str
    triggers: tuple[str, ...]
    """The steps that need it."""
    needs: str
    state: str
    met: bool
    choice: bool
    """One of several that will do."""


def prerequisites(standing: Standing, today: date) -> tuple[Prerequisite, ...]:
    """Every prerequisite of the programme's tasks, in its order, as it is met on a day."""
    triggers: dict[tuple[str, str, str], dict[str, None]] = {}
    met: dict[tuple[str, str, str], bool] = {}
    choice: dict[tuple[str, str, str], bool] = {}
    for workflow in standing.programme.workflows:
        for rule in workflow.rules:
            for need in rule.needs:
                for leaf in need.leaves():
                    key = (workflow.id, leaf.machine, leaf.state)
                    triggers.setdefault(key, {})[rule.trigger] = None
                    met[key] = guards.holds(standing, standing.expand(leaf), today)
                    choice[key] = choice.get(key, False) or (bool(need.of) and need.at_least < len(need.of))
    return tuple(
        Prerequisite(task, tuple(steps), needs, state, met[task, needs, state], choice[task, needs, state])
        for (task, needs, state), steps in triggers.items()
    )
