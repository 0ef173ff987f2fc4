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
    except (msgspec.DecodeError, UnicodeDecodeError) as problem:
        raise EntryUnreadable("entry_unreadable", str(problem)) from problem
    if wire.v > VERSION:
        raise EntryUnreadable("entry_newer", f"v = {wire.v}")
    return AccessEntry(**{name: getattr(wire, name) for name in _NAMES})


def verify_access_chain(rows: Iterable[tuple[int, bytes, bytes]], head: Head | None) -> Verdict:
    """Check the access log as a pilot's log is checked, and that each entry is one that this program knows."""
    unreadable: list[Failure] = []

    def looked_at() -> Iterator[tuple[int, bytes, bytes]]:
        for row in rows:
            yield row
            try:  # only now, when the chain has accepted the bytes
                decode_access(row[2])
            except EntryUnreadable as problem:
                check = "newer" if problem.code == "entry_newer" else "readable"
                unreadable.append(Failure(check, row[0], {"problem": problem.problem}))
                return

    verdict = verify_chain(ACCESS_LOG, looked_at(), head)
    if unreadable:
        return replace(verdict, first_failure=unreadable[0])
    return verdict
