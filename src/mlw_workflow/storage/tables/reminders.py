"""Deadlines, the warnings about them, and who is not to be warned, or somebody else instead."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, Index, Text
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant, partial_index


class DeadlineRow(SQLModel, table=True):
    """Projection: a deadline as things stand; and, which is no projection, how far its warnings were handled."""

    __tablename__ = "deadline"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("status IN ('open', 'done', 'withdrawn')", name="deadline_status"),
        CheckConstraint("next_on IS NULL OR status = 'open'", name="deadline_next"),
        partial_index("ix_deadline_next_on", "next_on", "next_on IS NOT NULL"),
    )

    pilot_id: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    due_on: date | None = None
    """None: no date is set yet."""
    status: str
    satisfied_on: date | None = None
    since_seq: int
    """The entry that last changed the deadline; the local day of its recording comes next."""
    since_on: date
    revision: int
    """How often it has changed since it came to be."""
    next_on: date | None = None
    """The day of the next warning to be considered; None: there is none."""
    handled_until: date
    """The last local day whose warnings were handled."""


class NoticeRow(SQLModel, table=True):
    """One warning to one person (or why there was none). Its key makes a second one impossible."""

    __tablename__ = "notice"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("status IN ('waiting', 'queued', 'skipped', 'withdrawn')", name="notice_status"),
        Index("ix_notice_deadline", "pilot_id", "machine", "rule"),
        Index("ix_notice_newest", "send_on", "key"),
        partial_index("ix_notice_ready_at", "ready_at", "status = 'waiting'"),
    )

    key: str = Field(primary_key=True)
    pilot_id: str
    machine: str
    rule: str
    rung: str
    recipient: str
    """A person's id; empty where nobody was found."""
    role: str
    due_on: date | None = None
    send_on: date
    ready_at: datetime = Field(sa_type=UtcInstant)
    """Goes out from this instant on: the hour of the digest, or the end of the quiet hours."""
    reason: str = Field(sa_type=Text)
    """JSON, see ``obligations``."""
    urgent: bool
    status: str
    skip_reason: str
    outbox_id: int | None = None
    created_at: datetime = Field(sa_type=UtcInstant)


class PauseRow(SQLModel, table=True):
    """Projection: who acknowledged or snoozed which deadline."""

    __tablename__ = "pause"

    pilot_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    machine: str
    rule: str
    person_id: str
    kind: str
    since: date
    until: date | None = None


class DeputyRow(SQLModel, table=True):
    """Projection: who is told instead of somebody absent."""

    __tablename__ = "deputy"

    pilot_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    deputy_id: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date
    seq: int


class PolicyRow(SQLModel, table=True):
    """Projection: how a pilot is reminded, where that is not as the programme says."""

    __tablename__ = "policy"

    pilot_id: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    seq: int
