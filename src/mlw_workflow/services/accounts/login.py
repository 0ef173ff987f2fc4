"""Log in and out."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.clock import SystemClock
from mlw_workflow.domain.errors import BadInput, StorageUnavailable
from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.passwords import matches
from mlw_workflow.services.accounts.tokens import digest, new_token
from mlw_workflow.storage import accounts

if TYPE_CHECKING:
    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account

log = structlog.get_logger("mlw.account")
LASTS = timedelta(hours=12)
"""Longer than a working day, shorter than a night."""
IDLE = timedelta(hours=2)
TOUCHED_EVERY = timedelta(minutes=1)
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's visit."""

    account: Account
    expired: bool = False
    """It has run out; who it was is still known, so that what was typed can be kept for them."""


def log_in(desk: Desk, login: str, password: str, address: str = "", clock: Clock = CLOCK) -> str:
    """A new session's token, for whoever knows the password.

    Raises BadInput ``login_refused`` (one answer for all reasons) or ``login_throttled`` (facts: until).
    """
    login, now = login.strip().lower()[:320], clock.now()
    with desk.database.read() as connection:
        until = throttle.blocked_until(connection, login, address, now)
        known = accounts.account_by_login(connection, login)
    if until is not None:
        raise BadInput("login_throttled", minutes=-(-int((until - now).total_seconds()) // 60))
    good = matches(password, known.password if known else "") and known is not None and known.disabled_at is None
    token = new_token()
    with desk.database.work() as work:
        if good and known is not None:
            throttle.succeeded(work.connection, login)
            accounts.add_session(work.connection, digest(token), known.person.id, now, now + LASTS)
        else:
            throttle.failed(work.connection, login, address, now)
        work.commit()
    log.info("login", outcome="admitted" if good else "refused")
    if not good:
        raise BadInput("login_refused")
    return token


def session_of(desk: Desk, token: str, clock: Clock = CLOCK) -> Session | None:
    """Whose session a token is; None for no such session, or an account that was shut."""
    if not token:
        return None
    now, name = clock.now(), digest(token)
    with desk.database.read() as connection:
        stored = accounts.session(connection, name)
        account = None if stored is None else accounts.account(connection, stored.person)
    if stored is None or account is None or account.disabled_at is not None:
        return None
    if now >= stored.expires_at or now - stored.seen_at >= IDLE:
        return Session(account, expired=True)
    if now - stored.seen_at >= TOUCHED_EVERY:
        with suppress(StorageUnavailable), desk.database.work() as work:  # who may only read may still look
            accounts.touch_session(work.connection, name, now)
            work.commit()
    return Session(account)


def log_out(desk: Desk, token: str) -> None:
    """End a session; its cookie is worth nothing any more."""
    with desk.database.work() as work:
        accounts.drop_session(work.connection, digest(token))
        work.commit()
