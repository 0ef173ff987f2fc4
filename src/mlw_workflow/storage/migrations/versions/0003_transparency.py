"""Signatures of entries, the tree over all logs with its checkpoints, and who looked at what.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "mlw0003"
down_revision = "mlw0002"

SQLITE_TRIGGERS = (
    *(
        f"""
        CREATE TRIGGER {table}_no_{event.split()[0].lower()} BEFORE {event} ON {table}
        BEGIN SELECT RAISE(ABORT, '{table} is append-only: {event.split()[0]} refused'); END
        """
        for table in ("access_entry", "checkpoint")
        for event in ("UPDATE", "DELETE")
    ),
    # INSERT OR REPLACE deletes without asking the triggers above.
    *(
        f"""
        CREATE TRIGGER {table}_no_replace BEFORE INSERT ON {table}
        WHEN EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})
        BEGIN SELECT RAISE(ABORT, '{table} is append-only: REPLACE refused'); END
        """  # noqa: S608
        for table, key in (("access_entry", "seq"), ("checkpoint", "size"))
    ),
)
POSTGRESQL_TRIGGERS = tuple(
    f"""
    CREATE TRIGGER {table}_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table}
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """
    for table in ("access_entry", "checkpoint")
)


def upgrade() -> None:
    """Make the tables and their triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    instant = sa.String(27) if sqlite else sa.DateTime(timezone=True)
    op.add_column("ledger_entry", sa.Column("signature", sa.LargeBinary(), nullable=True))
    tree(instant)
    op.create_table(
        "auditor",
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("programme", sa.String(), primary_key=True),
        sa.Column("since", sa.Date(), primary_key=True),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_table(
        "access_entry",
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("seq >= 1", name="access_entry_seq"),
        sa.CheckConstraint("length(hash) = 32", name="access_entry_hash"),
    )
    access_head(instant)
    for trigger in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)


def access_head(instant: sa.types.TypeEngine[Any]) -> None:
    """The end of the access log: what is locked before it grows, and what shows a tail cut off."""
    table = op.create_table(
        "access_head",
        sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", instant, nullable=True),
        sa.CheckConstraint("id = 1", name="access_head_one"),
        sa.CheckConstraint("length(hash) = 32", name="access_head_hash"),
    )
    op.bulk_insert(table, [{"id": 1, "seq": 0, "hash": bytes(32), "recorded_at": None}])


def tree(instant: sa.types.TypeEngine[Any]) -> None:
    """The tree over all logs."""
    op.create_table(
        "tree_span",
        sa.Column("first_leaf", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("pilot_id", sa.String(), nullable=False),
        sa.Column("first_seq", sa.Integer(), nullable=False),
        sa.Column("entries", sa.Integer(), nullable=False),
        sa.UniqueConstraint("pilot_id", "first_seq", name="tree_span_unique"),
        sa.CheckConstraint("entries >= 1", name="tree_span_entries"),
    )
    op.create_table(
        "tree_tile",
        sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("hashes", sa.LargeBinary(), nullable=False),
    )
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("made_at", instant, nullable=False),
    )
    op.create_table(
        "cosignature",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("witness", sa.String(), primary_key=True),
        sa.Column("line", sa.Text(), nullable=False),
        sa.Column("added_at", instant, nullable=False),
    )
    op.create_table(
        "timestamp_token",
        sa.Column("size", sa.BigInteger(), primary_key=True, autoincrement=False),
        sa.Column("authority", sa.String(), primary_key=True),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("stamped_at", instant, nullable=False),
    )
