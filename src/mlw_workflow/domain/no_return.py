"""Before the point of no return: which step of the way to the goal is warned of, and on which days to look again.

A step is told of twice: a few working days of slack before its last moment, and when no slack is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.forecast import Forecast, Planned
    from mlw_workflow.domain.obligation import ReminderPolicy

RULE = "$slack"
"""Stands where other notices name their deadline's rule; no rule of a definition can be called so."""
NO_SLACK = "slack"
"""The rung of the last warning."""


QUIET_DAYS = 14
"""For so long whoever was warned of a task hears of its next step only at that step's last moment."""


class Said(NamedTuple):
    """A warning of a task that a person was given before."""

    rung: str
    trigger: str
    """The step it spoke of."""
    on: date


@dataclass(frozen=True, slots=True)
class Pressing:
    """The step that the goal hangs on, little or no time before its last moment."""

    step: Planned
    after: tuple[Planned, ...]
    """What comes after it on the way to the goal."""
    rung: str
    """``slack``, or ``slack-5wd`` for the warning before it."""

    @property
    def last(self) -> bool:
        """Whether nothing may slip any more."""
        return self.rung == NO_SLACK


def pressing(found: Forecast, policy: ReminderPolicy) -> Pressing | None:
    """The first step of the critical path, if it is time to warn of it: the others wait for it."""
    path = found.critical_path
    if not path or path[0].slack > policy.slack_days:
        return None
    rung = NO_SLACK if path[0].slack <= 0 else f"{NO_SLACK}-{policy.slack_days}wd"
    return Pressing(path[0], path[1:], rung)


def just_said(of: Pressing, before: Iterable[Said], today: date) -> bool:
    """Whether a warning would only repeat what the person was told of the same task lately.

    Little time for the next step is no news after little time for the one before; a step's last moment is, once.
    """
    lately = [said for said in before if (today - said.on).days < QUIET_DAYS]
    if of.last:
        return any((said.rung, said.trigger) == (NO_SLACK, of.step.trigger) for said in lately)
    return bool(lately)


def told_roles(of: Pressing, policy: ReminderPolicy) -> tuple[str, ...]:
    """Who is told: whoever may take the step, and when no slack is left everybody above them, too."""
    roles = of.step.roles
    return (*roles, *(role for role in policy.escalation if role not in roles)) if of.last else roles


def look_again(found: Forecast, policy: ReminderPolicy, calendar: WorkCalendar, today: date) -> date | None:
    """The next day on which there may be something else to warn of, if nothing is recorded; None: there is no such day.

    From one working day to the next a step loses at most one working day of slack.
    """
    if not found.critical_path or found.least is None:
        return None
    slack = found.critical_path[0].slack
    if slack <= 0:
        return None
    limit = policy.slack_days if slack > policy.slack_days else 0
    if found.least > limit:
        return calendar.working_days_from(today, found.least - limit)
    return today + timedelta(days=1)
