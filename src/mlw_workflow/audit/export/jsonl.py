"""JSON Lines, complete: every sealed body as it is, so that the file can become the same database again.

The bodies are not rebuilt but copied, byte by byte, as members of each line's object.
"""

from __future__ import annotations

from binascii import b2a_base64, hexlify
from datetime import date, datetime
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from mlw_workflow.audit.seal import GENESIS, instant
from mlw_workflow.domain.errors import IntegrityBroken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.pilot import Pilot

FORMAT = "mlw-ledger/1"
_encode = msgspec.json.Encoder().encode
_LINES = 128

Row = tuple[int, bytes, bytes, bytes | None]
"""Number, leaf hash, body, signature."""
Value = tuple[int, str, bytes | None, bytes | None, "datetime | None"]
"""The entry's number, field, salt and value (None once erased), when it was erased."""


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


def access(digest: bytes, body: bytes, signature: bytes | None) -> bytes:
    """The line of an entry of the access log."""
    signed = b2a_base64(signature, newline=False) if signature is not None else b""
    return b'{"record":"access","hash":"%b","signature":"%b","body":%b}\n' % (hexlify(digest), signed, body)


class Log:
    """The lines of one pilot's entries."""

    def __init__(self, pilot: str, name: str, head: Head) -> None:
        """``pilot``: its id, ``name``: how people call it, ``head``: where its log ends."""
        self.pilot = pilot
        self.name = name
        self.head = head

    def portions(self, rows: Iterable[Row], values: Iterable[Value]) -> Iterator[bytes]:
        """A line for each entry, with the values it commits to; many lines at a time.

        Both streams in the order of the entries, each taken as it comes. Raises IntegrityBroken where a body is not
        what was hashed or does not follow the one before. This is no verification: that reads the bodies.
        """
        seq, previous = 0, GENESIS.hash
        prev = hexlify(previous)
        beside = iter(values)
        value = next(beside, None)
        following = value[0] if value is not None else 0
        lines: list[bytes] = []
        add, hasher = lines.append, sha256
        for number, digest, body, signature in rows:
            seq += 1
            if body.__class__ is not bytes:  # SQLite keeps what it is given
                raise self._broken("readable", seq)
            if number != seq or hasher(b"\x00" + body).digest() != digest:
                raise self._broken("seq" if number != seq else "body_hash", seq)
            if b'"prev":"' + prev not in body:
                raise self._broken("prev", seq)
            previous, prev = digest, hexlify(digest)
            signed = b2a_base64(signature, newline=False) if signature is not None else b""
            evidence = b""
            while value is not None and following == seq:
                evidence += (b"," if evidence else b"") + _value(value)
                value = next(beside, None)
                following = value[0] if value is not None else 0
            if evidence:
                evidence = b',"evidence":{' + evidence + b"}"
            add(b'{"record":"entry","hash":"%b","signature":"%b"%b,"body":%b}\n' % (prev, signed, evidence, body))
            if len(lines) >= _LINES:
                yield self._joined(lines, seq)
                lines.clear()
        if seq != self.head.seq or previous != self.head.hash:
            raise self._broken("head", seq + 1)
        if value is not None:
            raise self._broken("evidence_unsealed", value[0])
        yield self._joined(lines, seq)

    def _joined(self, lines: list[bytes], seq: int) -> bytes:
        """A body or a value with a line break in it was not written by us, and would tear the lines apart."""
        part = b"".join(lines)
        if part.count(b"\n") != len(lines):
            torn = next(at for at, line in enumerate(lines) if line.count(b"\n") != 1)
            raise self._broken("canonical", seq - len(lines) + torn + 1)
        return part

    def _broken(self, check: str, seq: int) -> IntegrityBroken:
        return IntegrityBroken(pilot=self.name, check=check, seq=seq)


def _value(value: Value) -> bytes:
    _, field, salt, content, erased_at = value
    if salt is None or content is None:
        assert erased_at is not None
        return b'%b:{"erased_at":"%b"}' % (_name(field), instant(erased_at).encode())
    return b'%b:{"salt":"%b","value":%b}' % (_name(field), b2a_base64(salt, newline=False), content)


@lru_cache(maxsize=1_024)
def _name(field: str) -> bytes:
    return _encode(field)


def _one_line(body: bytes, check: str) -> None:
    if b"\n" in body:
        raise IntegrityBroken(pilot="", check=check, seq=0)
