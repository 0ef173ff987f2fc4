"""Making the office's signing key."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.services.checkpoint import signer_of
from mlw_workflow.storage import access, repositories

if TYPE_CHECKING:
    from mlw_workflow.audit.keyring import Keyring
    from mlw_workflow.services.desk import Desk


def new_key(desk: Desk) -> Keyring:
    """Make the first key; what was recorded before it stays unsigned, and how much that is, is written down.

    Raises BadInput ``key_exists`` or ``key_exists_elsewhere``.
    """
    with desk.database.read() as connection:
        looked = access.head(connection)
        unsigned = repositories.all_entries_count(connection) + (looked.seq if looked else 0)
    return signer_of(desk).make(desk.clock.now(), unsigned)


def ensure_key(desk: Desk) -> bool:
    """Make the first key unless there is one; whether one was made. Raises as ``KeyStore.key`` does."""
    if signer_of(desk).key() is not None:
        return False
    new_key(desk)
    return True
