"""What the panel and the API need beyond accounts.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mlw0005"
down_revision = "mlw0004"


def upgrade() -> None:
    """Make the tables."""
    _accounts()
    _api()
    _webhooks()
    _public_pages()
    _sent_forms()
    _entry_index()


def _instant() -> sa.String | sa.DateTime:
    return sa.String(27) if op.get_bind().dialect.name == "sqlite" else sa.DateTime(timezone=True)


def _api() -> None:
    """Tokens of programs, what they sent before, what they uploaded."""
    instant = _instant()
    op.create_table(
        "api_token",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("hash", sa.String(), nullable=False),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("expires_at", instant, nullable=False),
        sa.Column("used_on", sa.Date(), nullable=True),
        sa.Column("revoked_at", instant, nullable=True),
        sa.UniqueConstraint("hash", name="api_token_hash_unique"),
    )
    op.create_table(
        "idempotency",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("headers", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", instant, nullable=False, index=True),
    )
    op.create_table(
        "upload",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("sha256", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
    )
    op.create_table(
        "upload_day",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("day", sa.Date(), primary_key=True),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
    )


def _webhooks() -> None:
    """Who is told of what happens, the messages on their way, and how far the logs have been told of."""
    instant = _instant()
    op.create_table(
        "webhook",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("events", sa.String(), nullable=False),
        sa.Column("pilot_id", sa.String(), nullable=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("disabled_at", instant, nullable=True),
    )
    op.create_table(
        "webhook_message",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("webhook_id", sa.String(), nullable=False),
        sa.Column("event_id", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_attempt_at", instant, nullable=False),
        sa.Column("lease_until", instant, nullable=True),
        sa.Column("lease_token", sa.String(), nullable=True),
        sa.Column("last_error", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("sent_at", instant, nullable=True),
        sa.UniqueConstraint("webhook_id", "event_id", name="webhook_message_unique"),
        sa.CheckConstraint("status IN ('waiting', 'leased', 'sent', 'dead')", name="webhook_message_status"),
    )
    op.create_index("webhook_message_due", "webhook_message", ["status", "next_attempt_at"])
    op.create_table(
        "webhook_place",
        sa.Column("log", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
    )


def _public_pages() -> None:
    """Municipalities that show their progress to anybody."""
    op.create_table(
        "public_page",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False),
        sa.Column("since", _instant(), nullable=False),
    )


def _accounts() -> None:
    """Where a session was begun, the second factor, and who somebody is to an OpenID provider."""
    instant = _instant()
    op.add_column("web_session", sa.Column("address", sa.String(), nullable=True))
    op.add_column("web_session", sa.Column("browser", sa.String(), nullable=True))
    op.create_table(
        "second_factor",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("last_step", sa.Integer(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
        sa.Column("confirmed_at", instant, nullable=True),
    )
    op.create_table(
        "backup_code",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
    )
    op.create_table(
        "half_login",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("expires_at", instant, nullable=False),
    )
    op.create_table(
        "identity",
        sa.Column("issuer", sa.String(), primary_key=True),
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), nullable=False, index=True),
        sa.Column("linked_at", instant, nullable=False),
        sa.UniqueConstraint("issuer", "person_id", name="identity_person_unique"),
    )


def _sent_forms() -> None:
    """Forms that led to an entry."""
    op.create_table(
        "sent_form",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("pilot_id", sa.String(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("created_at", _instant(), nullable=False, index=True),
    )


def _entry_index() -> None:
    """What entries and reminders are looked for by. The index of entries fills itself when somebody looks."""
    op.create_table(
        "entry_index",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("recorded_at", _instant(), nullable=False),
        sa.Column("occurred_on", sa.Date(), nullable=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("task", sa.String(), nullable=False),
        sa.Column("step", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("role", sa.String(), nullable=False),
        sa.Column("late", sa.Boolean(), nullable=False),
    )
    newest = ["recorded_at", "pilot_id", "seq"]
    op.create_index("ix_entry_index_newest", "entry_index", newest)
    op.create_index("ix_notice_newest", "notice", ["send_on", "key"])
    op.create_index("ix_entry_index_pilot", "entry_index", ["pilot_id", "recorded_at", "seq"])
    for column in ("actor", "task", "kind"):
        op.create_index(f"ix_entry_index_{column}", "entry_index", [column, *newest])
    late = sa.text("late")
    op.create_index("ix_entry_index_late", "entry_index", newest, sqlite_where=late, postgresql_where=late)
