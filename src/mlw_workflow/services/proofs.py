"""Proofs from the stored tree. Each is checked before it is given away, so that damage is told and not spread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.merkle import ProofInvalid, consistency_proof, inclusion_proof
from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid
from mlw_workflow.audit.proof import Consistency, Inclusion, Opening, ProofMalformed
from mlw_workflow.audit.tiles import TileMissing, node_of
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.audit import unlike_opened
from mlw_workflow.services.checkpoint import check_continuity
from mlw_workflow.storage import repositories, tree

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection
    from mlw_workflow.storage.tree import StoredCheckpoint


@dataclass(frozen=True, slots=True)
class Proved:
    """That an entry is in the record as a checkpoint signed it."""

    proof: Inclusion
    leaf: bytes
    size: int
    """Of the checkpoint."""


@dataclass(frozen=True, slots=True)
class Continued:
    """That a checkpoint continues an earlier one."""

    proof: Consistency
    old_note: str
    size: int


def prove_entry(desk: Desk, pilot: Pilot, seq: int) -> Proved:
    """That the entry is in the tree of the last checkpoint.

    Raises BadInput ``checkpoint_none``, ``entry_unknown`` or ``entry_not_sequenced``; IntegrityBroken where the stored
    tree does not prove it.
    """
    with desk.database.read() as connection:
        row = next(repositories.entries(connection, pilot.id, seq - 1), None) if seq > 0 else None
        if row is None or row[0] != seq:
            head = repositories.head(connection, pilot.id)
            raise BadInput("entry_unknown", pilot=pilot.municipality, seq=seq, last=head.seq if head else 0)
        stored = _last(connection)
        leaf = tree.leaf_of(connection, pilot.id, seq)
        if leaf is None or leaf >= stored.size:
            raise BadInput("entry_not_sequenced", pilot=pilot.municipality, seq=seq)
        other = unlike_opened(connection, pilot)
        if other is not None:
            raise IntegrityBroken(check=other.check, seq=other.seq, pilot=pilot.municipality, **other.facts)
        digest, body = bytes(row[1]), bytes(row[2])
        try:
            node = node_of(tree.tiles(connection))
            opening = _opening(connection, pilot, stored.size, node) if seq > 1 else None
            path = inclusion_proof(leaf, stored.size, node)
            proof = Inclusion(leaf, tuple(path), str(tree.cosigned(connection, stored)), body, opening)
            proof.check()
        except ProofInvalid as problem:
            raise IntegrityBroken(check="tree_leaf", seq=seq, pilot=pilot.municipality) from problem
        except (TileMissing, NoteInvalid, ProofMalformed) as problem:
            raise _broken(problem, stored) from problem
    return Proved(proof, digest, stored.size)


def _opening(connection: Connection, pilot: Pilot, size: int, node: Callable[[int, int], bytes]) -> Opening | None:
    """That the log's first entry, which names the municipality, is in the same tree; None where there is none."""
    row, leaf = next(repositories.entries(connection, pilot.id), None), tree.leaf_of(connection, pilot.id, 1)
    if row is None or leaf is None:
        return None
    return Opening(leaf, tuple(inclusion_proof(leaf, size, node)), bytes(row[2]))


def prove_consistency(desk: Desk, old: int, new: int | None = None) -> Continued:
    """That the checkpoint of size ``new`` (None: the last) continues that of size ``old``.

    Raises BadInput ``checkpoint_none`` or ``checkpoint_unknown``; IntegrityBroken where the stored tree does not
    prove it.
    """
    with desk.database.read() as connection:
        last = _last(connection)
        check_given(desk, connection, last)
        after = last if new is None else _of_size(connection, new)
        before = _of_size(connection, old)
        if before.size > after.size:
            raise BadInput("checkpoints_backwards", old=before.size, new=after.size)
        note = str(tree.cosigned(connection, after))
        try:
            proof = consistency(connection, before.size, after.size, note)
            proof.check(Checkpoint.parse(Note.parse(before.note).text).root)
        except ProofInvalid as problem:
            raise IntegrityBroken(check="tree_root", seq=0, pilot=desk.database.place, size=after.size) from problem
        except (TileMissing, NoteInvalid, ProofMalformed) as problem:
            raise _broken(problem, after) from problem
    return Continued(proof, before.note, after.size)


def check_given(desk: Desk, connection: Connection, last: StoredCheckpoint) -> None:
    """Nothing is given away but what is signed: the last checkpoint, and the tree that it is of.

    Raises IntegrityBroken.
    """
    ring = desk.signer.ring() if desk.signer is not None else None
    failure = check_continuity(ring, last, None, tree.tiles(connection)) if ring is not None else None
    if failure is not None:
        raise IntegrityBroken(check=failure.check, seq=0, pilot=desk.database.place, **failure.facts)


def consistency(connection: Connection, old: int, new: int, note: str) -> Consistency:
    """The proof between two sizes of the stored tree, unchecked. Raises TileMissing."""
    return Consistency(old, tuple(consistency_proof(old, new, node_of(tree.tiles(connection)))), note)


def _last(connection: Connection) -> StoredCheckpoint:
    last = tree.last_checkpoint(connection)
    if last is None:
        raise BadInput("checkpoint_none")
    return last


def _of_size(connection: Connection, size: int) -> StoredCheckpoint:
    found = tree.checkpoint(connection, size)
    if found is None:
        raise BadInput("checkpoint_unknown", size=size, known=tree.sizes(connection)[-8:])
    return found


def _broken(problem: Exception, stored: StoredCheckpoint) -> IntegrityBroken:
    if isinstance(problem, TileMissing):
        return IntegrityBroken(check="tree_tile", seq=0, pilot="", level=problem.level, position=problem.position)
    return IntegrityBroken(check="checkpoint_form", seq=0, pilot="", size=stored.size)
