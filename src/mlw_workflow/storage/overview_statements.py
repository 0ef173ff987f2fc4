"""The statements of pages about many pilots, as in ``statements``: each asks once for all of them."""

from __future__ import annotations

HEADS_AMONG = "SELECT pilot_id, hash, recorded_at FROM pilot_head WHERE pilot_id AMONG ?"
ENDS_AMONG = "SELECT pilot_id, hash FROM pilot_head WHERE pilot_id AMONG ?"
POSITIONS_AMONG = "SELECT pilot_id, machine, steps FROM position WHERE pilot_id AMONG ?"
POSITIONS_IN_STATES = "SELECT pilot_id, machine, steps FROM position WHERE pilot_id AMONG ? AND state AMONG ?"
VALUES_AMONG = "SELECT pilot_id, seq, field, value FROM evidence WHERE pilot_id AMONG ? AND field AMONG ?"
ENTRIES_AMONG = "SELECT pilot_id, seq, body FROM ledger_entry WHERE pilot_id AMONG ? ORDER BY pilot_id, seq"
ENTRIES_NUMBERED = "SELECT pilot_id, seq, body FROM ledger_entry WHERE pilot_id AMONG ? AND seq AMONG ? ORDER BY seq"

# CROSS JOIN and the list of codes: SQLite then walks both indexes in this order, and sorts nothing.
_OF_LOGS = (
    "SELECT p.code, e.seq, e.hash, e.body FROM pilot p CROSS JOIN ledger_entry e"
    " WHERE e.pilot_id = p.id AND p.code AMONG ?"
)
OLDEST = f"{_OF_LOGS} ORDER BY p.code, e.seq"
OLDEST_AFTER = f"{_OF_LOGS} AND (p.code, e.seq) > (?, ?) ORDER BY p.code, e.seq"
NEWEST = f"{_OF_LOGS} ORDER BY p.code DESC, e.seq DESC"
NEWEST_BELOW = f"{_OF_LOGS} AND (p.code, e.seq) < (?, ?) ORDER BY p.code DESC, e.seq DESC"

PREPARED = {name: text for name, text in globals().items() if name.isupper() and name[0] != "_"}
"""All of them by name, for the test."""
