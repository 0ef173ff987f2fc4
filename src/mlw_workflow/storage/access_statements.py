"""The statements of the access log and of erasure, as in ``statements``."""

from __future__ import annotations

# The access log
ACCESS_HEAD = "SELECT seq, hash, recorded_at FROM access_head WHERE id = 1"
LOCK_ACCESS = "UPDATE access_head SET seq = seq WHERE id = 1 RETURNING seq, hash, recorded_at"
MOVE_ACCESS = "UPDATE access_head SET seq = ?, hash = ?, recorded_at = ? WHERE id = 1"
ACCESS_ENTRIES = "SELECT seq, hash, body FROM access_entry ORDER BY seq"
ACCESS_SIGNED = "SELECT seq, hash, body, signature FROM access_entry WHERE seq > ? ORDER BY seq"
ACCESS_HASH = "SELECT hash FROM access_entry WHERE seq = ?"
ACCESS_BODY = "SELECT body FROM access_entry WHERE seq = ?"
ADD_ACCESS = "INSERT INTO access_entry (seq, hash, body, signature) VALUES (?, ?, ?, ?)"
AUDITORS = "SELECT person_id, programme, since, until, seq FROM auditor ORDER BY seq"
AUDITORS_OF = "SELECT person_id, programme, since, until, seq FROM auditor WHERE person_id = ? ORDER BY seq"
SET_AUDITOR = (
    "INSERT INTO auditor (person_id, programme, since, until, seq) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id, programme, since) DO UPDATE SET until = excluded.until"
)
DROP_AUDITORS = "DELETE FROM auditor"

# Erasure
ALL_ENTRIES = "SELECT pilot_id, seq, body FROM ledger_entry ORDER BY pilot_id, seq"
ALL_VALUES = "SELECT pilot_id, seq, field, value FROM evidence WHERE value IS NOT NULL ORDER BY pilot_id, seq, field"
FORGET_PERSON = "DELETE FROM person WHERE id = ?"
FORGET_FEEDS = "DELETE FROM feed_token WHERE person_id = ?"
MAIL_CONTENTS = "SELECT id, recipient, status, message_id, subject, text, html, last_error FROM outbox ORDER BY id"
BLANK_MAIL = "UPDATE outbox SET subject = '', text = '', html = '', last_error = '' WHERE id = ? AND status = 'sent'"
FORGET_MAIL = "DELETE FROM outbox WHERE id = ? AND status IN ('waiting', 'dead', 'in_doubt')"
WITHDRAW_ALL_NOTICES = (
    "UPDATE notice SET status = 'withdrawn', skip_reason = ? WHERE recipient = ? AND status = 'waiting'"
)
PERSON_CREATED = "SELECT created_at FROM person WHERE id = ?"
FEEDS_OF_PERSON = "SELECT pilot_id, created_at, revoked_at FROM feed_token WHERE person_id = ? ORDER BY created_at"
NOTICES_OF_PERSON = (
    "SELECT pilot_id, machine, rule, rung, role, due_on, send_on, status, skip_reason, created_at FROM notice"
    " WHERE recipient = ? ORDER BY created_at, key"
)
MAILS_OF_PERSON = (
    "SELECT id, kind, status, subject, text, created_at, sent_at FROM outbox WHERE recipient = ? ORDER BY id"
)

PREPARED = {name: text for name, text in globals().items() if name.isupper()}
"""All of them by name, for the test."""
