"""What somebody typed and did not hand in (because they kept it, or could not), for them alone."""

from __future__ import annotations

import json
from contextlib import suppress
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, unquote

from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.services.task import asked
from mlw_workflow.services.viewer import viewer_of
from mlw_workflow.storage import accounts
from mlw_workflow.storage.accounts import DraftPlace

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.held import Held
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.storage.accounts import Account


def keep_for_later(visit: Visit, account: Account, held: Held) -> bool:
    """Keep the form of a step, which came when nobody was logged in, for whoever it belongs to.

    Whether it was kept: only for a step of a task that there is, in a municipality of theirs, and not in the place of
    another draft that the form was not made from.
    """
    path, _, query = held.to.partition("?")
    begin, kind, code, machine = (unquote(part) for part in (*path.split("/", 3), "", "", "", "")[:4])
    step = dict(parse_qsl(query)).get("step", "")
    if (begin, kind) != ("", "pilots"):
        return False
    desk = visit.office.desk
    with suppress(WorkflowError):
        viewer = viewer_of(desk, account)
        pilot = viewer.pilot(code)
        wanted = asked(desk, pilot, machine, step, viewer.roles(pilot))
        if wanted.mine:
            place = DraftPlace(account.person.id, pilot.id, wanted.machine, wanted.trigger)
            return _keep(visit, place, held.typed, dict(held.fields).get("draft", "")) is None
    return False


def keep(visit: Visit, pilot: Pilot, machine: str, trigger: str, typed: Typed, made_from: str) -> Typed | None:
    """Keep a form as it is; there is one draft for each step of a task. Raises StorageUnavailable.

    ``made_from``: the mark of the draft that the form was made from (``mark_of``). If there is another one by now,
    nothing is kept, and that one is returned.
    """
    return _keep(visit, DraftPlace(visit.person.person.id, pilot.id, machine, trigger), typed, made_from)


def _keep(visit: Visit, place: DraftPlace, typed: Typed, made_from: str) -> Typed | None:
    with visit.office.desk.database.work() as work:
        body = accounts.draft(work.connection, place)
        stored = None if body is None else Typed(json.loads(body))
        if stored is not None and mark_of(stored) not in (made_from, mark_of(typed)):
            return stored
        body = json.dumps(dict(typed), ensure_ascii=False)
        accounts.set_draft(work.connection, place, body, visit.office.desk.clock.now())
        work.commit()
    return None


def mark_of(draft: Typed | None) -> str:
    """By which a form knows the draft it was made from; empty for none."""
    return "" if draft is None else sha256(json.dumps(dict(draft), sort_keys=True).encode()).hexdigest()


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
