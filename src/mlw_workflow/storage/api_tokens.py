"""Queries about what programs are let in by, what they sent before, and what they uploaded."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage import api_statements as sql
from mlw_workflow.storage.mapping import day_or_none, instant_of, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class ApiToken:
    """A program's token as it stands; whether it still counts is for the service to say."""

    id: str
    person: str
    """A person's id."""
    name: str
    scopes: tuple[str, ...]
    created_at: datetime
    expires_at: datetime
    used_on: date | None
    revoked_at: datetime | None


@dataclass(frozen=True, slots=True)
class Kept:
    """What was asked under a key, and what was answered."""

    fingerprint: str
    status: int
    """0: not answered yet."""
    headers: Mapping[str, str]
    body: str
    since: datetime


def add_token(connection: Connection, token: ApiToken, digest: str) -> None:
    """Enter a token by its digest."""
    instant = connection.driver.instant
    connection.execute(
        sql.ADD_TOKEN, token.id, digest, token.person, token.name, " ".join(token.scopes), instant(token.created_at),
        instant(token.expires_at),
    )  # fmt: skip


def token_by_digest(connection: Connection, digest: str) -> ApiToken | None:
    """The token of that digest."""
    row = connection.row(sql.TOKEN_BY_HASH, digest)
    return None if row is None else _token(row)


def token(connection: Connection, number: str) -> ApiToken | None:
    """The token that is called so."""
    row = connection.row(sql.TOKEN, number)
    return None if row is None else _token(row)


def tokens(connection: Connection, person: str = "") -> list[ApiToken]:
    """Every token, or those of one person, the oldest first."""
    rows = connection.rows(sql.TOKENS_OF, person) if person else connection.rows(sql.TOKENS)
    return [_token(row) for row in rows]


def touch_token(connection: Connection, number: str, day: date) -> None:
    """The token was used on that day."""
    connection.execute(sql.TOUCH_TOKEN, connection.driver.day(day), number)


def revoke_token(connection: Connection, number: str, now: datetime) -> bool:
    """Revoke a token. False when somebody did before."""
    return connection.execute(sql.REVOKE_TOKEN, connection.driver.instant(now), number) == 1


def _token(row: tuple[Any, ...]) -> ApiToken:
    number, person, name, scopes, created_at, expires_at, used_on, revoked_at = row
    return ApiToken(
        number, person, name, tuple(scopes.split()), instant_of(created_at), instant_of(expires_at),
        day_or_none(used_on), instant_or_none(revoked_at),
    )  # fmt: skip


def add_key(connection: Connection, person: str, key: str, fingerprint: str, now: datetime) -> bool:
    """Enter that something is asked under a key. False when it was before."""
    return connection.execute(sql.ADD_KEY, person, key, fingerprint, connection.driver.instant(now)) == 1


def key(connection: Connection, person: str, name: str) -> Kept | None:
    """What was asked under a key."""
    row = connection.row(sql.KEY, person, name)
    return None if row is None else Kept(row[0], row[1], json.loads(row[2]), row[3], instant_of(row[4]))


def take_key(
    connection: Connection, person: str, name: str, fingerprint: str, now: datetime, abandoned_before: datetime
) -> bool:
    """Ask the same again where whoever asked never got an answer. False when they still may."""
    instant = connection.driver.instant
    return connection.execute(sql.TAKE_KEY, instant(now), person, name, instant(abandoned_before), fingerprint) == 1


def answer_key(
    connection: Connection, person: str, name: str, status: int, headers: Mapping[str, str], body: str
) -> None:
    """Keep the answer."""
    connection.execute(sql.ANSWER_KEY, status, json.dumps(dict(headers)), body, person, name)


def drop_key(connection: Connection, person: str, name: str) -> None:
    """Nothing came of it: the key is free again."""
    connection.execute(sql.DROP_KEY, person, name)


def drop_keys(connection: Connection, before: datetime) -> None:
    """Forget what was asked long ago."""
    connection.execute(sql.DROP_KEYS_BEFORE, connection.driver.instant(before))


def add_upload(connection: Connection, person: str, file: Mapping[str, Any], now: datetime) -> None:
    """A person handed over this file (name, sha256, size)."""
    moment = connection.driver.instant(now)
    connection.execute(sql.ADD_UPLOAD, person, file["sha256"], file["name"], file["size"], moment)


def upload(connection: Connection, person: str, sha256: str) -> dict[str, Any] | None:
    """The file of that digest that this person handed over."""
    row = connection.row(sql.UPLOAD, person, sha256)
    return None if row is None else {"name": row[0], "sha256": sha256, "size": row[1]}


def add_uploaded(connection: Connection, person: str, day: date, size: int) -> int:
    """A person sent so many bytes more; how many that makes on the day, nobody else counting meanwhile."""
    on = connection.driver.day(day)
    connection.execute(sql.ADD_UPLOADED, person, on, size)
    total: int = connection.row(sql.UPLOADED_ON, person, on)[0]
    return total


def drop_upload_days(connection: Connection, before: date) -> None:
    """Forget how much was sent before a day."""
    connection.execute(sql.DROP_UPLOAD_DAYS, connection.driver.day(before))


def uploaded(connection: Connection) -> list[str]:
    """The digests of all files that were handed over and are still remembered."""
    return [row[0] for row in connection.rows(sql.UPLOADED)]


def drop_uploads(connection: Connection, before: datetime) -> list[str]:
    """Forget what was handed over before an instant; the digests."""
    moment = connection.driver.instant(before)
    found = [row[0] for row in connection.rows(sql.UPLOADED_BEFORE, moment)]
    connection.execute(sql.DROP_UPLOADS_BEFORE, moment)
    return found
