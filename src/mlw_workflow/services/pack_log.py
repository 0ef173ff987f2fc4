"""The log's side of a pack: keys, checkpoints, and where the packed entries lie in the tree.

Like the rest of a pack it goes out as it is. What somebody took away from the tree is written as a proof that leads
nowhere, which is for whoever verifies the pack to find.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from mlw_workflow.audit import merkle
from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.note import Checkpoint, NoteInvalid
from mlw_workflow.audit.tiles import TileMissing, node_of
from mlw_workflow.storage import tree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.tree import StoredCheckpoint


class Members(Protocol):
    """Takes a pack's members."""

    def add(self, name: str, content: bytes) -> None:
        """Write one."""
        ...


def add_log(
    pack: Members, connection: Connection, logs: Iterable[str], ring: Keyring | None, witnesses: tuple[str, ...]
) -> str:
    """Write the log's members; the log's origin, empty where it has neither key nor checkpoint."""
    if ring is not None:
        pack.add(form.KEYS, ring.document())
    if witnesses:
        pack.add(form.WITNESSES, form.document(list(witnesses)))
    course = list(tree.checkpoints(connection))
    if not course:
        return ring.origin if ring else ""
    for stored in course[:-1]:
        pack.add(f"{form.CHECKPOINTS}{stored.size}", _note(connection, stored))
    pack.add(form.CHECKPOINT, _note(connection, course[-1]))
    for stored in course:
        for token in tree.tokens(connection, stored.size):
            name = sha256(token.authority.encode("utf-8", "replace")).hexdigest()[:16]
            pack.add(f"{form.TIMESTAMPS}{stored.size}-{name}.tsr", token.token)
    node = node_of(tree.tiles(connection))
    steps = [
        form.Consistency(old.size, new.size, _consistency(old.size, new.size, node)) for old, new in pairwise(course)
    ]
    pack.add(form.CONSISTENCY, form.document(steps))
    pack.add(form.TREE, form.document(_tree(connection, course[-1].size, frozenset(logs), node)))
    return ring.origin if ring else _origin(course[-1])


def _note(connection: Connection, stored: StoredCheckpoint) -> bytes:
    try:
        return str(tree.cosigned(connection, stored)).encode()
    except NoteInvalid:
        return stored.note.encode("utf-8", "replace")


def _origin(stored: StoredCheckpoint) -> str:
    try:
        return Checkpoint.parse(stored.note.partition("\n\n")[0] + "\n").origin
    except NoteInvalid:
        return ""


def _consistency(old: int, new: int, node: Callable[[int, int], bytes]) -> list[str]:
    try:
        return [path.hex() for path in merkle.consistency_proof(old, new, node)]
    except (TileMissing, IndexError):
        return []


def _tree(connection: Connection, size: int, logs: frozenset[str], node: Callable[[int, int], bytes]) -> form.Tree:
    """The spans of the packed logs up to the checkpoint, and what else its root is made of."""
    spans = [
        (span.first_leaf, span.pilot_id, span.first_seq, min(span.entries, size - span.first_leaf))
        for span in tree.spans(connection)
        if span.pilot_id in logs and span.first_leaf < size
    ]
    try:
        lacking = merkle.cover(size, [(first, first + entries) for first, _, _, entries in spans], node)
    except (TileMissing, RecursionError):
        lacking = []
    return form.Tree(size, spans, [known.hex() for known in lacking])
