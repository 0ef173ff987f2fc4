"""People, whom entries name only by id, and the roles they hold."""

from __future__ import annotations

from datetime import date, datetime

from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


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
