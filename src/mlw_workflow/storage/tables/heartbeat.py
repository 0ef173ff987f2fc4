"""Signs of life of the work that recurs."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class HeartbeatRow(SQLModel, table=True):
    """When a recurring piece of work was last done."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcInstant)
    detail: str
