"""The ledger, the heads of its logs, the projections beside it, and the triggers that keep it append-only.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "mlw0001"
down_revision = None

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER ledger_entry_no_update BEFORE UPDATE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: UPDATE of ledger_entry refused'); END
    """,
    """
    CREATE TRIGGER ledger_entry_no_delete BEFORE DELETE ON ledger_entry
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: DELETE of ledger_entry refused'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above.
    """
    CREATE TRIGGER ledger_entry_no_replace BEFORE INSERT ON ledger_entry
    WHEN EXISTS (SELECT 1 FROM ledger_entry WHERE pilot_id = NEW.pilot_id AND seq = NEW.seq)
    BEGIN SELECT RAISE(ABORT, 'the ledger is append-only: REPLACE of ledger_entry refused'); END
    """,
    """
    CREATE TRIGGER definition_no_update BEFORE UPDATE OF hash, body ON definition
    BEGIN SELECT RAISE(ABORT, 'a definition is what its hash says: UPDATE of definition refused'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION ledger_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'the ledger is append-only: % of % refused', TG_OP, TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER ledger_entry_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ledger_entry
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_is_append_only()
    """,
    """
    CREATE FUNCTION definition_is_its_hash() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      RAISE EXCEPTION 'a definition is what its hash says: % of definition refused', TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
    END $$
    """,
    """
    CREATE TRIGGER definition_no_update BEFORE UPDATE OF hash, body ON definition
    FOR EACH STATEMENT EXECUTE FUNCTION definition_is_its_hash()
    """,
)


def upgrade() -> None:
    """Make the tables and their triggers."""
    sqlite = op.get_bind().dialect.name == "sqlite"
    instant = sa.String(27) if sqlite else sa.DateTime(timezone=True)
    op.create_table(
        "definition",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("installed_at", instant, nullable=False),
    )
    op.create_index("ix_definition_programme", "definition", ["programme"])
    op.create_table(
        "pilot",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("municipality", sa.String(), nullable=False),
        sa.Column("voivodeship", sa.String(), nullable=False),
        sa.Column("programme", sa.String(), nullable=False),
        sa.Column("definition", sa.String(), sa.ForeignKey("definition.hash"), nullable=False),
        sa.Column("start_on", sa.Date(), nullable=False),
        sa.Column("end_on", sa.Date(), nullable=False),
        sa.Column("opened_at", instant, nullable=False),
        sa.UniqueConstraint("code", name="pilot_code_unique"),
        sa.CheckConstraint("end_on >= start_on", name="pilot_span"),
    )
    op.create_table(
        "pilot_head",
        sa.Column("pilot_id", sa.String(), sa.ForeignKey("pilot.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("recorded_at", instant, nullable=True),
        sa.CheckConstraint("seq >= 0", name="pilot_head_seq"),
        sa.CheckConstraint("length(hash) = 32", name="pilot_head_hash"),
    )
    op.create_table(
        "ledger_entry",
        sa.Column("pilot_id", sa.String(), sa.ForeignKey("pilot.id"), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("seq >= 1", name="ledger_entry_seq"),
        sa.CheckConstraint("length(hash) = 32", name="ledger_entry_hash"),
    )
    op.create_table(
        "position",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("machine", sa.String(), primary_key=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("since", sa.Date(), nullable=False),
        sa.Column("recorded_at", instant, nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("steps", sa.Text(), nullable=False),
        sa.CheckConstraint("seq >= 1", name="position_seq"),
    )
    op.create_table(
        "evidence",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("seq", sa.Integer(), primary_key=True, autoincrement=False),
        sa.Column("field", sa.String(), primary_key=True),
        sa.Column("salt", sa.LargeBinary(), nullable=True),
        sa.Column("value", sa.LargeBinary(), nullable=True),
        sa.Column("erased_at", instant, nullable=True),
        sa.CheckConstraint(
            "(erased_at IS NULL AND salt IS NOT NULL AND value IS NOT NULL AND length(salt) = 32)"
            " OR (erased_at IS NOT NULL AND salt IS NULL AND value IS NULL)",
            name="evidence_erased_whole",
        ),
    )
    op.create_table(
        "person",
        sa.Column("id", sa.String(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.Column("created_at", instant, nullable=False),
    )
    op.create_table(
        "membership",
        sa.Column("pilot_id", sa.String(), primary_key=True),
        sa.Column("person_id", sa.String(), primary_key=True),
        sa.Column("role", sa.String(), primary_key=True),
        sa.Column("since", sa.Date(), primary_key=True),
        sa.Column("until", sa.Date(), nullable=True),
        sa.Column("seq", sa.Integer(), nullable=False),
    )
    op.create_index("ix_membership_person_id", "membership", ["person_id"])
    for trigger in SQLITE_TRIGGERS if sqlite else POSTGRESQL_TRIGGERS:
        op.execute(trigger)
