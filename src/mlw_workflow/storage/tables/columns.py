"""What the columns of several tables are made of."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Index, String, text
from sqlalchemy.types import TypeDecorator, TypeEngine

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


def partial_index(name: str, column: str, where: str) -> Index:
    """An index on the few rows that still need something, so that looking for them costs what they cost."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))
