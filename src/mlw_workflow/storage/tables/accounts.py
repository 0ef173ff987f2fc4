"""Whom the panel lets in, and who is logged in."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, UniqueConstraint
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class AccountRow(SQLModel, table=True):
    """Whom the panel lets in. The person's name and address are in ``person``."""

    __tablename__ = "account"
    __table_args__: ClassVar[Any] = (UniqueConstraint("login", name="account_login_unique"),)

    person_id: str = Field(primary_key=True)
    login: str
    """An e-mail address in small letters."""
    password: str
    """Argon2id; empty until the person has chosen one."""
    is_admin: bool
    disabled_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    created_at: datetime = Field(sa_type=UtcInstant)


class WebSessionRow(SQLModel, table=True):
    """Somebody who is logged in: the digest of the cookie's token, never the token."""

    __tablename__ = "web_session"

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcInstant)
    seen_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    address: str | None = None
    """Where it was begun from, as far as is known; shown to its owner alone."""
    browser: str | None = None


class OneTimeLinkRow(SQLModel, table=True):
    """A link by which a person chooses a password, once: the digest of its token, never the token."""

    __tablename__ = "one_time_link"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="one_time_link_purpose"),
    )

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    purpose: str
    created_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    used_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class LoginThrottleRow(SQLModel, table=True):
    """How often logging in failed under a name or from an address, as a digest, and until when nobody may try again."""

    __tablename__ = "login_throttle"

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=UtcInstant)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcInstant)


class SecondFactorRow(SQLModel, table=True):
    """What a person's codes are made from, sealed with a key that the database does not hold."""

    __tablename__ = "second_factor"

    person_id: str = Field(primary_key=True)
    secret: str
    last_step: int
    """The 30 seconds of the last code that was taken: a code works once. 0: none yet."""
    created_at: datetime = Field(sa_type=UtcInstant)
    confirmed_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    """None: shown, and no code has proved yet that a telephone has it."""


class BackupCodeRow(SQLModel, table=True):
    """A code on paper for a person without the telephone: its keyed digest. It goes when it is used."""

    __tablename__ = "backup_code"

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)


class HalfLoginRow(SQLModel, table=True):
    """Somebody who has given the password and not the code yet: the digest of the cookie's token."""

    __tablename__ = "half_login"

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    expires_at: datetime = Field(sa_type=UtcInstant)


class IdentityRow(SQLModel, table=True):
    """Who a person is to an OpenID provider."""

    __tablename__ = "identity"
    __table_args__: ClassVar[Any] = (UniqueConstraint("issuer", "person_id", name="identity_person_unique"),)

    issuer: str = Field(primary_key=True)
    subject: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    linked_at: datetime = Field(sa_type=UtcInstant)
