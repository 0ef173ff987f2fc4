"""What programs are let in by, what they sent before, and what they uploaded."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class ApiTokenRow(SQLModel, table=True):
    """By what a program speaks for a person: the digest of its token, never the token."""

    __tablename__ = "api_token"
    __table_args__: ClassVar[Any] = (UniqueConstraint("hash", name="api_token_hash_unique"),)

    id: str = Field(primary_key=True)
    """How the token is named when it is listed or revoked."""
    hash: str
    person_id: str = Field(index=True)
    name: str
    """What it is for, in its holder's words."""
    scopes: str
    """With spaces between them."""
    created_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    used_on: date | None = None
    revoked_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class IdempotencyRow(SQLModel, table=True):
    """A write that came under a key of its sender's, and what was answered."""

    __tablename__ = "idempotency"

    person_id: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: str
    """SHA-256 of what was asked."""
    status: int
    """0: not answered yet."""
    headers: str = Field(sa_type=Text)
    """JSON."""
    body: str = Field(sa_type=Text)
    created_at: datetime = Field(sa_type=UtcInstant, index=True)


class UploadDayRow(SQLModel, table=True):
    """How much somebody sent on a day."""

    __tablename__ = "upload_day"

    person_id: str = Field(primary_key=True)
    day: date = Field(primary_key=True)
    bytes: int = Field(sa_type=BigInteger)


class UploadRow(SQLModel, table=True):
    """A file that somebody handed over ahead of the step whose evidence it is."""

    __tablename__ = "upload"

    person_id: str = Field(primary_key=True)
    sha256: str = Field(primary_key=True)
    name: str
    size: int
    created_at: datetime = Field(sa_type=UtcInstant)
