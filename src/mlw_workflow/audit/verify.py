"""Checking a log from its stored bytes alone: was anything changed, left out, moved or cut off?

What a chain cannot show is a log rewritten whole together with its head row; for that an outsider keeps the hash of an
earlier head.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import sha256
from typing import TYPE_CHECKING

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.read import EntryUnreadable, Header, decode, header
from mlw_workflow.audit.seal import GENESIS, SALT_SIZE, Head, commitment, instant

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime

_INSTANT_LENGTH = len("2014-05-31T10:00:00.000000Z")


@dataclass(frozen=True, slots=True)
class Failure:
    """The first entry that does not hold. ``check`` is a stable code; ``facts`` say what was expected and found."""

    check: str
    seq: int
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came out: how many entries were looked at, and the first failure if there is one."""

    entries: int
    first_failure: Failure | None = None
    head: Head | None = None
    """Where the log ends, when it holds."""

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return self.first_failure is None


@dataclass(frozen=True, slots=True)
class StoredEvidence:
    """A value kept beside the seal; value and salt are None once erased."""

    seq: int
    field: str
    salt: bytes | None
    value: bytes | None
    erased_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class EvidenceVerdict:
    """What came out of comparing stored values with the commitments of the entries."""

    values: int
    erased: int
    first_failure: Failure | None = None

    @property
    def holds(self) -> bool:
        """Nothing was found."""
        return self.first_failure is None


def verify_chain(
    pilot_id: str,
    rows: Iterable[tuple[int, bytes, bytes]],
    head: Head | None,
    *,
    deep: bool = False,
    after: Head = GENESIS,
) -> Verdict:
    """Check a pilot's log: ``rows`` are number, stored hash and body in order, ``head`` is the head row.

    In this order, for each entry: ``seq`` (1, 2, 3, … without gaps), ``body_hash`` (the body hashes to the stored
    hash), ``readable``, ``log``, ``seq_sealed``, ``prev`` and ``recorded_at`` (never going back), all as they stand
    inside the bytes; with ``deep`` also ``canonical`` (the bytes are the one canonical form) and the whole entry
    ``readable`` and not ``newer`` than this program knows. At the end ``head``: the head row names the last entry,
    so a tail that was cut off (or added) is found. Holds one row at a time. ``after``: the rows begin after this entry,
    which is known to belong there.
    """
    seq, previous, recorded_at = after.seq, after.hash, ""
    hasher, read = sha256, header
    for row_seq, stored, body in rows:
        expected = seq + 1
        if row_seq != expected:
            return _failed(seq, "seq", expected, expected=expected, found=row_seq)
        if not isinstance(body, bytes):
            return _failed(seq, "readable", expected, problem=f"stored as {type(body).__name__}")
        try:
            digest = hasher(b"\x00" + body).digest()
        except TypeError:  # SQLite keeps what it is given: text, where bytes were
            return _failed(seq, "body_hash", expected, expected=_hex(stored), found=type(body).__name__)
        if digest != stored:
            return _failed(seq, "body_hash", expected, expected=_hex(stored), found=digest.hex())
        try:
            head_fields = read(body)
        except EntryUnreadable as problem:
            return _failed(seq, "readable", expected, problem=problem.problem)
        if (
            head_fields.log != pilot_id
            or head_fields.seq != expected
            or head_fields.prev != previous.hex()
            or head_fields.recorded_at < recorded_at
            or len(head_fields.recorded_at) != _INSTANT_LENGTH
        ):
            return _misplaced(pilot_id, seq, previous, recorded_at, head_fields)
        if deep:
            failure = _deep(expected, body, head_fields)
            if failure is not None:
                return Verdict(seq, failure)
        seq, previous, recorded_at = expected, stored, head_fields.recorded_at
    return _ended(seq, previous, recorded_at, head)


def _failed(entries: int, check: str, seq: int, **facts: object) -> Verdict:
    return Verdict(entries, Failure(check, seq, {key: str(value) for key, value in facts.items()}))


def _hex(stored: object) -> str:
    return stored.hex() if isinstance(stored, bytes) else repr(stored)


def _misplaced(pilot_id: str, seq: int, previous: bytes, recorded_at: str, found: Header) -> Verdict:
    """Which of the fields that bind an entry to its place does not hold."""
    expected = seq + 1
    if found.log != pilot_id:
        return _failed(seq, "log", expected, expected=pilot_id, found=found.log)
    if found.seq != expected:
        return _failed(seq, "seq_sealed", expected, expected=expected, found=found.seq)
    if found.prev != previous.hex():
        return _failed(seq, "prev", expected, expected=previous.hex(), found=found.prev)
    return _failed(seq, "recorded_at", expected, not_before=recorded_at, found=found.recorded_at)


def _deep(seq: int, body: bytes, read: Header) -> Failure | None:
    import msgspec

    try:
        entry = decode(body)
        form = canonical(msgspec.json.decode(body))
    except EntryUnreadable as problem:
        check = "newer" if problem.code == "entry_newer" else "readable"
        return Failure(check, seq, {"problem": problem.problem})
    except (ValueError, RecursionError) as problem:
        return Failure("canonical", seq, {"problem": str(problem)})
    if form != body or instant(entry.recorded_at) != read.recorded_at:
        return Failure("canonical", seq, {"problem": "the bytes are not the canonical form of what they say"})
    return None


def _ended(seq: int, last: bytes, recorded_at: str, head: Head | None) -> Verdict:
    if head is None:
        return _failed(seq, "head", seq + 1, expected=f"{seq}:{last.hex()}", found="")
    if head.seq > seq:
        return _failed(seq, "head", seq + 1, expected=f"{head.seq}:{head.hash.hex()}", found=f"{seq}:{last.hex()}")
    if head.seq < seq:
        return _failed(seq, "head", head.seq + 1, expected=f"{head.seq}:{head.hash.hex()}", found=f"{seq}:{last.hex()}")
    if head.hash != last:
        return _failed(seq, "head", max(seq, 1), expected=head.hash.hex(), found=last.hex())
    if ("" if head.recorded_at is None else instant(head.recorded_at)) != recorded_at:
        return _failed(seq, "head", max(seq, 1), expected=str(head.recorded_at), found=recorded_at)
    return Verdict(seq, None, head)


def verify_evidence(rows: Iterable[tuple[int, bytes, bytes]], stored: Iterable[StoredEvidence]) -> EvidenceVerdict:
    """Check that the values kept beside a log are those its entries commit to.

    Both streams in the order of the entries. For each value: ``evidence_missing`` (an entry commits to a value that
    is not there, not even as erased), ``evidence`` (value and salt do not reproduce the commitment),
    ``evidence_unsealed`` (a value no entry commits to). Erased values are counted; that they were erased is no failure
    where an erasure says so, and ``evidence_erased_silently`` where none does.
    """
    kept = iter(stored)
    following = next(kept, None)
    values = erased = 0
    silently: dict[object, Failure] = {}
    for seq, _, body in rows:
        of_entry: dict[str, StoredEvidence] = {}
        while following is not None and following.seq <= seq:
            if following.seq < seq:
                return EvidenceVerdict(values, erased, _unsealed(following))
            of_entry[following.field] = following
            following = next(kept, None)
        try:
            entry = decode(body)
        except EntryUnreadable as problem:
            return EvidenceVerdict(values, erased, Failure("readable", seq, {"problem": problem.problem}))
        for name in entry.evidence:
            found = of_entry.pop(name, None)
            if found is None:
                return EvidenceVerdict(values, erased, Failure("evidence_missing", seq, {"field": name}))
            if found.value is None or found.salt is None:
                erased += 1
                if found.erased_at is not None:  # left out of a pack is not erased
                    silently[seq, name] = Failure("evidence_erased_silently", seq, {"field": name})
            elif not _reproduces(name, found.salt, found.value, entry.evidence[name]):
                return EvidenceVerdict(values, erased, Failure("evidence", seq, {"field": name}))
            else:
                values += 1
        if of_entry:
            return EvidenceVerdict(values, erased, _unsealed(next(iter(of_entry.values()))))
        for gone in entry.erased:
            silently.pop((gone.get("seq"), gone.get("field")), None)
    failure = next(iter(silently.values()), None) if following is None else _unsealed(following)
    return EvidenceVerdict(values, erased, failure)


def _reproduces(name: str, salt: object, value: object, sealed: str) -> bool:
    """A database without strict types may hand back what was never stored by us."""
    if not isinstance(salt, bytes) or not isinstance(value, bytes) or len(salt) != SALT_SIZE:
        return False
    return commitment(name, salt, value) == sealed


def _unsealed(found: StoredEvidence) -> Failure:
    return Failure("evidence_unsealed", found.seq, {"field": found.field})
