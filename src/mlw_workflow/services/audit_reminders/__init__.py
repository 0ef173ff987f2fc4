"""Were people reminded as they should have been? A second reading, from the ledger and the pinned definition alone.

It knows nothing of how reminders are planned. It walks through a pilot's log, sees which deadlines stood open from when
to when and who was to be told on each warning's day, and compares that with the notices and mails there are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.read import decode
from mlw_workflow.services.audit_reminders.addresses import addresses
from mlw_workflow.services.audit_reminders.course import Course
from mlw_workflow.services.audit_reminders.finding import Finding, RemindersAudited
from mlw_workflow.services.audit_reminders.judge import Judge
from mlw_workflow.storage import obligations, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk

__all__ = ["Finding", "RemindersAudited", "audit_reminders"]


def audit_reminders(desk: Desk, first: date, last: date, pilots: Iterable[Pilot] | None = None) -> RemindersAudited:
    """Every reminder that was due between two local days (both included) and had time to go out until now."""
    found = RemindersAudited()
    with desk.database.read() as connection:
        reachable = addresses(connection)
        chosen = list(pilots) if pilots is not None else list(repositories.pilots(connection))
    for pilot in chosen:
        with desk.database.read() as connection:
            entries = [decode(body) for _, _, body in repositories.entries(connection, pilot.id)]
            values: dict[tuple[int, str], Any] = {
                (stored.seq, stored.field): msgspec.json.decode(stored.value)
                for stored in repositories.evidence_of(connection, pilot.id)
                if stored.value is not None
            }
            notices = obligations.notices(connection, pilot.id)
        course = Course(desk.programme(pilot.definition), desk.calendar(pilot.voivodeship), entries, values)
        Judge(course, notices, reachable, desk.clock.now(), first, last, found).run()
    return found
