"""The record itself: definitions, pilots, the entries of their logs, and the evidence beside them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, LargeBinary, Text, UniqueConstraint
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class DefinitionRow(SQLModel, table=True):
    """A programme's definition in its normal form; its body never changes (a trigger refuses it)."""

    __tablename__ = "definition"

    hash: str = Field(primary_key=True)
    programme: str = Field(index=True)
    body: bytes = Field(sa_type=LargeBinary)
    installed_at: datetime = Field(sa_type=UtcInstant)


class PilotRow(SQLModel, table=True):
    """A pilot as it was opened. A copy for finding it; the opening entry is the truth."""

    __tablename__ = "pilot"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("code", name="pilot_code_unique"),
        CheckConstraint("end_on >= start_on", name="pilot_span"),
    )

    id: str = Field(primary_key=True)
    code: str
    municipality: str
    voivodeship: str
    programme: str
    definition: str = Field(foreign_key="definition.hash")
    start_on: date
    end_on: date
    opened_at: datetime = Field(sa_type=UtcInstant)


class PilotHeadRow(SQLModel, table=True):
    """The end of each pilot's log: the row that a transition locks first, and what shows a tail cut off."""

    __tablename__ = "pilot_head"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("seq >= 0", name="pilot_head_seq"),
        CheckConstraint("length(hash) = 32", name="pilot_head_hash"),
    )

    pilot_id: str = Field(primary_key=True, foreign_key="pilot.id")
    seq: int
    hash: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class LedgerEntryRow(SQLModel, table=True):
    """The ledger. The bytes are the truth, so there is no column beside them that could say otherwise.

    Triggers refuse to change or delete a row.
    """

    __tablename__ = "ledger_entry"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("seq >= 1", name="ledger_entry_seq"),
        CheckConstraint("length(hash) = 32", name="ledger_entry_hash"),
    )

    pilot_id: str = Field(primary_key=True, foreign_key="pilot.id")
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Ed25519 over the leaf hash, with a key that is not in the database; None where none was set up yet."""


class PositionRow(SQLModel, table=True):
    """Projection: where a machine that has moved stands; one whose only step was taken back has no row again.

    Rebuilt from the ledger at will, so nothing refers to it.
    """

    __tablename__ = "position"
    __table_args__: ClassVar[Any] = (CheckConstraint("seq >= 1", name="position_seq"),)

    pilot_id: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    state: str
    since: date
    """The day of the last step; the next two are of the same step."""
    recorded_at: datetime = Field(sa_type=UtcInstant)
    seq: int
    steps: str = Field(sa_type=Text)
    """A JSON list of lists, see ``mapping``; nobody queries inside it."""


class EvidenceRow(SQLModel, table=True):
    """A value that an entry commits to. Value and salt are erased together; the entry keeps holding."""

    __tablename__ = "evidence"
    __table_args__: ClassVar[Any] = (
        CheckConstraint(
            "(erased_at IS NULL AND salt IS NOT NULL AND value IS NOT NULL AND length(salt) = 32)"
            " OR (erased_at IS NOT NULL AND salt IS NULL AND value IS NULL)",
            name="evidence_erased_whole",
        ),
    )

    pilot_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    field: str = Field(primary_key=True)
    salt: bytes | None = Field(default=None, sa_type=LargeBinary)
    value: bytes | None = Field(default=None, sa_type=LargeBinary)
    erased_at: datetime | None = Field(default=None, sa_type=UtcInstant)
