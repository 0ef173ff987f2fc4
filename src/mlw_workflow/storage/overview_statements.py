"""The statements of pages about many pilots, as in ``statements``: each asks once for all of them."""

from __future__ import annotations

HEADS_AMONG = "SELECT pilot_id, hash, recorded_at FROM pilot_head WHERE pilot_id AMONG ?"
POSITIONS_AMONG = "SELECT pilot_id, machine, steps FROM position WHERE pilot_id AMONG ?"
POSITIONS_IN_STATES = "SELECT pilot_id, machine, steps FROM position WHERE pilot_id AMONG ? AND state AMONG ?"
VALUES_AMONG = "SELECT pilot_id, seq, field, value FROM evidence WHERE pilot_id AMONG ? AND field AMONG ?"
ENTRIES_AMONG = "SELECT pilot_id, seq, body FROM ledger_entry WHERE pilot_id AMONG ? ORDER BY pilot_id, seq"
ENTRIES_NUMBERED = "SELECT pilot_id, seq, body FROM ledger_entry WHERE pilot_id AMONG ? AND seq AMONG ? ORDER BY seq"

PREPARED = {name: text for name, text in globals().items() if name.isupper()}
"""All of them by name, for the test."""
