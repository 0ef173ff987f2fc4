"""The tick: which deadlines have a warning whose day has come, and who is told. Every run may be the second of the day.

A deadline is claimed, its notices are entered under their unique keys, and how far it was handled is written down, all
in one transaction: so a tick that is killed, repeated or run by four workers at once tells everybody once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.clock import local_day, zone
from mlw_workflow.domain.ladder import first_day_after, warnings
from mlw_workflow.domain.reminder import Circle, Line, Open, ladder_of, plan
from mlw_workflow.services.deadlines import rule_of
from mlw_workflow.storage import circle, obligations, repositories
from mlw_workflow.storage.obligations import EXPECTED, Claimed, Notice, Reason, notice_key

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.obligation import Ladder, ReminderPolicy
    from mlw_workflow.domain.pause import Deputy, Pause
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.repositories import Person

log = structlog.get_logger("mlw.reminders")
BATCH = 500
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
    zones = {desk.programme(known.hash).timezone for known in repositories.definitions(connection)}
    return max((local_day(now, name) for name in zones), default=local_day(now))


def _consider(desk: Desk, connection: Connection, claimed: list[Claimed], now: datetime, done: Ticked) -> bool:
    """Handle what was claimed; whether anything could be."""
    planner = Planner(desk, connection, now, claimed)
    handled = []
    planned: list[tuple[Claimed, Line]] = []
    for deadline in claimed:
        today = planner.today(deadline.pilot_id)
        if deadline.next_on <= today:
            planned += [(deadline, line) for line in planner.lines(deadline, today)]
            handled.append((planner.next_on(deadline, today), max(today, deadline.handled_until), deadline))
    notices = _notices(connection, planner, planned)
    obligations.add_notices(connection, notices, now)
    obligations.set_handled(connection, handled)
    done.deadlines += len(handled)
    done.notices += sum(notice.status == "waiting" for notice in notices)
    done.skipped += sum(notice.status == "skipped" for notice in notices)
    return bool(handled)


def _notices(connection: Connection, planner: Planner, planned: list[tuple[Claimed, Line]]) -> list[Notice]:
    """The notices of these lines. One that was sent before its deadline changed and came back gets a key of its own."""
    found = [planner.notice(deadline, line) for deadline, line in planned]
    revived = {
        notice.key: number
        for number, (notice, (deadline, line)) in enumerate(zip(found, planned, strict=True))
        if deadline.revision and notice.status == "waiting" and line.send_on < deadline.since_on
    }
    for key in obligations.used_keys(connection, list(revived)):
        deadline, line = planned[revived[key]]
        found[revived[key]] = planner.notice(deadline, line, f"{line.rung}@{deadline.since_on}")
    return found


class Planner:
    """What the notices of some deadlines depend on, read at once."""

    def __init__(self, desk: Desk, connection: Connection, now: datetime, deadlines: Iterable[Claimed]) -> None:
        """``deadlines`` are those that will be asked about."""
        self.desk = desk
        self.now = now
        ids = list(dict.fromkeys(deadline.pilot_id for deadline in deadlines))
        missing = [pilot_id for pilot_id in ids if pilot_id not in desk.pilots]
        desk.pilots.update(circle.pilots(connection, missing))
        self.memberships: dict[str, list[Membership]] = circle.memberships(connection, ids)
        self.deputies: dict[str, list[Deputy]] = circle.deputies(connection, ids)
        self.pauses: dict[tuple[str, str, str], list[Pause]] = circle.pauses(connection, ids)
        self.own: dict[str, ReminderPolicy] = circle.policies(connection, ids)
        named = {m.person for held in self.memberships.values() for m in held}
        named |= {d.deputy for found in self.deputies.values() for d in found}
        self.people: dict[str, Person] = circle.people(connection, list(named))
        self.reachable = {person.id for person in self.people.values() if person.email}.__contains__
        self._circles: dict[tuple[str, date], Circle] = {}
        self._days: dict[str, date] = {}
        self._passed: dict[tuple[int, object, date], list[Warning]] = {}
        self._next: dict[tuple[int, object, date], date | None] = {}
        self._ready: dict[tuple[int, str, bool], datetime] = {}
        self._ladders: dict[tuple[int, int, str, str], Ladder | None] = {}

    def pilot(self, pilot_id: str) -> Pilot:
        """The pilot of that id."""
        return self.desk.pilots[pilot_id]

    def programme(self, pilot_id: str) -> Programme:
        """The programme it is pinned to."""
        return self.desk.programme(self.pilot(pilot_id).definition)

    def policy(self, pilot_id: str) -> ReminderPolicy:
        """How it is reminded."""
        return self.own.get(pilot_id) or self.programme(pilot_id).reminders

    def today(self, pilot_id: str) -> date:
        """The pilot's local day."""
        name = self.programme(pilot_id).timezone
        found = self._days.get(name)
        if found is None:
            found = self._days[name] = local_day(self.now, name)
        return found

    def ladder(self, deadline: Claimed) -> Ladder | None:
        """What warns of the deadline."""
        programme, policy = self.programme(deadline.pilot_id), self.policy(deadline.pilot_id)
        key = (id(programme), id(policy), deadline.machine.partition("/")[0], deadline.rule)
        if key not in self._ladders:
            rule = rule_of(programme, deadline.machine, deadline.rule)
            self._ladders[key] = ladder_of(policy, rule.ladder if rule else "")
        return self._ladders[key]

    def passed(self, deadline: Claimed, today: date) -> list[Warning]:
        """Every warning of the deadline up to today."""
        ladder = self.ladder(deadline)
        if ladder is None:
            return []
        pilot = self.pilot(deadline.pilot_id)
        key = (id(ladder), deadline.due_on or (pilot.start, pilot.end), today)
        found = self._passed.get(key)
        if found is None:
            calendar = self.desk.calendar()
            found = self._passed[key] = warnings(ladder, pilot, deadline.due_on, calendar, today)
        return found

    def lines(self, deadline: Claimed, today: date) -> list[Line]:
        """What there is to tell of the deadline today, and what is left untold."""
        pilot_id = deadline.pilot_id
        of = Open(deadline.machine, deadline.rule, deadline.since_seq, deadline.since_on, deadline.handled_until)
        pauses = self.pauses.get((pilot_id, deadline.machine, deadline.rule), ())
        return plan(of, self.passed(deadline, today), self.circle(pilot_id, today), pauses, today)

    def circle(self, pilot_id: str, today: date) -> Circle:
        """The people around the pilot."""
        found = self._circles.get((pilot_id, today))
        if found is None:
            found = self._circles[pilot_id, today] = Circle(
                self.memberships.get(pilot_id, ()),
                self.deputies.get(pilot_id, ()),
                self.reachable,
                self.policy(pilot_id).escalation,
                today,
            )
        return found

    def next_on(self, deadline: Claimed, today: date) -> date | None:
        """When the deadline has something to be told next: its next warning, or the end of somebody's snooze."""
        days = [
            pause.until
            for pause in self.pauses.get((deadline.pilot_id, deadline.machine, deadline.rule), ())
            if pause.until is not None and pause.until > today and pause.seq > deadline.since_seq
        ]
        ladder = self.ladder(deadline)
        if ladder is not None:
            pilot = self.pilot(deadline.pilot_id)
            key = (id(ladder), deadline.due_on or (pilot.start, pilot.end), today)
            if key not in self._next:
                calendar = self.desk.calendar()
                self._next[key] = first_day_after(ladder, pilot, deadline.due_on, calendar, today)
            following = self._next[key]
            days += [following] if following is not None else []
        return min(days, default=None)

    def notice(self, deadline: Claimed, line: Line, rung: str = "") -> Notice:
        """A line as a notice."""
        who = line.recipient
        reason = EXPECTED
        if who.deputy_for or who.in_place_of or line.missed:
            reason = Reason(who.deputy_for, who.in_place_of, line.missed)
        pilot_id, machine, rule = deadline.pilot_id, deadline.machine, deadline.rule
        due_on, rung = deadline.due_on, rung or line.rung
        return Notice(
            notice_key(pilot_id, machine, rule, rung, who.person or f"role:{who.role}", due_on),
            pilot_id, machine, rule, rung, who.person, who.role, due_on, line.send_on,
            self.ready_at(pilot_id, urgent=line.urgent), reason, line.urgent, "skipped" if line.skip else "waiting",
            line.skip,
        )  # fmt: skip

    def ready_at(self, pilot_id: str, *, urgent: bool) -> datetime:
        """When a notice of now may go out."""
        policy, name = self.policy(pilot_id), self.programme(pilot_id).timezone
        key = (id(policy), name, urgent)
        found = self._ready.get(key)
        if found is None:
            found = self._ready[key] = (
                after_quiet(policy, self.now, name) if urgent else digest_time(policy, self.now, name)
            )
        return found


def digest_time(policy: ReminderPolicy, now: datetime, timezone: str) -> datetime:
    """When today's digest goes out, or now when that hour has passed."""
    return max(now, local_hour(local_day(now, timezone), policy.digest_hour, timezone))


def after_quiet(policy: ReminderPolicy, now: datetime, timezone: str) -> datetime:
    """Now, or the end of the quiet hours in which it lies."""
    begin, end, hour = policy.quiet_from, policy.quiet_to, now.astimezone(zone(timezone)).hour
    quiet = begin <= hour < end if begin <= end else hour >= begin or hour < end
    if not quiet:
        return now
    today = local_day(now, timezone)
    return local_hour(today + timedelta(days=hour >= end), end, timezone)


def local_hour(day: date, hour: int, timezone: str) -> datetime:
    """The instant of a local hour."""
    return datetime.combine(day, time(hour), zone(timezone)).astimezone(zone("UTC"))


@dataclass(frozen=True, slots=True)
class Foreseen:
    """A notice that would be entered on a day, with the pilot it concerns."""

    pilot: Pilot
    notice: Notice
    person: Person | None
    """None where nobody was found."""


def foresee(desk: Desk, day: date | None = None, pilot: Pilot | None = None) -> list[Foreseen]:
    """Who would get what on a day as things stand now, and what would be skipped and why; nothing is written.

    A day that was handled already shows the warnings of that very day.
    """
    now = desk.clock.now()
    found = []
    with desk.database.read() as connection:
        pilots = [pilot] if pilot is not None else list(repositories.pilots(connection))
        rows = [row for one in pilots for row in obligations.obligations(connection, one.id) if row.status == "open"]
        open_ = [
            Claimed(
                row.pilot_id, row.machine, row.rule, row.due_on, row.since_seq, row.since_on, row.revision,
                row.since_on, row.handled_until if day is None or row.handled_until < day else day - timedelta(days=1),
            )
            for row in rows
        ]  # fmt: skip
        planner = Planner(desk, connection, now, open_)
        planned = [
            (deadline, line)
            for deadline in open_
            for line in planner.lines(deadline, day or planner.today(deadline.pilot_id))
        ]
        for (deadline, _), notice in zip(planned, _notices(connection, planner, planned), strict=True):
            found.append(Foreseen(planner.pilot(deadline.pilot_id), notice, planner.people.get(notice.recipient)))
    return found
