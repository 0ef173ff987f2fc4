"""Sending what webhooks are to be told, at least once each: leased, tried with growing pauses, and given up at last.

The lease is committed before anybody outside is spoken to, and what became of an attempt is recorded under it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.webhooks import hand_over
from mlw_workflow.storage import accounts
from mlw_workflow.storage import webhooks as storage

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.notifications.webhook_post import Taken
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.webhooks import Webhooks
    from mlw_workflow.storage.webhooks import Message, MessageStatus, Webhook

log = structlog.get_logger("mlw.webhook")
LEASE = timedelta(minutes=2)
"""Longer than an attempt takes."""
PAUSES = tuple(timedelta(minutes=m) for m in (1, 5, 30, 120, 300, 600, 840, 1200))
"""Between attempts; after the last one the message is given up."""
SENT_MAX = 200
"""In one run, so that reminders are not kept waiting."""


@dataclass(slots=True)
class Posted:
    """What a run did."""

    sent: int = 0
    later: int = 0
    dead: int = 0


def post_events(desk: Desk, hooks: Webhooks, go_on: Callable[[], bool] = lambda: True, clock: Clock = CLOCK) -> Posted:
    """Send every message whose time has come, until there is none or ``go_on`` says no."""
    done = Posted()
    for _ in range(SENT_MAX):
        leased = _lease(desk, clock) if go_on() else None
        if leased is None:
            break
        message, token, hook = leased
        why = "" if hook is not None and _may(desk, hook) else "disabled"
        taken = None if why or hook is None else hand_over(hooks, hook, message.event, message.body.encode())
        _settle(desk, message, token, taken, clock, done)
    if done.sent or done.later or done.dead:
        log.info("events_posted", sent=done.sent, later=done.later, dead=done.dead)
    return done


def _lease(desk: Desk, clock: Clock) -> tuple[Message, str, Webhook | None] | None:
    now = clock.now()
    with desk.database.read() as connection:
        if not storage.message_due(connection, now):
            return None
    with desk.database.work() as work:
        message = storage.claim_message(work.connection, now)
        if message is None:
            return None
        token = uuid.uuid4().hex
        storage.lease_message(work.connection, message, token, now + LEASE)
        hook = storage.webhook(work.connection, message.webhook)
        work.commit()
    return message, token, hook


def _may(desk: Desk, hook: Webhook) -> bool:
    """Whether the webhook is still open, and its person's account too."""
    with desk.database.read() as connection:
        account = accounts.account(connection, hook.person)
    return hook.disabled_at is None and account is not None and account.disabled_at is None


def _settle(desk: Desk, message: Message, token: str, taken: Taken | None, clock: Clock, done: Posted) -> None:
    now, attempts = clock.now(), message.attempts + 1
    status: MessageStatus = "sent"
    error, at = "", now
    if taken is None:
        status, error = "dead", "disabled"
    elif not taken.ok:
        error = f"{taken.reason} {taken.status}" if taken.status else taken.reason
        last = attempts > len(PAUSES) or taken.gone
        status, at = ("dead", now) if last else ("waiting", now + PAUSES[attempts - 1])
    with desk.database.work() as work:
        kept = storage.settle_message(work.connection, message, token, status, error, at)
        if kept and status == "waiting":
            storage.postpone(work.connection, message.webhook, now + PAUSES[0])
        work.commit()
    if kept:
        done.sent += status == "sent"
        done.later += status == "waiting"
        done.dead += status == "dead"
        if error:
            log.warning("event_not_taken", message=message.id, status=status, error=error)
