"""Which municipalities show a public page."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class PublicPageRow(SQLModel, table=True):
    """A pilot whose progress anybody may read; without a row nobody may."""

    __tablename__ = "public_page"

    pilot_id: str = Field(primary_key=True)
    person_id: str
    """Who switched it on."""
    since: datetime = Field(sa_type=UtcInstant)
