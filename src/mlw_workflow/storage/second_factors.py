"""Queries about second factors: what codes are made from, codes on paper, and logins that wait for a code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.storage import account_statements as sql
from mlw_workflow.storage.mapping import instant_of, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class SecondFactor:
    """What a person's codes are made from."""

    secret: str
    """Sealed."""
    last_step: int
    """The 30 seconds of the last code that was taken."""
    confirmed_at: datetime | None


def second_factor(connection: Connection, person_id: str) -> SecondFactor | None:
    """That of a person, also one that was not confirmed yet."""
    row = connection.row(sql.SECOND_FACTOR, person_id)
    return None if row is None else SecondFactor(row[0], row[1], instant_or_none(row[2]))


def any_second_factor(connection: Connection) -> bool:
    """Whether anybody has one."""
    return connection.row(sql.ANY_SECOND_FACTOR) is not None


def add(connection: Connection, person_id: str, secret: str, now: datetime) -> None:
    """Enter one that is not confirmed, in place of one that is not either."""
    connection.execute(sql.ADD_SECOND_FACTOR, person_id, secret, connection.driver.instant(now))


def confirm(connection: Connection, person_id: str, step: int, now: datetime) -> bool:
    """A code proved that its owner has it. False when it was confirmed before."""
    return connection.execute(sql.CONFIRM_SECOND_FACTOR, connection.driver.instant(now), step, person_id) == 1


def use_step(connection: Connection, person_id: str, step: int) -> bool:
    """Take the code of those 30 seconds. False when it, or a later one, was taken before."""
    return connection.execute(sql.USE_STEP, step, person_id, step) == 1


def drop(connection: Connection, person_id: str) -> bool:
    """Forget it, with its codes on paper; whether there was one."""
    connection.execute(sql.DROP_BACKUP_CODES, person_id)
    connection.execute(sql.DROP_HALF_LOGINS_OF, person_id)
    return connection.execute(sql.DROP_SECOND_FACTOR, person_id) == 1


def set_backup_codes(connection: Connection, person_id: str, digests: Iterable[str]) -> None:
    """These codes on paper are the ones that count. Of two who make codes at once one waits for the other."""
    connection.execute(sql.LOCK_SECOND_FACTOR, person_id)
    connection.execute(sql.DROP_BACKUP_CODES, person_id)
    for digest in digests:
        connection.execute(sql.ADD_BACKUP_CODE, digest, person_id)


def use_backup_code(connection: Connection, person_id: str, digest: str) -> bool:
    """Use a code on paper up. False when it is none, or was used before."""
    return connection.execute(sql.USE_BACKUP_CODE, digest, person_id) == 1


def backup_codes_left(connection: Connection, person_id: str) -> int:
    """How many codes on paper are unused."""
    left: int = connection.row(sql.BACKUP_CODES_LEFT, person_id)[0]
    return left


def add_half_login(connection: Connection, digest: str, person_id: str, now: datetime, expires_at: datetime) -> None:
    """Somebody gave the password; forget those who never gave the code."""
    instant = connection.driver.instant
    connection.execute(sql.DROP_HALF_LOGINS_BEFORE, instant(now))
    connection.execute(sql.ADD_HALF_LOGIN, digest, person_id, instant(expires_at))


def half_login(connection: Connection, digest: str) -> tuple[str, datetime] | None:
    """Whose it is, and until when it waits."""
    row = connection.row(sql.HALF_LOGIN, digest)
    return None if row is None else (row[0], instant_of(row[1]))


def drop_half_login(connection: Connection, digest: str) -> bool:
    """It waits no more; whether it did."""
    return connection.execute(sql.DROP_HALF_LOGIN, digest) == 1
