"""The statements of the access log and of erasure, as in ``statements``."""

from __future__ import annotations

# The access log
ACCESS_HEAD = "SELECT seq, hash, recorded_at FROM access_head WHERE id = 1"
LOCK_ACCESS = "UPDATE access_head SET seq = seq WHERE id = 1 RETURNING seq, hash, recorded_at"
MOVE_ACCESS = "UPDATE access_head SET seq = ?, hash = ?, recorded_at = ? WHERE id = 1"
ACCESS_ENTRIES = "SELECT seq, hash, body FROM access_entry ORDER BY seq"
ACCESS_SIGNED = "SELECT seq, hash, body, signature FROM access_entry ORDER BY seq"
ADD_ACCESS = "INSERT INTO access_entry (seq, hash, body, signature) VALUES (?, ?, ?, ?)"
AUDITORS = "SELECT person_id, programme, since, until, seq FROM auditor ORDER BY seq"
AUDITORS_OF = "SELECT person_id, programme, since, until, seq FROM auditor WHERE person_id = ? ORDER BY seq"
SET_AUDITOR = (
    "INSERT INTO auditor (person_id, programme, since, until, seq) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id, programme, since) DO UPDATE SET until = excluded.until"
)
DROP_AUDITORS = "DELETE FROM auditor"

PREPARED = {name: text for name, text in globals().items() if name.isupper()}
"""All of them by name, for the test."""
