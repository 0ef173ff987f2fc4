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
class Warning:
    """One warning that a ladder plans for a deadline."""

    rung: str
    send_on: date
    to: tuple[str, ...]
    urgent: bool


def warnings(ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, until: date) -> list[Warning]:
    """Every warning of a deadline up to and including ``until``, earliest first; of one day the later rung last."""
    if due_on is None:
        base, rungs = (pilot.start if ladder.no_date_from == "pilot_start" else pilot.end), ladder.no_date
    else:
        base, rungs = due_on, ladder.rungs
    found = [w for rung in rungs for w in _of_rung(rung, base, calendar, until)]
    return sorted(found, key=lambda warning: warning.send_on)


def next_warning(
    ladder: Ladder, pilot: Pilot, due_on: date | None, calendar: WorkCalendar, after: date, horizon: date
) -> Warning | None:
    """The first warning after a local day, looking no farther than ``horizon``."""
    return next((w for w in warnings(ladder, pilot, due_on, calendar, horizon) if w.send_on > after), None)


def _of_rung(rung: Rung, base: date, calendar: WorkCalendar, until: date) -> Iterator[Warning]:
    times = 1 if not rung.every else (rung.until or REPEATS_MAX)
    for number in range(times):
        send_on = shifted(calendar, base, rung.offset + number * rung.every, rung.unit)
        if send_on > until:
            return
        yield Warning(rung.id if number == 0 else f"{rung.id}#{number + 1}", send_on, rung.to, rung.urgent)
