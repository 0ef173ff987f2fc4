"""The log around a pack's pilots: keys, checkpoints, the tree and its growth, and who outside vouches for it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from mlw_workflow.audit import merkle
from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.keyring import Keyring, KeyringInvalid
from mlw_workflow.audit.keys import holds, signed_by
from mlw_workflow.audit.note import COSIGNATURE, Checkpoint, Note, NoteInvalid, Signature, VerifierKey
from mlw_workflow.audit.verify import Failure
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

    from mlw_workflow.audit.pack_reader import PackReader


@dataclass(frozen=True, slots=True)
class Trust:
    """What the auditor brings along, from elsewhere than the pack."""

    keys: tuple[VerifierKey, ...] = ()
    """The log's verifier keys."""
    witnesses: tuple[VerifierKey, ...] = ()
    quorum: int = 0
    checkpoints: tuple[Note, ...] = ()
    """Checkpoints that were received before."""
    roots: bytes = b""
    """The certificates (PEM) under which time stamps must be; empty: they are not checked, only told."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What came of one key's signature under the checkpoint."""

    key: VerifierKey
    trusted: bool
    """The auditor named the key, or an earlier one that leads to it; otherwise it is the pack's own word."""
    holds: bool
    size: int
    """Of the checkpoint."""
    at: datetime | None = None
    """Of a witness: when it signed."""


@dataclass(frozen=True, slots=True)
class Stamp:
    """A time stamp of a checkpoint."""

    size: int
    at: datetime | None
    """When it says that the checkpoint was there; None where it cannot be read."""
    checked: bool
    """The authority is one that the auditor named; otherwise the time is the stamp's own word."""


class LogBroken(Exception):
    """What does not hold of the log."""

    def __init__(self, check: str, **facts: object) -> None:
        """Keep what is to be told."""
        self.failure = Failure(check, 0, {key: str(value) for key, value in facts.items()})
        super().__init__(check)


@dataclass(slots=True)
class PackedLog:
    """What a pack says of its log, and what can be checked of it."""

    pack: PackReader
    trust: Trust
    ring: Keyring | None = None
    note: Note | None = None
    checkpoint: Checkpoint | None = None
    tree: form.Tree = field(default_factory=lambda: form.Tree(0, [], []))
    covered: dict[str, int] = field(default_factory=dict)
    """By pilot's id: how many of its entries the checkpoint covers."""
    signatures: list[Signed] = field(default_factory=list)
    witnesses: list[Signed] = field(default_factory=list)
    stamps: list[Stamp] = field(default_factory=list)
    failure: Failure | None = None

    @classmethod
    def of(cls, pack: PackReader, trust: Trust) -> PackedLog:
        """Read it all, and check everything for which no entry is needed. The first failure is kept."""
        log = cls(pack, trust)
        try:
            log._keys()
            log._checkpoints()
            log._spans()
            log._remembered()
            log._stamps()
        except LogBroken as broken:
            log.failure = broken.failure
        except NoteInvalid as problem:
            log.failure = Failure("checkpoint_malformed", 0, {"problem": problem.problem})
        return log

    # Keys

    def _keys(self) -> None:
        """The keyring holds together, and one of its keys is one that the auditor named."""
        if form.KEYS not in self.pack:
            if self.trust.keys:
                raise LogBroken("key_unknown", key=self.trust.keys[0].text, found="–")
            return
        raw = self.pack.read(form.KEYS)
        try:
            self.ring = Keyring.parse(raw)
        except (KeyringInvalid, RecursionError) as problem:
            raise LogBroken("keyring", problem=getattr(problem, "problem", "")) from None
        if self.ring.document() != raw:
            raise LogBroken("keyring", problem="form")
        if self.ring.origin != self.pack.manifest.origin:
            raise LogBroken("origin", expected=self.pack.manifest.origin, found=self.ring.origin)
        if self.trust.keys and not set(self.trust.keys) & set(self.ring.verifiers):
            raise LogBroken("key_unknown", key=self.trust.keys[0].text, found=self.ring.current.key.text)

    # Checkpoints

    def _checkpoints(self) -> None:
        """The latest checkpoint is the log's and signed; the earlier ones are, and each tree begins with the last."""
        if form.CHECKPOINT not in self.pack:
            wanted = any(key.size for key in self.ring.keys) if self.ring else False
            wanted = wanted or bool(self.trust.keys or self.trust.quorum or self.trust.checkpoints)
            if wanted or any(name.startswith(form.CHECKPOINTS) or name == form.TREE for name in self.pack.names):
                raise LogBroken("checkpoint_missing")
            return
        if self.ring is None:
            raise LogBroken("file_missing", file=form.KEYS)
        self.note = Note.parse(self.pack.read(form.CHECKPOINT))
        self.checkpoint = self._own(self.note)
        if str(self.note).encode() != self.pack.read(form.CHECKPOINT):
            raise LogBroken("checkpoint_malformed", problem="form")
        self._sign(self.note, self.checkpoint, listed=True)
        course = [*(self._earlier(size) for size in self._earlier_sizes()), (self.note, self.checkpoint)]
        self._grown([checkpoint for _, checkpoint in course])
        self._retired([checkpoint for _, checkpoint in course])
        self._witnessed(course)

    def _own(self, note: Note) -> Checkpoint:
        checkpoint = Checkpoint.parse(note.text)
        if checkpoint.origin != self.pack.manifest.origin:
            raise LogBroken("origin", expected=self.pack.manifest.origin, found=checkpoint.origin)
        return checkpoint

    def _sign(self, note: Note, checkpoint: Checkpoint, *, listed: bool) -> None:
        """One of the ring's keys has signed, and no line in its name is false."""
        assert self.ring is not None
        good = False
        for number, key in enumerate(self.ring.verifiers):
            lines = [line for line in note.signatures if line.is_by(key)]
            made = bool(lines) and all(holds(note.text, line, key) for line in lines)
            in_time = self.ring.may_sign(number, checkpoint.size)
            if lines and listed:
                vouched = in_time and self.ring.vouched(self.trust.keys, number, checkpoint.size, checkpoint.root)
                self.signatures.append(Signed(key, vouched, made, checkpoint.size))
            if lines and not made:
                raise LogBroken("checkpoint_signature", size=checkpoint.size, key=key.text)
            if lines and not in_time:
                raise LogBroken("checkpoint_retired", size=checkpoint.size, key=key.text)
            good = good or made
        if not good:
            raise LogBroken("checkpoint_unsigned", size=checkpoint.size)

    def _witnessed(self, course: list[tuple[Note, Checkpoint]]) -> None:
        """Enough of the witnesses that the auditor trusts have signed; of those the pack names, none falsely.

        Of each the largest checkpoint counts that it signed: it vouches for all before, since a witness signs only what
        continues what it signed last. Witnesses take their time, so that a pack is not worse for a younger checkpoint.
        """
        own = _witness_keys(self.pack)
        for key in dict.fromkeys((*self.trust.witnesses, *own)):
            best = None
            for note, checkpoint in reversed(course):
                if not any(line.is_by(key) for line in note.signatures):
                    continue
                made = signed_by(note, key)
                best = best or self._cosigned(key, made, checkpoint.size)
                if made is None:
                    raise LogBroken("witness_signature", size=checkpoint.size, key=key.text, witness=key.name)
        reached = self.reached
        if self.trust.quorum and not reached:
            found = sum(witness.trusted and witness.size > 0 for witness in self.witnesses)
            raise LogBroken("witness_quorum", size=course[-1][1].size, expected=self.trust.quorum, found=found)

    def _cosigned(self, key: VerifierKey, made: Signature | None, size: int) -> Signed:
        at = datetime.fromtimestamp(min(made.time, _TIME_MAX), UTC) if made and key.kind == COSIGNATURE else None
        told = Signed(key, key in self.trust.witnesses, made is not None, size, at)
        self.witnesses.append(told)
        return told

    @property
    def reached(self) -> int | None:
        """The largest size for which as many trusted witnesses vouch as were asked for; None: nothing was asked."""
        if not self.trust.quorum:
            return None
        sizes = sorted((signed.size for signed in self.witnesses if signed.trusted and signed.holds), reverse=True)
        return sizes[self.trust.quorum - 1] if len(sizes) >= self.trust.quorum else 0

    def _retired(self, course: list[Checkpoint]) -> None:
        """What was signed with keys that are retired is the beginning of what is here."""
        assert self.ring is not None
        signed = {(found.size, found.root) for found in course}
        for key in self.ring.keys:
            if key.size and (key.size, key.root) not in signed:
                raise LogBroken("keyring_tree", size=key.size)

    def _earlier_sizes(self) -> list[int]:
        sizes = []
        for name in self.pack.names:
            if name.startswith(form.CHECKPOINTS):
                size = name.removeprefix(form.CHECKPOINTS)
                if not size.isascii() or not size.isdecimal() or str(int(size)) != size:
                    raise LogBroken("checkpoint_malformed", problem=name)
                sizes.append(int(size))
        return sorted(sizes)

    def _earlier(self, size: int) -> tuple[Note, Checkpoint]:
        raw = self.pack.read(f"{form.CHECKPOINTS}{size}")
        note = Note.parse(raw)
        checkpoint = self._own(note)
        if checkpoint.size != size or str(note).encode() != raw:
            raise LogBroken("checkpoint_malformed", problem=f"{form.CHECKPOINTS}{size}")
        self._sign(note, checkpoint, listed=False)
        return note, checkpoint

    def _grown(self, course: list[Checkpoint]) -> None:
        """Between neighbours a proof shows that the older tree is the beginning of the newer one."""
        said = self._document(form.CONSISTENCY, list[form.Consistency])
        pairs = list(pairwise(course))
        if [(step.old, step.new) for step in said] != [(old.size, new.size) for old, new in pairs]:
            raise LogBroken("consistency", old=course[0].size, new=course[-1].size)
        for step, (old, new) in zip(said, pairs, strict=True):
            try:
                path = [bytes.fromhex(node) for node in step.proof]
                merkle.check_consistency(old.size, new.size, old.root, new.root, path)
            except ValueError:
                raise LogBroken("consistency", old=old.size, new=new.size) from None

    def _remembered(self) -> None:
        """What the auditor was sent before is one of the checkpoints here."""
        assert self.ring is not None or not self.trust.checkpoints
        for note in self.trust.checkpoints:
            sent = Checkpoint.parse(note.text)
            assert self.ring is not None
            if sent.origin != self.pack.manifest.origin:
                raise LogBroken("origin", expected=sent.origin, found=self.pack.manifest.origin)
            if not self.ring.signed(note, sent.size):
                raise LogBroken("checkpoint_sent_unsigned", size=sent.size)
            here = self._here(sent.size)
            if here is None:
                raise LogBroken("checkpoint_forgotten", size=sent.size)
            if here.root != sent.root:
                raise LogBroken("checkpoint_contradicts", size=sent.size)

    def _here(self, size: int) -> Checkpoint | None:
        if self.checkpoint is not None and self.checkpoint.size == size:
            return self.checkpoint
        return self._earlier(size)[1] if f"{form.CHECKPOINTS}{size}" in self.pack else None

    def _stamps(self) -> None:
        """What authorities stamped; under the auditor's roots, if any were named."""
        from mlw_workflow.audit import timestamp

        for name, size in sorted(_stamped(self.pack), key=lambda found: (found[1], found[0])):
            token = self.pack.read(name, timestamp.TOKEN_MAX)
            if not self.trust.roots:
                self.stamps.append(Stamp(size, timestamp.claimed(token), False))
                continue
            note = self._note_of(size)
            try:
                if note is None:
                    raise timestamp.TimestampInvalid("timestamp_no_checkpoint")
                self.stamps.append(Stamp(size, timestamp.check(token, note, self.trust.roots), True))
            except timestamp.TimestampInvalid as problem:
                raise LogBroken("timestamp", size=size, problem=problem.problem) from None

    def _note_of(self, size: int) -> str | None:
        """A checkpoint as it was when it was stamped: signed by the log, and by no witness yet."""
        if self.note is None or self.checkpoint is None or self.ring is None:
            return None
        note = self.note
        if size != self.checkpoint.size:
            if f"{form.CHECKPOINTS}{size}" not in self.pack:
                return None
            note = Note.parse(self.pack.read(f"{form.CHECKPOINTS}{size}"))
        own = [line for line in note.signatures if any(line.is_by(key) for key in self.ring.verifiers)]
        return str(Note(note.text).with_signatures(*own))

    # The tree

    def _document(self, name: str, kind: object) -> list[form.Consistency]:
        if name not in self.pack:
            raise LogBroken("file_missing", file=name)
        found: list[form.Consistency] = form.read_document(name, self.pack.read(name), kind)
        return found

    def _spans(self) -> None:
        """Each pilot's entries lie in the tree from its first one on, without a gap."""
        if self.checkpoint is None:
            return
        if form.TREE not in self.pack:
            raise LogBroken("file_missing", file=form.TREE)
        self.tree = form.read_document(form.TREE, self.pack.read(form.TREE), form.Tree)
        if self.tree.size != self.checkpoint.size:
            raise LogBroken("tree_size", expected=self.checkpoint.size, found=self.tree.size)
        self.covered = {pilot.id: 0 for pilot in self.pack.manifest.pilots}
        if self.pack.manifest.access is not None:
            self.covered[ACCESS_LOG] = 0
        named, end = {pilot.id: pilot.municipality for pilot in self.pack.manifest.pilots}, 0
        for first, pilot_id, first_seq, entries in self.tree.spans:
            if self.covered.get(pilot_id, -1) + 1 != first_seq or entries < 1:
                raise LogBroken("tree_spans", pilot=named.get(pilot_id, pilot_id)[:80], seq=first_seq)
            if first < end or first + entries > self.tree.size:
                raise LogBroken("tree_overlap", pilot=named.get(pilot_id, pilot_id)[:80], position=first)
            end = first + entries
            self.covered[pilot_id] += entries
        if self.pack.manifest.scope == "all" and sum(self.covered.values()) != self.tree.size:
            missing = self.tree.size - sum(self.covered.values())
            raise LogBroken("tree_pilots", missing=missing)

    def spans_of(self, log: str) -> list[tuple[int, int]]:
        """First leaf and number of entries of each of a log's spans."""
        return [(first, entries) for first, of, _, entries in self.tree.spans if of == log]

    def check_root(self, leaves: IO[bytes], first_leaf: dict[str, int]) -> Failure | None:
        """The root over the packed entries (and what the pack says of the others) is the one that was signed.

        ``leaves`` holds the leaf hashes pilot by pilot; ``first_leaf`` says where each pilot's begin.
        """
        if self.checkpoint is None or self.failure is not None:
            return None
        spans = [(first, first + entries) for first, _, _, entries in self.tree.spans]
        try:
            lacking = [bytes.fromhex(node) for node in self.tree.cover]
            root = merkle.root_from_cover(self.tree.size, spans, self._leaves(leaves, first_leaf), lacking)
        except (ValueError, RecursionError):
            return Failure("tree_root", 0, {"size": str(self.tree.size)})
        return None if root == self.checkpoint.root else Failure("tree_root", 0, {"size": str(self.tree.size)})

    def _leaves(self, leaves: IO[bytes], first_leaf: dict[str, int]) -> Iterator[bytes]:
        for _, pilot_id, first_seq, entries in self.tree.spans:
            leaves.seek((first_leaf[pilot_id] + first_seq - 1) * merkle.HASH_SIZE)
            left = entries * merkle.HASH_SIZE
            while left:
                piece = leaves.read(min(left, _PIECE))
                if not piece:
                    return
                left -= len(piece)
                for start in range(0, len(piece), merkle.HASH_SIZE):
                    yield piece[start : start + merkle.HASH_SIZE]


_PIECE = 8192 * merkle.HASH_SIZE
_TIME_MAX = 253402300799


_STAMP = re.compile(r"(0|[1-9][0-9]{0,18})-[0-9a-f]{16}\.tsr")


def _stamped(pack: PackReader) -> Iterator[tuple[str, int]]:
    """The members that are time stamps, each with its checkpoint's size."""
    for name in pack.names:
        found = _STAMP.fullmatch(name.removeprefix(form.TIMESTAMPS)) if name.startswith(form.TIMESTAMPS) else None
        if found is not None:
            yield name, int(found[1])


def _witness_keys(pack: PackReader) -> tuple[VerifierKey, ...]:
    """The witnesses that the office names."""
    if form.WITNESSES not in pack:
        return ()
    try:
        texts: list[str] = form.read_document(form.WITNESSES, pack.read(form.WITNESSES), list[str])
        return tuple(VerifierKey.parse(text) for text in texts)
    except (NoteInvalid, BadInput):
        raise LogBroken("witnesses_malformed") from None
