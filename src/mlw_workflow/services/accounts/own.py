"""What people do to their own accounts: another password, another language, ending sessions they left somewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import structlog

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.login import CLOCK, IDLE, NOWHERE
from mlw_workflow.services.accounts.passwords import matches, password_hash
from mlw_workflow.services.accounts.tokens import digest
from mlw_workflow.services.change_person import Changes, change_person
from mlw_workflow.storage import accounts

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.accounts.login import Origin
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.accounts import Account

log = structlog.get_logger("mlw.account")
HANDLE = 16
"""Signs of a session's digest that name it in a form."""


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One of a person's sessions."""

    handle: str
    since: datetime
    seen_at: datetime
    address: str
    """Where it was begun from; empty: not known."""
    browser: str
    this: bool
    """The one that asks."""


def ask_password(desk: Desk, account: Account, password: str, origin: Origin = NOWHERE, clock: Clock = CLOCK) -> None:
    """Raise BadInput ``password_wrong`` unless this is the account's password, ``login_throttled`` after many tries."""
    now, tries = clock.now(), f"password {account.person.id}"
    with desk.database.read() as connection:
        until = throttle.blocked_until(connection, tries, origin.address, now)
    throttle.refuse(until, now)
    good = matches(password, account.password)
    with desk.database.work() as work:
        if good:
            throttle.succeeded(work.connection, tries)
        else:
            throttle.failed(work.connection, tries, origin.address, now)
        work.commit()
    if not good:
        raise BadInput("password_wrong")


def change_password(
    desk: Desk,
    account: Account,
    old: str,
    new: str,
    session: str,
    origin: Origin = NOWHERE,
    clock: Clock = CLOCK,
) -> None:
    """Take another password; other sessions than the one with that token end, and links by mail count no more.

    Raises BadInput ``password_wrong``, ``password_length`` or ``login_throttled``.
    """
    kept = password_hash(new)
    ask_password(desk, account, old, origin, clock)
    with desk.database.work() as work:
        accounts.set_password(work.connection, account.person.id, kept)
        accounts.use_links_of(work.connection, account.person.id, clock.now())
        accounts.drop_other_sessions_of(work.connection, account.person.id, digest(session))
        work.commit()
    log.info("password_changed")


def set_language(desk: Desk, account: Account, language: str) -> None:
    """The language in which the panel and its mails speak to a person. Raises BadInput ``own_language_unknown``."""
    if language not in ("pl", "en"):
        raise BadInput("own_language_unknown", language=language[:20])
    change_person(desk, account.person.id, Changes(language=language), by=account.person.id)


def open_sessions(desk: Desk, account: Account, session: str, clock: Clock = CLOCK) -> list[OpenSession]:
    """A person's sessions that have not run out, the newest first; ``session`` is the token of the one that asks."""
    now, own = clock.now(), digest(session)
    with desk.database.read() as connection:
        found = accounts.sessions_of(connection, account.person.id)
    return [
        OpenSession(one.hash[:HANDLE], one.created_at, one.seen_at, one.address, one.browser, one.hash == own)
        for one in found
        if now < one.expires_at and now - one.seen_at < IDLE
    ]


def end_session(desk: Desk, account: Account, handle: str) -> None:
    """End one of the person's own sessions. One that is over already, or somebody else's, is not there."""
    with desk.database.work() as work:
        for one in accounts.sessions_of(work.connection, account.person.id):
            if one.hash[:HANDLE] == handle:
                accounts.drop_session_of(work.connection, account.person.id, one.hash)
        work.commit()


def end_other_sessions(desk: Desk, account: Account, session: str) -> None:
    """End all of the person's sessions but the one with that token."""
    with desk.database.work() as work:
        accounts.drop_other_sessions_of(work.connection, account.person.id, digest(session))
        work.commit()
