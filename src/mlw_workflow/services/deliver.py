"""The sender: takes mails from the outbox and hands them to the mail server, at least once each.

A mail is leased, and the lease committed, before the server is spoken to; what became of it is recorded under the
lease's token. So a worker that dies in between leaves a lease that runs out, and the mail is tried again with the same
Message-ID. Whoever must not get it twice marks it ``once``: then a person decides.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.address import mailbox
from mlw_workflow.notifications.checkpoint_mail import KIND as CHECKPOINT_MAIL
from mlw_workflow.notifications.checkpoint_mail import attached_note
from mlw_workflow.notifications.mail import compose
from mlw_workflow.notifications.transport import Accepted, Permanent, Temporary, Unknown
from mlw_workflow.notifications.values import Composed
from mlw_workflow.storage import outbox, repositories
from mlw_workflow.storage.outbox import Settled

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.transport import Result, Transport
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.outbox import Mail

log = structlog.get_logger("mlw.mail")
LEASE = timedelta(minutes=10)
"""Longer than any transport takes over one mail."""
PAUSES = tuple(timedelta(minutes=m) for m in (1, 2, 5, 15, 30, 60, 120, 240, 480, 720))
"""Between attempts; the last one is repeated."""
ATTEMPTS_MAX = 18
"""With these pauses, five days."""
AHEAD = max(PAUSES) + LEASE
"""An attempt or a lease farther ahead than that was planned before the clock was set back."""
LAPSED = "lease_lapsed"


@dataclass(slots=True)
class Delivered:
    """What a run did."""

    sent: int = 0
    later: int = 0
    dead: int = 0
    in_doubt: int = 0
    lost_leases: int = 0
    """Attempts whose lease had passed to another worker when they ended."""
    stopped: str = ""
    """Why the run ended early: the server, not a mail."""
    numbers: list[int] = field(default_factory=list)
    """Of the mails that were handed over, in order."""


def deliver(
    desk: Desk, mailroom: Mailroom, transport: Transport, go_on: Callable[[], bool] = lambda: True
) -> Delivered:
    """Hand over every mail whose time has come, until there is none, the server fails or ``go_on`` says no."""
    done = Delivered()
    try:
        while go_on() and not done.stopped:
            leased = _lease(desk, done)
            if leased is None:
                break
            _attempt(desk, mailroom, transport, *leased, done)
    finally:
        transport.close()
    if done.sent or done.later or done.dead or done.in_doubt:
        log.info("delivered", sent=done.sent, later=done.later, dead=done.dead, in_doubt=done.in_doubt,
                 stopped=done.stopped)  # fmt: skip
    return done


def _lease(desk: Desk, done: Delivered) -> tuple[Mail, str] | None:
    now = desk.clock.now()
    ahead = now + AHEAD
    with desk.database.read() as connection:
        if not outbox.mail_due(connection, now, ahead) and not outbox.lapsed(connection, now, ahead):
            return None
    with desk.database.work() as work:
        mail = outbox.claim_mail(work.connection, now, ahead)
        while mail is None:
            lapsed = outbox.claim_lapsed(work.connection, now, ahead)
            if lapsed is None:
                break
            if lapsed.once:
                outbox.doubt(work.connection, lapsed, LAPSED)
                done.in_doubt += 1
            else:
                mail = lapsed
        token = uuid.uuid4().hex
        if mail is not None:
            doubts = mail.doubts + (mail.status == "leased")
            outbox.lease(work.connection, mail, token, now + LEASE, doubts)
            mail = outbox.mail(work.connection, mail.id)
        work.commit()
    return None if mail is None else (mail, token)


def _attempt(desk: Desk, mailroom: Mailroom, transport: Transport, mail: Mail, token: str, done: Delivered) -> None:
    with desk.database.read() as connection:
        letter = _letter(connection, mailroom, mail)
    result = transport.deliver(letter) if not isinstance(letter, str) else letter
    settled = _settled(mail, result, desk.clock.now())
    with desk.database.work() as work:
        kept = outbox.settle(work.connection, mail, token, settled)
        work.commit()
    if not kept:
        done.lost_leases += 1
        return
    if settled.status == "sent":
        done.sent += 1
        done.numbers.append(mail.id)
    else:
        done.later += settled.status == "waiting"
        done.dead += settled.status == "dead"
        done.in_doubt += settled.status == "in_doubt"
        log.warning("not_delivered", mail=mail.id, status=settled.status, error=settled.error.partition(":")[0])
    if isinstance(result, Temporary | Unknown) and result.server:
        done.stopped = result.reason


def _letter(connection: Connection, mailroom: Mailroom, mail: Mail) -> Letter | str:
    """The letter, or why there can be none."""
    person = repositories.person(connection, mail.recipient)
    if person is None and "@" not in mail.recipient:
        return "person_unknown"
    try:
        return compose(
            Composed(mail.subject, mail.text, mail.html, "en" if mail.language == "en" else "pl"),
            sender=mailroom.sender,
            recipient=mailbox(person.name, person.email) if person else mailbox("", mail.recipient),
            key=mail.key,
            domain=mail.message_id.rpartition("@")[2].rstrip(">"),
            date=mail.created_at,
            reply_to=mailroom.reply_to,
            list_unsubscribe=mailroom.unsubscribe,
            attached=attached_note(mail.text) if mail.kind == CHECKPOINT_MAIL else None,
        )
    except BadInput as problem:
        return problem.code


def _settled(mail: Mail, result: Result | str, now: datetime) -> Settled:
    """What becomes of a mail after an attempt."""
    match result:
        case str():
            return Settled("dead", result)
        case Accepted():
            return Settled("sent", "", sent_at=now)
        case Permanent():
            return Settled("dead", _told(result.reason, result.detail))
        case Unknown() if mail.once:
            return Settled("in_doubt", _told(result.reason, result.detail), doubts=mail.doubts + 1)
        case Unknown():
            return _again(mail, result.reason, result.detail, now, mail.doubts + 1)
        case Temporary():
            return _again(mail, result.reason, result.detail, now, mail.doubts)


def _again(mail: Mail, reason: str, detail: str, now: datetime, doubts: int) -> Settled:
    if mail.attempts >= ATTEMPTS_MAX:
        return Settled("dead", _told("attempts_exhausted", detail or reason), doubts=doubts)
    pause = PAUSES[min(mail.attempts, len(PAUSES)) - 1]
    return Settled("waiting", _told(reason, detail), now + pause, doubts=doubts)


def _told(reason: str, detail: str) -> str:
    return f"{reason}: {detail}" if detail else reason


# What a person decides


def undelivered(desk: Desk) -> list[Mail]:
    """The mails that wait for a person's decision: dead, or in doubt."""
    with desk.database.read() as connection:
        return outbox.undelivered(connection)


def resend(desk: Desk, number: int) -> None:
    """Try a dead or doubtful mail again from the beginning. Raises BadInput ``mail_not_undelivered``."""
    _decide(desk, outbox.resend, number)


def arrived(desk: Desk, number: int) -> None:
    """A doubtful mail did arrive. Raises BadInput ``mail_not_undelivered``."""
    _decide(desk, outbox.resolve, number)


def _decide(desk: Desk, decision: Callable[[Connection, int, datetime], bool], number: int) -> None:
    with desk.database.work() as work:
        if not decision(work.connection, number, desk.clock.now()):
            raise BadInput("mail_not_undelivered", number=number)
        work.commit()
