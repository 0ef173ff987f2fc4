"""The outbox: mails from being written to being handed to the mail server, and what became of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from mlw_workflow.storage import reminder_statements as sql
from mlw_workflow.storage.mapping import instant_of, instant_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

MailStatus = Literal["waiting", "leased", "sent", "dead", "in_doubt"]


@dataclass(frozen=True, slots=True)
class NewMail:
    """A mail to be entered."""

    key: str
    kind: str
    recipient: str
    """A person's id; the address is looked up when it is sent."""
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    once: bool = False


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it stands."""

    id: int
    key: str
    kind: str
    recipient: str
    language: str
    subject: str
    text: str
    html: str
    message_id: str
    once: bool
    status: MailStatus
    attempts: int
    """The present one included."""
    doubts: int
    """Attempts that may have succeeded without our knowing."""
    next_attempt_at: datetime
    lease_until: datetime | None
    lease_token: str | None
    last_error: str
    created_at: datetime
    sent_at: datetime | None


@dataclass(frozen=True, slots=True)
class Settled:
    """What an attempt led to."""

    status: MailStatus
    error: str = ""
    next_attempt_at: datetime | None = None
    sent_at: datetime | None = None
    attempts: int | None = None
    """None: as counted."""
    doubts: int | None = None


def add_mail(connection: Connection, mail: NewMail, now: datetime, not_before: datetime | None = None) -> int | None:
    """Enter a mail; its number, or None when there is one of that key already."""
    instant = connection.driver.instant
    row = connection.row(
        sql.ADD_MAIL, mail.key, mail.kind, mail.recipient, mail.language, mail.subject, mail.text, mail.html,
        mail.message_id, mail.once, instant(not_before or now), instant(now),
    )  # fmt: skip
    return None if row is None else row[0]


def mail_due(connection: Connection, now: datetime, ahead: datetime) -> bool:
    """Whether a mail is to be tried: its time has come, or lies so far ahead that the clock must have gone back."""
    instant = connection.driver.instant
    return (
        connection.row(sql.MAIL_DUE, instant(now)) is not None
        or connection.row(sql.MAIL_AHEAD, instant(ahead)) is not None
    )


def claim_mail(connection: Connection, now: datetime, ahead: datetime) -> Mail | None:
    """The mail to be tried next, which no other worker takes until the transaction ends."""
    instant = connection.driver.instant
    row = connection.row(sql.CLAIM_MAIL, instant(now)) or connection.row(sql.CLAIM_MAIL_AHEAD, instant(ahead))
    return None if row is None else _mail(row)


def lapsed(connection: Connection, now: datetime, ahead: datetime) -> bool:
    """Whether a worker took a mail and never said what became of it."""
    instant = connection.driver.instant
    return connection.row(sql.LAPSED, instant(now), instant(ahead)) is not None


def claim_lapsed(connection: Connection, now: datetime, ahead: datetime) -> Mail | None:
    """A mail whose worker is gone; a lease that ends after ``ahead`` was given before the clock went back."""
    instant = connection.driver.instant
    row = connection.row(sql.CLAIM_LAPSED, instant(now), instant(ahead))
    return None if row is None else _mail(row)


def lease(connection: Connection, mail: Mail, token: str, until: datetime, doubts: int) -> None:
    """Mark the mail as being tried by whoever knows the token."""
    connection.execute(sql.LEASE_MAIL, token, connection.driver.instant(until), doubts, mail.id)


def settle(connection: Connection, mail: Mail, token: str, settled: Settled) -> bool:
    """Record what the attempt led to. False when the lease has passed to somebody else: then nothing is recorded."""
    instant = connection.driver.instant
    values = (
        settled.status,
        settled.error,
        instant(settled.next_attempt_at or mail.next_attempt_at),
        mail.attempts if settled.attempts is None else settled.attempts,
        mail.doubts if settled.doubts is None else settled.doubts,
        None if settled.sent_at is None else instant(settled.sent_at),
    )
    return connection.execute(sql.SETTLE_MAIL, *values, mail.id, token) == 1


def doubt(connection: Connection, mail: Mail, error: str) -> None:
    """A person has to say whether the mail arrived."""
    connection.execute(sql.DOUBT_MAIL, error, mail.doubts + 1, mail.id)


def counts(connection: Connection) -> dict[str, int]:
    """How many mails there are of each status."""
    found = dict.fromkeys(("waiting", "leased", "sent", "dead", "in_doubt"), 0)
    return found | dict(connection.rows(sql.MAIL_COUNTS))


def resend(connection: Connection, number: int, now: datetime) -> bool:
    """Try a dead or doubtful mail again. False when there is none of that number."""
    return connection.execute(sql.RESEND_MAIL, connection.driver.instant(now), number) == 1


def resolve(connection: Connection, number: int, now: datetime) -> bool:
    """A doubtful mail did arrive. False when there is none of that number."""
    return connection.execute(sql.RESOLVE_MAIL, connection.driver.instant(now), number) == 1


def mail(connection: Connection, number: int) -> Mail | None:
    """The mail of that number."""
    row = connection.row(sql.MAIL, number)
    return None if row is None else _mail(row)


def mails(connection: Connection) -> list[Mail]:
    """Every mail, oldest first."""
    return [_mail(row) for row in connection.rows(sql.MAILS)]


def undelivered(connection: Connection) -> list[Mail]:
    """The mails that wait for a person's decision."""
    return [_mail(row) for row in connection.rows(sql.UNDELIVERED)]


def unsent(connection: Connection) -> tuple[int, datetime | None]:
    """How many mails are on their way, and since when the oldest of them is."""
    waiting, leased = connection.row(sql.UNSENT), connection.row(sql.LEASED)
    oldest = [instant_of(at) for at in (waiting[1], leased[1]) if at is not None]
    return waiting[0] + leased[0], min(oldest, default=None)


def _mail(row: tuple[Any, ...]) -> Mail:
    (
        number, key, kind, recipient, language, subject, text, html, message_id, once, status, attempts, doubts,
        next_attempt_at, lease_until, lease_token, last_error, created_at, sent_at,
    ) = row  # fmt: skip
    return Mail(
        number, key, kind, recipient, language, subject, text, html, message_id, bool(once), status, attempts, doubts,
        instant_of(next_attempt_at), instant_or_none(lease_until), lease_token, last_error, instant_of(created_at),
        instant_or_none(sent_at),
    )  # fmt: skip
