"""Tokens by which a program speaks for a person: made, looked at, revoked. A token can do no more than its person."""

from __future__ import annotations

import secrets
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import AccessRefused, BadInput, StorageUnavailable, UnknownPerson
from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.services.accounts.tokens import digest, new_token
from mlw_workflow.storage import accounts, repositories
from mlw_workflow.storage import api_tokens as storage
from mlw_workflow.storage.api_tokens import ApiToken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.connection import Connection

log = structlog.get_logger("mlw.account")
SCOPES = ("read", "write", "audit", "admin")
"""What a token may be for: looking, recording, looking as control does, administering."""
PREFIX = "mlw_"
"""By which a token is known for what it is where it should not be, such as in somebody's code."""
DAYS, DAYS_MAX = 90, 366
NAME_MAX = 80


def new_api_token(
    desk: Desk, person: str, name: str, scopes: Iterable[str], days: int = DAYS, clock: Clock = CLOCK
) -> tuple[ApiToken, str]:
    """A token and its secret, which nobody can look up again. ``days``: how long it holds.

    Raises UnknownPerson ``account_unknown`` for whoever has no account; BadInput ``token_name``, ``token_scopes``,
    ``token_days``; AccessRefused ``token_admin`` for the scope ``admin`` of somebody who does not administer.
    """
    name, wanted = " ".join(name.split()), tuple(dict.fromkeys(scopes))
    if not name or len(name) > NAME_MAX or not name.isprintable():
        raise BadInput("token_name", maximum=NAME_MAX)
    if not wanted or not set(wanted) <= set(SCOPES):
        raise BadInput("token_scopes", known=SCOPES)
    if not 1 <= days <= DAYS_MAX:
        raise BadInput("token_days", maximum=DAYS_MAX)
    now, secret = clock.now(), PREFIX + new_token()
    with desk.database.work() as work:
        account = account_of(work.connection, person)
        if "admin" in wanted and not account.is_admin:
            raise AccessRefused("token_admin", person=account.person.name)
        number = secrets.token_hex(6)
        made = ApiToken(number, account.person.id, name, wanted, now, now + timedelta(days=days), None, None)
        storage.add_token(work.connection, made, digest(secret))
        work.commit()
    log.info("token_made", token=number)
    return made, secret


def api_tokens(desk: Desk, person: str = "") -> list[tuple[ApiToken, str]]:
    """Every token with its holder's name, or those of one person. Raises UnknownPerson."""
    with desk.database.read() as connection:
        whose = account_of(connection, person).person.id if person else ""
        names = {known.id: known.name for known in repositories.people(connection)}
        return [(token, names.get(token.person, token.person)) for token in storage.tokens(connection, whose)]


def revoke(desk: Desk, number: str, person: str = "", clock: Clock = CLOCK) -> ApiToken:
    """Revoke a token at once; with ``person`` (an id) only one of theirs. Raises BadInput ``token_unknown``."""
    now = clock.now()
    with desk.database.work() as work:
        found = storage.token(work.connection, number)
        if found is None or person not in ("", found.person):
            raise BadInput("token_unknown", token=number[:40])
        if storage.revoke_token(work.connection, number, now):
            found = replace(found, revoked_at=now)
        work.commit()
    log.info("token_revoked", token=number)
    return found


def holder_of(desk: Desk, secret: str, address: str = "", clock: Clock = CLOCK) -> tuple[ApiToken, Account]:
    """Whose token it is, as long as it counts: not revoked, not run out, its holder's account open.

    Raises AccessRefused ``token_refused`` (one answer for all reasons); BadInput ``login_throttled`` (facts: minutes)
    for wrong ones that keep coming from one address. A right one is never kept waiting: nobody guesses 256 bits.
    """
    now = clock.now()
    with desk.database.read() as connection:
        found = storage.token_by_digest(connection, digest(secret))
        account = None if found is None else accounts.account(connection, found.person)
    if (
        found is None
        or account is None
        or account.disabled_at is not None
        or found.revoked_at is not None
        or now >= found.expires_at
    ):
        _wrong(desk, address, clock)
        raise AccessRefused("token_refused")
    day = local_day(now)
    if found.used_on != day:
        with suppress(StorageUnavailable), desk.database.work() as work:  # who may only read may still look
            storage.touch_token(work.connection, found.id, day)
            work.commit()
    return found, account


def _wrong(desk: Desk, address: str, clock: Clock) -> None:
    """Count a wrong token against the address it came from."""
    if not address:
        return
    now, origin = clock.now(), f"token {address}"
    with desk.database.work() as work:
        until = throttle.blocked_until(work.connection, "", origin, now)
        if until is not None:
            raise BadInput("login_throttled", minutes=-(-int((until - now).total_seconds()) // 60))
        throttle.failed(work.connection, "", origin, now)
        work.commit()
    log.info("token_wrong", at=now.astimezone(UTC).isoformat(timespec="seconds"))


def account_of(connection: Connection, name: str) -> Account:
    """The account of a person (id, e-mail address, full name). Raises UnknownPerson ``account_unknown``."""
    person = repositories.find_person(connection, name)
    account = None if person is None else accounts.account(connection, person.id)
    if account is None:
        raise UnknownPerson("account_unknown", person=name[:120], known=())
    return account
