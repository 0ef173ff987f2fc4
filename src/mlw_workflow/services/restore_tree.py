"""Put back what lies over all logs: the tree, its checkpoints, the access log. All is computed or compared."""

from __future__ import annotations

import binascii
from base64 import b64decode
from typing import TYPE_CHECKING

from mlw_workflow.audit.access import decode_access, verify_access_chain
from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid
from mlw_workflow.audit.read import EntryUnreadable
from mlw_workflow.audit.seal import Sealed, leaf_hash
from mlw_workflow.audit.tiles import Growing, root_at
from mlw_workflow.domain.access import auditors
from mlw_workflow.storage import access, transfer, tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.audit.export import jsonl_lines
    from mlw_workflow.audit.export.jsonl_read import Reader
    from mlw_workflow.services.restore_keys import KeysBack
    from mlw_workflow.storage.unit_of_work import Work

_LEAVES = 1 << 16
"""Leaves whose tiles are kept in memory before they are written."""


class TreeBack:
    """The tree as it grows again, span by span."""

    def __init__(self, work: Work, reader: Reader, keys: KeysBack) -> None:
        """Within the transaction in which the entries were written. Where signatures are dropped, so is the tree."""
        self.keys = keys
        self.work = work
        self.reader = reader
        self.growing: Growing | None = None
        self.spans: list[tree.Span] = []
        self.written = 0
        self.sequenced: dict[str, int] = {}
        self.accessed = 0

    def span(self, item: jsonl_lines.SpanLine) -> None:
        """A run of a pilot's entries becomes leaves."""
        if self.keys.drop:
            return
        connection = self.work.connection
        growing = self.growing = self.growing or Growing(0, tree.tiles(connection))
        after = self.sequenced.get(item.pilot, 0)
        leaves = transfer.leaves(connection, item.pilot, item.first_seq, item.entries)
        if item.first_leaf != growing.size or item.first_seq != after + 1 or not item.entries:
            raise self.reader.broken("tree_spans", item.first_seq)
        for leaf in leaves:
            growing.append(leaf)
        if growing.size != item.first_leaf + item.entries:
            raise self.reader.broken("tree_spans", item.first_seq)
        self.sequenced[item.pilot] = after + item.entries
        self.spans.append(tree.Span(item.first_leaf, item.pilot, item.first_seq, item.entries))
        if growing.size - self.written >= _LEAVES:
            self.flush()

    def flush(self) -> None:
        """Write what the tree has grown by."""
        if self.growing is None or not self.spans:
            return
        tree.add(self.work.connection, self.spans, self.growing.changed())
        self.spans, self.written = [], self.growing.size
        self.growing = Growing(self.written, tree.tiles(self.work.connection))

    def checkpoint(self, item: jsonl_lines.CheckpointLine) -> None:
        """A checkpoint, if the tree of its size has its root. Whose signatures it bears is for ``audit verify``."""
        if self.keys.drop:
            return
        self.flush()
        connection = self.work.connection
        try:
            said = Checkpoint.parse(Note.parse(item.note).text)
        except NoteInvalid as problem:
            raise self.reader.broken("checkpoint_form", 0, size=item.size) from problem
        if said.size != item.size or item.size > self.written:
            raise self.reader.broken("checkpoint_form", 0, size=item.size)
        root = root_at(item.size, tree.tiles(connection))
        if root != said.root:
            raise self.reader.broken("tree_root", 0, expected=said.root.hex(), found=root.hex(), size=item.size)
        made_at = self.reader.utc(item.made_at)
        self.once(lambda: tree.add_checkpoint(connection, tree.StoredCheckpoint(item.size, item.note, made_at)))
        tree.lock(connection, made_at)
        for cosigned in item.cosignatures:
            tree.add_cosignature(
                connection, item.size, cosigned.witness, cosigned.line, self.reader.utc(cosigned.added_at)
            )
        for stamped in item.timestamps:
            token = tree.StoredToken(stamped.authority, self.base64(stamped.token), self.reader.utc(stamped.stamped_at))
            tree.add_timestamp(connection, item.size, token)

    def access(self, item: jsonl_lines.AccessLine) -> None:
        """An entry of the access log."""
        body = bytes(item.body)
        self.accessed += 1
        if leaf_hash(body).hex() != item.hash:
            raise self.reader.broken("body_hash", self.accessed)
        try:
            entry = decode_access(body)
        except EntryUnreadable as problem:
            raise self.reader.broken("readable", self.accessed, problem=problem.problem) from problem
        if entry.seq != self.accessed or entry.recorded_at.tzinfo is None:
            raise self.reader.broken("seq_sealed", self.accessed, expected=self.accessed, found=entry.seq)
        sealed = Sealed(entry.seq, leaf_hash(body), body, entry.log, entry.prev, entry.recorded_at)
        self.keys.until(entry.recorded_at)
        signature = self.base64(item.signature) if item.signature else None
        access.append(self.work.connection, sealed, self.keys.taken(sealed.hash, signature))

    def done(self) -> None:
        """The access log as a whole, and the rights that it leads to."""
        self.flush()
        connection = self.work.connection
        verdict = verify_access_chain(access.rows(connection), access.head(connection))
        if verdict.first_failure is not None and self.accessed:
            raise self.reader.broken(verdict.first_failure.check, verdict.first_failure.seq)
        for auditor in auditors(access.entries(connection)):
            access.set_auditor(connection, auditor)

    def once(self, write: Callable[[], None]) -> None:
        """Run what may write a row that is there already."""
        try:
            write()
        except self.work.driver.errors as error:
            if self.work.driver.is_duplicate(error):
                raise self.reader.wrong("ledger_file_twice", what="checkpoint") from error
            raise

    def base64(self, text: str) -> bytes:
        """Bytes from Base64."""
        try:
            return b64decode(text, validate=True)
        except (binascii.Error, ValueError) as problem:
            raise self.reader.wrong("ledger_file_line", problem="form") from problem
