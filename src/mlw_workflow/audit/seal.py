"""Sealing an entry: its canonical bytes, their leaf hash, and commitments to values that stay outside.

The bytes that are hashed are the bytes that are stored; nothing is ever rebuilt in order to be hashed again.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.canonical import canonical

if TYPE_CHECKING:
    from mlw_workflow.domain.ledger import Entry

VERSION = 1
"""The newest form of an entry that this program writes and reads."""
SALT_SIZE = 32
COMMITMENT_TAG = b"mlw-workflow/evidence/v1\x00"
_COMPOUND_FIELDS = ("evidence", "relies_on", "pilot", "policy", "finding", "reasons", "erased")
_TEXT_FIELDS = (
    "role", "definition", "machine", "trigger", "from_state", "to_state", "effect", "precision", "source", "person",
    "deputy",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Head:
    """The end of a pilot's log: its last entry's number, leaf hash and time of recording."""

    seq: int
    hash: bytes
    recorded_at: datetime | None


GENESIS = Head(0, bytes(32), None)
"""The head of a log that has no entry yet."""


@dataclass(frozen=True, slots=True)
class Sealed:
    """An entry as it is stored: ``hash`` is the leaf hash of ``body``."""

    seq: int
    hash: bytes
    body: bytes
    log: str
    prev: str
    recorded_at: datetime

    @property
    def head(self) -> Head:
        """The head of the log once this entry is its last."""
        return Head(self.seq, self.hash, self.recorded_at)


def seal(entry: Entry) -> Sealed:
    """Seal an entry: the canonical JSON of its fields, empty ones left out, and the leaf hash of those bytes.

    Instants are written in UTC to the microsecond (``2014-05-31T10:00:00.000000Z``), days as ``2014-05-31``. Raises
    ValueError for a naive instant and for what has no canonical form.
    """
    body = canonical(_fields(entry))
    return Sealed(entry.seq, leaf_hash(body), body, entry.log, entry.prev, entry.recorded_at)


def _fields(entry: Entry) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "v": entry.v,
        "log": entry.log,
        "seq": entry.seq,
        "prev": entry.prev,
        "kind": entry.kind,
        "recorded_at": instant(entry.recorded_at),
        "actor": entry.actor,
    }
    for name in _TEXT_FIELDS:
        value = getattr(entry, name)
        if value:
            fields[name] = value
    if entry.occurred_on is not None:
        fields["occurred_on"] = entry.occurred_on.isoformat()
    if entry.undoes:
        fields["undoes"] = entry.undoes
    for name in _COMPOUND_FIELDS:
        value = getattr(entry, name)
        if value:
            fields[name] = value
    if entry.since is not None:
        fields["since"] = entry.since.isoformat()
    if entry.until is not None:
        fields["until"] = entry.until.isoformat()
    return fields


def instant(moment: datetime) -> str:
    """An instant as it stands in sealed bytes: UTC, always with six digits, so that text sorts as time does."""
    if moment.tzinfo is None:
        raise ValueError("an instant without a time zone cannot be sealed")
    if moment.tzinfo is not UTC:
        moment = moment.astimezone(UTC)
    return f"{moment.isoformat(timespec='microseconds')[:-6]}Z"  # in the place of +00:00


def leaf_hash(body: bytes) -> bytes:
    """The leaf hash of RFC 6962: SHA-256 of a zero byte and the body."""
    return sha256(b"\x00" + body).digest()


def new_salt() -> bytes:
    """32 random bytes, new for each value."""
    return os.urandom(SALT_SIZE)


def commitment(field: str, salt: bytes, value: bytes) -> str:
    """What an entry says of a value that is kept outside: a digest that only the salt and the value reproduce. Hex.

    SHA-256 of: the tag ``mlw-workflow/evidence/v1`` and a zero byte; the 32 bytes of salt; the length of the field's
    name in UTF-8 as four bytes, most significant first; the name; the value's bytes to the end. Tag and salt have
    fixed lengths and the name carries its own, so no two different inputs give the same bytes to hash.
    """
    if len(salt) != SALT_SIZE:
        raise ValueError(f"a salt has {SALT_SIZE} bytes")
    name = field.encode("utf-8")
    return sha256(b"".join((COMMITMENT_TAG, salt, len(name).to_bytes(4, "big"), name, value))).hexdigest()
