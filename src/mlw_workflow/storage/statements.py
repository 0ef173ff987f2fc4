"""Every SQL statement of the running program, for both databases, with ``?`` for a value.

Written out rather than built, so that nothing is compiled at run time and no SQL library needs to be imported. A test
prepares each of them against the migrated schema of both databases.
"""

from __future__ import annotations

# Reading
PILOTS = "SELECT id, code, municipality, programme, definition, start_on, end_on, voivodeship FROM pilot ORDER BY code"
PILOT = "SELECT id, code, municipality, programme, definition, start_on, end_on, voivodeship FROM pilot WHERE id = ?"
PILOT_NAMES = "SELECT id, code, municipality, programme FROM pilot"
HEAD = "SELECT seq, hash, recorded_at FROM pilot_head WHERE pilot_id = ?"
ENTRIES = "SELECT seq, hash, body FROM ledger_entry WHERE pilot_id = ? AND seq > ? ORDER BY seq"
ENTRY = "SELECT seq, hash, body FROM ledger_entry WHERE pilot_id = ? AND seq = ?"
SIGNED_ENTRIES = "SELECT seq, hash, body, signature FROM ledger_entry WHERE pilot_id = ? AND seq > ? ORDER BY seq"
ALL_ENTRIES_COUNT = "SELECT count(*) FROM ledger_entry"
ENTRY_HASH = "SELECT hash FROM ledger_entry WHERE pilot_id = ? AND seq = ?"
ENTRY_COUNT = "SELECT count(*) FROM ledger_entry WHERE pilot_id = ?"
LOGS_WITHOUT_PILOT = (
    "SELECT DISTINCT pilot_id FROM ("
    "SELECT pilot_id FROM ledger_entry UNION SELECT pilot_id FROM pilot_head UNION SELECT pilot_id FROM position"
    " UNION SELECT pilot_id FROM evidence UNION SELECT pilot_id FROM membership) AS named"
    " WHERE pilot_id NOT IN (SELECT id FROM pilot) ORDER BY pilot_id"
)
POSITIONS = "SELECT machine, steps FROM position WHERE pilot_id = ?"
ALL_POSITIONS = "SELECT pilot_id, machine, steps FROM position ORDER BY pilot_id, machine"
POSITION_ROWS = "SELECT machine, state, since, recorded_at, seq, steps FROM position WHERE pilot_id = ?"
EVIDENCE = "SELECT seq, field, salt, value, erased_at FROM evidence WHERE pilot_id = ? ORDER BY seq, field"
EVIDENCE_OF_ENTRY = "SELECT field, value FROM evidence WHERE pilot_id = ? AND seq = ?"
EVIDENCE_OF_ENTRY_WHOLE = "SELECT field, salt, value, erased_at FROM evidence WHERE pilot_id = ? AND seq = ?"
MEMBERSHIPS = "SELECT person_id, role, since, until, seq FROM membership WHERE pilot_id = ? ORDER BY seq"
MEMBERSHIPS_OF_PERSON = (
    "SELECT pilot_id, person_id, role, since, until FROM membership WHERE person_id = ? ORDER BY pilot_id, seq"
)
MEMBERSHIPS_IN = (
    "SELECT m.person_id, m.role, m.since, m.until FROM membership m JOIN pilot p ON p.id = m.pilot_id"
    " WHERE p.programme = ? GROUP BY m.person_id, m.role, m.since, m.until ORDER BY m.since, m.person_id, m.role"
)
PEOPLE = "SELECT id, name, email, language FROM person ORDER BY id"
PERSON = "SELECT id, name, email, language FROM person WHERE id = ?"
PERSON_BY_NAME = "SELECT id, name, email, language FROM person WHERE id = ? OR email = ? OR name = ?"
DEFINITIONS = "SELECT hash, programme, installed_at FROM definition ORDER BY programme, installed_at, hash"
DEFINITION = "SELECT body FROM definition WHERE hash = ?"

# Writing
ADD_DEFINITION = (
    "INSERT INTO definition (hash, programme, body, installed_at) VALUES (?, ?, ?, ?) ON CONFLICT (hash) DO NOTHING"
)
SET_PERSON = "UPDATE person SET name = ?, email = ?, language = ? WHERE id = ?"
ADD_PERSON = "INSERT INTO person (id, name, email, language, created_at) VALUES (?, ?, ?, ?, ?)"
ADD_PILOT = (
    "INSERT INTO pilot (id, code, municipality, voivodeship, programme, definition, start_on, end_on, opened_at)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
ADD_HEAD = "INSERT INTO pilot_head (pilot_id, seq, hash, recorded_at) VALUES (?, ?, ?, ?)"
MOVE_HEAD = "UPDATE pilot_head SET seq = ?, hash = ?, recorded_at = ? WHERE pilot_id = ? AND seq = ? AND hash = ?"
ADD_ENTRY = "INSERT INTO ledger_entry (pilot_id, seq, hash, body, signature) VALUES (?, ?, ?, ?, ?)"
SET_POSITION = (
    "INSERT INTO position (pilot_id, machine, state, since, recorded_at, seq, steps) VALUES (?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (pilot_id, machine) DO UPDATE SET state = excluded.state, since = excluded.since,"
    " recorded_at = excluded.recorded_at, seq = excluded.seq, steps = excluded.steps"
)
DROP_POSITION = "DELETE FROM position WHERE pilot_id = ? AND machine = ?"
ADD_EVIDENCE = "INSERT INTO evidence (pilot_id, seq, field, salt, value) VALUES (?, ?, ?, ?, ?)"
SET_MEMBERSHIP = (
    "INSERT INTO membership (pilot_id, person_id, role, since, until, seq) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (pilot_id, person_id, role, since) DO UPDATE SET until = excluded.until"
)
ERASE_EVIDENCE = (
    "UPDATE evidence SET salt = NULL, value = NULL, erased_at = ?"
    " WHERE pilot_id = ? AND seq = ? AND field = ? AND erased_at IS NULL"
)

# Repairing a projection
DROP_POSITIONS = "DELETE FROM position WHERE pilot_id = ?"
DROP_MEMBERSHIPS = "DELETE FROM membership WHERE pilot_id = ?"

PREPARED = {name: text for name, text in globals().items() if name.isupper()}
"""All of them by name, for the test."""
