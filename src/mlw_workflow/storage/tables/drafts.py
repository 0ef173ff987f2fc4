"""What was typed and not handed in, and what was handed in already."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Text
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class DraftRow(SQLModel, table=True):
    """What a person typed into a form and could not, or did not yet, hand in."""

    __tablename__ = "draft"

    person_id: str = Field(primary_key=True)
    pilot_id: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    trigger: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    """JSON: the fields as they were typed."""
    updated_at: datetime = Field(sa_type=UtcInstant)


class SentFormRow(SQLModel, table=True):
    """A form that led to an entry, so that its second copy leads to the same entry and not to another."""

    __tablename__ = "sent_form"

    digest: str = Field(primary_key=True)
    """SHA-256 of the form's own number, of who sent it and of all that was in it."""
    pilot_id: str
    seq: int
    created_at: datetime = Field(sa_type=UtcInstant, index=True)
