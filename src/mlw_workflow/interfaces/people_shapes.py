"""The shapes of answers about pilots, people and roles: exactly what docs/reference/json.md promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mlw_workflow.domain.ledger import Membership
    from mlw_workflow.domain.pause import Deputy
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.pause import Paused
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.api_tokens import ApiToken
    from mlw_workflow.storage.repositories import Person
    from mlw_workflow.storage.webhooks import Message, Webhook

Json = dict[str, Any]


def pilot(of: Pilot, name: str) -> Json:
    """A pilot; ``name``: how it is called."""
    return {
        "pilot": name,
        "code": of.code,
        "municipality": of.municipality,
        "voivodeship": of.voivodeship,
        "programme": of.programme,
        "definition": of.definition,
        "start": of.start.isoformat(),
        "end": of.end.isoformat(),
    }


def person(of: Person) -> Json:
    """A person."""
    return {"id": of.id, "name": of.name, "email": of.email, "language": of.language}


def member(of: Membership, where: Pilot) -> Json:
    """A role that somebody holds or held."""
    return {
        "pilot": where.municipality,
        "code": where.code,
        "person": of.person,
        "role": of.role,
        "since": of.since.isoformat(),
        "until": of.until.isoformat() if of.until else None,
    }


def deputy(of: Deputy, pilot_name: str) -> Json:
    """Who stands in for whom."""
    return {
        "pilot": pilot_name,
        "person": of.person,
        "deputy": of.deputy,
        "since": of.since.isoformat(),
        "until": of.until.isoformat(),
    }


def paused(of: Paused) -> Json:
    """A deadline of which somebody knows, or wants to hear later."""
    return {
        "machine": of.pause.machine,
        "rule": of.pause.rule,
        "person": of.pause.person,
        "kind": of.pause.kind,
        "due_on": of.due_on.isoformat() if of.due_on else None,
        "until": of.pause.until.isoformat() if of.pause.until else None,
        "entry": of.pause.seq,
    }


def account_state(of: Account) -> str:
    """``invited``, ``open`` or ``disabled``."""
    if of.disabled_at is not None:
        return "disabled"
    return "open" if of.password else "invited"


def token(of: ApiToken, name: str) -> Json:
    """A program's token, without its secret; ``name``: its holder's."""
    from mlw_workflow.audit.seal import instant

    return {
        "token": of.id,
        "person": of.person,
        "holder": name,
        "name": of.name,
        "scopes": list(of.scopes),
        "created_at": instant(of.created_at),
        "expires_at": instant(of.expires_at),
        "used_on": of.used_on.isoformat() if of.used_on else None,
        "revoked_at": instant(of.revoked_at) if of.revoked_at else None,
    }


def webhook(of: Webhook, pilot_code: str | None) -> Json:
    """An address that is told of events, without its secret."""
    from mlw_workflow.audit.seal import instant

    return {
        "webhook": of.id,
        "person": of.person,
        "url": of.url,
        "events": list(of.events),
        "pilot": pilot_code,
        "created_at": instant(of.created_at),
        "disabled_at": instant(of.disabled_at) if of.disabled_at else None,
    }


def delivery(of: Message) -> Json:
    """A message to such an address, and what became of it."""
    from mlw_workflow.audit.seal import instant

    return {
        "id": of.id,
        "event": of.event,
        "type": of.type,
        "status": of.status,
        "attempts": of.attempts,
        "error": of.last_error or None,
        "created_at": instant(of.created_at),
        "next_attempt_at": instant(of.next_attempt_at) if of.status in ("waiting", "leased") else None,
        "sent_at": instant(of.sent_at) if of.sent_at else None,
    }
