"""Signed checkpoints of the tree, and what others signed under them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, LargeBinary, Text
from sqlmodel import Field, SQLModel

from mlw_workflow.storage.tables.columns import UtcInstant


class CheckpointRow(SQLModel, table=True):
    """A signed checkpoint as it was given away. Triggers refuse to change or delete one."""

    __tablename__ = "checkpoint"

    size: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    note: str = Field(sa_type=Text)
    made_at: datetime = Field(sa_type=UtcInstant)


class CosignatureRow(SQLModel, table=True):
    """A witness's signature line under a checkpoint."""

    __tablename__ = "cosignature"

    size: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    witness: str = Field(primary_key=True)
    line: str = Field(sa_type=Text)
    added_at: datetime = Field(sa_type=UtcInstant)


class TimestampTokenRow(SQLModel, table=True):
    """A time-stamping authority's word on a checkpoint (RFC 3161)."""

    __tablename__ = "timestamp_token"

    size: int = Field(sa_type=BigInteger, primary_key=True, sa_column_kwargs={"autoincrement": False})
    authority: str = Field(primary_key=True)
    token: bytes = Field(sa_type=LargeBinary)
    stamped_at: datetime = Field(sa_type=UtcInstant)
