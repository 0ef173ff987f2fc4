"""The lines of a complete export, as they are written and read: docs/reference/exports.md explains each."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

import msgspec

Number = Annotated[int, msgspec.Meta(ge=0, le=2**31 - 1)]


class HeaderLine(msgspec.Struct, tag_field="record", tag="header", forbid_unknown_fields=True, frozen=True):
    """The first line."""

    format: str
    evidence: bool
    pilots: Number
    entries: Number


class DefinitionLine(msgspec.Struct, tag_field="record", tag="definition", forbid_unknown_fields=True, frozen=True):
    """A definition in its normal form."""

    hash: str
    programme: str
    installed_at: datetime
    body: msgspec.Raw


class KeyringLine(msgspec.Struct, tag_field="record", tag="keyring", forbid_unknown_fields=True, frozen=True):
    """The public keys of the signatures in the file."""

    body: msgspec.Raw


class PersonLine(msgspec.Struct, tag_field="record", tag="person", forbid_unknown_fields=True, frozen=True):
    """A person."""

    id: str
    name: str
    email: str
    language: str
    created_at: datetime


class PilotLine(msgspec.Struct, tag_field="record", tag="pilot", forbid_unknown_fields=True, frozen=True):
    """A pilot, and where its log ends."""

    id: str
    code: str
    municipality: str
    voivodeship: str
    programme: str
    definition: str
    start: date
    end: date
    opened_at: datetime
    entries: Number
    head: str


class ValueLine(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A value that an entry commits to, or when it was erased."""

    salt: str = ""
    value: msgspec.Raw = msgspec.Raw()
    erased_at: datetime | None = None


class EntryLine(msgspec.Struct, tag_field="record", tag="entry", forbid_unknown_fields=True, frozen=True):
    """A sealed entry: ``body`` keeps its very bytes."""

    hash: str
    signature: str
    """Base64; empty for an entry from before there was a key."""
    body: msgspec.Raw
    evidence: dict[str, ValueLine] = {}


class DeadlineLine(msgspec.Struct, tag_field="record", tag="deadline", forbid_unknown_fields=True, frozen=True):
    """A deadline as it was stored. How far its warnings were handled is the one thing that no log tells."""

    machine: str
    rule: str
    due_on: date | None
    status: Literal["open", "done", "withdrawn"]
    satisfied_on: date | None
    since_seq: Number
    since_on: date
    revision: Number
    next_on: date | None
    handled_until: date


class SpanLine(msgspec.Struct, tag_field="record", tag="span", forbid_unknown_fields=True, frozen=True):
    """Where a run of a pilot's entries lies in the tree over all logs."""

    first_leaf: Number
    pilot: str
    first_seq: Number
    entries: Number


class Cosigned(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A witness's line under a checkpoint."""

    witness: str
    line: str
    added_at: datetime


class Stamped(msgspec.Struct, forbid_unknown_fields=True, frozen=True):
    """A time-stamping authority's answer, in Base64."""

    authority: str
    token: str
    stamped_at: datetime


class CheckpointLine(msgspec.Struct, tag_field="record", tag="checkpoint", forbid_unknown_fields=True, frozen=True):
    """A checkpoint as it was signed, with what others put under it."""

    size: Number
    note: str
    made_at: datetime
    cosignatures: list[Cosigned]
    timestamps: list[Stamped]


class AccessLine(msgspec.Struct, tag_field="record", tag="access", forbid_unknown_fields=True, frozen=True):
    """A sealed entry of the access log."""

    hash: str
    signature: str
    body: msgspec.Raw


class EndLine(msgspec.Struct, tag_field="record", tag="end", forbid_unknown_fields=True, frozen=True):
    """The last line: the digest of all bytes before it."""

    pilots: Number
    entries: Number
    sha256: str


TreeLine = SpanLine | CheckpointLine | AccessLine
Line = (
    HeaderLine | KeyringLine | DefinitionLine | PersonLine | PilotLine | EntryLine | DeadlineLine | TreeLine | EndLine
)
