"""Who has read the evidence of which entries: the access log, followed entry by entry as it grows."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.storage.connection import Connection


class ReadMarks:
    """What was read, kept by a desk, so that each entry of the access log is looked at once."""

    def __init__(self) -> None:
        """Nothing is known yet."""
        self._seen = 0
        self._read: dict[tuple[str, str], set[int]] = {}
        self._lock = threading.Lock()

    def of(self, connection: Connection, person: str, pilot: str) -> frozenset[int]:
        """The entries of a pilot (by id) whose evidence the person has read by now. Raises EntryUnreadable."""
        from mlw_workflow.audit.access import decode_access
        from mlw_workflow.services.access import EVIDENCE
        from mlw_workflow.storage import access as storage

        with self._lock:
            for seq, _, body, _ in storage.signed_rows(connection, self._seen):
                entry = decode_access(bytes(body))
                if entry.kind == "read" and entry.what == EVIDENCE and entry.entry:
                    self._read.setdefault((entry.person, entry.pilot), set()).add(entry.entry)
                self._seen = seq
            return frozenset(self._read.get((person, pilot), ()))
