"""What a definition says of deadlines and reminders, as immutable values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from mlw_workflow.domain.calendar import DayOff
from mlw_workflow.domain.texts import NO_TEXT, Text

Anchor = Literal["", "pilot_start", "pilot_end", "period_start", "period_end"]
Unit = Literal["days", "working_days", "weeks", "months"]
Basis = Literal["statute", "agreement", "programme"]


@dataclass(frozen=True, slots=True)
class Due:
    """When a deadline falls: one starting day, and an offset from it (negative: before)."""

    day: date | None = None
    """A fixed local day."""
    anchor: Anchor = ""
    reached: str = ""
    """The day on which a machine reached a state, ``w07.appointed``."""
    evidence: tuple[str, ...] = ()
    """The day that the machine's own evidence names, ``announce.date`` (trigger, field); of several the one recorded
    last."""
    offset: int = 0
    unit: Unit = "days"


@dataclass(frozen=True, slots=True)
class DeadlineRule:
    """An obligation of a machine: by when it must have reached one of some states."""

    id: str
    title: Text
    reaches: tuple[str, ...]
    """Any of these states satisfies it."""
    due: Due
    basis: Basis = "programme"
    basis_note: Text = NO_TEXT
    """Which act, agreement or page of the programme."""
    day_off: DayOff = "none"
    ladder: str = ""
    """Which of the policy's ladders warns of it; empty: nobody is warned."""
    source: Literal["stated", "assumed"] = "assumed"


@dataclass(frozen=True, slots=True)
class Rung:
    """One warning of a ladder: when, counted from the due day, and to whom."""

    id: str
    """Stable within its ladder: ``-5wd``, ``0``, ``+3wd``; repeats add ``#2``, ``#3``, …"""
    offset: int
    unit: Unit
    to: tuple[str, ...]
    """Roles."""
    urgent: bool = False
    """Goes at once instead of with the day's digest."""
    every: int = 0
    """Repeat every so many units after the first; 0: once."""
    until: int = 0
    """How often it is repeated at most; 0 with ``every``: until the deadline is met or withdrawn."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """The warnings of one kind of deadline, from the first to the last."""

    id: str
    rungs: tuple[Rung, ...]
    no_date: tuple[Rung, ...] = ()
    """The warnings while no date is set; counted from ``no_date_from``."""
    no_date_from: Anchor = "pilot_end"


@dataclass(frozen=True, slots=True)
class ReminderPolicy:
    """How a programme reminds. Hours are local, quiet from ``quiet_from`` to ``quiet_to`` of the next day."""

    ladders: tuple[Ladder, ...] = ()
    escalation: tuple[str, ...] = ()
    """Roles in the order in which a rung that nobody holds is handed on."""
    digest_hour: int = 7
    quiet_from: int = 20
    quiet_to: int = 7
    snooze_days_max: int = 14
    snoozes_max: int = 2
    goal: str = ""
    """The state everything leads to, ``conference.held``: the critical path is drawn to it."""
    slack_days: int = 5
    """How many working days of slack before the point of no return those who can act are told of it."""


NO_POLICY = ReminderPolicy()
"""Of a programme that says nothing: nobody is reminded of anything."""
