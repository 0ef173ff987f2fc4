"""What the signer remembers of the newest entries: how far each log went, in a file outside the database.

A signature shows that an entry was changed, not that it was taken away. A checkpoint shows that, from when it is made.
In between, this file does: after each commit it gets a line with a log's id, its last number and that entry's leaf
hash. It is a memory and no proof: whoever has the office's folder can change it, and an entry committed in the very
moment in which the machine dies is not in it.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.verify import Failure
from mlw_workflow.storage import tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from mlw_workflow.audit.seal import Head
    from mlw_workflow.storage.connection import Connection

TAIL = "tail"
_LINE = re.compile(rb"(\S{1,64}) ([1-9][0-9]{0,18}) ([0-9a-f]{64})")
_SET_ASIDE = "tail.*"


@dataclass(frozen=True, slots=True)
class Kept:
    """The last entry of a log that is remembered."""

    seq: int
    hash: str
    """Its leaf hash, hex."""


NOTHING = Kept(0, "")
"""Of a log of which nothing is remembered."""


class Tail:
    """The file. Several processes may write to it at once; each line is one write."""

    def __init__(self, folder: Path) -> None:
        """Only remembers the place."""
        self.folder = folder
        self.file = folder / TAIL

    def note(self, heads: Iterable[tuple[str, Head]]) -> None:
        """Remember where logs end, once that is committed. That it cannot be written is no reason to fail what is."""
        lines = "".join(f"{log} {head.seq} {head.hash.hex()}\n" for log, head in heads)
        with suppress(OSError):
            number = os.open(self.file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                os.write(number, lines.encode("ascii"))
            finally:
                os.close(number)

    def kept(self) -> dict[str, Kept]:
        """The last remembered entry of each log. A line cut off by a full disk is passed over."""
        found: dict[str, Kept] = {}
        for file in self._files():
            _read_into(found, file)
        return found

    def set_aside(self) -> list[Path]:
        """Begin a new file; the old ones, whose lines a checkpoint is about to cover."""
        with suppress(OSError):
            self.file.rename(self.file.with_name(f"{TAIL}.{os.urandom(8).hex()}"))
        return sorted(self.folder.glob(_SET_ASIDE))

    def forget(self, files: Iterable[Path], covered: Mapping[str, int]) -> None:
        """Remove files of which the tree has every entry; ``covered``: up to which number it has each log."""
        for file in files:
            found: dict[str, Kept] = {}
            _read_into(found, file)
            if all(kept.seq <= covered.get(log, 0) for log, kept in found.items()):
                with suppress(OSError):
                    file.unlink()

    def _files(self) -> list[Path]:
        return [*self.folder.glob(_SET_ASIDE), self.file]


def _read_into(found: dict[str, Kept], file: Path) -> None:
    with suppress(OSError), file.open("rb") as lines:
        for line in lines:
            read = _LINE.fullmatch(line.rstrip(b"\n"))
            if read is not None:
                log, seq = read[1].decode("ascii", "replace"), int(read[2])
                if log not in found or seq >= found[log].seq:
                    found[log] = Kept(seq, read[3].decode("ascii"))


def first_lost(connection: Connection, kept: Mapping[str, Kept]) -> tuple[str, Failure] | None:
    """The first log that lost an entry that is remembered, with what was found; None: none did.

    ``tail_pilot`` (there is no such log), ``tail_cut`` (it ends before), ``tail_leaf`` (it is another).
    """
    ends = tree.ends(connection, {log: last.seq for log, last in kept.items()})
    for log, last in sorted(kept.items()):
        if log not in ends:
            return log, Failure("tail_pilot", 0)
        end, digest = ends[log]
        if end < last.seq:
            return log, Failure("tail_cut", end + 1, {"expected": str(last.seq), "found": str(end)})
        if digest is None or digest.hex() != last.hash:
            return log, Failure("tail_leaf", last.seq)
    return None
