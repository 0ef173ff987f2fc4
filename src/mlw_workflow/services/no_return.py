"""The point of no return as notices: once a day, whether a pilot's way to its goal has little or no slack left.

From one day to the next only the days that are left change, so a pilot is looked at again when something was recorded
of it, or on the day that its last forecast named. Telling twice is impossible: the notices have keys like all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.domain.no_return import RULE, Said, just_said, look_again, pressing, told_roles
from mlw_workflow.domain.reminder import Recipient
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.services.planner import Planner, Spot
from mlw_workflow.services.remind import latest_day
from mlw_workflow.storage import circle, heartbeat, obligations
from mlw_workflow.storage.obligations import Entering, Notice, Reason, notice_key

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.planner import Site
    from mlw_workflow.storage.connection import Connection

log = structlog.get_logger("mlw.reminders")
LOOKED = "slack"
"""The heartbeat that remembers on which day all pilots were looked at; of each pilot, ``slack/`` and its id."""


@dataclass(slots=True)
class Warned:
    """What a run did."""

    pilots: int = 0
    """Pilots whose forecast was drawn."""
    notices: int = 0
    skipped: int = 0


def warn(desk: Desk, now: datetime) -> Warned:
    """Look at every pilot that may have something to be warned of, once a day, and enter the notices."""
    done = Warned()
    with desk.database.read() as connection:
        day = latest_day(desk, connection, now)
        before = heartbeat.heartbeat(connection, LOOKED)
        if before is not None and before.detail == str(day):
            return done
        if desk.calendar().why_off(day) is not None:
            return done  # slack is counted in working days, so there is nothing new, and nobody at work to begin
        changed = [(pilot, seq) for pilot, seq, told in heartbeat.watched(connection, LOOKED) if _again(told, seq, day)]
        desk.pilots.update(circle.pilots(connection, [one for one, _ in changed if one not in desk.pilots]))
    looked: list[tuple[str, int, date | None]] = []
    pressed: list[tuple[Pilot, Forecast]] = []
    with desk.database.read() as connection:
        policies = circle.policies(connection, [one for one, _ in changed])
    for pilot_id, seq in changed:
        pilot = desk.pilots[pilot_id]
        try:
            programme = desk.programme(pilot.definition)
            if not programme.reminders.goal:
                looked.append((pilot_id, seq, None))
                continue
            today = local_day(now, programme.timezone)
            found = forecast_of(desk, pilot, today)
        except Exception as problem:  # noqa: BLE001 - one pilot that fails keeps no other from being looked at
            log.error("forecast_failed", pilot=pilot.code, problem=type(problem).__name__)
            continue
        done.pilots += 1
        policy = policies.get(pilot_id, programme.reminders)
        looked.append((pilot_id, seq, look_again(found, policy, desk.calendar(pilot.voivodeship), today)))
        pressed.append((pilot, found))
    with desk.database.work() as work:
        entering = Entering(work.connection, now)
        entering.add(notices_of(desk, work.connection, pressed, now))
        done.notices, done.skipped = entering.write()
        for pilot_id, seq, again in looked:
            heartbeat.beat(work.connection, f"{LOOKED}/{pilot_id}", now, f"{seq} {again or ''}".strip())
        heartbeat.beat(work.connection, LOOKED, now, str(day))
        work.commit()
    return done


def notices_of(
    desk: Desk, connection: Connection, found: Iterable[tuple[Pilot, Forecast]], now: datetime, day: date | None = None
) -> list[Notice]:
    """Who is to be told of the step that presses in each of these pilots; ``day`` stands in for the day of ``now``."""
    given = list(found)
    planner = Planner(desk, connection, now, [Spot(pilot.id) for pilot, _ in given], day)
    notices: list[Notice] = []
    for pilot, forecast in given:
        try:
            site = planner.site(pilot.id)
        except IntegrityBroken:
            continue
        notices += _of_site(connection, site, forecast)
    return notices


def _of_site(connection: Connection, site: Site, forecast: Forecast) -> list[Notice]:
    of = pressing(forecast, site.policy)
    if of is None:
        return []
    told = site.circle.told(told_roles(of, site.policy))
    before: dict[str, list[Said]] = {}
    for person, rung, trigger, at in obligations.said(connection, site.pilot.id, of.step.machine, RULE):
        before.setdefault(person, []).append(Said(rung, trigger, local_day(at, site.programme.timezone)))

    def notice(who: Recipient, skip: str = "") -> Notice:
        machine, due_on = of.step.machine, of.step.latest_start
        if not skip and just_said(of, before.get(who.person, ()), site.today):
            skip = "just_told"
        reason = Reason(who.deputy_for, who.in_place_of, step=of.step.trigger)
        key = notice_key(site.pilot.id, machine, RULE, of.rung, who.person or f"role:{who.role}", due_on)
        return Notice(
            key, site.pilot.id, machine, RULE, of.rung, who.person, who.role, due_on, site.today, site.ready[False],
            reason, False, "skipped" if skip else "waiting", skip,
        )  # fmt: skip

    return [
        *(notice(who) for who in told.people),
        *(notice(Recipient("", role), "no_holder") for role in told.vacant),
        *(notice(who, "no_address") for who in told.unreachable),
    ]


def _again(told: str | None, seq: int, day: date) -> bool:
    """Whether a pilot has changed since it was looked at, or the day named then has come."""
    if told is None:
        return True
    known, _, again = told.partition(" ")
    return int(known) != seq or (bool(again) and date.fromisoformat(again) <= day)
