"""What somebody typed and did not hand in (because they kept it, or could not), for them alone."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.security import FORM_MAX
from mlw_workflow.storage import accounts, repositories
from mlw_workflow.storage.accounts import DraftPlace

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit


def keep_for_later(visit: Visit, person: str) -> None:
    """Keep the form of a step that came after its session had run out."""
    code, machine, step = (visit.request.path_params.get(key, "") for key in ("code", "machine", "step"))
    step = step or visit.query("step")
    body = _body(Typed.of(visit.form))
    if not (code and machine and step) or len(body) > 2 * FORM_MAX:
        return
    with suppress(WorkflowError), visit.office.desk.database.work() as work:
        found = [pilot for pilot in repositories.pilots(work.connection) if pilot.code == code]
        if found:
            place = DraftPlace(person, found[0].id, machine[:100], step[:100])
            accounts.set_draft(work.connection, place, body, visit.office.desk.clock.now())
            work.commit()


def keep(visit: Visit, pilot: Pilot, machine: str, trigger: str, typed: Typed) -> None:
    """Keep a form as it is; there is one draft for each step of a task. Raises StorageUnavailable."""
    place = DraftPlace(visit.person.person.id, pilot.id, machine, trigger)
    with visit.office.desk.database.work() as work:
        accounts.set_draft(work.connection, place, _body(typed), visit.office.desk.clock.now())
        work.commit()


def _body(typed: Typed) -> str:
    return json.dumps(dict(typed), ensure_ascii=False)


def draft_of(visit: Visit, pilot: Pilot, machine: str, trigger: str) -> Typed | None:
    """What this person typed before, if it was not handed in."""
    with visit.office.desk.database.read() as connection:
        body = accounts.draft(connection, DraftPlace(visit.person.person.id, pilot.id, machine, trigger))
    return None if body is None else Typed(json.loads(body))


def drafts_of(visit: Visit) -> list[tuple[DraftPlace, datetime]]:
    """All that this person has not handed in, the newest first."""
    with visit.office.desk.database.read() as connection:
        return accounts.drafts_of(connection, visit.person.person.id)


def forget(visit: Visit, pilot: Pilot, machine: str, trigger: str) -> None:
    """It was handed in, or is not wanted any more."""
    place = DraftPlace(visit.person.person.id, pilot.id, machine, trigger)
    with visit.office.desk.database.work() as work:
        accounts.drop_draft(work.connection, place)
        work.commit()
