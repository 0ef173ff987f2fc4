"""The statements of the tree over all logs and of its checkpoints, as in ``statements``."""

from __future__ import annotations

from mlw_workflow.storage.driver import Bulk

# A pilot's last span is the only one whose first entry's number is the largest. A blob's part is taken by the database,
# so that a tile is not read for one hash.
LOGS = (
    "SELECT p.id, p.code, h.seq, h.hash, h.recorded_at, s.first_seq + s.entries - 1,"
    " substr(t.hashes, CAST((s.first_leaf + s.entries - 1) & 255 AS INTEGER) * 32 + 1, 32)"
    " FROM pilot p LEFT JOIN pilot_head h ON h.pilot_id = p.id"
    " LEFT JOIN tree_span s ON s.pilot_id = p.id"
    " AND s.first_seq = (SELECT max(l.first_seq) FROM tree_span l WHERE l.pilot_id = p.id)"
    " LEFT JOIN tree_tile t ON t.level = 0 AND t.position = (s.first_leaf + s.entries - 1) / 256"
    " ORDER BY p.opened_at, p.id"
)
# The access log is one more log of the tree, under an id that no pilot has (``domain.access.ACCESS_LOG``).
ACCESS = (
    "SELECT h.seq, h.hash, h.recorded_at, s.first_seq + s.entries - 1,"
    " substr(t.hashes, CAST((s.first_leaf + s.entries - 1) & 255 AS INTEGER) * 32 + 1, 32)"
    " FROM (SELECT 'access' AS id) l LEFT JOIN access_head h ON h.id = 1"
    " LEFT JOIN tree_span s ON s.pilot_id = l.id"
    " AND s.first_seq = (SELECT max(o.first_seq) FROM tree_span o WHERE o.pilot_id = l.id)"
    " LEFT JOIN tree_tile t ON t.level = 0 AND t.position = (s.first_leaf + s.entries - 1) / 256"
)
SPANS = "SELECT first_leaf, pilot_id, first_seq, entries FROM tree_span ORDER BY first_leaf"
SPANS_OF = "SELECT first_leaf, first_seq, entries FROM tree_span WHERE pilot_id = ? ORDER BY first_seq"
SPAN_OF_ENTRY = (
    "SELECT first_leaf, first_seq, entries FROM tree_span WHERE pilot_id = ? AND first_seq <= ?"
    " ORDER BY first_seq DESC LIMIT 1"
)
SPAN_AT = "SELECT pilot_id, first_seq FROM tree_span WHERE first_leaf = ?"
ENTRY_BODY = "SELECT body FROM ledger_entry WHERE pilot_id = ? AND seq = ?"
SPANS_WITHOUT_PILOT = (
    "SELECT DISTINCT pilot_id FROM tree_span"
    " WHERE pilot_id NOT IN (SELECT id FROM pilot) AND pilot_id <> 'access' ORDER BY pilot_id"
)
ADD_SPAN = "INSERT INTO tree_span (first_leaf, pilot_id, first_seq, entries) VALUES (?, ?, ?, ?)"
TILE = "SELECT hashes FROM tree_tile WHERE level = ? AND position = ?"
TILES = "SELECT position, hashes FROM tree_tile WHERE level = ? ORDER BY position"
LEVELS = "SELECT coalesce(max(level), -1) FROM tree_tile"
SET_TILE = (
    "INSERT INTO tree_tile (level, position, hashes) VALUES (?, ?, ?)"
    " ON CONFLICT (level, position) DO UPDATE SET hashes = excluded.hashes"
)
LAST_CHECKPOINT = "SELECT size, note, made_at FROM checkpoint ORDER BY size DESC LIMIT 1"
CHECKPOINT = "SELECT size, note, made_at FROM checkpoint WHERE size = ?"
CHECKPOINT_SIZES = "SELECT size FROM checkpoint ORDER BY size"
CHECKPOINTS = "SELECT size, note, made_at FROM checkpoint ORDER BY size"
NEWEST_CHECKPOINTS = "SELECT size, note, made_at FROM checkpoint WHERE size < ? ORDER BY size DESC LIMIT ?"
COSIGNED_FROM = "SELECT size, witness, added_at FROM cosignature WHERE size >= ? AND size < ? ORDER BY size, witness"
STAMPED_FROM = (
    "SELECT size, authority, stamped_at FROM timestamp_token WHERE size >= ? AND size < ? ORDER BY size, authority"
)
ADD_CHECKPOINT = "INSERT INTO checkpoint (size, note, made_at) VALUES (?, ?, ?)"
COSIGNATURES = "SELECT witness, line, added_at FROM cosignature WHERE size = ? ORDER BY witness"
ADD_COSIGNATURE = (
    "INSERT INTO cosignature (size, witness, line, added_at) VALUES (?, ?, ?, ?) ON CONFLICT (size, witness) DO NOTHING"
)
LAST_COSIGNED = "SELECT max(size) FROM cosignature WHERE witness = ?"
TIMESTAMPS = "SELECT authority, token, stamped_at FROM timestamp_token WHERE size = ? ORDER BY authority"
ADD_TIMESTAMP = (
    "INSERT INTO timestamp_token (size, authority, token, stamped_at) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (size, authority) DO NOTHING"
)
# Whether anything was ever signed. From its first signature on every entry of a log is signed, so the last ones tell.
SIGNED_LATELY = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM checkpoint) OR EXISTS (SELECT 1 FROM pilot_head h"
    " JOIN ledger_entry e ON e.pilot_id = h.pilot_id AND e.seq = h.seq WHERE e.signature IS NOT NULL)"
    " OR EXISTS (SELECT 1 FROM access_head h JOIN access_entry e ON e.seq = h.seq WHERE e.signature IS NOT NULL)"
)
SIGNED_EVER = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM checkpoint) OR EXISTS (SELECT 1 FROM ledger_entry"
    " WHERE signature IS NOT NULL) OR EXISTS (SELECT 1 FROM access_entry WHERE signature IS NOT NULL)"
)
DEFINITION_BODIES = "SELECT hash, body FROM definition ORDER BY hash"

# The entries of several logs after the given ones. The inner ORDER BY keeps PostgreSQL from joining otherwise than log
# by log: it cannot know how few entries are new, and would read the whole ledger.
NEW_ENTRIES = Bulk(
    "SELECT pilot_id, seq, hash, body, signature FROM ledger_entry WHERE pilot_id = ? AND seq > ? ORDER BY seq",
    "SELECT n.pilot_id, e.seq, e.hash, e.body, e.signature FROM unnest(?::text[], ?::bigint[]) AS n(pilot_id, after)"
    " CROSS JOIN LATERAL (SELECT seq, hash, body, signature FROM ledger_entry"
    " WHERE pilot_id = n.pilot_id AND seq > n.after ORDER BY seq) AS e",
)

# Where logs end, and the hash of one of their entries.
ENDS = Bulk(
    "SELECT h.pilot_id, h.seq, e.hash FROM pilot_head h LEFT JOIN ledger_entry e ON e.pilot_id = h.pilot_id"
    " AND e.seq = ? WHERE h.pilot_id = ?",
    "SELECT h.pilot_id, h.seq, e.hash FROM unnest(?::bigint[], ?::text[]) AS n(seq, pilot_id)"
    " JOIN pilot_head h ON h.pilot_id = n.pilot_id"
    " LEFT JOIN ledger_entry e ON e.pilot_id = n.pilot_id AND e.seq = n.seq",
)

PREPARED = {name: text for name, text in globals().items() if name.isupper() and isinstance(text, str)}
"""All of them by name, for the test."""
