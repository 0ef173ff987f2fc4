"""Log in and out. Whoever has a second factor is let in only after a code; until then there is no session."""

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
from mlw_workflow.storage import accounts, second_factors

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account
    from mlw_workflow.storage.unit_of_work import Work

log = structlog.get_logger("mlw.account")
LASTS = timedelta(hours=12)
"""Longer than a working day, shorter than a night."""
IDLE = timedelta(hours=2)
HALF_LASTS = timedelta(minutes=10)
"""How long a login waits for its code."""
TOUCHED_EVERY = timedelta(minutes=1)
ADDRESS_MAX, BROWSER_MAX = 64, 200
CLOCK = SystemClock()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody's visit."""

    account: Account
    expired: bool = False
    """It has run out; who it was is still known, so that what was typed can be kept for them."""
    unnoted: bool = False
    """That it is in use has not been written down for a while; see ``note_use``."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where somebody comes from, as far as is known."""

    address: str = ""
    browser: str = ""
    """What the browser calls itself."""


NOWHERE = Origin()


@dataclass(frozen=True, slots=True)
class Entrance:
    """What whoever gave the right password is handed."""

    token: str
    """A session's, or what a code has to come with."""
    complete: bool
    """False: a code is asked for, and nothing can be seen before."""


def log_in(desk: Desk, login: str, password: str, origin: Origin = NOWHERE, clock: Clock = CLOCK) -> Entrance:
    """Let in whoever knows the password, or ask them for a code.

    Raises BadInput ``login_refused`` (one answer for all reasons) or ``login_throttled`` (facts: minutes).
    """
    login, now = login.strip().lower()[:320], clock.now()
    with desk.database.read() as connection:
        until = throttle.blocked_until(connection, login, origin.address, now)
        known = accounts.account_by_login(connection, login)
    throttle.refuse(until, now)
    good = matches(password, known.password if known else "") and known is not None and known.disabled_at is None
    entrance: Entrance | None = None
    with desk.database.work() as work:
        if good and known is not None:
            throttle.succeeded(work.connection, login)
            entrance = admit(work, known, now, origin)
        else:
            throttle.failed(work.connection, login, origin.address, now)
        work.commit()
    log.info("login", outcome="refused" if entrance is None else "admitted" if entrance.complete else "code_asked")
    if entrance is None:
        raise BadInput("login_refused")
    return entrance


def admit(work: Work, account: Account, now: datetime, origin: Origin) -> Entrance:
    """A new session for somebody who proved who they are; where there is a second factor, only half of one."""
    if account.second_factor_since is None:
        return Entrance(begin_session(work, account.person.id, now, origin), complete=True)
    token = new_token()
    second_factors.add_half_login(work.connection, digest(token), account.person.id, now, now + HALF_LASTS)
    return Entrance(token, complete=False)


def begin_session(work: Work, person_id: str, now: datetime, origin: Origin) -> str:
    """A new session's token."""
    token = new_token()
    address, browser = origin.address[:ADDRESS_MAX], origin.browser[:BROWSER_MAX]
    accounts.add_session(work.connection, digest(token), person_id, now, now + LASTS, address, browser)
    return token


def session_of(desk: Desk, token: str, clock: Clock = CLOCK) -> Session | None:
    """Whose session a token is; None for no such session, or an account that was shut. Writes nothing."""
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
    return Session(account, unnoted=now - stored.seen_at >= TOUCHED_EVERY)


def note_use(desk: Desk, token: str, clock: Clock = CLOCK) -> None:
    """Write down that a session is in use, so that it does not end as an idle one."""
    with suppress(StorageUnavailable), desk.database.work() as work:  # who may only read may still look
        accounts.touch_session(work.connection, digest(token), clock.now())
        work.commit()


def log_out(desk: Desk, token: str) -> None:
    """End a session; its cookie is worth nothing any more."""
    with desk.database.work() as work:
        accounts.drop_session(work.connection, digest(token))
        work.commit()
