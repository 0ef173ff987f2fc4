"""A pilot's point of no return: its critical path, the slack of what is open, and what cannot wait any more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.forecast import Forecast, forecast
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services.deadlines import evidence_reader

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.deadline import Deadline
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork


def forecast_of(desk: Desk, pilot: Pilot, today: date | None = None) -> Forecast:
    """How the pilot stands towards its programme's goal, planned from a local day on."""
    programme = desk.programme(pilot.definition)
    with desk.database.transition(pilot.id, readonly=True) as work:
        return forecast_within(desk, work, pilot, today or desk.today(programme))


def forecast_within(desk: Desk, work: PilotWork, pilot: Pilot, today: date) -> Forecast:
    """The same inside a transaction."""
    programme = desk.programme(pilot.definition)
    standing = Standing(pilot, programme, work.moved)
    calendar = desk.calendar(pilot.voivodeship)
    bounds = finish_by(deadlines(standing, calendar, evidence_reader(work)))
    return forecast(standing, calendar, today, programme.reminders.goal, bounds)


def finish_by(found: Iterable[Deadline]) -> dict[tuple[str, str], date]:
    """The days of the open deadlines by (machine, state): the first of the states that satisfy each."""
    bounds: dict[tuple[str, str], date] = {}
    for deadline in found:
        if deadline.status == "open" and deadline.due_on is not None and deadline.rule.reaches:
            key = (deadline.machine, deadline.rule.reaches[0])
            bounds[key] = min(bounds.get(key, deadline.due_on), deadline.due_on)
    return bounds
