"""When which warning of a ladder is due."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.deadline import shifted

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.obligation import Ladder, Rung
    from mlw_workflow.domain.pilot import Pilot

REPEATS_MAX = 520
"""Ten years of weekly warnings: nobody reads the next one either."""


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001 - what a ladder plans is called a warning
    """One warning that a ladder plans for a deadline."""

    rung: str
    send_on: date
    to: tuple[str, ...]
    urgent: bool


def warnings(ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, until: date) -> list[Warning]:
    """Every warning of a deadline up to and including ``until``, earliest first; of one day the later rung last."""
    base, rungs = _counted_from(ladder, pilot, due_on)
    found = [w for rung in rungs for w in _of_rung(rung, base, calendar, until)]
    return sorted(found, key=lambda warning: warning.send_on)


def next_warning(
    ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, after: date, horizon: date
) -> Warning | None:
    """The first warning after a local day, looking no farther than ``horizon``."""
    return next((w for w in warnings(ladder, pilot, due_on, calendar, horizon) if w.send_on > after), None)


def first_day_after(
    ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, day: date
) -> date | None:
    """The day of the first warning after a local day, however far; None when the ladder has come to its end."""
    base, rungs = _counted_from(ladder, pilot, due_on)
    found = (_first_of_rung(rung, base, calendar, day) for rung in rungs)
    return min((send_on for send_on in found if send_on is not None), default=None)


def _first_of_rung(rung: Rung, base: date, calendar: WorkCalendar, day: date) -> date | None:
    number = 0
    times = _times(rung)
    if rung.every and rung.unit in ("days", "weeks"):
        step = rung.every * (7 if rung.unit == "weeks" else 1)
        gone = (day - shifted(calendar, base, rung.offset, rung.unit)).days
        number = max(0, gone // step + 1)
    while number < times:
        send_on = shifted(calendar, base, rung.offset + number * rung.every, rung.unit)
        if send_on > day:
            return send_on
        number += 1
    return None


def _counted_from(ladder: Ladder, pilot: Pilot, due_on: date | None) -> tuple[date, tuple[Rung, ...]]:
    if due_on is not None:
        return due_on, ladder.rungs
    return (pilot.start if ladder.no_date_from == "pilot_start" else pilot.end), ladder.no_date


def _times(rung: Rung) -> int:
    return (rung.until or REPEATS_MAX) if rung.every else 1


def _of_rung(rung: Rung, base: date, calendar: WorkCalendar, until: date) -> Iterator[Warning]:
    for number in range(_times(rung)):
        send_on = shifted(calendar, base, rung.offset + number * rung.every, rung.unit)
        if send_on > until:
            return
        yield Warning(rung.id if number == 0 else f"{rung.id}#{number + 1}", send_on, rung.to, rung.urgent)
