"""JSON Lines, complete: every sealed body as it is, so that the file can become the same database again.

The bodies are not rebuilt but copied, byte by byte, as members of each line's object. While they are written they are
checked as a chain, so a record that does not hold is not passed on as if it did.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from mlw_workflow.audit.read import EntryUnreadable, header
from mlw_workflow.audit.seal import GENESIS, instant
from mlw_workflow.domain.errors import IntegrityBroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.audit.verify import StoredEvidence
    from mlw_workflow.domain.pilot import Pilot

FORMAT = "mlw-ledger/1"
_encode = msgspec.json.Encoder().encode
_PART = 256 * 1024

Row = tuple[int, bytes, bytes, bytes | None]
"""Number, leaf hash, body, signature."""


class Written:
    """Lines gathered into portions; at the end the digest of them all."""

    def __init__(self) -> None:
        """Nothing is written yet."""
        self.sha = sha256()
        self._kept: list[bytes] = []
        self._size = 0

    def add(self, line: bytes) -> Iterator[bytes]:
        """One line; a portion when enough have gathered."""
        self._kept.append(line)
        self._size += len(line)
        if self._size >= _PART:
            yield self.portion()

    def portion(self) -> bytes:
        """What has gathered."""
        part = b"".join(self._kept)
        self.sha.update(part)
        self._kept, self._size = [], 0
        return part


def record(kind: str, **members: object) -> bytes:
    """A line of plain values."""
    return _encode({"record": kind, **members}) + b"\n"


def definition(digest: str, programme: str, installed_at: datetime, body: bytes) -> bytes:
    """The line of a definition: ``body`` is its normal form, the very bytes that its hash is of."""
    _one_line(body, "definition")
    begun = _encode(
        {"record": "definition", "hash": digest, "programme": programme, "installed_at": instant(installed_at)}
    )
    return begun[:-1] + b',"body":' + body + b"}\n"


def pilot(told: Pilot, opened_at: datetime, head: Head) -> bytes:
    """The line before a pilot's entries: the pilot, and where its log ends."""
    return record(
        "pilot", id=told.id, code=told.code, municipality=told.municipality, voivodeship=told.voivodeship,
        programme=told.programme, definition=told.definition, start=told.start.isoformat(), end=told.end.isoformat(),
        opened_at=instant(opened_at), entries=head.seq, head=head.hash.hex(),
    )  # fmt: skip


def person(person_id: str, name: str, email: str, language: str, created_at: datetime) -> bytes:
    """The line of a person."""
    return record("person", id=person_id, name=name, email=email, language=language, created_at=instant(created_at))


def deadline(**members: object) -> bytes:
    """The line of a deadline as it is stored; days are days."""
    return record(
        "deadline", **{key: value.isoformat() if isinstance(value, date) else value for key, value in members.items()}
    )


@dataclass(slots=True)
class Log:
    """The lines of one pilot's entries."""

    pilot: str
    name: str
    head: Head

    def lines(self, rows: Iterable[Row], evidence: Iterable[StoredEvidence]) -> Iterator[bytes]:
        """A line for each entry, with the values it commits to. Raises IntegrityBroken for a log that does not hold.

        Both streams in the order of the entries, each taken as it comes.
        """
        seq, previous, prev = 0, GENESIS.hash, GENESIS.hash.hex()
        values = _ByEntry(self.name, evidence)
        encode, hasher, read = b64encode, sha256, header
        for number, stored, body, signature in rows:
            seq += 1
            try:
                digest = hasher(b"\x00" + body).digest()
                found = read(body)
            except (TypeError, EntryUnreadable) as problem:
                raise self._broken("readable", seq) from problem
            if digest != stored or number != seq:
                raise self._broken("body_hash" if number == seq else "seq", seq)
            if found.seq != seq or found.prev != prev or found.log != self.pilot or b"\n" in body:
                raise self._broken("prev", seq)
            previous, prev = digest, digest.hex()
            signed = b"null" if signature is None else b'"' + encode(signature) + b'"'
            beside = values.of(seq) if values.following == seq else b""
            yield b'{"record":"entry","hash":"%b","signature":%b%b,"body":%b}\n' % (
                prev.encode(), signed, beside, body,
            )  # fmt: skip
        if seq != self.head.seq or previous != self.head.hash:
            raise self._broken("head", seq + 1)
        values.ended()

    def _broken(self, check: str, seq: int) -> IntegrityBroken:
        return IntegrityBroken(pilot=self.name, check=check, seq=seq)


class _ByEntry:
    """Stored values as they come, by entry."""

    def __init__(self, pilot_id: str, stored: Iterable[StoredEvidence]) -> None:
        self.pilot = pilot_id
        self._stored = iter(stored)
        self._next = next(self._stored, None)

    @property
    def following(self) -> int:
        return self._next.seq if self._next is not None else 0

    def of(self, seq: int) -> bytes:
        """The member ``evidence`` of that entry's line."""
        parts = []
        while self._next is not None and self._next.seq == seq:
            parts.append(_encode(self._next.field) + b":" + self._value(self._next))
            self._next = next(self._stored, None)
        return b',"evidence":{' + b",".join(parts) + b"}"

    def ended(self) -> None:
        """Raise IntegrityBroken for a value that no entry was found for."""
        if self._next is not None:
            raise IntegrityBroken(pilot=self.pilot, check="evidence_unsealed", seq=self._next.seq)

    def _value(self, stored: StoredEvidence) -> bytes:
        if stored.value is None or stored.salt is None:
            assert stored.erased_at is not None
            return _encode({"erased_at": instant(stored.erased_at)})
        try:
            msgspec.json.decode(stored.value, type=msgspec.Raw)
            _one_line(stored.value, "evidence")
        except (msgspec.DecodeError, UnicodeDecodeError, IntegrityBroken) as problem:
            raise IntegrityBroken(pilot=self.pilot, check="evidence", seq=stored.seq, field=stored.field) from problem
        return b'{"salt":"%b","value":%b}' % (b64encode(stored.salt), stored.value)


def _one_line(body: bytes, check: str) -> None:
    if b"\n" in body:
        raise IntegrityBroken(pilot="", check=check, seq=0)
