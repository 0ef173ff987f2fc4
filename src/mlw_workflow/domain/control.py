"""What a programme wants looked after beside its rules: the control rules of its ``audit`` section.

A rule that is not given is not looked after: what nobody asked for is never a finding.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mlw_workflow.domain.obligation import Unit

HeldOn = Literal["recorded", "occurred"]


@dataclass(frozen=True, slots=True)
class Term:
    """A length of time."""

    number: int
    unit: Unit


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
