"""The whole record against what was signed of it: the tree, its checkpoints, the checkpoint outside, the signatures.

A log is compared with the tree leaf by leaf while its chain is checked. When all logs are, the tree's leaves are first
checked against the root and set aside in a file without a name, so that time grows with the record and memory does not.
"""

from __future__ import annotations

import mmap
import tempfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.merkle import HASH_SIZE
from mlw_workflow.audit.read import EntryUnreadable, header
from mlw_workflow.audit.signatures import EntrySignatures, is_signature
from mlw_workflow.audit.tiles import TILE_SIZE, WIDTH, TileMissing, root_at, tile_root
from mlw_workflow.audit.verify import Failure
from mlw_workflow.definitions.normal_form import content_hash
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.checkpoint import check_continuity, check_logs, read_signed
from mlw_workflow.services.tail import NOTHING
from mlw_workflow.storage import repositories, tree
from mlw_workflow.storage.form import StoredForm

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.audit.note import VerifierKey
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.tree import StoredCheckpoint

    Row = tuple[int, bytes, bytes]
    SignedRow = tuple[int, bytes, bytes, bytes | None]
    Leaves = Callable[[int, int], bytes]


_OF_TREE = frozenset({"tree_tile", "tree_inner", "tree_root", "keyring_tree"})


class Record:
    """What was signed of the record, checked. ``failures`` has what does not hold, each with its place.

    ``whole``: all logs will be looked at, so every leaf is checked against the root now; else only those of a log that
    is looked at, and only the last checkpoint.
    """

    def __init__(
        self,
        desk: Desk,
        *,
        whole: bool,
        witnesses: tuple[VerifierKey, ...] = (),
        roots: bytes = b"",
        quorum: int = 0,
        quorum_days: int = 0,
    ) -> None:
        """Read and check. Raises StorageUnavailable.

        ``witnesses``: whose lines under checkpoints are looked at; ``roots``: the certificates (PEM) under which time
        stamps must be; ``quorum``: how many of the witnesses must vouch for what is older than ``quorum_days``.
        """
        self.quorum = quorum
        self._settled = desk.clock.now() - timedelta(days=quorum_days)
        self.whole = whole
        self._roots = roots
        self.witnessed: dict[str, int] = {}
        """By verifier key of a witness: the largest checkpoint that it signed."""
        self._witnesses = witnesses
        self.failures: list[tuple[str, Failure]] = []
        self.last: StoredCheckpoint | None = None
        self.outside = False
        """Whether the signer remembers a checkpoint with which to compare."""
        self._place = desk.database.place
        self._leaves: Any = None
        self.ring = self._ring(desk)
        self.signatures = EntrySignatures(self.ring)
        self._kept = desk.signer.tail.kept() if desk.signer is not None and self.ring is not None else {}
        try:
            with desk.database.read() as connection:
                self.last = tree.last_checkpoint(connection)
                if self.ring is not None:
                    self._signed(desk, connection, self.ring)
                elif not self.failures and tree.was_signed(connection, whole=True):
                    self._fail(Failure("keyring_missing", 0))
                if whole:
                    self._whole(connection)
        except StoredForm as problem:
            facts = {key: str(problem.facts.get(key, "")) for key in ("table", "column", "row")}
            self._fail(Failure("stored_form", 0, facts))

    def __enter__(self) -> Record:
        return self

    def __exit__(self, *_: object) -> None:
        if self._leaves is not None:
            self._leaves.close()
            self._leaves = None

    @property
    def size(self) -> int:
        """How many entries the last checkpoint covers."""
        return self.last.size if self.last else 0

    @property
    def vouching(self) -> int:
        """How many of the witnesses signed the last checkpoint."""
        return sum(size >= self.size for size in self.witnessed.values()) if self.last else 0

    def counted(self) -> list[tuple[str, Failure]]:
        """What shows only once all logs were looked at: more unsigned entries than there were before the first key."""
        if self.ring is None or self.signatures.unsigned <= self.ring.unsigned:
            return []
        facts = {"expected": str(self.ring.unsigned), "found": str(self.signatures.unsigned)}
        return [(self._place, Failure("unsigned_more", 0, facts))]

    def _ring(self, desk: Desk) -> Keyring | None:
        try:
            return desk.signer.ring() if desk.signer is not None else None
        except BadInput as problem:
            self._fail(Failure("keyring", 0, {"problem": str(problem.facts.get("problem", problem.code))}))
            return None

    def _fail(self, failure: Failure | None, place: str = "") -> None:
        if failure is not None:
            self.failures.append((place or self._place, failure))

    def _signed(self, desk: Desk, connection: Connection, ring: Keyring) -> None:
        outside = desk.signer.remembered() if desk.signer is not None else None
        self.outside = outside is not None
        continued = check_continuity(ring, self.last, outside, tree.tiles(connection))
        self._fail(continued or _kept(connection, ring, outside))

    # The whole tree

    def _whole(self, connection: Connection) -> None:
        self._fail(self._tiles(connection))
        logs = tree.logs(connection)
        place, failure = check_logs(logs, self.size, lambda: tree.logs_without_pilot(connection))
        if failure is not None and not (failure.check == "tree_leaf" and self._tree_broken):
            self._fail(failure, place)
        self._fail(_spans(connection, self.size))
        known = {log.pilot_id for log in logs}
        for log in sorted(self._kept.keys() - known):
            self._fail(Failure("tail_pilot", 0), log)
        if self.ring is not None:
            self._fail(self._checkpoints(connection, self.ring))
        for digest, body in tree.definitions(connection):
            if content_hash(body) != digest:
                self._fail(Failure("definition_broken", 0, {"definition": digest}))

    def _tiles(self, connection: Connection) -> Failure | None:
        """Every tile against the one above it; the leaves are set aside on the way."""
        count, level, roots = self.size, 0, b""
        while count:
            found = bytearray()
            with tempfile.TemporaryFile() as aside:
                for position, hashes in _level(connection, level, count):
                    if hashes is None:
                        return Failure("tree_tile", 0, {"level": str(level), "position": str(position)})
                    if level == 0:
                        aside.write(hashes)
                    elif hashes != roots[position * TILE_SIZE : (position + 1) * TILE_SIZE]:
                        return Failure("tree_inner", 0, {"level": str(level), "position": str(position)})
                    if len(hashes) == TILE_SIZE:
                        found += tile_root(hashes)
                if level == 0:
                    aside.flush()
                    self._leaves = mmap.mmap(aside.fileno(), 0, access=mmap.ACCESS_READ)
            roots, count, level = bytes(found), count >> 8, level + 1
        return None

    def _checkpoints(self, connection: Connection, ring: Keyring) -> Failure | None:
        """Whether every checkpoint is signed, its tree where the present one begins, and witnesses' lines under it."""
        tile, settled = tree.tiles(connection), 0
        for stored in tree.checkpoints(connection):
            facts = {"size": str(stored.size)}
            found = read_signed(stored.note, ring)
            if isinstance(found, str) or found.size != stored.size:
                return Failure(f"checkpoint_{found if isinstance(found, str) else 'form'}", 0, facts)
            try:
                if root_at(found.size, tile) != found.root:
                    return Failure("tree_root", 0, facts)
            except TileMissing as problem:
                return Failure("tree_tile", 0, {"level": str(problem.level), "position": str(problem.position)})
            failure = self._lines(connection, stored) or self._stamps(connection, stored)
            if failure is not None:
                return failure
            if stored.made_at < self._settled or self._followed(connection, stored.size):
                settled = stored.size
        return self._quorum(settled)

    def _followed(self, connection: Connection, size: int) -> bool:
        """Whether what came after a checkpoint is itself old enough: that is sealed, and when it was made is only said
        by the database. Of the last checkpoint nothing else is known.
        """
        body = tree.first_after(connection, size) if self.quorum and self._witnesses else None
        try:
            return body is not None and datetime.fromisoformat(header(body).recorded_at) < self._settled
        except (EntryUnreadable, ValueError):  # told by the check of its log
            return False

    def _quorum(self, settled: int) -> Failure | None:
        """Whether enough witnesses vouch for the newest checkpoint that is old enough to ask for them.

        Who signed a later one vouches for it as well, since a witness signs only what continues what it signed before.
        """
        found = sum(size >= settled for size in self.witnessed.values())
        if not settled or found >= self.quorum:
            return None
        facts = {"size": str(settled), "expected": str(self.quorum), "found": str(found)}
        return Failure("witness_quorum", 0, facts)

    def _lines(self, connection: Connection, stored: StoredCheckpoint) -> Failure | None:
        """Whether what trusted witnesses are said to have signed under a checkpoint holds."""
        if not self._witnesses:
            return None
        from mlw_workflow.audit.keys import signed_by

        said = {witness for witness, _ in tree.cosignatures(connection, stored.size)}
        note = tree.cosigned(connection, stored)
        for key in self._witnesses:
            if signed_by(note, key):
                self.witnessed[key.text] = stored.size
            elif key.text in said:
                return Failure("witness_signature", 0, {"size": str(stored.size), "witness": key.name})
        return None

    def _stamps(self, connection: Connection, stored: StoredCheckpoint) -> Failure | None:
        """Whether the time stamps of a checkpoint hold."""
        for token in tree.tokens(connection, stored.size) if self._roots else ():
            from mlw_workflow.audit import timestamp

            try:
                timestamp.check(token.token, stored.note, self._roots)
            except timestamp.TimestampInvalid as problem:
                return Failure("timestamp", 0, {"size": str(stored.size), "problem": problem.problem})
        return None

    @property
    def _tree_broken(self) -> bool:
        """Whether the tree itself was found changed, so that it can convict no entry: signatures have to."""
        return any(failure.check in _OF_TREE for _, failure in self.failures)

    # One log

    def watched(
        self, connection: Connection, pilot: Pilot, failures: list[Failure], *, deep: bool = False
    ) -> Iterator[Row]:
        """A pilot's entries for the check of their chain, watched as ``watched_log`` does."""
        return self.watched_log(
            connection, pilot.id, repositories.signed_entries(connection, pilot.id), failures, deep=deep
        )

    def watched_log(
        self,
        connection: Connection,
        log: str,
        rows: Iterable[SignedRow],
        failures: list[Failure],
        *,
        deep: bool = False,
    ) -> Iterator[Row]:
        """A log's entries for the check of its chain; each is then compared with the tree and its signature checked.

        Up to the last checkpoint, which vouches for them, signatures must only be there; ``deep`` checks them too, and
        so does a tree that was changed itself: it vouches for nothing, and nothing is compared with it.
        Failures are added: ``tree_leaf``, ``tree_cut``, ``tree_tile``, ``tree_inner``, ``signature``,
        ``signature_missing``; and by what the signer remembers, ``tail_leaf`` and ``tail_cut``.
        """
        spans = [s for s in tree.spans_of(connection, log) if s.first_leaf + s.entries <= self.size]
        sequenced = sum(span.entries for span in spans)
        broken = self._tree_broken
        limits = self.signatures.limits((span.first_leaf, span.entries) for span in spans)
        signatures = self.signatures.of_log(
            proved=sequenced, all_signed=self.last is not None, deep=deep or broken, limits=limits
        )
        wrong, asked, proved = signatures.failure, signatures.asked, signatures.proved
        compared = 0 if broken else sequenced
        following = _leaves_of(spans, self._source(connection)).__next__ if compared else bytes
        seq = 0
        kept = self._kept.get(log, NOTHING)
        try:
            for seq, digest, body, signature in rows:
                yield seq, digest, body
                if seq <= compared and following() != digest:
                    failures.append(Failure("tree_leaf", seq))
                    return
                if asked and (seq > proved or not signatures.signed_before or not is_signature(signature)):
                    failure = wrong(seq, digest, body, signature)
                    if failure is not None:
                        failures.append(failure)
                        return
                if seq == kept.seq and digest.hex() != kept.hash:
                    failures.append(Failure("tail_leaf", seq))
                    return
        except TileMissing as problem:
            failures.append(Failure("tree_tile", 0, {"level": str(problem.level), "position": str(problem.position)}))
            return
        if seq < sequenced:
            failures.append(Failure("tree_cut", seq + 1, {"expected": str(sequenced), "found": str(seq)}))
        elif seq < kept.seq:
            failures.append(Failure("tail_cut", seq + 1, {"expected": str(kept.seq), "found": str(seq)}))

    def _source(self, connection: Connection) -> Leaves:
        """Leaves that are known to be under the root."""
        leaves = self._leaves
        if leaves is not None:
            return lambda first, end: leaves[first * HASH_SIZE : end * HASH_SIZE]
        tile = _proved_tiles(connection, self.size)

        def of(first: int, end: int) -> bytes:
            parts = []
            while first < end:
                position, inside = divmod(first, WIDTH)
                until = min(end, (position + 1) * WIDTH)
                hashes = tile(0, position)[inside * HASH_SIZE : (inside + until - first) * HASH_SIZE]
                if len(hashes) != (until - first) * HASH_SIZE:
                    raise TileMissing(0, position)
                parts.append(hashes)
                first = until
            return b"".join(parts)

        return of


def _kept(connection: Connection, ring: Keyring, outside: str | None) -> Failure | None:
    """Whether the checkpoint that the signer remembers is still among those of the database."""
    remembered = "form" if outside is None else read_signed(outside, ring)
    if isinstance(remembered, str) or not remembered.size or remembered.size in tree.sizes(connection):
        return None
    return Failure("checkpoint_gone", 0, {"size": str(remembered.size)})


def _leaves_of(spans: list[tree.Span], source: Leaves) -> Iterator[bytes]:
    """A log's leaves one by one, read in portions."""
    for span in spans:
        end = span.first_leaf + span.entries
        for first in range(span.first_leaf, end, WIDTH):
            portion = source(first, min(end, first + WIDTH))
            for at in range(0, len(portion), HASH_SIZE):
                yield portion[at : at + HASH_SIZE]


def _proved_tiles(connection: Connection, size: int) -> Callable[[int, int], bytes]:
    """Tiles, each of which was found under the ones above it. Raises TileMissing for one that is not."""
    stored = tree.tiles(connection)
    proved: set[tuple[int, int]] = set()

    def tile(level: int, position: int) -> bytes:
        hashes = stored(level, position)
        if (level, position) not in proved and (position + 1) << 8 <= size >> (8 * level):
            above = tile(level + 1, position >> 8)
            at = position % WIDTH * HASH_SIZE
            if tile_root(hashes[:TILE_SIZE]) != above[at : at + HASH_SIZE]:
                raise TileMissing(level, position)
            proved.add((level, position))
        return hashes

    return tile


def _level(connection: Connection, level: int, count: int) -> Iterator[tuple[int, bytes | None]]:
    """A level's tiles as the tree's size asks for them; None for one that is missing, too short or too long."""
    wanted = 0
    for position, hashes in tree.level(connection, level):
        if position != wanted or not count:
            yield wanted, None
            return
        expected = min(count, WIDTH)
        yield position, hashes if len(hashes) == expected * HASH_SIZE else None
        count -= expected
        wanted += 1
    if count:
        yield wanted, None


def _spans(connection: Connection, size: int) -> Failure | None:
    """Whether the spans fill the tree without gaps, and each log without gaps."""
    leaf, following = 0, dict[str, int]()
    for span in tree.spans(connection):
        if span.first_leaf != leaf or span.first_seq != following.get(span.pilot_id, 1):
            return Failure("tree_spans", 0)
        leaf += span.entries
        following[span.pilot_id] = span.first_seq + span.entries
    return None if leaf == size else Failure("tree_spans", 0)
