"""The tick: which deadlines have a warning whose day has come, and who is told. Every run may be the second of the day.

A deadline is claimed, its notices are entered under their unique keys, and how far it was handled is written down, all
in one transaction: so a tick that is killed, repeated or run by four workers at once tells everybody once.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.services.planner import Planner
from mlw_workflow.storage import obligations, repositories
from mlw_workflow.storage.obligations import Claimed, Entering

if TYPE_CHECKING:
    from datetime import date, datetime

    from mlw_workflow.domain.reminder import Line
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.obligations import Notice

log = structlog.get_logger("mlw.reminders")
BATCH = 1_000
"""Deadlines considered in one transaction."""


@dataclass(slots=True)
class Ticked:
    """What a tick did."""

    deadlines: int = 0
    notices: int = 0
    """Notices that will go out."""
    skipped: int = 0
    """Notices that will not, each with its reason."""


def tick(desk: Desk, now: datetime, batch: int = BATCH) -> Ticked:
    """Consider every deadline that has a warning to be considered, in batches, each in a transaction of its own."""
    done = Ticked()
    with desk.database.read() as connection:
        day = latest_day(desk, connection, now)
        if not obligations.warnings_due(connection, day):
            return done
    progress = True
    while progress:
        with desk.database.work() as work:
            claimed = obligations.claim(work.connection, day, batch)
            progress = _consider(desk, work.connection, claimed, now, done) and len(claimed) == batch
            work.commit()
    log.info("ticked", deadlines=done.deadlines, notices=done.notices, skipped=done.skipped)
    return done


def latest_day(desk: Desk, connection: Connection, now: datetime) -> date:
    """The latest local day there is at this instant in any of the installed programmes."""
    days = []
    for known in repositories.definitions(connection):
        with suppress(IntegrityBroken):  # the audit tells; here it concerns only the pilots of that definition
            days.append(local_day(now, desk.programme(known.hash).timezone))
    return max(days, default=local_day(now))


def _consider(desk: Desk, connection: Connection, claimed: list[Claimed], now: datetime, done: Ticked) -> bool:
    """Handle what was claimed; whether anything could be."""
    planner = Planner(desk, connection, now, claimed)
    entering = Entering(connection, now)
    handled: list[tuple[date | None, date, Claimed]] = []
    planned: list[tuple[Claimed, Line]] = []
    for deadline in claimed:
        try:
            site = planner.site(deadline.pilot_id)
        except IntegrityBroken as problem:  # it stays due; everybody else is reminded
            log.error("deadline_left", code=problem.code, pilot=deadline.pilot_id)
            continue
        if deadline.next_on > site.today:
            continue  # another programme's day has come already
        outlook = planner.outlook(site, deadline)
        simple = planner.simply(site, outlook, deadline)
        if simple is not None:
            entering.same(deadline, *simple, site.ready)
            next_on = outlook.next_on
        else:
            planned += [(deadline, line) for line in planner.lines(site, outlook, deadline)]
            next_on = planner.next_on(site, outlook, deadline)
        handled.append((next_on, max(site.today, deadline.handled_until), deadline))
    notices = notices_of(connection, planner, planned)
    entering.add(notices)
    waiting, skipped = entering.write()
    obligations.set_handled(connection, handled)
    done.deadlines += len(handled)
    done.notices += waiting
    done.skipped += skipped
    return bool(handled)


def notices_of(connection: Connection, planner: Planner, planned: list[tuple[Claimed, Line]]) -> list[Notice]:
    """The notices of these lines. One that was sent before its deadline changed and came back gets a key of its own."""
    found = [planner.notice(planner.site(deadline.pilot_id), deadline, line) for deadline, line in planned]
    revived = {
        notice.key: number
        for number, (notice, (deadline, line)) in enumerate(zip(found, planned, strict=True))
        if deadline.revision and notice.status == "waiting" and line.send_on < deadline.since_on
    }
    for key in obligations.used_keys(connection, list(revived)):
        deadline, line = planned[revived[key]]
        name = f"{line.rung}@{deadline.since_on}"
        found[revived[key]] = planner.notice(planner.site(deadline.pilot_id), deadline, line, name)
    return found
