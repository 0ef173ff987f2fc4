"""What is asked of a machine and what it answers: an attempt goes in, ``Admitted`` or ``Refused`` comes out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.definition import Effect
    from mlw_workflow.domain.pilot import Step


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: a person's id, or ``role:<role>`` for an unnamed holder, and the roles held on the day of recording."""

    id: str
    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One transition (or correction) that somebody wants to record."""

    machine: str
    trigger: str
    occurred_on: date
    """The local day on which it happened in life."""
    actor: Actor
    evidence: Mapping[str, Any] = field(default_factory=dict)
    """Plain values by field, as given; normalised by the decision."""
    known: Mapping[tuple[str, str], tuple[Any, ...]] = field(default_factory=dict)
    """Evidence recorded earlier that this attempt's fields refer to, by (machine, field); a key that is missing
    means that the values are not to be had (erased), so they are not checked."""
    seen_seq: int | None = None
    """The last step of the machine that the person had seen, 0 for none; None does not ask."""
    today: date | None = None
    """The local day of recording. None leaves the check against the future out (for questions about a day)."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One unmet condition. Facts, not wording: ``code`` chooses the sentence, the rest fills it in."""

    code: str
    machine: str = ""
    needs: str = ""
    """The prerequisite's name, ``w07.appointed``."""
    field: str = ""
    """The piece of evidence, with its place in a list: ``members``, ``members[3].function``."""
    who: tuple[str, ...] = ()
    """The roles that can clear it."""
    facts: tuple[tuple[str, str | int], ...] = ()
    """What the sentence needs beside: days (ISO), numbers, states. Never a value somebody typed."""

    @property
    def fact(self) -> dict[str, str | int]:
        """The facts by name."""
        return dict(self.facts)


@dataclass(frozen=True, slots=True)
class Reliance:
    """A prerequisite that held, and the entry that made it hold."""

    needs: str
    seq: int


@dataclass(frozen=True, slots=True)
class Admitted:
    """The attempt may be recorded, exactly so."""

    machine: str
    trigger: str
    from_state: str
    to_state: str
    effect: Effect
    role: str
    """The role in which the actor acts."""
    evidence: Mapping[str, Any]
    """Normalised: right types, defaults filled in, unknown fields impossible."""
    relies_on: tuple[Reliance, ...] = ()
    undoes: Step | None = None
    """For a correction: the step it undoes."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The attempt may not be recorded. All reasons at once, never empty."""

    machine: str
    trigger: str
    from_state: str
    to_state: str
    reasons: tuple[Reason, ...]
    role: str = ""


Decision = Admitted | Refused
