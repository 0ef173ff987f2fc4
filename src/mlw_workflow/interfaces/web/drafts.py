"""What somebody typed and could not hand in, kept for them alone."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.storage import accounts, repositories
from mlw_workflow.storage.accounts import DraftPlace

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit

DRAFT_MAX = 500_000
"""Characters."""


def keep_for_later(visit: Visit, person: str) -> None:
    """Keep the form of a step that came after its session had run out."""
    code, machine, step = (visit.request.path_params.get(key, "") for key in ("code", "machine", "step"))
    step = step or visit.query("step")
    body = json.dumps(dict(Typed.of(visit.form)), ensure_ascii=False)
    if not (code and machine and step) or len(body) > DRAFT_MAX:
        return
    with suppress(WorkflowError), visit.office.desk.database.work() as work:
        found = [pilot for pilot in repositories.pilots(work.connection) if pilot.code == code]
        if found:
            place = DraftPlace(person, found[0].id, machine[:100], step[:100])
            accounts.set_draft(work.connection, place, body, visit.office.desk.clock.now())
            work.commit()


def draft_of(visit: Visit, pilot: Pilot, machine: str, trigger: str) -> Typed | None:
    """What this person typed before, if it was not handed in."""
    with visit.office.desk.database.read() as connection:
        body = accounts.draft(connection, DraftPlace(visit.person.person.id, pilot.id, machine, trigger))
    return None if body is None else Typed(json.loads(body))


def forget(visit: Visit, pilot: Pilot, machine: str, trigger: str) -> None:
    """It was handed in."""
    place = DraftPlace(visit.person.person.id, pilot.id, machine, trigger)
    with visit.office.desk.database.work() as work:
        accounts.drop_draft(work.connection, place)
        work.commit()
