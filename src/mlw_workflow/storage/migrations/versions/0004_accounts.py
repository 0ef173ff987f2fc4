"""Accounts of the panel: who is let in, who is logged in, one-time links, failed attempts, and drafts.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mlw0004"
down_revision = "mlw0003"


def upgrade() -> None:
    """Make the tables."""
    instant = sa.String(27) if op.get_bind().dialect.name == "sqlite" else sa.DateTime(timezone=True)
    op.create_table(
        "account",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("login", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("is_admin", sa.Boolean(), nullable=False),
        sa.Column("disabled_at", instant, nullable=True),
        sa.Column("created_at", instant, nullable=False),
        sa.UniqueConstraint("login", name="account_login_unique"),
    )
    op.create_table(
        "web_session",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("seen_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
    )
    op.create_table(
        "one_time_link",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_at", instant, nullable=True),
        sa.CheckConstraint("purpose IN ('invitation', 'reset')", name="one_time_link_purpose"),
    )
    op.create_table(
        "login_throttle",
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("last_at", instant, nullable=False),
        sa.Column("blocked_until", instant, nullable=True),
    )
    op.create_table(
        "draft",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("machine", sa.String(), primary_key=True),
        sa.Column("trigger", sa.String(), primary_key=True),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("updated_at", instant, nullable=False),
    )
