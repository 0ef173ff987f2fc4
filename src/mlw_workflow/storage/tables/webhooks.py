"""Who is told of what happens, and the messages on their way. Secrets are sealed with a key that no database holds."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class WebhookRow(SQLModel, table=True):
    """An address that is told of events, within what a person may see."""

    __tablename__ = "webhook"

    id: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    url: str
    events: str
    """Their types, with spaces between them."""
    pilot_id: str | None = None
    """None: every pilot in the person's reach."""
    secret: str
    """Sealed with the office's key."""
    created_at: datetime = Field(sa_type=UtcInstant)
    disabled_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class WebhookMessageRow(SQLModel, table=True):
    """One event for one address, from being written to being taken."""

    __tablename__ = "webhook_message"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("webhook_id", "event_id", name="webhook_message_unique"),
        CheckConstraint("status IN ('waiting', 'leased', 'sent', 'dead')", name="webhook_message_status"),
        Index("webhook_message_due", "status", "next_attempt_at"),
    )

    id: int | None = Field(default=None, primary_key=True)
    webhook_id: str
    event_id: str
    type: str
    body: str = Field(sa_type=Text)
    """The CloudEvent, byte for byte as it is signed and sent."""
    status: str
    attempts: int
    next_attempt_at: datetime = Field(sa_type=UtcInstant)
    lease_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    lease_token: str | None = None
    last_error: str
    created_at: datetime = Field(sa_type=UtcInstant)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class WebhookPlaceRow(SQLModel, table=True):
    """How far a log has been told of: up to which entry, or (under the name ``tree``) which checkpoint."""

    __tablename__ = "webhook_place"

    log: str = Field(primary_key=True)
    seq: int
