"""One tree over all logs."""

from __future__ import annotations

from typing import Any, ClassVar

from sqlalchemy import BigInteger, CheckConstraint, LargeBinary, UniqueConstraint
from sqlmodel import Field, SQLModel


class TreeSpanRow(SQLModel, table=True):
    """Where a run of a pilot's entries lies in the tree over all logs: they are the leaves from ``first_leaf`` on."""

    __tablename__ = "tree_span"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("pilot_id", "first_seq", name="tree_span_unique"),
        CheckConstraint("entries >= 1", name="tree_span_entries"),
    )

    first_leaf: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    pilot_id: str
    first_seq: int
    entries: int


class TreeTileRow(SQLModel, table=True):
    """Up to 256 hashes of the tree, side by side: of leaves (level 0), or of whole tiles of the level below."""

    __tablename__ = "tree_tile"

    level: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    position: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    hashes: bytes = Field(sa_type=LargeBinary)
