"""The tables, as rows that only ``storage`` sees. SQLModel tables do not validate, so nothing trusts them to.

Imported by the migrations and by ORM sessions, never on the way of a transition (see the package's docstring).
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any, ClassVar

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    DateTime,
    Dialect,
    Index,
    LargeBinary,
    String,
    Text,
    UniqueConstraint,
    text,
)
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
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)
    """Ed25519 over the leaf hash, with a key that is not in the database; None where none was set up yet."""


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


def _partial(name: str, column: str, where: str) -> Index:
    """An index on the few rows that still need something, so that looking for them costs what they cost."""
    return Index(name, column, sqlite_where=text(where), postgresql_where=text(where))


class DeadlineRow(SQLModel, table=True):
    """Projection: a deadline as things stand; and, which is no projection, how far its warnings were handled."""

    __tablename__ = "deadline"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("status IN ('open', 'done', 'withdrawn')", name="deadline_status"),
        CheckConstraint("next_on IS NULL OR status = 'open'", name="deadline_next"),
        _partial("ix_deadline_next_on", "next_on", "next_on IS NOT NULL"),
    )

    pilot_id: str = Field(primary_key=True)
    machine: str = Field(primary_key=True)
    rule: str = Field(primary_key=True)
    due_on: date | None = None
    """None: no date is set yet."""
    status: str
    satisfied_on: date | None = None
    since_seq: int
    """The entry that last changed the deadline; the local day of its recording comes next."""
    since_on: date
    revision: int
    """How often it has changed since it came to be."""
    next_on: date | None = None
    """The day of the next warning to be considered; None: there is none."""
    handled_until: date
    """The last local day whose warnings were handled."""


class NoticeRow(SQLModel, table=True):
    """One warning to one person (or why there was none). Its key makes a second one impossible."""

    __tablename__ = "notice"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("status IN ('waiting', 'queued', 'skipped', 'withdrawn')", name="notice_status"),
        Index("ix_notice_deadline", "pilot_id", "machine", "rule"),
        _partial("ix_notice_ready_at", "ready_at", "status = 'waiting'"),
    )

    key: str = Field(primary_key=True)
    pilot_id: str
    machine: str
    rule: str
    rung: str
    recipient: str
    """A person's id; empty where nobody was found."""
    role: str
    due_on: date | None = None
    send_on: date
    ready_at: datetime = Field(sa_type=UtcInstant)
    """Goes out from this instant on: the hour of the digest, or the end of the quiet hours."""
    reason: str = Field(sa_type=Text)
    """JSON, see ``obligations``."""
    urgent: bool
    status: str
    skip_reason: str
    outbox_id: int | None = None
    created_at: datetime = Field(sa_type=UtcInstant)


class OutboxRow(SQLModel, table=True):
    """One mail to one person, from being written to being handed to the mail server."""

    __tablename__ = "outbox"
    __table_args__: ClassVar[Any] = (
        UniqueConstraint("key", name="outbox_key_unique"),
        UniqueConstraint("message_id", name="outbox_message_id_unique"),
        CheckConstraint("status IN ('waiting', 'leased', 'sent', 'dead', 'in_doubt')", name="outbox_status"),
        CheckConstraint("(status = 'leased') = (lease_token IS NOT NULL)", name="outbox_lease"),
        _partial("ix_outbox_next_attempt_at", "next_attempt_at", "status = 'waiting'"),
        _partial("ix_outbox_lease_until", "lease_until", "status = 'leased'"),
        _partial("ix_outbox_undelivered", "status", "status IN ('dead', 'in_doubt')"),
    )

    id: int | None = Field(default=None, primary_key=True)
    key: str
    kind: str
    recipient: str
    language: str
    subject: str
    text: str = Field(sa_type=Text)
    html: str = Field(sa_type=Text)
    message_id: str
    once: bool
    """Must not go twice: when nobody knows whether it went, a person decides."""
    status: str
    attempts: int
    doubts: int
    """Attempts of which nobody knows whether they succeeded; each may be a second copy of the same Message-ID."""
    next_attempt_at: datetime = Field(sa_type=UtcInstant)
    lease_until: datetime | None = Field(default=None, sa_type=UtcInstant)
    lease_token: str | None = None
    last_error: str
    created_at: datetime = Field(sa_type=UtcInstant)
    sent_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class PauseRow(SQLModel, table=True):
    """Projection: who acknowledged or snoozed which deadline."""

    __tablename__ = "pause"

    pilot_id: str = Field(primary_key=True)
    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    machine: str
    rule: str
    person_id: str
    kind: str
    since: date
    until: date | None = None


class DeputyRow(SQLModel, table=True):
    """Projection: who is told instead of somebody absent."""

    __tablename__ = "deputy"

    pilot_id: str = Field(primary_key=True)
    person_id: str = Field(primary_key=True)
    deputy_id: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date
    seq: int


class PolicyRow(SQLModel, table=True):
    """Projection: how a pilot is reminded, where that is not as the programme says."""

    __tablename__ = "policy"

    pilot_id: str = Field(primary_key=True)
    body: str = Field(sa_type=Text)
    seq: int


class HeartbeatRow(SQLModel, table=True):
    """When a recurring piece of work was last done."""

    __tablename__ = "heartbeat"

    name: str = Field(primary_key=True)
    at: datetime = Field(sa_type=UtcInstant)
    detail: str


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


class AuditorRow(SQLModel, table=True):
    """Projection of the access log: who may audit a programme, from a day to a day."""

    __tablename__ = "auditor"

    person_id: str = Field(primary_key=True)
    programme: str = Field(primary_key=True)
    since: date = Field(primary_key=True)
    until: date
    seq: int


class AccessEntryRow(SQLModel, table=True):
    """The access log, the ledger's sibling: who was given the right to look, and who looked at what.

    One chain for the whole database, sealed and signed as the ledger is; triggers refuse to change or delete a row.
    """

    __tablename__ = "access_entry"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("seq >= 1", name="access_entry_seq"),
        CheckConstraint("length(hash) = 32", name="access_entry_hash"),
    )

    seq: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    hash: bytes = Field(sa_type=LargeBinary)
    body: bytes = Field(sa_type=LargeBinary)
    signature: bytes | None = Field(default=None, sa_type=LargeBinary)


class AccessHeadRow(SQLModel, table=True):
    """The end of the access log: one row, locked before the log grows; it shows a tail that was cut off."""

    __tablename__ = "access_head"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("id = 1", name="access_head_one"),
        CheckConstraint("length(hash) = 32", name="access_head_hash"),
    )

    id: int = Field(primary_key=True, sa_column_kwargs={"autoincrement": False})
    seq: int
    hash: bytes = Field(sa_type=LargeBinary)
    recorded_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class AccountRow(SQLModel, table=True):
    """Whom the panel lets in. The person's name and address are in ``person``."""

    __tablename__ = "account"
    __table_args__: ClassVar[Any] = (UniqueConstraint("login", name="account_login_unique"),)

    person_id: str = Field(primary_key=True)
    login: str
    """An e-mail address in small letters."""
    password: str
    """Argon2id; empty until the person has chosen one."""
    is_admin: bool
    disabled_at: datetime | None = Field(default=None, sa_type=UtcInstant)
    created_at: datetime = Field(sa_type=UtcInstant)


class WebSessionRow(SQLModel, table=True):
    """Somebody who is logged in: the digest of the cookie's token, never the token."""

    __tablename__ = "web_session"

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    created_at: datetime = Field(sa_type=UtcInstant)
    seen_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)


class OneTimeLinkRow(SQLModel, table=True):
    """A link by which a person chooses a password, once: the digest of its token, never the token."""

    __tablename__ = "one_time_link"
    __table_args__: ClassVar[Any] = (
        CheckConstraint("purpose IN ('invitation', 'reset')", name="one_time_link_purpose"),
    )

    hash: str = Field(primary_key=True)
    person_id: str = Field(index=True)
    purpose: str
    created_at: datetime = Field(sa_type=UtcInstant)
    expires_at: datetime = Field(sa_type=UtcInstant)
    used_at: datetime | None = Field(default=None, sa_type=UtcInstant)


class LoginThrottleRow(SQLModel, table=True):
    """How often logging in failed under a name or from an address, as a digest, and until when nobody may try again."""

    __tablename__ = "login_throttle"

    key: str = Field(primary_key=True)
    failures: int
    last_at: datetime = Field(sa_type=UtcInstant)
    blocked_until: datetime | None = Field(default=None, sa_type=UtcInstant)


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


metadata = SQLModel.metadata
