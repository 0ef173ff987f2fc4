"""Answers to writes that were sent under a key, so that what is sent twice is recorded once."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput, StorageUnavailable
from mlw_workflow.services.accounts.login import CLOCK
from mlw_workflow.storage import api_tokens as storage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.api_tokens import Kept

KEPT = timedelta(hours=48)
ABANDONED = timedelta(minutes=2)
"""Longer than any write takes: whoever had begun it is gone."""


def begin(desk: Desk, person: str, key: str, fingerprint: str, clock: Clock = CLOCK) -> Kept | None:
    """Reserve a key for what is asked; what was answered to the same before, if it was.

    Raises BadInput ``idempotency_mismatch`` when the key stands for something else, ``idempotency_in_progress`` while
    the same is being done. A reservation whose holder died is taken over after ABANDONED.
    """
    now = clock.now()
    with desk.database.work() as work:
        connection = work.connection
        storage.drop_keys(connection, now - KEPT)
        found = None
        while found is None:  # on PostgreSQL whoever had it may give it back between the two
            if storage.add_key(connection, person, key, fingerprint, now):
                work.commit()
                return None
            found = storage.key(connection, person, key)
        if found.fingerprint != fingerprint:
            raise BadInput("idempotency_mismatch")
        if found.status:
            return found
        if not storage.take_key(connection, person, key, fingerprint, now, now - ABANDONED):
            raise BadInput("idempotency_in_progress")
        work.commit()
        return None


def keep(desk: Desk, person: str, key: str, status: int, headers: Mapping[str, str], body: str) -> None:
    """Keep what was answered."""
    with desk.database.work() as work:
        storage.answer_key(work.connection, person, key, status, headers, body)
        work.commit()


def release(desk: Desk, person: str, key: str) -> None:
    """Nothing came of it; the key may be used again."""
    with suppress(StorageUnavailable), desk.database.work() as work:
        storage.drop_key(work.connection, person, key)
        work.commit()
