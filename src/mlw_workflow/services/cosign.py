"""The agency's side of witnessing: what a witness is asked, and its lines taken in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.audit.note import COSIGNATURE, NoteInvalid, Signature, VerifierKey
from mlw_workflow.audit.tiles import TileMissing
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.services.proofs import check_given, consistency
from mlw_workflow.storage import tree

if TYPE_CHECKING:
    from mlw_workflow.audit.proof import Consistency
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection

LINES_MAX = 256


@dataclass(frozen=True, slots=True)
class Taken:
    """A witness's line that was taken in."""

    witness: str
    size: int
    new: bool


def witness_keys(texts: tuple[str, ...]) -> tuple[VerifierKey, ...]:
    """The witnesses of the settings. Raises BadInput ``witness_setting`` for one that is none."""
    keys = []
    for text in texts:
        try:
            key = VerifierKey.parse(text)
        except NoteInvalid as problem:
            raise BadInput("witness_setting", value=text[:120], problem=problem.problem) from problem
        if key.kind != COSIGNATURE:
            raise BadInput("witness_setting", value=text[:120], problem="key_kind")
        keys.append(key)
    return tuple(keys)


def request(desk: Desk, witnesses: tuple[VerifierKey, ...], old: int | None = None) -> Consistency:
    """What a witness is asked: to sign the last checkpoint, which continues the one of size ``old``.

    Without ``old``: from the oldest that a known witness signed last. Raises BadInput ``checkpoint_none`` or
    ``checkpoint_unknown``; IntegrityBroken where the stored tree is not the one that was signed.
    """
    with desk.database.read() as connection:
        last = tree.last_checkpoint(connection)
        if last is None:
            raise BadInput("checkpoint_none")
        check_given(desk, connection, last)
        if old is None:
            old = min((tree.last_cosigned(connection, key.text) for key in witnesses), default=0)
        if old and tree.checkpoint(connection, old) is None:
            raise BadInput("checkpoint_unknown", size=old, known=tree.sizes(connection)[-8:])
        try:
            return consistency(connection, old, last.size, last.note)
        except TileMissing as problem:
            facts = {"level": problem.level, "position": problem.position}
            raise IntegrityBroken(check="tree_tile", seq=0, pilot="", **facts) from problem


def take_in(desk: Desk, witnesses: tuple[VerifierKey, ...], answer: str) -> list[Taken]:
    """Keep the lines that witnesses of ours made under a checkpoint of ours; lines of others are passed over.

    Raises BadInput ``witness_none`` where the settings name no witness, ``witness_no_line`` where there is no line,
    ``witness_line_wrong`` where one names a witness of ours and holds under no checkpoint.
    """
    if not witnesses:
        raise BadInput("witness_none")
    lines = [line for line in answer.splitlines() if line.startswith("— ")][:LINES_MAX]
    found = []
    with desk.database.work() as work:
        for line in lines:
            try:
                signature = Signature.parse(line)
            except NoteInvalid as problem:
                raise BadInput("witness_line_wrong", witness=line[:80], problem=problem.problem) from problem
            key = next((key for key in witnesses if signature.is_by(key)), None)
            if key is None:
                continue
            size = _under(work.connection, signature, key)
            if size is None:
                raise BadInput("witness_line_wrong", witness=key.name, problem="signature")
            new = tree.add_cosignature(work.connection, size, key.text, signature.line, desk.clock.now())
            found.append(Taken(key.name, size, new))
        work.commit()
    if not found:
        raise BadInput("witness_no_line", known=tuple(key.name for key in witnesses))
    return found


def _under(connection: Connection, signature: Signature, key: VerifierKey) -> int | None:
    """The size of the checkpoint that the line was made under, the newest first."""
    from mlw_workflow.audit.keys import holds
    from mlw_workflow.audit.note import Note

    for size in reversed(tree.sizes(connection)):
        stored = tree.checkpoint(connection, size)
        try:
            if stored is not None and holds(Note.parse(stored.note).text, signature, key):
                return size
        except NoteInvalid:
            continue
    return None
