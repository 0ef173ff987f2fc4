"""Queries about webhooks: who is told of what, how far the logs have been told of, and the messages on their way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from mlw_workflow.storage import api_statements as sql
from mlw_workflow.storage.mapping import instant_of, instant_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

TREE = "tree"
"""Under this name the place is a checkpoint's size; logs are called by the ids of their pilots."""
NEWEST = 1 << 62
MessageStatus = Literal["waiting", "leased", "sent", "dead"]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events."""

    id: str
    person: str
    """On whose behalf: it is told of nothing that this person may not see."""
    url: str
    events: tuple[str, ...]
    pilot: str | None
    """A pilot's id; None: every pilot in the person's reach."""
    secret: str = field(repr=False)
    """Sealed; only the office's key opens it."""
    created_at: datetime
    disabled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Message:
    """One event for one address."""

    id: int
    webhook: str
    event: str
    type: str
    body: str
    status: MessageStatus
    attempts: int
    next_attempt_at: datetime
    lease_token: str | None
    last_error: str
    created_at: datetime
    sent_at: datetime | None


def add_webhook(connection: Connection, hook: Webhook) -> None:
    """Enter a webhook."""
    moment = connection.driver.instant(hook.created_at)
    connection.execute(
        sql.ADD_HOOK, hook.id, hook.person, hook.url, " ".join(hook.events), hook.pilot, hook.secret, moment
    )


def webhook(connection: Connection, number: str) -> Webhook | None:
    """The webhook that is called so."""
    row = connection.row(sql.HOOK, number)
    return None if row is None else _webhook(row)


def webhooks(connection: Connection, person: str = "") -> list[Webhook]:
    """Every webhook, or those of one person, the oldest first."""
    rows = connection.rows(sql.HOOKS_OF, person) if person else connection.rows(sql.HOOKS)
    return [_webhook(row) for row in rows]


def open_webhooks(connection: Connection) -> list[Webhook]:
    """Those that are to be told."""
    return [_webhook(row) for row in connection.rows(sql.HOOKS_OPEN)]


def disable_webhook(connection: Connection, number: str, now: datetime) -> bool:
    """Tell it nothing more, what waits included. False when that was so before."""
    connection.execute(sql.DROP_MESSAGES_OF, number)
    return connection.execute(sql.DISABLE_HOOK, connection.driver.instant(now), number) == 1


def _webhook(row: tuple[Any, ...]) -> Webhook:
    number, person, url, events, pilot, secret, created_at, disabled_at = row
    return Webhook(
        number, person, url, tuple(events.split()), pilot, secret, instant_of(created_at), instant_or_none(disabled_at)
    )


def start_places(connection: Connection) -> None:
    """Nothing of what is on record now is told of any more: the first webhook hears of what comes after it."""
    connection.execute(sql.START_PLACES)


def set_place(connection: Connection, log: str, seq: int) -> None:
    """That log has been told of up to there."""
    connection.execute(sql.SET_PLACE, log, seq)


def place(connection: Connection, log: str) -> int:
    """Up to where a log has been told of."""
    row = connection.row(sql.PLACE, log)
    return 0 if row is None else row[0]


def ahead(connection: Connection, limit: int) -> list[tuple[str, int]]:
    """Logs with entries that were not told of yet, and up to where they were."""
    return [(row[0], row[1]) for row in connection.rows(sql.AHEAD, limit)]


def add_message(connection: Connection, hook: str, event: str, type_: str, body: str, now: datetime) -> bool:
    """Enter a message; False when the webhook was told of that event before."""
    moment = connection.driver.instant(now)
    return connection.execute(sql.ADD_MESSAGE, hook, event, type_, body, moment, moment) == 1


def message_due(connection: Connection, now: datetime) -> bool:
    """Whether a message is to be tried."""
    moment = connection.driver.instant(now)
    return connection.row(sql.MESSAGE_DUE, moment) is not None or connection.row(sql.MESSAGE_LAPSED, moment) is not None


def claim_message(connection: Connection, now: datetime) -> Message | None:
    """The message to be tried next, which no other worker takes until the transaction ends."""
    moment = connection.driver.instant(now)
    row = connection.row(sql.CLAIM_MESSAGE, moment) or connection.row(sql.CLAIM_MESSAGE_LAPSED, moment)
    return None if row is None else _message(row)


def lease_message(connection: Connection, message: Message, token: str, until: datetime) -> None:
    """Mark it as being tried by whoever knows the token."""
    connection.execute(sql.LEASE_MESSAGE, token, connection.driver.instant(until), message.id)


def settle_message(
    connection: Connection, message: Message, token: str, status: MessageStatus, error: str, at: datetime
) -> bool:
    """What the attempt led to; ``at``: when it was taken, or is to be tried again. False: the lease has passed on."""
    moment = connection.driver.instant(at)
    sent = moment if status == "sent" else None
    return connection.execute(sql.SETTLE_MESSAGE, status, error, moment, sent, message.id, token) == 1


def postpone(connection: Connection, hook: str, until: datetime) -> None:
    """Leave an address that does not answer alone for a while, so that others are not kept waiting."""
    moment = connection.driver.instant(until)
    connection.execute(sql.POSTPONE_MESSAGES, moment, hook, moment)


def messages(connection: Connection, hook: str, limit: int, before: int = NEWEST) -> list[Message]:
    """The messages to one address, the newest first."""
    return [_message(row) for row in connection.rows(sql.MESSAGES_OF, hook, before, limit)]


def last_messages(connection: Connection) -> dict[str, Message]:
    """The newest message to each webhook, by webhook."""
    return {message.webhook: message for message in map(_message, connection.rows(sql.LAST_MESSAGES))}


def _message(row: tuple[Any, ...]) -> Message:
    number, hook, event, type_, body, status, attempts, next_at, token, error, created_at, sent_at = row
    return Message(
        number, hook, event, type_, body, status, attempts, instant_of(next_at), token, error, instant_of(created_at),
        instant_or_none(sent_at),
    )  # fmt: skip
