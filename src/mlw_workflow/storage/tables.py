"""The tables, as rows that only ``storage`` sees. SQLModel tables do not validate, so nothing trusts them to.

Imported by the migrations and by ORM sessions, never on the way of a transition (see the package's docstring).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, DateTime, Dialect, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.types import TypeDecorator, TypeEngine
from sqlmodel import Field, SQLModel

from mlw_workflow.audit.seal import instant


class UtcInstant(TypeDecorator[datetime]):
    """An instant: aware values only, kept in UTC, handed back aware.

    ``timestamptz`` on PostgreSQL. On SQLite the text that is also sealed, ``2014-05-31T10:00:00.000000Z``, which sorts
    as time does.
    """

    impl = DateTime
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """The column type of this database."""
        if dialect.name == "sqlite":
            return dialect.type_descriptor(String(27))
        return dialect.type_descriptor(DateTime(timezone=True))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """Refuse naive instants; write the others in UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("an instant without a time zone cannot be stored")
        return instant(value) if dialect.name == "sqlite" else value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Hand back an aware instant in UTC."""
        if value is None:
            return None
        return (datetime.fromisoformat(value) if isinstance(value, str) else value).astimezone(UTC)


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


class PersonRow(SQLModel, table=True):
    """A person whom entries name only by id. Personal data: it stays outside the seal."""

    __tablename__ = "person"

    id: str = Field(primary_key=True)
    name: str
    email: str
    language: str
    created_at: datetime = Field(sa_type=UtcInstant)


class MembershipRow(SQLModel, table=True):
    """Projection: a person's role in a pilot. No reference to ``person``: one may be forgotten, the entry stays."""

    __tablename__ = "membership"

    pilot_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True, index=True)
    role: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date | None = None
    seq: int


metadata = SQLModel.metadata
