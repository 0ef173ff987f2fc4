"""Making the office's signing key, and putting another in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit.merkle import EMPTY_ROOT
from mlw_workflow.audit.note import Checkpoint, Note
from mlw_workflow.domain.errors import BadInput, ClockBackwards
from mlw_workflow.services.checkpoint import make_checkpoint, signer_of
from mlw_workflow.storage import access, heartbeat, repositories, tree

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.services.checkpoint import Post
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection


def new_key(desk: Desk) -> Keyring:
    """Make the first key; what was recorded before it stays unsigned, and how much that is, is written down.

    Raises BadInput ``key_exists`` or ``key_exists_elsewhere``.
    """
    with desk.database.read() as connection:
        looked = access.head(connection)
        unsigned = repositories.all_entries_count(connection) + (looked.seq if looked else 0)
    return signer_of(desk).make(desk.clock.now(), unsigned)


def rotate_key(desk: Desk, post: Post | None = None) -> Keyring:
    """Sign everything as it is with the old key, and put a new one in force, which the old one vouches for.

    ``post`` enters what leaves the office with the checkpoint. Nothing can make a checkpoint in between, and the
    old key is good for nothing that comes after it.

    Raises ClockBackwards where the clock is behind anything recorded, which would make the new key's signatures false;
    as ``make_checkpoint`` and ``KeyStore.rotate`` do.
    """
    store, now = signer_of(desk), desk.clock.now()
    with desk.database.read() as connection:
        _not_before(connection, now, store.required_ring())
    make_checkpoint(desk, post)
    with desk.database.work() as work:
        tree.lock(work.connection, now)
        _not_before(work.connection, now, store.required_ring())
        last = tree.last_checkpoint(work.connection)
        signed = Checkpoint.parse(Note.parse(last.note).text) if last else None
        if signed is not None and store.remembered() != last.note:  # type: ignore[union-attr]
            raise BadInput("checkpoint_busy")
        rotated = store.rotate(now, signed.size if signed else 0, signed.root if signed else EMPTY_ROOT)
        work.commit()
    return rotated


def _not_before(connection: Connection, now: datetime, ring: Keyring) -> None:
    looked = access.head(connection)
    newest = (heartbeat.newest_entry(connection), looked.recorded_at if looked else None, ring.current.since)
    last = max(at for at in newest if at is not None)
    if now < last:
        raise ClockBackwards(now=now.isoformat(timespec="seconds"), last=last.isoformat(timespec="seconds"))


def ensure_key(desk: Desk) -> bool:
    """Make the first key unless there is one; whether one was made. Raises as ``KeyStore.key`` does."""
    if signer_of(desk).key() is not None:
        return False
    new_key(desk)
    return True
