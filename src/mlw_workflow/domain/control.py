"""What a programme wants looked after beside its rules: the control rules of its ``audit`` section.

A rule that is not given is not looked after: what nobody asked for is never a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from mlw_workflow.domain.deadline import shifted
from mlw_workflow.domain.obligation import Unit

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar

HeldOn = Literal["recorded", "occurred"]


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time."""

    number: int
    unit: Unit

    def after(self, day: date, calendar: WorkCalendar) -> date:
        """The last day of the term that begins with ``day``."""
        return shifted(calendar, day, self.number, self.unit)


@dataclass(frozen=True, slots=True)
class ControlRules:
    """What is looked after, and who may answer what was found."""

    recorded_within: Term | None = None
    """How long after it happened a step may be recorded."""
    imported: bool = False
    """Whether that holds for steps from a history file too."""
    two_people: tuple[str, ...] = ()
    """Triggers that nobody may take who took an earlier step of the same machine."""
    read_first: tuple[str, ...] = ()
    """Triggers that nobody may take who has not read the evidence of the machine's steps before."""
    waiver_holds: Term | None = None
    """How long a waiver holds before somebody must confirm it."""
    late: tuple[str, ...] = ()
    """Kinds of machines of which a missed deadline is a finding."""
    role_held_on: tuple[HeldOn, ...] = ()
    """On which days a person must have held the role acted in."""
    reconfirm: bool = False
    """Whether steps that relied on something taken back must be confirmed."""
    explained_by: tuple[str, ...] = ()
    """Roles that may explain a finding."""
    closed_by: tuple[str, ...] = ()
    """Roles that may confirm a step that is in doubt, or close a finding."""


NO_CONTROL = ControlRules()
"""Of a programme that says nothing: nothing is looked after."""
