"""Where to find entries by who, what and when."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, ClassVar

from sqlalchemy import Index, text
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant

_NEWEST = ("recorded_at", "pilot_id", "seq")


class EntryIndexRow(SQLModel, table=True):
    """Projection: what an entry is looked for by. It follows the logs when somebody looks, and proves nothing: whatever
    is shown is read from the ledger itself.
    """

    __tablename__ = "entry_index"
    __table_args__: ClassVar[Any] = (
        Index("ix_entry_index_newest", *_NEWEST),
        Index("ix_entry_index_pilot", "pilot_id", "recorded_at", "seq"),
        Index("ix_entry_index_actor", "actor", *_NEWEST),
        Index("ix_entry_index_task", "task", *_NEWEST),
        Index("ix_entry_index_kind", "kind", *_NEWEST),
        Index("ix_entry_index_late", *_NEWEST, sqlite_where=text("late"), postgresql_where=text("late")),
    )

    pilot_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    recorded_at: datetime = Field(sa_type=UtcInstant)
    occurred_on: date | None = None
    kind: str
    task: str
    """The machine without its period; empty for what concerns no task."""
    step: str
    """The trigger."""
    actor: str
    role: str
    late: bool
    """Recorded later than the programme allows."""
