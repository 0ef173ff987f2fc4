"""Deadlines, notices, the outbox, who is not to be reminded or not reachable, and the heartbeat of the worker.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mlw0002"
down_revision = "mlw0001"


def partial_index(name: str, table: str, column: str, where: str) -> None:
    """An index on the few rows that still need something."""
    op.create_index(name, table, [column], sqlite_where=sa.text(where), postgresql_where=sa.text(where))


def upgrade() -> None:
    """Make the tables."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    instant = sa.String(27) if sqlite else sa.DateTime(timezone=True)
    deadlines_and_notices(instant)
    outbox(instant)
    op.create_table(
        "pause",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("until", sa.Date(), nullable=True),
    )
    op.create_table(
        "deputy",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("deputy_id", sa.String(), primary_key=True),
        sa.Column("since", sa.Date(), primary_key=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_table(
        "policy",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_table(
        "heartbeat",
        sa.Column("name", sa.String(), primary_key=True),
        sa.Column("at", instant, nullable=False),
        sa.Column("detail", sa.String(), nullable=False),
    )
    op.create_table(
        "feed_token",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("pilot_id", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("revoked_at", instant, nullable=True),
    )


def deadlines_and_notices(instant: sa.String | sa.DateTime) -> None:
    """What is to be done by when, and who was warned."""
    op.create_table(
        "deadline",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("machine", sa.String(), primary_key=True),
        sa.Column("rule", sa.String(), primary_key=True),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("satisfied_on", sa.Date(), nullable=True),
        sa.Column("since_seq", sa.Integer(), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("next_on", sa.Date(), nullable=True),
        sa.Column("handled_until", sa.Date(), nullable=False),
        sa.CheckConstraint("status IN ('open', 'done', 'withdrawn')", name="deadline_status"),
        sa.CheckConstraint("next_on IS NULL OR status = 'open'", name="deadline_next"),
    )
    partial_index("ix_deadline_next_on", "deadline", "next_on", "next_on IS NOT NULL")
    op.create_table(
        "notice",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("pilot_id", sa.String(), nullable=False),
        sa.Column("machine", sa.String(), nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("rung", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("send_on", sa.Date(), nullable=False),
        sa.Column("ready_at", instant, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("skip_reason", sa.String(), nullable=False),
        sa.Column("outbox_id", sa.Integer(), nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.CheckConstraint("status IN ('waiting', 'queued', 'skipped', 'withdrawn')", name="notice_status"),
    )
    op.create_index("ix_notice_deadline", "notice", ["pilot_id", "machine", "rule"])
    partial_index("ix_notice_ready_at", "notice", "ready_at", "status = 'waiting'")


def outbox(instant: sa.String | sa.DateTime) -> None:
    """The mails."""
    op.create_table(
        "outbox",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("once", sa.Boolean(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("doubts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", instant, nullable=False),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("sent_at", instant, nullable=True),
        sa.UniqueConstraint("key", name="outbox_key_unique"),
        sa.UniqueConstraint("message_id", name="outbox_message_id_unique"),
        sa.CheckConstraint("status IN ('waiting', 'leased', 'sent', 'dead', 'in_doubt')", name="outbox_status"),
        sa.CheckConstraint("(status = 'leased') = (lease_token IS NOT NULL)", name="outbox_lease"),
    )
    partial_index("ix_outbox_next_attempt_at", "outbox", "next_attempt_at", "status = 'waiting'")
    partial_index("ix_outbox_lease_until", "outbox", "lease_until", "status = 'leased'")
    partial_index("ix_outbox_undelivered", "outbox", "status", "status IN ('dead', 'in_doubt')")
