"""What the warnings of many deadlines depend on, read in a few queries and computed once for all that are alike.

Most deadlines of a day are alike: the same rule, the same due day, one warning, everybody in office. For those the
work is done once a day, not once a deadline; a test holds the short way equal to the long one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.ladder import first_day_after, warnings
from mlw_workflow.domain.news import Told, rivals
from mlw_workflow.domain.reminder import Circle, Open, ladder_of, plan
from mlw_workflow.services.deadlines import rule_of
from mlw_workflow.services.hours import after_quiet, digest_time
from mlw_workflow.storage import circle, obligations
from mlw_workflow.storage.obligations import EXPECTED, Notice, Reason, notice_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.domain.obligation import Ladder, ReminderPolicy
    from mlw_workflow.domain.pause import Pause
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.domain.reminder import Line, Recipient
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.obligations import Claimed


@dataclass(frozen=True, slots=True)
class Outlook:
    """What a ladder makes of one due day, seen from today."""

    passed: Sequence[Warning]
    """Every warning up to today."""
    next_on: date | None
    only: Warning | None
    """The one among them that is not handled yet, if it is one."""


@dataclass(slots=True)
class Site:
    """One pilot on its local day."""

    pilot: Pilot
    programme: Programme
    policy: ReminderPolicy
    today: date
    circle: Circle
    ready: tuple[datetime, datetime]
    """When a notice of now may go out: with the digest, and if it is urgent."""


class Spot(NamedTuple):
    """A pilot that is asked about without any of its deadlines."""

    pilot_id: str


class Planner:
    """Plans the notices of some deadlines at an instant."""

    def __init__(
        self,
        desk: Desk,
        connection: Connection,
        now: datetime,
        deadlines: Iterable[Claimed | Spot],
        day: date | None = None,
    ) -> None:
        """``deadlines`` are those that will be asked about; ``day`` stands in for the local day of ``now``."""
        self.desk = desk
        self.now = now
        self.day = day
        ids = list(dict.fromkeys(deadline.pilot_id for deadline in deadlines))
        missing = [pilot_id for pilot_id in ids if pilot_id not in desk.pilots]
        desk.pilots.update(circle.pilots(connection, missing))
        self.memberships = circle.memberships(connection, ids)
        self.deputies = circle.deputies(connection, ids)
        self.pauses = circle.pauses(connection, ids)
        self.own = circle.policies(connection, ids)
        named = {m.person for held in self.memberships.values() for m in held}
        named |= {d.deputy for found in self.deputies.values() for d in found}
        self.reachable = circle.reachable(connection, list(named))
        self._calendar = desk.calendar()
        self._sites: dict[str, Site] = {}
        self._ready: dict[tuple[int, str], tuple[datetime, datetime]] = {}
        self.connection = connection
        self._rival: dict[tuple[int, str, str], frozenset[str]] = {}
        self._ladders: dict[tuple[int, int, str, str], Ladder | None] = {}
        self._outlooks: dict[tuple[object, ...], Outlook] = {}

    def site(self, pilot_id: str) -> Site:
        """The pilot of that id."""
        found = self._sites.get(pilot_id)
        if found is None:
            pilot = self.desk.pilots[pilot_id]
            programme = self.desk.programme(pilot.definition)
            policy = self.own.get(pilot_id) or programme.reminders
            today = self.day or local_day(self.now, programme.timezone)
            around = Circle(
                self.memberships.get(pilot_id, ()),
                self.deputies.get(pilot_id, ()),
                self.reachable.__contains__,
                policy.escalation,
                today,
            )
            ready = self._ready_at(policy, programme.timezone)
            found = self._sites[pilot_id] = Site(pilot, programme, policy, today, around, ready)
        return found

    def _ready_at(self, policy: ReminderPolicy, timezone: str) -> tuple[datetime, datetime]:
        found = self._ready.get((id(policy), timezone))
        if found is None:
            found = digest_time(policy, self.now, timezone), after_quiet(policy, self.now, timezone)
            self._ready[id(policy), timezone] = found
        return found

    def outlook(self, site: Site, deadline: Claimed) -> Outlook:
        """What there is to consider of a deadline."""
        workflow = deadline.machine.partition("/")[0]
        span = (site.pilot.start, site.pilot.end) if deadline.due_on is None else None
        key = (
            id(site.programme), id(site.policy), workflow, deadline.rule, deadline.due_on or span,
            deadline.handled_until, site.today,
        )  # fmt: skip
        found = self._outlooks.get(key)
        if found is None:
            found = self._outlooks[key] = self._seen(site, self._ladder(site, workflow, deadline.rule), deadline)
        return found

    def _ladder(self, site: Site, workflow: str, name: str) -> Ladder | None:
        key = (id(site.programme), id(site.policy), workflow, name)
        if key not in self._ladders:
            rule = rule_of(site.programme, workflow, name)
            self._ladders[key] = ladder_of(site.policy, rule.ladder if rule else "")
        return self._ladders[key]

    def _seen(self, site: Site, ladder: Ladder | None, deadline: Claimed) -> Outlook:
        if ladder is None:
            return Outlook((), None, None)
        passed = warnings(ladder, site.pilot, deadline.due_on, self._calendar, site.today)
        fresh = [warning for warning in passed if warning.send_on > deadline.handled_until]
        following = first_day_after(ladder, site.pilot, deadline.due_on, self._calendar, site.today)
        return Outlook(passed, following, fresh[0] if len(fresh) == 1 else None)

    def simply(self, site: Site, outlook: Outlook, deadline: Claimed) -> tuple[Warning, Sequence[Recipient]] | None:
        """The one warning and whom it reaches, where nothing else is to be thought of; None: take the long way."""
        warning = outlook.only
        if warning is None or (self.pauses and (deadline.pilot_id, deadline.machine, deadline.rule) in self.pauses):
            return None
        if deadline.revision or self._rivals(site, deadline):
            return None  # its key may be taken, and what was told before counts
        told = site.circle.told(warning.to)
        return None if told.vacant or told.unreachable or site.circle.deputies else (warning, told.people)

    def lines(self, site: Site, outlook: Outlook, deadline: Claimed) -> list[Line]:
        """What there is to tell of a deadline, and what is left untold."""
        of = Open(
            deadline.machine, deadline.rule, deadline.since_seq, deadline.since_on, deadline.handled_until,
            deadline.due_on,
        )  # fmt: skip
        told = self._told(site, deadline) if outlook.passed else {}
        return plan(of, outlook.passed, site.circle, self._pauses(deadline), site.today, told)

    def _rivals(self, site: Site, deadline: Claimed) -> frozenset[str]:
        workflow = deadline.machine.partition("/")[0]
        key = (id(site.programme), workflow, deadline.rule)
        found = self._rival.get(key)
        if found is None:
            found = self._rival[key] = rivals(site.programme.workflow[workflow], deadline.rule)
        return found

    def _told(self, site: Site, deadline: Claimed) -> dict[str, list[Told]]:
        """What each person was told of a deadline that changed, and of open ones that are due no later for the same."""
        others = self._rivals(site, deadline)
        if deadline.due_on is None or not (deadline.revision or others):
            return {}
        due = {deadline.rule: deadline.due_on}
        if others:
            rows = obligations.obligations(self.connection, deadline.pilot_id, [deadline.machine])
            due |= {
                row.rule: row.due_on
                for row in rows
                if row.rule in others and row.status == "open" and row.due_on and row.due_on <= deadline.due_on
            }
        found: dict[str, list[Told]] = {}
        for rule, person, due_on, at in obligations.told(self.connection, deadline.pilot_id, deadline.machine):
            if rule == deadline.rule or (rule in due and due[rule] == due_on):
                found.setdefault(person, []).append(Told(rule, due_on, local_day(at, site.programme.timezone)))
        return found

    def next_on(self, site: Site, outlook: Outlook, deadline: Claimed) -> date | None:
        """When the deadline has something to be told next: its next warning, or the end of somebody's snooze."""
        days = [
            pause.until
            for pause in self._pauses(deadline)
            if pause.until is not None and pause.until > site.today and pause.seq > deadline.since_seq
        ]
        return min([*days, *([outlook.next_on] if outlook.next_on else [])], default=None)

    def _pauses(self, deadline: Claimed) -> Sequence[Pause]:
        return self.pauses.get((deadline.pilot_id, deadline.machine, deadline.rule), ())

    def notice(self, site: Site, deadline: Claimed, line: Line, rung: str = "") -> Notice:
        """A line as a notice, under its own rung or another name for it."""
        who = line.recipient
        reason = EXPECTED
        if who.deputy_for or who.in_place_of or line.missed or line.moved_from:
            reason = Reason(who.deputy_for, who.in_place_of, line.missed, line.moved_from)
        pilot_id, machine, rule = deadline.pilot_id, deadline.machine, deadline.rule
        due_on, rung = deadline.due_on, rung or line.rung
        return Notice(
            notice_key(pilot_id, machine, rule, rung, who.person or f"role:{who.role}", due_on),
            pilot_id, machine, rule, rung, who.person, who.role, due_on, line.send_on, site.ready[line.urgent], reason,
            line.urgent, "skipped" if line.skip else "waiting", line.skip,
        )  # fmt: skip
