"""Who would get what on a day as things stand, and why; nothing is written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.services import no_return
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.services.planner import Planner
from mlw_workflow.services.remind import notices_of
from mlw_workflow.storage import circle, obligations, repositories
from mlw_workflow.storage.obligations import Claimed

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.obligations import Notice
    from mlw_workflow.storage.repositories import Person


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A notice that would be entered on a day, with the pilot it concerns."""

    pilot: Pilot
    notice: Notice
    person: Person | None
    """None where nobody was found."""
    recorded: Notice | None = None
    """The same notice on record already: it would not be entered again."""


def foresee(desk: Desk, day: date | None = None, pilot: Pilot | None = None) -> list[Foreseen]:
    """Who would get what on a day as things stand now, and what would be skipped and why.

    A day that was handled already shows the warnings of that very day, with what became of them.
    """
    with desk.database.read() as connection:
        pilots = [pilot] if pilot is not None else list(repositories.pilots(connection))
    desk.pilots.update({one.id: one for one in pilots})
    forecasts = _forecasts(desk, pilots, day)
    with desk.database.read() as connection:
        rows = [row for one in pilots for row in obligations.obligations(connection, one.id) if row.status == "open"]
        open_ = [
            Claimed(
                row.pilot_id, row.machine, row.rule, row.due_on, row.since_seq, row.since_on, row.revision,
                row.since_on, row.handled_until if day is None else min(row.handled_until, day - timedelta(days=1)),
            )
            for row in rows
        ]  # fmt: skip
        planner = Planner(desk, connection, desk.clock.now(), open_, day)
        planned = []
        for deadline in open_:
            site = planner.site(deadline.pilot_id)
            planned += [(deadline, line) for line in planner.lines(site, planner.outlook(site, deadline), deadline)]
        found = notices_of(connection, planner, planned)
        found += no_return.notices_of(desk, connection, forecasts, desk.clock.now(), day)
        recorded = {
            notice.key: notice
            for one in pilots
            for notice in obligations.notices(connection, one.id)
            if notice.status != "withdrawn"
        }
        shown = [notice for notice in found if _shown(notice, recorded.get(notice.key), day)]
        people = circle.people(connection, [notice.recipient for notice in shown if notice.recipient])
    return [
        Foreseen(desk.pilots[notice.pilot_id], notice, people.get(notice.recipient), recorded.get(notice.key))
        for notice in shown
    ]


def _shown(notice: Notice, recorded: Notice | None, day: date | None) -> bool:
    """What was told before would not be told again; on the day itself it is shown as told."""
    return recorded is None or (day is not None and recorded.send_on == notice.send_on)


def _forecasts(desk: Desk, pilots: list[Pilot], day: date | None) -> list[tuple[Pilot, Forecast]]:
    return [
        (pilot, forecast_of(desk, pilot, day)) for pilot in pilots if desk.programme(pilot.definition).reminders.goal
    ]
