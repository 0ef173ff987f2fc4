"""Queries about accounts: who is let in, who is logged in, one-time links, failed logins, drafts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal

from mlw_workflow.storage import account_statements as sql
from mlw_workflow.storage.mapping import instant_of, instant_or_none
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection

Purpose = Literal["invitation", "reset"]
FORMS_KEPT = timedelta(days=7)
SESSIONS_KEPT = timedelta(days=3)
"""So long it is known whose a session was that has run out, so that a form that comes too late is kept for them."""


@dataclass(frozen=True, slots=True)
class Account:
    """A person whom the panel lets in."""

    person: Person
    login: str
    password: str
    """Argon2id; empty until one was chosen."""
    is_admin: bool
    disabled_at: datetime | None
    second_factor_since: datetime | None = None
    """Since when logging in asks for a code too; None: it does not."""

    @property
    def state(self) -> Literal["invited", "open", "disabled"]:
        """Whether its holder can log in."""
        if self.disabled_at is not None:
            return "disabled"
        return "open" if self.password else "invited"


@dataclass(frozen=True, slots=True)
class OwnSession:
    """A session as its owner sees it."""

    hash: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime
    address: str
    """Where it was begun from; empty: not known."""
    browser: str


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a person is to an OpenID provider."""

    issuer: str
    subject: str
    linked_at: datetime


@dataclass(frozen=True, slots=True)
class StoredSession:
    """A session as it stands; whether it still counts is for the service to say."""

    person: str
    created_at: datetime
    seen_at: datetime
    expires_at: datetime


@dataclass(frozen=True, slots=True)
class StoredLink:
    """A one-time link as it stands."""

    person: str
    purpose: Purpose
    expires_at: datetime
    used_at: datetime | None


@dataclass(frozen=True, slots=True)
class Failures:
    """How often logging in failed under one key."""

    count: int
    last_at: datetime
    blocked_until: datetime | None


@dataclass(frozen=True, slots=True)
class DraftPlace:
    """Which form a draft belongs to."""

    person: str
    pilot: str
    machine: str
    trigger: str

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The row's key."""
        return (self.person, self.pilot, self.machine, self.trigger)


def accounts(connection: Connection) -> list[Account]:
    """Every account, by login."""
    return [_account(row) for row in connection.rows(sql.ACCOUNTS)]


def account(connection: Connection, person_id: str) -> Account | None:
    """The account of a person."""
    row = connection.row(sql.ACCOUNT, person_id)
    return None if row is None else _account(row)


def account_by_login(connection: Connection, login: str) -> Account | None:
    """The account of that name."""
    row = connection.row(sql.ACCOUNT_BY_LOGIN, login)
    return None if row is None else _account(row)


def _account(row: tuple[Any, ...]) -> Account:
    person_id, name, email, language, login, password, is_admin, disabled_at, confirmed_at = row
    return Account(
        Person(person_id, name, email, language), login, password, bool(is_admin), instant_or_none(disabled_at),
        instant_or_none(confirmed_at),
    )  # fmt: skip


def add_account(connection: Connection, person_id: str, login: str, *, is_admin: bool, now: datetime) -> None:
    """Enter an account without a password; one that is there keeps its password."""
    connection.execute(sql.ADD_ACCOUNT, person_id, login, "", is_admin, connection.driver.instant(now))


def set_login(connection: Connection, person_id: str, login: str) -> None:
    """Another name to log in with."""
    connection.execute(sql.SET_LOGIN, login, person_id)


def drop_links_of(connection: Connection, person_id: str, now: datetime) -> None:
    """One-time links of a person no longer count."""
    connection.execute(sql.USE_LINKS_OF, connection.driver.instant(now), person_id)


def set_password(connection: Connection, person_id: str, password: str) -> None:
    """Another password, as its Argon2id hash."""
    connection.execute(sql.SET_PASSWORD, password, person_id)


def forget(connection: Connection, person_id: str) -> None:
    """Whatever is kept of a person beside the log goes: account, sessions, links, second factor, drafts, tokens and
    webhooks. Of files that they sent ahead the digest stays, by which these are cleared away (see ``uploads``).
    """
    for statement in (
        sql.FORGET_ACCOUNT, sql.DROP_SESSIONS_OF, sql.FORGET_LINKS, sql.DROP_SECOND_FACTOR, sql.DROP_BACKUP_CODES,
        sql.DROP_HALF_LOGINS_OF, sql.DROP_IDENTITIES_OF, sql.FORGET_DRAFTS, sql.FORGET_TOKENS,
        sql.FORGET_ANSWERS, sql.FORGET_UPLOADS, sql.FORGET_UPLOAD_DAYS, sql.FORGET_MESSAGES, sql.FORGET_WEBHOOKS,
    ):  # fmt: skip
        connection.execute(statement, person_id)


def set_disabled(connection: Connection, person_id: str, since: datetime | None) -> None:
    """Shut an account from an instant on, or open it again."""
    connection.execute(sql.SET_DISABLED, None if since is None else connection.driver.instant(since), person_id)


def add_session(
    connection: Connection,
    digest: str,
    person_id: str,
    now: datetime,
    expires_at: datetime,
    address: str = "",
    browser: str = "",
) -> None:
    """Enter a session, and forget those that ran out some days ago."""
    instant = connection.driver.instant
    connection.execute(sql.DROP_SESSIONS_BEFORE, instant(now - SESSIONS_KEPT))
    connection.execute(
        sql.ADD_SESSION, digest, person_id, instant(now), instant(now), instant(expires_at), address, browser
    )


def sessions_of(connection: Connection, person_id: str) -> list[OwnSession]:
    """A person's sessions, the newest first; also those that have run out and were not forgotten yet."""
    return [
        OwnSession(row[0], instant_of(row[1]), instant_of(row[2]), instant_of(row[3]), row[4] or "", row[5] or "")
        for row in connection.rows(sql.SESSIONS_OF, person_id)
    ]


def session(connection: Connection, digest: str) -> StoredSession | None:
    """The session of that token's digest."""
    row = connection.row(sql.SESSION, digest)
    return None if row is None else StoredSession(row[0], *(instant_of(value) for value in row[1:]))


def touch_session(connection: Connection, digest: str, now: datetime) -> None:
    """The session was used."""
    connection.execute(sql.TOUCH_SESSION, connection.driver.instant(now), digest)


def drop_session(connection: Connection, digest: str) -> None:
    """End a session."""
    connection.execute(sql.DROP_SESSION, digest)


def drop_sessions_of(connection: Connection, person_id: str) -> None:
    """End all sessions of a person."""
    connection.execute(sql.DROP_SESSIONS_OF, person_id)


def drop_other_sessions_of(connection: Connection, person_id: str, digest: str) -> None:
    """End all sessions of a person but one."""
    connection.execute(sql.DROP_OTHER_SESSIONS_OF, person_id, digest)


def drop_session_of(connection: Connection, person_id: str, digest: str) -> bool:
    """End a session if it is this person's; whether it was."""
    return connection.execute(sql.DROP_SESSION_OF, person_id, digest) == 1


def identity(connection: Connection, issuer: str, subject: str) -> str | None:
    """The id of the person whom an OpenID provider means."""
    row = connection.row(sql.IDENTITY, issuer, subject)
    return None if row is None else row[0]


def identities_of(connection: Connection, person_id: str) -> list[Identity]:
    """Who a person is to OpenID providers."""
    return [Identity(row[0], row[1], instant_of(row[2])) for row in connection.rows(sql.IDENTITIES_OF, person_id)]


def add_identity(connection: Connection, issuer: str, subject: str, person_id: str, now: datetime) -> None:
    """From now on the provider's subject is that person."""
    connection.execute(sql.ADD_IDENTITY, issuer, subject, person_id, connection.driver.instant(now))


def drop_identities_of(connection: Connection, person_id: str) -> None:
    """No provider's subject is that person any more."""
    connection.execute(sql.DROP_IDENTITIES_OF, person_id)


def add_link(
    connection: Connection, digest: str, person_id: str, purpose: Purpose, now: datetime, expires_at: datetime
) -> None:
    """Enter a one-time link; the person's earlier ones no longer count."""
    instant = connection.driver.instant
    connection.execute(sql.USE_LINKS_OF, instant(now), person_id)
    connection.execute(sql.ADD_LINK, digest, person_id, purpose, instant(now), instant(expires_at))


def link(connection: Connection, digest: str) -> StoredLink | None:
    """The link of that token's digest."""
    row = connection.row(sql.LINK, digest)
    return None if row is None else StoredLink(row[0], row[1], instant_of(row[2]), instant_or_none(row[3]))


def use_link(connection: Connection, digest: str, now: datetime) -> bool:
    """Use a link up. False when somebody did before."""
    return connection.execute(sql.USE_LINK, connection.driver.instant(now), digest) == 1


def use_links_of(connection: Connection, person_id: str, now: datetime) -> None:
    """A person's links no longer count."""
    connection.execute(sql.USE_LINKS_OF, connection.driver.instant(now), person_id)


def failures(connection: Connection, key: str) -> Failures | None:
    """How often logging in failed under that key."""
    row = connection.row(sql.THROTTLE, key)
    return None if row is None else Failures(row[0], instant_of(row[1]), instant_or_none(row[2]))


def count_failure(connection: Connection, key: str, now: datetime, forgotten_before: datetime) -> int:
    """Count one more; how many there are since. Whoever fails at the same moment is counted, too."""
    instant = connection.driver.instant
    count: int = connection.row(sql.COUNT_FAILURE, key, instant(now), instant(forgotten_before))[0]
    return count


def block(connection: Connection, key: str, until: datetime | None) -> None:
    """Nobody may try again under that key before an instant; None: they may."""
    connection.execute(sql.BLOCK, None if until is None else connection.driver.instant(until), key)


def drop_failures(connection: Connection, key: str) -> None:
    """Forget it."""
    connection.execute(sql.DROP_THROTTLE, key)


def draft(connection: Connection, place: DraftPlace) -> str | None:
    """What was typed into that form, as JSON."""
    row = connection.row(sql.DRAFT, *place.key)
    return None if row is None else row[0]


def drafts_of(connection: Connection, person_id: str) -> list[tuple[DraftPlace, datetime]]:
    """The forms for which a person has a draft, the newest first."""
    rows = connection.rows(sql.DRAFTS_OF, person_id)
    return [(DraftPlace(person_id, *row[:3]), instant_of(row[3])) for row in rows]


def sent_form(connection: Connection, digest: str, pilot_id: str) -> int:
    """The entry of a pilot to which a form led that was handed in before; 0 for none."""
    row = connection.row(sql.SENT_FORM, digest)
    return row[1] if row is not None and row[0] == pilot_id else 0


def add_sent_form(connection: Connection, digest: str, pilot_id: str, seq: int, now: datetime) -> None:
    """A form led to an entry. Forms are remembered for a week."""
    instant = connection.driver.instant
    connection.execute(sql.DROP_SENT_FORMS_BEFORE, instant(now - FORMS_KEPT))
    connection.execute(sql.ADD_SENT_FORM, digest, pilot_id, seq, instant(now))


def set_draft(connection: Connection, place: DraftPlace, body: str, now: datetime) -> None:
    """Keep what was typed."""
    connection.execute(sql.SET_DRAFT, *place.key, body, connection.driver.instant(now))


def drop_draft(connection: Connection, place: DraftPlace) -> None:
    """It was handed in, or is not wanted any more."""
    connection.execute(sql.DROP_DRAFT, *place.key)
