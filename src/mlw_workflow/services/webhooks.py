"""Webhooks: who is told of what happens. They are made, listed, tried out and disabled here; ``announce`` enters what
they are told, and ``post_events`` sends it.
"""

from __future__ import annotations

import json
import secrets
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import structlog

from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.webhook_post import AddressRefused, Taken, new_secret, signature
from mlw_workflow.services.accounts.api_tokens import account_of
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.storage import circle
from mlw_workflow.storage import webhooks as storage
from mlw_workflow.storage.webhooks import Webhook

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.notifications.webhook_post import Poster
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.webhooks import Message

log = structlog.get_logger("mlw.webhook")
EVENTS = ("entry.recorded", "entry.refused", "deadline.due", "finding.opened", "checkpoint.made")
TYPE_PREFIX = "pl.mlw."
EACH_MAX = 20


@dataclass(frozen=True, slots=True)
class Webhooks:
    """What telling needs: the address that events come from, the key that secrets are sealed with, the way out."""

    origin: str
    vault: Vault
    poster: Poster


@dataclass(frozen=True, slots=True)
class Overview:
    """A webhook, and what became of what it was told last."""

    hook: Webhook
    person: str
    """Whose it is, by name; empty: somebody erased."""
    municipality: str
    """Empty: all within the person's reach."""
    last: Message | None


def new_webhook(
    desk: Desk, hooks: Webhooks, person: str, url: str, events: Iterable[str], pilot: Pilot | None = None
) -> tuple[Webhook, str]:
    """A webhook and its secret, which nobody can look up again. It is told of what happens from now on.

    Raises UnknownPerson for whoever has no account; BadInput ``webhook_events``, ``webhook_address`` (facts: problem),
    ``webhooks_too_many``.
    """
    wanted, secret = tuple(dict.fromkeys(events)), new_secret()
    if not wanted or not set(wanted) <= set(EVENTS):
        raise BadInput("webhook_events", known=EVENTS)
    try:
        hooks.poster.target(url)
    except AddressRefused as refused:
        raise BadInput("webhook_address", problem=f"url_{refused}") from refused
    number = secrets.token_hex(6)
    hooks.vault.make()
    sealed = hooks.vault.seal(secret, _about(number))
    with desk.database.work() as work:
        connection = work.connection
        holder = account_of(connection, person).person.id
        if sum(one.disabled_at is None for one in storage.webhooks(connection, holder)) >= EACH_MAX:
            raise BadInput("webhooks_too_many", maximum=EACH_MAX)
        if not storage.open_webhooks(connection):
            storage.start_places(connection)
        place = pilot.id if pilot is not None else None
        made = Webhook(number, holder, url, wanted, place, sealed, desk.clock.now(), None)
        storage.add_webhook(connection, made)
        work.commit()
    log.info("webhook_made", webhook=number)
    return made, secret


def webhooks(desk: Desk, person: str = "") -> list[Webhook]:
    """Every webhook, or those of one person (an id)."""
    with desk.database.read() as connection:
        return storage.webhooks(connection, person)


def overview(desk: Desk) -> tuple[Overview, ...]:
    """Every webhook, the newest first and those that are switched off last."""
    with desk.database.read() as connection:
        found = storage.webhooks(connection)
        last = storage.last_messages(connection)
        people = circle.people(connection, sorted({hook.person for hook in found}))
        pilots = circle.pilots(connection, sorted({hook.pilot for hook in found if hook.pilot is not None}))
    told = [
        Overview(
            hook,
            people[hook.person].name if hook.person in people else "",
            pilots[hook.pilot].municipality if hook.pilot in pilots else "",
            last.get(hook.id),
        )
        for hook in reversed(found)
    ]
    return tuple(sorted(told, key=lambda one: one.hook.disabled_at is not None))


def webhook(desk: Desk, number: str, person: str = "") -> Webhook:
    """A webhook; with ``person`` (an id) only one of theirs. Raises BadInput ``webhook_unknown``."""
    with desk.database.read() as connection:
        found = storage.webhook(connection, number)
    if found is None or person not in ("", found.person):
        raise BadInput("webhook_unknown", webhook=number[:40])
    return found


def disable(desk: Desk, number: str, person: str = "") -> Webhook:
    """Tell it nothing more. Raises BadInput ``webhook_unknown``."""
    found, now = webhook(desk, number, person), desk.clock.now()
    with desk.database.work() as work:
        if storage.disable_webhook(work.connection, number, now):
            found = replace(found, disabled_at=now)
        work.commit()
    log.info("webhook_disabled", webhook=number)
    return found


def deliveries(desk: Desk, number: str, limit: int, before: int = storage.NEWEST) -> list[Message]:
    """What was sent to a webhook and what became of it, the newest first."""
    with desk.database.read() as connection:
        return storage.messages(connection, number, limit, before)


def try_out(desk: Desk, hooks: Webhooks, number: str, person: str = "") -> Taken:
    """Send a test event at once. Raises BadInput ``webhook_unknown``."""
    found = webhook(desk, number, person)
    body = event(hooks, "webhook.test", secrets.token_hex(8), "", CLOCK.now(), {"webhook": number})
    return hand_over(hooks, found, json.loads(body)["id"], body.encode())


def event(hooks: Webhooks, kind: str, number: str, subject: str, at: datetime, data: dict[str, Any]) -> str:
    """A CloudEvent (1.0, structured JSON). ``number`` makes a second one of the same thing recognisable."""
    told = {
        "specversion": "1.0",
        "id": number,
        "source": f"{hooks.origin}/api/v1",
        "type": TYPE_PREFIX + kind,
        "time": instant(at),
        "datacontenttype": "application/json",
        "data": data,
    }
    if subject:
        told["subject"] = subject
    return json.dumps(told, ensure_ascii=False, separators=(",", ":"))


def hand_over(hooks: Webhooks, to: Webhook, number: str, body: bytes) -> Taken:
    """Sign an event and send it, once."""
    sent_at = int(CLOCK.now().timestamp())
    secret = hooks.vault.open(to.secret, _about(to.id))
    headers = {
        "webhook-id": number,
        "webhook-timestamp": str(sent_at),
        "webhook-signature": signature(secret, number, sent_at, body),
    }
    return hooks.poster.post(to.url, body, headers)


def _about(number: str) -> str:
    return f"webhook {number}"
