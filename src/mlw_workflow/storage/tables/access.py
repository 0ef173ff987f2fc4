"""Who may look, and who looked at what."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, LargeBinary
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class AuditorRow(SQLModel, table=True):
    """Projection of the access log: who may audit a programme, from a day to a day."""

    __tablename__ = "auditor"

    person_id: str = Field(primary_key=True)
    programme: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date
    seq: int


class AccessEntryRow(SQLModel, table=True):
    """The access log, the ledger's sibling: who was given the right to look, and who looked at what.

    One chain for the whole database, sealed and signed as the ledger is; triggers refuse to change or delete a row.
    """

    __tablename__ = "access_entry"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("seq >= 1", name="access_entry_seq"),
        CheckConstraint("length(hash) = 32", name="access_entry_hash"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)


class AccessHeadRow(SQLModel, table=True):
    """The end of the access log: one row, locked before the log grows; it shows a tail that was cut off."""

    __tablename__ = "access_head"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("id = 1", name="access_head_one"),
        CheckConstraint("length(hash) = 32", name="access_head_hash"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int
    hash: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcInstant)
