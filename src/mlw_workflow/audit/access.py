"""Sealing and reading the entries of the access log, by the same rules as the ledger's: canonical bytes, leaf hash."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.read import EntryUnreadable
from mlw_workflow.audit.seal import Sealed, instant, leaf_hash
from mlw_workflow.audit.verify import Failure, verify_chain
from mlw_workflow.domain.access import ACCESS_LOG, AccessEntry, AccessKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.audit.verify import Verdict

VERSION = 1


class _Wire(msgspec.Struct, frozen=True):
    seq: int
    prev: str
    kind: AccessKind
    recorded_at: datetime
    person: str
    log: str
    v: int
    actor: str = ""
    programme: str = ""
    pilot: str = ""
    entry: int = 0
    field: str = ""
    what: str = ""
    about: str = ""
    since: date | None = None
    until: date | None = None


_decoder = msgspec.json.Decoder(_Wire)
_NAMES = tuple(field.name for field in fields(AccessEntry))


def seal_access(entry: AccessEntry) -> Sealed:
    """Seal an entry: the canonical JSON of its fields, empty ones left out, and the leaf hash of those bytes."""
    told: dict[str, Any] = {}
    for name in _NAMES:
        value = getattr(entry, name)
        if isinstance(value, datetime):
            told[name] = instant(value)
        elif isinstance(value, date):
            told[name] = value.isoformat()
        elif value:
            told[name] = value
    body = canonical(told)
    return Sealed(entry.seq, leaf_hash(body), body, entry.log, entry.prev, entry.recorded_at)


def decode_access(body: bytes) -> AccessEntry:
    """The entry that these bytes hold. Raises EntryUnreadable, for one of a newer form too."""
    try:
        wire = _decoder.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, TypeError) as problem:
        raise EntryUnreadable("entry_unreadable", str(problem)) from problem
    if wire.v > VERSION:
        raise EntryUnreadable("entry_newer", f"v = {wire.v}")
    return AccessEntry(**{name: getattr(wire, name) for name in _NAMES})


def verify_access_chain(rows: Iterable[tuple[int, bytes, bytes]], head: Head | None, *, deep: bool = False) -> Verdict:
    """Check the access log as a pilot's log is checked, and that each entry is one that this program knows.

    ``deep`` also checks that the bytes are in the one canonical form, and hold no field that this program does not know
    (``canonical``, ``fields_unknown``).
    """
    unreadable: list[Failure] = []

    def looked_at() -> Iterator[tuple[int, bytes, bytes]]:
        for row in rows:
            yield row
            try:  # only now, when the chain has accepted the bytes
                entry = decode_access(row[2])
            except EntryUnreadable as problem:
                check = "newer" if problem.code == "entry_newer" else "readable"
                unreadable.append(Failure(check, row[0], {"problem": problem.problem}))
                return
            failure = _form(entry, row[0], row[2]) if deep else None
            if failure is not None:
                unreadable.append(failure)
                return

    verdict = verify_chain(ACCESS_LOG, looked_at(), head)
    if unreadable:
        return replace(verdict, first_failure=unreadable[0])
    return verdict


def _form(entry: AccessEntry, seq: int, body: bytes) -> Failure | None:
    """Whether an entry that was decoded stands in the one form of what it says."""
    try:
        told = msgspec.json.decode(body)
        good = canonical(told) == body and instant(entry.recorded_at) == told["recorded_at"]
    except (ValueError, RecursionError):
        good, told = False, {}
    if not good:
        return Failure("canonical", seq, {"problem": "the bytes are not the canonical form of what they say"})
    unknown = sorted(told.keys() - set(_NAMES))
    return Failure("fields_unknown", seq, {"fields": ", ".join(unknown)[:200]}) if unknown else None
