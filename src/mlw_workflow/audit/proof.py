"""Proofs as they are given away: of one entry (c2sp.org/tlog-proof), and of one checkpoint continuing another.

The second has the form in which witnesses are asked (c2sp.org/tlog-witness): the old size, the proof, the new
checkpoint. Whoever checks it brings the old checkpoint along, because a proof against itself proves nothing.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass

from mlw_workflow.audit.merkle import HASH_SIZE, ProofInvalid, check_consistency, root_from_inclusion
from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid
from mlw_workflow.audit.read import EntryUnreadable, header
from mlw_workflow.audit.seal import leaf_hash

HEADER = "c2sp.org/tlog-proof@v1"
PROOF_MAX = 63
"""Hashes in a proof; a tree of more than 2**63 leaves is none of ours."""
PROOF_SIZE_MAX = 8 << 20
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")


class ProofMalformed(ValueError):
    """What was given is no proof. ``problem`` names the place."""

    def __init__(self, problem: str) -> None:
        """Keep the place."""
        self.problem = problem
        super().__init__(problem)


@dataclass(frozen=True, slots=True)
class Opening:
    """That the first entry of the same log is in the same tree: it names the pilot, as no other entry does."""

    index: int
    path: tuple[bytes, ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Inclusion:
    """That an entry is in the tree of a checkpoint."""

    index: int
    path: tuple[bytes, ...]
    note: str
    """The checkpoint with its signatures."""
    body: bytes = b""
    """The entry's sealed bytes; in the text they begin the extra data. Empty: whoever checks has them."""
    opening: Opening | None = None
    """In the text it follows in the extra data, line by line: its bytes, its index, its path."""

    @property
    def text(self) -> str:
        """As it is written to a file."""
        extra = [f"extra {b64encode(self._extra).decode()}"] if self.body else []
        return _lines([HEADER, *extra, f"index {self.index}", *map(_told, self.path), "", ""])[:-1] + self.note

    @property
    def _extra(self) -> bytes:
        first = self.opening
        if first is None:
            return self.body
        below = "\n".join([f"index {first.index}", *map(_told, first.path)])
        return b"\n".join([self.body, first.body, below.encode("ascii")])

    @classmethod
    def parse(cls, text: str) -> Inclusion:
        """Read the text. Raises ProofMalformed."""
        head, lines, note = _parts(text)
        if head != HEADER:
            raise ProofMalformed("proof_first_line")
        body, opening = b"", None
        if lines and lines[0].startswith("extra "):
            body, gap, more = _bytes(lines.pop(0).removeprefix("extra "), "proof_entry").partition(b"\n")
            opening = _opening(more) if gap else None
        if not lines or not lines[0].startswith("index "):
            raise ProofMalformed("proof_index")
        index = _number(lines[0].removeprefix("index "), "proof_index")
        return cls(index, _path(lines[1:]), note, body, opening)

    def check(self, leaf: bytes | None = None) -> Checkpoint:
        """The checkpoint that the entry is proved to be in; its signatures are not looked at.

        ``leaf``: the entry's leaf hash, where the proof does not bring the entry along. Raises ProofMalformed, and
        ``merkle.ProofInvalid`` where the proof does not lead to the checkpoint's root.
        """
        checkpoint = checkpoint_of(self.note)
        if leaf is None:
            if not self.body:
                raise ProofMalformed("proof_entry")
            leaf = leaf_hash(self.body)
        if root_from_inclusion(self.index, checkpoint.size, leaf, self.path) != checkpoint.root:
            raise ProofInvalid("proof_root")
        if self.opening is not None and not self._opens(self.opening, checkpoint):
            raise ProofInvalid("proof_opening")
        return checkpoint

    def _opens(self, first: Opening, checkpoint: Checkpoint) -> bool:
        """Whether it is the first entry of the log that the proved one is of, in the same tree."""
        try:
            ours, theirs = header(self.body), header(first.body)
        except EntryUnreadable:
            raise ProofMalformed("proof_entry") from None
        root = root_from_inclusion(first.index, checkpoint.size, leaf_hash(first.body), first.path)
        return root == checkpoint.root and theirs.seq == 1 and theirs.log == ours.log


@dataclass(frozen=True, slots=True)
class Consistency:
    """That the tree of a checkpoint begins with that of a smaller one. Also the form in which a witness is asked."""

    old: int
    path: tuple[bytes, ...]
    note: str
    """The new checkpoint with its signatures."""

    @property
    def text(self) -> str:
        """As it is written to a file."""
        return _lines([f"old {self.old}", *map(_told, self.path), "", ""])[:-1] + self.note

    @classmethod
    def parse(cls, text: str) -> Consistency:
        """Read the text. Raises ProofMalformed."""
        head, lines, note = _parts(text)
        if not head.startswith("old "):
            raise ProofMalformed("old_size")
        return cls(_number(head.removeprefix("old "), "old_size"), _path(lines), note)

    def check(self, old_root: bytes) -> Checkpoint:
        """The new checkpoint, which continues the tree with that root; signatures are not looked at.

        Raises ProofMalformed, and ``merkle.ProofInvalid`` where it does not.
        """
        checkpoint = checkpoint_of(self.note)
        check_consistency(self.old, checkpoint.size, old_root, checkpoint.root, self.path)
        return checkpoint


def checkpoint_of(note: str) -> Checkpoint:
    """What a note says as a checkpoint. Raises ProofMalformed."""
    try:
        return Checkpoint.parse(Note.parse(note).text)
    except NoteInvalid as problem:
        raise ProofMalformed(problem.problem) from problem


def _opening(raw: bytes) -> Opening:
    body, _, below = raw.partition(b"\n")
    first, *lines = below.decode("ascii", "replace").split("\n")
    if not first.startswith("index "):
        raise ProofMalformed("proof_index")
    return Opening(_number(first.removeprefix("index "), "proof_index"), _path(lines), body)


def _parts(text: str) -> tuple[str, list[str], str]:
    if len(text) > PROOF_SIZE_MAX:
        raise ProofMalformed("too_long")
    above, gap, note = text.partition("\n\n")
    if not gap:
        raise ProofMalformed("proof_no_checkpoint")
    head, *lines = above.split("\n")
    return head, lines, note


def _path(lines: list[str]) -> tuple[bytes, ...]:
    if len(lines) > PROOF_MAX:
        raise ProofMalformed("too_long")
    path = tuple(_bytes(line, "proof_hash") for line in lines)
    for found in path:
        if len(found) != HASH_SIZE:
            raise ProofMalformed("proof_hash")
    return path


def _bytes(encoded: str, place: str) -> bytes:
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise ProofMalformed(place) from None
    if b64encode(raw).decode() != encoded:
        raise ProofMalformed(place)
    return raw


def _number(text: str, place: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise ProofMalformed(place)
    return int(text)


def _told(raw: bytes) -> str:
    return b64encode(raw).decode()


def _lines(lines: list[str]) -> str:
    return "\n".join(lines) + "\n"
