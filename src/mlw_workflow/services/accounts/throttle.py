"""How often somebody may try to log in: a few failures cost nothing, each one after that a longer wait."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.accounts.tokens import digest
from mlw_workflow.storage import accounts

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

FREE = {"login": 5, "address": 30}
"""Failures that cost nothing, under one name and from one address (an office shares one)."""
FIRST_WAIT, LONGEST_WAIT = timedelta(seconds=15), timedelta(minutes=15)
FORGOTTEN_AFTER = timedelta(hours=6)


def keys(login: str, address: str) -> dict[str, str]:
    """What failures are counted by. Digests: the table tells nobody who tried to log in."""
    return {kind: f"{kind}:{digest(value)}" for kind, value in (("login", login), ("address", address)) if value}


def blocked_until(connection: Connection, login: str, address: str, now: datetime) -> datetime | None:
    """Until when nobody may try under this name or from this address; None: it may be tried."""
    found = [accounts.failures(connection, key) for key in keys(login, address).values()]
    waits = [item.blocked_until for item in found if item is not None and item.blocked_until is not None]
    return max((until for until in waits if until > now), default=None)


def refuse(until: datetime | None, now: datetime) -> None:
    """Raise BadInput ``login_throttled`` (facts: minutes) where nobody may try before an instant."""
    if until is not None:
        raise BadInput("login_throttled", minutes=-(-int((until - now).total_seconds()) // 60))


def failed(connection: Connection, login: str, address: str, now: datetime) -> None:
    """Count one more failure."""
    for kind, key in keys(login, address).items():
        over = accounts.count_failure(connection, key, now, now - FORGOTTEN_AFTER) - FREE[kind]
        wait = min(FIRST_WAIT * 2 ** min(over - 1, 10), LONGEST_WAIT) if over > 0 else None
        accounts.block(connection, key, None if wait is None else now + wait)


def succeeded(connection: Connection, login: str) -> None:
    """The name's failures are forgotten; those of the address are not, or one account would free guessing at others."""
    accounts.drop_failures(connection, keys(login, "")["login"])
