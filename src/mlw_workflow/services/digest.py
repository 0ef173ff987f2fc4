"""From notices to mails: one digest a day for each person, and what is urgent at once.

A mail and the word that its notices are in it are written in one transaction; the mail's key makes a second impossible.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import structlog

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import WorkflowError
from mlw_workflow.domain.no_return import RULE
from mlw_workflow.notifications.mail import message_id
from mlw_workflow.notifications.messages import digest as digest_of
from mlw_workflow.notifications.messages import urgent_notice
from mlw_workflow.notifications.values import Digest, Outage, UrgentNotice
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.services.hours import after_quiet, local_hour
from mlw_workflow.services.letters import Writer
from mlw_workflow.services.remind import latest_day
from mlw_workflow.storage import circle, heartbeat, obligations, outbox
from mlw_workflow.storage.outbox import NewMail

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mlw_workflow.domain.forecast import Forecast
    from mlw_workflow.notifications.values import Composed
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.letters import Reader
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.obligations import Notice

Key = TypeVar("Key")
log = structlog.get_logger("mlw.reminders")
BATCH = 500
"""Notices put into mails in one transaction. What of one person's does not fit waits for the next day's mail."""
WAITS = timedelta(minutes=10)
"""How long mails wait for a tick that is still going on in another worker, so that nobody's digest is cut in two."""
TURN = "digest"
"""The heartbeat on which digests take turns."""
OUTAGE = "outage"
"""The heartbeat that remembers on which days nothing ran."""


@dataclass(slots=True)
class Digested:
    """What was written."""

    mails: int = 0
    notices: int = 0
    postponed: int = 0
    """Notices of people who had today's digest already."""


def digest(desk: Desk, mailroom: Mailroom, now: datetime, batch: int = BATCH) -> Digested:
    """Write the mails for all notices whose hour has come."""
    done = Digested()
    with desk.database.read() as connection:
        oldest = obligations.oldest_ready(connection, now)
        if oldest is None:
            return done
        if now - oldest < WAITS and obligations.warnings_due(connection, latest_day(desk, connection, now)):
            return done
        about = obligations.pilots_ready(connection, now, RULE)
        outage = outage_told(connection, now)
    forecasts = _forecasts(desk, about, now)
    progress = True
    while progress:
        with desk.database.work() as work:
            heartbeat.beat(work.connection, TURN, now)
            claimed = obligations.claim_notices(work.connection, now, batch)
            people = _whole(claimed, batch)
            writer = Writer(desk, work.connection, mailroom, claimed, forecasts)
            before = done.notices + done.postponed
            _write(desk, work.connection, writer, people, now, outage, done)
            work.commit()
        progress = len(claimed) == batch and done.notices + done.postponed > before
    log.info("digested", mails=done.mails, notices=done.notices, postponed=done.postponed)
    return done


def _whole(claimed: list[Notice], batch: int) -> list[tuple[str, list[Notice]]]:
    """The notices by recipient; the last recipient's may be cut off, so they wait for the next batch if others came."""
    people = [(person, list(found)) for person, found in groupby(claimed, key=lambda notice: notice.recipient)]
    return people[:-1] if len(claimed) == batch and len(people) > 1 else people


def _write(
    desk: Desk,
    connection: Connection,
    writer: Writer,
    people: list[tuple[str, list[Notice]]],
    now: datetime,
    outage: Outage | None,
    done: Digested,
) -> None:
    for person, notices in people:
        try:
            _write_to(desk, connection, writer, person, notices, now, outage, done)
        except WorkflowError as problem:  # one pilot's definition is broken; everybody else gets their mail
            log.error("digest_failed", code=problem.code, person=person)


def _write_to(
    desk: Desk,
    connection: Connection,
    writer: Writer,
    person: str,
    notices: list[Notice],
    now: datetime,
    outage: Outage | None,
    done: Digested,
) -> None:
    programme = desk.programme(desk.pilots[notices[0].pilot_id].definition)
    today = local_day(now, programme.timezone)
    notices = _highest(connection, notices)
    notices = _outside_quiet_hours(connection, writer, notices, now, done)
    notices = _still_pressing(connection, writer, notices, now, done)
    urgent = [notice for notice in notices if notice.urgent]
    rest = [notice for notice in notices if not notice.urgent]
    if urgent:
        _put(connection, writer, urgent, f"urgent/{urgent[0].key}", now, today, outage, done)
    if rest and not _put(connection, writer, rest, f"digest/{person}/{today}", now, today, outage, done):
        tomorrow = today + timedelta(days=1)
        for hour, found in _by(rest, lambda notice: writer.policy(notice).digest_hour):
            obligations.set_postponed(connection, found, local_hour(tomorrow, hour, programme.timezone))
        done.postponed += len(rest)


def _highest(connection: Connection, notices: list[Notice]) -> list[Notice]:
    """Of several notices about one deadline the last one, which says the most; the others are superseded."""
    last: dict[tuple[str, str, str], Notice] = {}
    for notice in notices:
        key = (notice.pilot_id, notice.machine, notice.rule)
        before = last.get(key)
        if before is None or (before.send_on, before.urgent) <= (notice.send_on, notice.urgent):
            last[key] = notice
    kept = [notice for notice in notices if last[notice.pilot_id, notice.machine, notice.rule] is notice]
    obligations.supersede(connection, kept)
    return kept


def _outside_quiet_hours(
    connection: Connection, writer: Writer, notices: list[Notice], now: datetime, done: Digested
) -> list[Notice]:
    """What may go out now; the rest waits until the quiet hours of its municipality have ended."""
    kept: set[str] = set()
    for ready, found in _by(notices, lambda notice: after_quiet(writer.policy(notice), now, writer.timezone(notice))):
        if ready <= now:
            kept |= {notice.key for notice in found}
        else:
            obligations.set_postponed(connection, found, ready)
            done.postponed += len(found)
    return [notice for notice in notices if notice.key in kept]


def _still_pressing(
    connection: Connection, writer: Writer, notices: list[Notice], now: datetime, done: Digested
) -> list[Notice]:
    """Without warnings of a step that presses no more; those whose forecast could not be drawn wait a little."""
    of_steps = [notice for notice in notices if notice.rule == RULE]
    if not of_steps:
        return notices
    unknown = [notice for notice in of_steps if notice.pilot_id not in writer.forecasts]
    passed = [notice for notice in of_steps if notice not in unknown and writer.pressing(notice) is None]
    if unknown:
        obligations.set_postponed(connection, unknown, now + WAITS)
    if passed:
        obligations.set_withdrawn(connection, passed, "slack_regained")
    done.postponed += len(unknown)
    return [notice for notice in notices if notice not in unknown and notice not in passed]


def _by(notices: list[Notice], of: Callable[[Notice], Key]) -> list[tuple[Key, list[Notice]]]:
    """The notices in groups that have something in common, in the order in which they come."""
    found: dict[Key, list[Notice]] = {}
    for notice in notices:
        found.setdefault(of(notice), []).append(notice)
    return list(found.items())


def _put(
    connection: Connection,
    writer: Writer,
    notices: list[Notice],
    key: str,
    now: datetime,
    today: date,
    outage: Outage | None,
    done: Digested,
) -> bool:
    """Write one mail; False when there is one of that key."""
    person = notices[0].recipient
    reader = writer.reader(person, today)
    kind = key.partition("/")[0]
    language = reader.language if reader else "pl"
    composed = _composed(writer, reader, notices, outage) if reader else None
    mail = NewMail(
        key,
        kind,
        person,
        language,
        composed.subject if composed else "",
        composed.text if composed else "",
        composed.html if composed else "",
        message_id(key, writer.mailroom.domain),
    )
    number = outbox.add_mail(connection, mail, now)
    if number is None:
        return False
    obligations.set_queued(connection, notices, number)
    done.mails += 1
    done.notices += len(notices)
    return True


def _composed(writer: Writer, reader: Reader, notices: list[Notice], outage: Outage | None) -> Composed:
    name, office = reader.person.name, writer.mailroom.name
    parts = writer.parts(reader, notices)
    if notices[0].urgent and len(notices) == 1:
        part = parts[0]
        return urgent_notice(
            UrgentNotice(reader.language, reader.today, name, part.municipality, part.lines[0], outage, office)
        )
    return digest_of(Digest(reader.language, reader.today, name, parts, outage, office, notices[0].urgent))


def _forecasts(desk: Desk, pilots: list[str], now: datetime) -> dict[str, Forecast]:
    """The forecasts of the pilots that the mails will speak of, computed before anything is locked."""
    with desk.database.read() as connection:
        desk.pilots.update(circle.pilots(connection, [one for one in pilots if one not in desk.pilots]))
    found = {}
    for pilot in (desk.pilots[one] for one in pilots):
        try:
            programme = desk.programme(pilot.definition)
            if programme.reminders.goal:
                found[pilot.id] = forecast_of(desk, pilot, local_day(now, programme.timezone))
        except Exception as problem:  # noqa: BLE001 - a section that fails keeps no reminder from going out
            log.error("forecast_failed", pilot=pilot.code, problem=type(problem).__name__)
    return found


def outage_told(connection: Connection, now: datetime) -> Outage | None:
    """The days without reminders that ended today."""
    known = heartbeat.heartbeat(connection, OUTAGE)
    if known is None or local_day(known.at) != local_day(now):
        return None
    first, _, last = known.detail.partition("/")
    return Outage(date.fromisoformat(first), date.fromisoformat(last))
