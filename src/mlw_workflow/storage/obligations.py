"""Deadlines and notices as rows: what is to be done by when, how far its warnings were handled, and who was warned."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from mlw_workflow.storage import reminder_statements as sql
from mlw_workflow.storage.mapping import DaysRead, Taken, day_of, day_or_none, instant_of, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mlw_workflow.domain.deadline import Status
    from mlw_workflow.domain.ladder import Warning  # noqa: A004
    from mlw_workflow.domain.reminder import Recipient
    from mlw_workflow.storage.connection import Connection

NoticeStatus = Literal["waiting", "queued", "skipped", "withdrawn"]


@dataclass(frozen=True, slots=True)
class Obligation:
    """A deadline's row."""

    pilot_id: str
    machine: str
    rule: str
    due_on: date | None
    status: Status
    satisfied_on: date | None
    since_seq: int
    """The entry that last changed it."""
    since_on: date
    """The local day on which that entry was recorded."""
    revision: int
    next_on: date | None
    handled_until: date


class Claimed(NamedTuple):
    """An open deadline with a warning to be considered, held by this transaction."""

    pilot_id: str
    machine: str
    rule: str
    due_on: date | None
    since_seq: int
    since_on: date
    revision: int
    next_on: date
    handled_until: date
    row: Any = None
    """The way back to it, for the database."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why somebody is told who would not be expected to be, and what was not told before."""

    deputy_for: str = ""
    """The absent person's id."""
    in_place_of: str = ""
    """The role that nobody (or nobody who can be reached) holds."""
    missed: int = 0
    """Earlier warnings that nobody sent in their time."""
    moved_from: date | None = None
    """The due day that the person was told before."""
    step: str = ""
    """The step (a trigger) that a warning before the point of no return speaks of."""

    def text(self) -> str:
        """As it is stored."""
        told = {
            "deputy_for": self.deputy_for,
            "in_place_of": self.in_place_of,
            "missed": self.missed,
            "moved_from": self.moved_from and self.moved_from.isoformat(),
            "step": self.step,
        }
        return json.dumps({key: value for key, value in told.items() if value}, sort_keys=True)


NO_REASON = "{}"


@dataclass(frozen=True, slots=True)
class Notice:
    """One warning to one person, or why there was none."""

    key: str
    pilot_id: str
    machine: str
    rule: str
    rung: str
    recipient: str
    """A person's id; empty where nobody was found."""
    role: str
    due_on: date | None
    send_on: date
    ready_at: datetime
    reason: Reason
    urgent: bool
    status: NoticeStatus = "waiting"
    skip_reason: str = ""
    outbox_id: int | None = None
    created_at: datetime | None = None
    mail_status: str = ""
    """Of the mail that carries it."""
    mail_at: datetime | None = None
    sent_at: datetime | None = None


def notice_key(pilot_id: str, machine: str, rule: str, rung: str, recipient: str, due_on: date | None) -> str:
    """What makes a second notice impossible."""
    return f"{pilot_id}/{machine}/{rule}/{rung}/{recipient}/{due_on or 'none'}"


# Deadlines


def obligations(connection: Connection, pilot_id: str, machines: list[str] | None = None) -> list[Obligation]:
    """The pilot's deadlines, of all its machines or of some."""
    if machines is None:
        rows = connection.rows(sql.DEADLINES, pilot_id)
    else:
        rows = connection.rows(sql.DEADLINES_OF_MACHINES, pilot_id, connection.driver.listed(machines))
    return [_obligation(row) for row in rows]


def open_among(connection: Connection, pilots: list[str]) -> list[Obligation]:
    """Every open deadline of these pilots."""
    return [_obligation(row) for row in connection.rows(sql.DEADLINES_OPEN_AMONG, connection.driver.listed(pilots))]


def obligations_by(connection: Connection, day: date) -> list[Obligation]:
    """Every open deadline whose next warning is due by a day."""
    return [_obligation(row) for row in connection.rows(sql.DEADLINES_BY_DAY, connection.driver.day(day))]


def set_obligations(connection: Connection, changed: Iterable[Obligation]) -> None:
    """Write deadlines as they are now."""
    day = connection.driver.day
    rows = [
        (
            o.pilot_id, o.machine, o.rule, day(o.due_on), o.status, day(o.satisfied_on), o.since_seq, day(o.since_on),
            o.revision, day(o.next_on), day(o.handled_until),
        )
        for o in changed
    ]  # fmt: skip
    if rows:
        connection.driver.write_many(connection.raw, sql.SET_DEADLINES, rows)


def warnings_due(connection: Connection, day: date) -> bool:
    """Whether any deadline has a warning to be considered by a day."""
    return connection.row(sql.DEADLINE_DUE, connection.driver.day(day)) is not None


def claim(connection: Connection, day: date, limit: int) -> list[Claimed]:
    """Deadlines with a warning to be considered by a day, which no other worker takes until the transaction ends."""
    on = DaysRead()
    return [
        Claimed(pilot_id, machine, rule, on[due_on], seq, on[since_on], revision, on[next_on], on[handled_until], row)
        for pilot_id, machine, rule, due_on, seq, since_on, revision, next_on, handled_until, row in connection.rows(
            sql.CLAIM_DEADLINES, connection.driver.day(day), limit
        )
    ]


def set_handled(connection: Connection, handled: list[tuple[date | None, date, Claimed]]) -> None:
    """Remember, for each: the next warning's day, the day until which all is handled, the deadline."""
    alike: dict[tuple[date | None, date], list[Any]] = {}
    for next_on, until, claimed in handled:
        alike.setdefault((next_on, until), []).append(claimed.row)
    day = connection.driver.day
    for (next_on, until), rows in alike.items():
        connection.execute(sql.SET_HANDLED, day(next_on), day(until), connection.driver.listed(rows))


def lock(connection: Connection, pilot_id: str, machine: str, rule: str) -> None:
    """Wait until no worker considers the deadline, and keep it from them."""
    connection.execute(sql.LOCK_DEADLINE, pilot_id, machine, rule)


def wake(connection: Connection, pilot_id: str, machine: str, rule: str, on: date) -> None:
    """Have an open deadline considered on a day (or earlier if it was to be anyway), as if it had not been before."""
    day, before = connection.driver.day(on), connection.driver.day(on - timedelta(days=1))
    connection.execute(sql.WAKE_DEADLINE, day, day, before, before, pilot_id, machine, rule)


def _obligation(row: tuple[Any, ...]) -> Obligation:
    pilot_id, machine, rule, due_on, status, satisfied_on, since_seq, since_on, revision, next_on, handled_until = row
    return Obligation(
        pilot_id, machine, rule, day_or_none(due_on), status, day_or_none(satisfied_on), since_seq, day_of(since_on),
        revision, day_or_none(next_on), day_of(handled_until),
    )  # fmt: skip


# Notices


STATUS_AT = 12
"""Where a row to be entered has its status."""


class Entering:
    """Notices about to be entered at one instant. One that is there already stays, unless it was withdrawn."""

    def __init__(self, connection: Connection, created_at: datetime) -> None:
        """Nothing is written before ``write``."""
        self.connection = connection
        self.rows: list[tuple[Any, ...]] = []
        self._created = connection.driver.instant(created_at)
        self._day = Taken(connection.driver.day)
        self._instant = Taken(connection.driver.instant)

    def add(self, notices: Iterable[Notice]) -> None:
        """These."""
        day = self._day
        for n in notices:
            reason = NO_REASON if n.reason is EXPECTED else n.reason.text()
            self.rows.append(
                (
                    n.key, n.pilot_id, n.machine, n.rule, n.rung, n.recipient, n.role, day[n.due_on], day[n.send_on],
                    self._instant[n.ready_at], reason, n.urgent, n.status, n.skip_reason, self._created,
                )
            )  # fmt: skip

    def same(
        self, of: Claimed, warning: Warning, people: Iterable[Recipient], ready: tuple[datetime, datetime]
    ) -> None:
        """The notices of one warning to everybody whom it reaches, all of them to go out."""
        pilot_id, machine, rule = of.pilot_id, of.machine, of.rule
        rung, urgent = warning.rung, warning.urgent
        begin, end = f"{pilot_id}/{machine}/{rule}/{rung}/", f"/{of.due_on or 'none'}"
        due_on, send_on, ready_at = self._day[of.due_on], self._day[warning.send_on], self._instant[ready[urgent]]
        for who in people:
            reason = NO_REASON
            if who.deputy_for or who.in_place_of:
                reason = Reason(who.deputy_for, who.in_place_of).text()
            self.rows.append(
                (
                    begin + who.person + end, pilot_id, machine, rule, rung, who.person, who.role, due_on, send_on,
                    ready_at, reason, urgent, "waiting", "", self._created,
                )
            )  # fmt: skip

    def write(self) -> tuple[int, int]:
        """Enter them all; of those that were new or came back, how many will go out and how many will not."""
        if not self.rows:
            return 0, 0
        written = self.connection.driver.write_many(self.connection.raw, sql.ADD_NOTICES, self.rows)
        if written == len(self.rows):
            waiting = sum(row[STATUS_AT] == "waiting" for row in self.rows)
            return waiting, written - waiting
        keys = self.connection.driver.listed([row[0] for row in self.rows])
        found = self.connection.row(sql.NOTICES_ENTERED, keys, self._created)
        waiting = min(written, 0 if found is None else found[0])
        return waiting, written - waiting


EXPECTED = Reason()
"""The reason that needs no words: the recipient holds the role."""


def used_keys(connection: Connection, keys: list[str]) -> set[str]:
    """Which of these keys have a notice that was not withdrawn."""
    return {row[0] for row in connection.rows(sql.NOTICES_USED, connection.driver.listed(keys))} if keys else set()


def told(connection: Connection, pilot_id: str, machine: str) -> list[tuple[str, str, date | None, datetime]]:
    """What was put into mails of a machine's deadlines: rule, person, due day and when, in that order of time."""
    return [
        (rule, person, day_or_none(due_on), instant_of(at))
        for rule, person, due_on, at in connection.rows(sql.NOTICES_TOLD, pilot_id, machine)
    ]


def said(connection: Connection, pilot_id: str, machine: str, rule: str) -> list[tuple[str, str, str, datetime]]:
    """What was put into mails of one deadline of a machine: person, rung, step and when."""
    return [
        (person, rung, _reason(reason).step, instant_of(at))
        for person, rung, reason, at in connection.rows(sql.NOTICES_SAID, pilot_id, machine, rule)
    ]


def oldest_ready(connection: Connection, now: datetime) -> datetime | None:
    """Since when the oldest notice is to go out that has not; None: there is none."""
    row = connection.row(sql.NOTICE_READY, connection.driver.instant(now))
    return None if row is None else instant_of(row[0])


def pilots_ready(connection: Connection, now: datetime, rule: str) -> list[str]:
    """The pilots that notices of that rule which are to go out speak of."""
    return [row[0] for row in connection.rows(sql.PILOTS_READY, connection.driver.instant(now), rule)]


def claim_notices(connection: Connection, now: datetime, limit: int) -> list[Notice]:
    """Notices that are to go out, by recipient, which no other worker takes until the transaction ends."""
    return [
        Notice(
            key, pilot_id, machine, rule, rung, recipient, role, day_or_none(due_on), day_of(send_on),
            instant_of(ready_at), _reason(reason), bool(urgent),
        )
        for key, pilot_id, machine, rule, rung, recipient, role, due_on, send_on, ready_at, reason, urgent
        in connection.rows(sql.CLAIM_NOTICES, connection.driver.instant(now), limit)
    ]  # fmt: skip


def set_queued(connection: Connection, notices: Iterable[Notice], outbox_id: int) -> None:
    """These notices are in that mail."""
    connection.driver.write_many(connection.raw, sql.SET_QUEUED, [(outbox_id, n.key) for n in notices])


def supersede(connection: Connection, notices: Iterable[Notice]) -> None:
    """Skip what else waits to tell these people of the same deadlines and says no more than these notices do."""
    day = connection.driver.day
    rows = [(n.pilot_id, n.machine, n.rule, n.recipient, day(n.send_on), n.key) for n in notices]
    connection.driver.write_many(connection.raw, sql.SUPERSEDE, rows)


def set_withdrawn(connection: Connection, notices: Iterable[Notice], why: str) -> None:
    """Take these notices back."""
    connection.driver.write_many(connection.raw, sql.SET_WITHDRAWN, [(why, n.key) for n in notices])


def set_postponed(connection: Connection, notices: Iterable[Notice], ready_at: datetime) -> None:
    """These notices go out later."""
    moment = connection.driver.instant(ready_at)
    connection.driver.write_many(connection.raw, sql.SET_POSTPONED, [(moment, n.key) for n in notices])


def withdraw(connection: Connection, deadlines: Iterable[tuple[Obligation, str]]) -> None:
    """Take back what waits to go out of each of these deadlines, and why it is."""
    rows = [(why, row.pilot_id, row.machine, row.rule) for row, why in deadlines]
    if rows:
        connection.driver.write_many(connection.raw, sql.WITHDRAW_NOTICES, rows)


def withdraw_from(connection: Connection, of: Obligation, why: str, person: str) -> None:
    """Take back what waits to go out of a deadline to one person."""
    connection.execute(sql.WITHDRAW_NOTICES_OF_PERSON, why, of.pilot_id, of.machine, of.rule, person)


def notices(connection: Connection, pilot_id: str) -> list[Notice]:
    """Every notice of a pilot with what became of its mail, by day."""
    return [_notice(row) for row in connection.rows(sql.NOTICES, pilot_id)]


def newest_notices(
    connection: Connection, pilot_id: str, since: date, below: tuple[date, str], limit: int
) -> Iterator[Notice]:
    """At most ``limit`` notices, the newest first: of a pilot or (empty) of all, to be sent from a day on and standing
    below a day and key.
    """
    day = connection.driver.day
    given: list[Any] = [day(since), day(below[0]), below[1]]
    if pilot_id:
        rows = connection.stream(sql.NEWEST_NOTICES_OF, *given, pilot_id, limit)
    else:
        rows = connection.stream(sql.NEWEST_NOTICES, *given, limit)
    return (_notice(row) for row in rows)


def _notice(row: tuple[Any, ...]) -> Notice:
    (
        key, pilot_id, machine, rule, rung, recipient, role, due_on, send_on, ready_at, reason, urgent, status,
        skip_reason, outbox_id, created_at, mail_status, mail_at, sent_at,
    ) = row  # fmt: skip
    return Notice(
        key, pilot_id, machine, rule, rung, recipient, role, day_or_none(due_on), day_of(send_on), instant_of(ready_at),
        _reason(reason), bool(urgent), status, skip_reason, outbox_id, instant_of(created_at), mail_status or "",
        instant_or_none(mail_at), instant_or_none(sent_at),
    )  # fmt: skip


def _reason(text: str) -> Reason:
    if text == NO_REASON:
        return EXPECTED
    told = json.loads(text)
    before = told.pop("moved_from", None)
    return Reason(**told, moved_from=None if before is None else date.fromisoformat(before))
