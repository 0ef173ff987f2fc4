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
