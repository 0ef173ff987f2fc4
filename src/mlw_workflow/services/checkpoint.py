"""Making a checkpoint: the new entries of all logs become leaves of the one tree, and its root is signed.

Nothing is signed that does not continue what was signed before. What there is to do is worked out on one state of the
database, without keeping anybody waiting; then it is written in one short transaction under a lock of its own.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.audit.merkle import EMPTY_ROOT
from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid
from mlw_workflow.audit.seal import Head
from mlw_workflow.audit.signatures import EntrySignatures
from mlw_workflow.audit.tiles import Growing, TileMissing, root_at
from mlw_workflow.audit.verify import Failure, verify_chain
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.tail import first_lost
from mlw_workflow.storage import tree
from mlw_workflow.storage.tree import Span, StoredCheckpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.audit.keys import SigningKey
    from mlw_workflow.audit.signatures import LogSignatures
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.keystore import KeyStore
    from mlw_workflow.services.tail import Kept
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.tree import Log

    Post = Callable[[Connection, StoredCheckpoint], None]
    SignedRow = tuple[int, bytes, bytes, bytes | None]
    Tile = Callable[[int, int], bytes]

REFUSED = "checkpoint_refused"
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Made:
    """A checkpoint, new or (where there was nothing new) the last one again."""

    size: int
    note: str
    fresh: bool
    added: int = 0
    """Entries that it covers and the one before did not."""


@dataclass(slots=True)
class _Plan:
    """What is to be written."""

    last: StoredCheckpoint | None
    growing: Growing
    covered: dict[str, int]
    """Up to which entry the tree will have each log."""
    spans: list[Span] = field(default_factory=list)


def make_checkpoint(desk: Desk, post: Post | None = None) -> Made:
    """Sign the tree over all logs as they are now; where nothing is new, the last checkpoint again, byte for byte.

    ``post`` enters what is to leave the office with a new one, in the same transaction.

    Raises IntegrityBroken ``checkpoint_refused`` with the check that failed, where signing would not continue what was
    signed before; BadInput ``key_none`` without a key, and as ``KeyStore.key`` does.
    """
    store = signer_of(desk)
    for _ in range(_TRIES):
        key, ring = store.required_key(), store.required_ring()
        now = desk.clock.now()
        aside, kept = store.tail.set_aside(), store.tail.kept()  # before the database is looked at, which may be ahead
        with desk.database.read() as connection:
            plan = _planned(connection, EntrySignatures(ring, key), ring, store.remembered(), kept)
        if plan.last is not None and not plan.spans:
            with desk.database.work() as work:
                tree.lock(work.connection, now)  # it was looked at, and nothing was new
                work.commit()
            store.remember(plan.last.note)
            store.tail.forget(aside, plan.covered)
            return Made(plan.last.size, plan.last.note, fresh=False)
        note = signed(key, Checkpoint(ring.origin, plan.growing.size, plan.growing.root()))
        with desk.database.work() as work:
            tree.lock(work.connection, now)
            if tree.last_checkpoint(work.connection) != plan.last or store.required_ring() != ring:
                continue  # somebody else made one meanwhile, or put another key in force
            tree.add(work.connection, plan.spans, plan.growing.changed())
            made = StoredCheckpoint(plan.growing.size, str(note), now)
            tree.add_checkpoint(work.connection, made)
            if post is not None:
                post(work.connection, made)
            work.commit()
        store.remember(str(note))
        store.tail.forget(aside, plan.covered)
        added = plan.growing.size - (plan.last.size if plan.last else 0)
        return Made(plan.growing.size, str(note), fresh=True, added=added)
    raise BadInput("checkpoint_busy")


def signer_of(desk: Desk) -> KeyStore:
    """Where the office's key lies. Raises BadInput ``key_none``."""
    if desk.signer is None:
        raise BadInput("key_none")
    return desk.signer


def signed(key: SigningKey, checkpoint: Checkpoint) -> Note:
    """The checkpoint as a note with the log's signature."""
    note = Note(checkpoint.text)
    return note.with_signatures(key.sign_note(note.text))


def _planned(
    connection: Connection,
    signatures: EntrySignatures,
    ring: Keyring,
    outside: str | None,
    kept: Mapping[str, Kept],
) -> _Plan:
    """The new entries of all logs, checked, and the tree as it grows by them."""
    last = tree.last_checkpoint(connection)
    tile = tree.tiles(connection)
    size = last.size if last else 0
    failure = check_continuity(ring, last, outside, tile)
    if failure is not None:
        raise refused(failure)
    logs = tree.logs(connection)
    place, failure = check_logs(logs, size, lambda: tree.logs_without_pilot(connection))
    if failure is not None:
        raise refused(failure, place)
    try:
        plan = _Plan(last, Growing(size, tile), {log.pilot_id: max(log.head_seq, log.sequenced) for log in logs})
    except TileMissing as problem:
        raise refused(_tile_missing(problem)) from problem
    growing = [log for log in logs if log.head_seq > log.sequenced]
    for log, rows in tree.new_entries(connection, growing):
        _sequence(log, rows, plan, signatures)
    lost = first_lost(connection, kept)
    if lost is not None:
        raise refused(lost[1], next((log.code for log in logs if log.pilot_id == lost[0]), lost[0]))
    return plan


def _sequence(log: Log, rows: Iterable[SignedRow], plan: _Plan, signatures: EntrySignatures) -> None:
    """A log's new entries, checked from the last one that the tree has, become leaves on the right."""
    first = plan.growing.size
    failures: list[Failure] = []
    checked = signatures.of_log(proved=log.sequenced, all_signed=plan.last is not None)
    after = Head(log.sequenced, log.last_leaf or bytes(32), None)
    verdict = verify_chain(
        log.pilot_id,
        _appended(rows, checked, failures, plan.growing),
        log.head,
        after=after,
    )
    failure = failures[0] if failures else verdict.first_failure
    if failure is not None:
        raise refused(failure, log.code)
    plan.spans.append(Span(first, log.pilot_id, log.sequenced + 1, plan.growing.size - first))


def _appended(
    rows: Iterable[SignedRow], checked: LogSignatures, failures: list[Failure], growing: Growing
) -> Iterator[tuple[int, bytes, bytes]]:
    """Pass rows on; each becomes a leaf once the chain's check has let it pass and its signature holds."""
    for seq, digest, body, signature in rows:
        yield seq, digest, body
        failure = checked.failure(seq, digest, body, signature)
        if failure is not None:
            failures.append(failure)
            return
        growing.append(digest)


def refused(failure: Failure, pilot: str = "") -> IntegrityBroken:
    """Why nothing is signed. Facts: check, seq, pilot, and those of the failure."""
    return IntegrityBroken(REFUSED, check=failure.check, seq=failure.seq, pilot=pilot, **failure.facts)


# What a checkpoint must continue


def check_continuity(ring: Keyring, last: StoredCheckpoint | None, outside: str | None, tile: Tile) -> Failure | None:
    """Whether the stored tree is what the last checkpoint says, and continues the one that the signer remembers.

    Checks: ``checkpoint_form``, ``checkpoint_signature``, ``checkpoint_retired``, ``tree_tile``, ``tree_root``; of the
    one outside ``outside_form``, ``outside_signature``, ``outside_retired``, ``outside_ahead`` (the database is older
    than what was signed) and ``outside_root``; ``keyring_tree`` (it is not what was signed when keys were retired).
    """
    size, root = 0, EMPTY_ROOT
    if last is not None:
        found = read_signed(last.note, ring)
        if isinstance(found, str) or found.size != last.size:
            wrong = found if isinstance(found, str) else "form"
            return Failure(f"checkpoint_{wrong}", 0, {"size": str(last.size)})
        size, root = found.size, found.root
    try:
        if root_at(size, tile) != root:
            return Failure("tree_root", 0, {"size": str(size)})
        failure = None if outside is None else _outside(ring, size, outside, tile)
        return failure or _retired(ring, size, tile)
    except TileMissing as problem:
        return _tile_missing(problem)


def _retired(ring: Keyring, size: int, tile: Tile) -> Failure | None:
    """Whether the tree begins with those that were signed when keys were retired."""
    for key in ring.keys:
        if key.size > size or root_at(key.size, tile) != key.root:
            return Failure("keyring_tree", 0, {"size": str(key.size)})
    return None


def _outside(ring: Keyring, size: int, outside: str, tile: Tile) -> Failure | None:
    kept = read_signed(outside, ring)
    if isinstance(kept, str):
        return Failure(f"outside_{kept}", 0)
    if kept.size > size:
        return Failure("outside_ahead", 0, {"expected": str(kept.size), "found": str(size)})
    if root_at(kept.size, tile) != kept.root:
        return Failure("outside_root", 0, {"size": str(kept.size)})
    return None


def read_signed(written: str, ring: Keyring) -> Checkpoint | str:
    """A checkpoint of this log that one of its keys signed; else what is wrong: ``form`` or ``signature``, or
    ``retired`` where the key had been retired before there was such a tree.
    """
    from mlw_workflow.audit.keys import signed_by

    try:
        note = Note.parse(written)
        checkpoint = Checkpoint.parse(note.text)
    except NoteInvalid:
        return "form"
    if checkpoint.origin != ring.origin:
        return "form"
    if ring.signed(note, checkpoint.size):
        return checkpoint
    return "retired" if any(signed_by(note, key) for key in ring.verifiers) else "signature"


def check_logs(logs: list[Log], size: int, missing: Callable[[], tuple[str, ...]]) -> tuple[str, Failure | None]:
    """Whether every log that the tree has is still there and no shorter; else the place and what is wrong.

    Checks: ``tree_cut`` (the log ends before what the tree has), ``tree_leaf`` (it ends with another entry),
    ``tree_pilot`` (a pilot is gone), ``tree_spans`` (the tree's own places do not add up).
    """
    for log in logs:
        if log.head_seq < log.sequenced:
            facts = {"expected": str(log.sequenced), "found": str(log.head_seq)}
            return log.code, Failure("tree_cut", log.head_seq + 1, facts)
        if log.sequenced and log.head and log.head_seq == log.sequenced and log.head.hash != log.last_leaf:
            return log.code, Failure("tree_leaf", log.sequenced)
    if sum(log.sequenced for log in logs) != size:
        gone = missing()
        if gone:
            return gone[0], Failure("tree_pilot", 0)
        return "", Failure("tree_spans", 0)
    return "", None


def _tile_missing(problem: TileMissing) -> Failure:
    return Failure("tree_tile", 0, {"level": str(problem.level), "position": str(problem.position)})
