"""Who may read a calendar feed."""

from __future__ import annotations

from datetime import datetime

from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class FeedTokenRow(SQLModel, table=True):
    """Who may read a calendar feed: the digest of a token, never the token."""

    __tablename__ = "feed_token"

    hash: str = Field(primary_key=True)
    person_id: str
    """Whose deadlines; empty: the whole pilot's."""
    pilot_id: str
    """Of which pilot; empty: of all the person's."""
    created_at: datetime = Field(sa_type=UtcInstant)
    revoked_at: datetime | None = Field(default=None, sa_type=UtcInstant)
