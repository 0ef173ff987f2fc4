"""Mails on their way."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant, partial_index


class OutboxRow(SQLModel, table=True):
    """One mail to one person, from being written to being handed to the mail server."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("key", name="outbox_key_unique"),
        UniqueConstraint("message_id", name="outbox_message_id_unique"),
        CheckConstraint("status IN ('waiting', 'leased', 'sent', 'dead', 'in_doubt')", name="outbox_status"),
        CheckConstraint("(status = 'leased') = (lease_token IS NOT NULL)", name="outbox_lease"),
        partial_index("ix_outbox_next_attempt_at", "next_attempt_at", "status = 'waiting'"),
        partial_index("ix_outbox_lease_until", "lease_until", "status = 'leased'"),
        partial_index("ix_outbox_undelivered", "status", "status IN ('dead', 'in_doubt')"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    recipient: str
    language: str
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    message_id: str
    once: bool
    """Must not go twice: when nobody knows whether it went, a person decides."""
    status: str
    attempts: int
    doubts: int
    """Attempts of which nobody knows whether they succeeded; each may be a second copy of the same Message-ID."""
    next_attempt_at: datetime = Field(sa_type=UtcInstant)
    lease_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    lease_token: str | None = None
    last_error: str
    created_at: datetime = Field(sa_type=UtcInstant)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)
