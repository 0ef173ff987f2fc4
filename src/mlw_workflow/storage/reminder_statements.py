"""The statements of deadlines, notices and the outbox, as in ``statements``. ``AMONG ?`` takes a list of
texts; ``ROW_ID`` is the quickest way back to a row that this transaction has claimed.

Those that look for work end where the partial indexes do, so that they cost what is due and not what there is.
"""

# ruff: noqa: S608 - what is put together here are our own lists of columns

from __future__ import annotations

from mlw_workflow.storage.driver import CLAIM, Bulk

# Deadlines
_DEADLINE = (
    "pilot_id, machine, rule, due_on, status, satisfied_on, since_seq, since_on, revision, next_on, handled_until"
)
DEADLINES = f"SELECT {_DEADLINE} FROM deadline WHERE pilot_id = ?"
DEADLINES_OF_MACHINES = f"SELECT {_DEADLINE} FROM deadline WHERE pilot_id = ? AND machine AMONG ?"
DEADLINES_OPEN_AMONG = f"SELECT {_DEADLINE} FROM deadline WHERE status = 'open' AND pilot_id AMONG ?"
DEADLINES_BY_DAY = (
    f"SELECT {_DEADLINE} FROM deadline WHERE status = 'open' AND next_on <= ? ORDER BY next_on, pilot_id, machine"
)
DEADLINE_DUE = "SELECT next_on FROM deadline WHERE next_on <= ? ORDER BY next_on LIMIT 1"
DEADLINES_DUE_COUNT = "SELECT count(*) FROM deadline WHERE next_on <= ?"
DEADLINE_NEXT = "SELECT min(next_on) FROM deadline WHERE next_on IS NOT NULL"
CLAIM_DEADLINES = (
    "SELECT pilot_id, machine, rule, due_on, since_seq, since_on, revision, next_on, handled_until, ROW_ID"
    f" FROM deadline WHERE next_on <= ? ORDER BY next_on LIMIT ?{CLAIM}"
)
LOCK_DEADLINE = "UPDATE deadline SET rule = rule WHERE pilot_id = ? AND machine = ? AND rule = ?"
WAKE_DEADLINE = (
    "UPDATE deadline SET next_on = CASE WHEN next_on < ? THEN next_on ELSE ? END,"
    " handled_until = CASE WHEN handled_until < ? THEN handled_until ELSE ? END"
    " WHERE pilot_id = ? AND machine = ? AND rule = ? AND status = 'open'"
)
SET_DEADLINES = Bulk(
    f"INSERT INTO deadline ({_DEADLINE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (pilot_id, machine, rule) DO UPDATE SET due_on = excluded.due_on, status = excluded.status,"
    " satisfied_on = excluded.satisfied_on, since_seq = excluded.since_seq, since_on = excluded.since_on,"
    " revision = excluded.revision, next_on = excluded.next_on, handled_until = excluded.handled_until",
    f"INSERT INTO deadline ({_DEADLINE}) SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::date[], ?::text[],"
    " ?::date[], ?::int[], ?::date[], ?::int[], ?::date[], ?::date[])"
    " ON CONFLICT (pilot_id, machine, rule) DO UPDATE SET due_on = excluded.due_on, status = excluded.status,"
    " satisfied_on = excluded.satisfied_on, since_seq = excluded.since_seq, since_on = excluded.since_on,"
    " revision = excluded.revision, next_on = excluded.next_on, handled_until = excluded.handled_until",
)
SET_HANDLED = "UPDATE deadline SET next_on = ?, handled_until = ? WHERE ROW_ID AMONG ?"

# What a warning's recipients depend on
PILOTS_AMONG = (
    "SELECT id, code, municipality, programme, definition, start_on, end_on, voivodeship FROM pilot WHERE id AMONG ?"
)
MEMBERSHIPS_AMONG = (
    "SELECT pilot_id, person_id, role, since, until FROM membership WHERE pilot_id AMONG ? ORDER BY pilot_id, seq"
)
PEOPLE_AMONG = "SELECT id, name, email, language FROM person WHERE id AMONG ?"
REACHABLE_AMONG = "SELECT id FROM person WHERE id AMONG ? AND email <> ''"
PAUSES_AMONG = (
    "SELECT pilot_id, person_id, machine, rule, kind, seq, since, until FROM pause WHERE pilot_id AMONG ?"
    " ORDER BY pilot_id, seq"
)
DEPUTIES_AMONG = (
    "SELECT pilot_id, person_id, deputy_id, since, until, seq FROM deputy WHERE pilot_id AMONG ? ORDER BY pilot_id, seq"
)
POLICIES_AMONG = "SELECT pilot_id, body, seq FROM policy WHERE pilot_id AMONG ?"
ADD_PAUSE = (
    "INSERT INTO pause (pilot_id, person_id, machine, rule, kind, seq, since, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
SET_DEPUTY = (
    "INSERT INTO deputy (pilot_id, person_id, deputy_id, since, until, seq) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (pilot_id, person_id, deputy_id, since) DO UPDATE SET until = excluded.until, seq = excluded.seq"
)
SET_POLICY = (
    "INSERT INTO policy (pilot_id, body, seq) VALUES (?, ?, ?)"
    " ON CONFLICT (pilot_id) DO UPDATE SET body = excluded.body, seq = excluded.seq"
)
DROP_DEADLINES = "DELETE FROM deadline WHERE pilot_id = ?"
DROP_PAUSES = "DELETE FROM pause WHERE pilot_id = ?"
DROP_DEPUTIES = "DELETE FROM deputy WHERE pilot_id = ?"
DROP_POLICY = "DELETE FROM policy WHERE pilot_id = ?"

# Notices
_NOTICE = (
    "key, pilot_id, machine, rule, rung, recipient, role, due_on, send_on, ready_at, reason, urgent, status,"
    " skip_reason, created_at"
)
_AGAIN = (
    " ON CONFLICT (key) DO UPDATE SET role = excluded.role, send_on = excluded.send_on, ready_at = excluded.ready_at,"
    " reason = excluded.reason, urgent = excluded.urgent, status = excluded.status,"
    " skip_reason = excluded.skip_reason, created_at = excluded.created_at"
    " WHERE notice.status = 'withdrawn'"
)
ADD_NOTICES = Bulk(
    f"INSERT INTO notice ({_NOTICE}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?){_AGAIN}",
    f"INSERT INTO notice ({_NOTICE}) SELECT * FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::text[],"
    " ?::text[], ?::text[], ?::date[], ?::date[], ?::timestamptz[], ?::text[], ?::boolean[], ?::text[], ?::text[],"
    f" ?::timestamptz[]){_AGAIN}",
)
NOTICES_ENTERED = "SELECT count(*) FROM notice WHERE key AMONG ? AND created_at = ? AND status = 'waiting'"
NOTICES_USED = "SELECT key FROM notice WHERE key AMONG ? AND status <> 'withdrawn'"
NOTICES_TOLD = (
    "SELECT rule, recipient, due_on, created_at FROM notice WHERE pilot_id = ? AND machine = ? AND status = 'queued'"
    " ORDER BY created_at, key"
)
NOTICES_SAID = (
    "SELECT recipient, rung, reason, created_at FROM notice"
    " WHERE pilot_id = ? AND machine = ? AND rule = ? AND status = 'queued' ORDER BY created_at, key"
)
_SENT = "n.key, n.pilot_id, n.machine, n.rule, n.rung, n.recipient, n.role, n.due_on, n.send_on, n.ready_at, n.reason,"
NOTICES = (
    f"SELECT {_SENT} n.urgent, n.status, n.skip_reason, n.outbox_id, n.created_at, o.status, o.created_at, o.sent_at"
    " FROM notice n LEFT JOIN outbox o ON o.id = n.outbox_id WHERE n.pilot_id = ?"
    " ORDER BY n.send_on, n.created_at, n.key"
)
_TOLD = (
    f"SELECT {_SENT} n.urgent, n.status, n.skip_reason, n.outbox_id, n.created_at, o.status, o.created_at, o.sent_at"
    " FROM notice n LEFT JOIN outbox o ON o.id = n.outbox_id WHERE n.send_on >= ? AND (n.send_on, n.key) < (?, ?)"
)
NEWEST_NOTICES = f"{_TOLD} ORDER BY n.send_on DESC, n.key DESC LIMIT ?"
NEWEST_NOTICES_OF = f"{_TOLD} AND n.pilot_id = ? ORDER BY n.send_on DESC, n.key DESC LIMIT ?"
NOTICE_READY = "SELECT ready_at FROM notice WHERE status = 'waiting' AND ready_at <= ? ORDER BY ready_at LIMIT 1"
PILOTS_READY = "SELECT DISTINCT pilot_id FROM notice WHERE status = 'waiting' AND ready_at <= ? AND rule = ?"
NOTICES_WAITING_COUNT = "SELECT count(*) FROM notice WHERE status = 'waiting'"
CLAIM_NOTICES = (
    "SELECT key, pilot_id, machine, rule, rung, recipient, role, due_on, send_on, ready_at, reason, urgent"
    f" FROM notice WHERE status = 'waiting' AND ready_at <= ? ORDER BY recipient, ready_at LIMIT ?{CLAIM}"
)
SET_QUEUED = Bulk(
    "UPDATE notice SET status = 'queued', outbox_id = ? WHERE key = ? AND status = 'waiting'",
    "UPDATE notice n SET status = 'queued', outbox_id = v.outbox_id FROM unnest(?::int[], ?::text[])"
    " AS v (outbox_id, key) WHERE n.key = v.key AND n.status = 'waiting'",
)
SET_POSTPONED = Bulk(
    "UPDATE notice SET ready_at = ? WHERE key = ? AND status = 'waiting'",
    "UPDATE notice n SET ready_at = v.ready_at FROM unnest(?::timestamptz[], ?::text[])"
    " AS v (ready_at, key) WHERE n.key = v.key AND n.status = 'waiting'",
)
SUPERSEDE = Bulk(
    "UPDATE notice SET status = 'skipped', skip_reason = 'superseded' WHERE pilot_id = ? AND machine = ? AND rule = ?"
    " AND recipient = ? AND send_on <= ? AND key <> ? AND status = 'waiting'",
    "UPDATE notice n SET status = 'skipped', skip_reason = 'superseded'"
    " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[], ?::date[], ?::text[])"
    " AS v (pilot_id, machine, rule, recipient, send_on, key) WHERE n.pilot_id = v.pilot_id AND n.machine = v.machine"
    " AND n.rule = v.rule AND n.recipient = v.recipient AND n.send_on <= v.send_on AND n.key <> v.key"
    " AND n.status = 'waiting'",
)
SET_WITHDRAWN = Bulk(
    "UPDATE notice SET status = 'withdrawn', skip_reason = ? WHERE key = ? AND status = 'waiting'",
    "UPDATE notice n SET status = 'withdrawn', skip_reason = v.why FROM unnest(?::text[], ?::text[])"
    " AS v (why, key) WHERE n.key = v.key AND n.status = 'waiting'",
)
WITHDRAW_NOTICES = Bulk(
    "UPDATE notice SET status = 'withdrawn', skip_reason = ?"
    " WHERE pilot_id = ? AND machine = ? AND rule = ? AND status = 'waiting'",
    "UPDATE notice n SET status = 'withdrawn', skip_reason = v.why"
    " FROM unnest(?::text[], ?::text[], ?::text[], ?::text[]) AS v (why, pilot_id, machine, rule)"
    " WHERE n.pilot_id = v.pilot_id AND n.machine = v.machine AND n.rule = v.rule AND n.status = 'waiting'",
)
WITHDRAW_NOTICES_OF_PERSON = (
    "UPDATE notice SET status = 'withdrawn', skip_reason = ?"
    " WHERE pilot_id = ? AND machine = ? AND rule = ? AND recipient = ? AND status = 'waiting'"
)

# The outbox
_MAIL = (
    "id, key, kind, recipient, language, subject, text, html, message_id, once, status, attempts, doubts,"
    " next_attempt_at, lease_until, lease_token, last_error, created_at, sent_at"
)
ADD_MAIL = (
    "INSERT INTO outbox (key, kind, recipient, language, subject, text, html, message_id, once, status, attempts,"
    " doubts, next_attempt_at, last_error, created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, 0, ?, '', ?)"
    " ON CONFLICT (key) DO NOTHING RETURNING id"
)
MAIL = f"SELECT {_MAIL} FROM outbox WHERE id = ?"
MAIL_DUE = (
    "SELECT next_attempt_at FROM outbox WHERE status = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at"
    " LIMIT 1"
)
MAIL_AHEAD = (
    "SELECT next_attempt_at FROM outbox WHERE status = 'waiting' AND next_attempt_at > ? ORDER BY next_attempt_at"
    " DESC LIMIT 1"
)
CLAIM_MAIL = (
    f"SELECT {_MAIL} FROM outbox WHERE status = 'waiting' AND next_attempt_at <= ?"
    f" ORDER BY next_attempt_at, id LIMIT 1{CLAIM}"
)
CLAIM_MAIL_AHEAD = (
    f"SELECT {_MAIL} FROM outbox WHERE status = 'waiting' AND next_attempt_at > ?"
    f" ORDER BY next_attempt_at, id LIMIT 1{CLAIM}"
)
CLAIM_LAPSED = (
    f"SELECT {_MAIL} FROM outbox WHERE status = 'leased' AND (lease_until <= ? OR lease_until > ?)"
    f" ORDER BY lease_until LIMIT 1{CLAIM}"
)
LAPSED = "SELECT 1 FROM outbox WHERE status = 'leased' AND (lease_until <= ? OR lease_until > ?) LIMIT 1"
LEASE_MAIL = (
    "UPDATE outbox SET status = 'leased', lease_token = ?, lease_until = ?, attempts = attempts + 1, doubts = ?"
    " WHERE id = ?"
)
SETTLE_MAIL = (
    "UPDATE outbox SET status = ?, lease_token = NULL, lease_until = NULL, last_error = ?, next_attempt_at = ?,"
    " attempts = ?, doubts = ?, sent_at = ? WHERE id = ? AND lease_token = ?"
)
DOUBT_MAIL = (
    "UPDATE outbox SET status = 'in_doubt', lease_token = NULL, lease_until = NULL, last_error = ?, doubts = ?"
    " WHERE id = ?"
)
RESEND_MAIL = (
    "UPDATE outbox SET status = 'waiting', attempts = 0, next_attempt_at = ? WHERE id = ?"
    " AND status IN ('dead', 'in_doubt')"
)
RESOLVE_MAIL = "UPDATE outbox SET status = 'sent', sent_at = ? WHERE id = ? AND status = 'in_doubt'"
UNDELIVERED = f"SELECT {_MAIL} FROM outbox WHERE status IN ('dead', 'in_doubt') ORDER BY id"
UNDELIVERED_COUNT = (
    "SELECT status, count(*) FROM outbox WHERE status IN ('dead', 'in_doubt') GROUP BY status ORDER BY status"
)
MAIL_COUNTS = "SELECT status, count(*) FROM outbox GROUP BY status"
UNSENT = "SELECT count(*), min(created_at) FROM outbox WHERE status = 'waiting'"
LEASED = "SELECT count(*), min(created_at) FROM outbox WHERE status = 'leased'"
MAILS = f"SELECT {_MAIL} FROM outbox ORDER BY id"

# The heartbeat
HEARTBEAT = "SELECT at, detail FROM heartbeat WHERE name = ?"
BEAT = (
    "INSERT INTO heartbeat (name, at, detail) VALUES (?, ?, ?)"
    " ON CONFLICT (name) DO UPDATE SET at = excluded.at, detail = excluded.detail"
)
WATCHED = (
    "SELECT h.pilot_id, h.seq, b.detail FROM pilot_head h LEFT JOIN heartbeat b ON b.name = ? || h.pilot_id"
    " ORDER BY h.pilot_id"
)
LAST_ENTRIES = "SELECT COALESCE(SUM(seq), 0) FROM pilot_head"
NEWEST_ENTRY = "SELECT max(recorded_at) FROM pilot_head"

# Calendar feeds
ADD_FEED = "INSERT INTO feed_token (hash, person_id, pilot_id, created_at) VALUES (?, ?, ?, ?)"
_FEED = "SELECT hash, person_id, pilot_id, created_at, revoked_at FROM feed_token"
FEEDS = f"{_FEED} ORDER BY created_at, hash"
FEED_OF = f"{_FEED} WHERE hash = ?"
REVOKE_FEED = "UPDATE feed_token SET revoked_at = ? WHERE hash = ? AND revoked_at IS NULL"

PREPARED: dict[str, str] = {
    name: text
    for name, text in globals().items()
    if name.isupper() and name[0] != "_" and type(text) is str and text != CLAIM
}
"""All of them by name, for the test."""
BULK: dict[str, Bulk] = {name: pair for name, pair in globals().items() if isinstance(pair, Bulk)}
"""Those for many rows."""
