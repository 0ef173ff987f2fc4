"""The statements of programs' tokens, of what they sent before and of webhooks, as in ``statements``."""

from __future__ import annotations

from mlw_workflow.storage.driver import CLAIM

# Tokens
_TOKEN = "SELECT id, person_id, name, scopes, created_at, expires_at, used_on, revoked_at FROM api_token"  # noqa: S105
ADD_TOKEN = (
    "INSERT INTO api_token (id, hash, person_id, name, scopes, created_at, expires_at) VALUES (?, ?, ?, ?, ?, ?, ?)"  # noqa: S105
)
TOKEN_BY_HASH = f"{_TOKEN} WHERE hash = ?"
TOKEN = f"{_TOKEN} WHERE id = ?"
TOKENS = f"{_TOKEN} ORDER BY created_at, id"
TOKENS_OF = f"{_TOKEN} WHERE person_id = ? ORDER BY created_at, id"
TOUCH_TOKEN = "UPDATE api_token SET used_on = ? WHERE id = ?"  # noqa: S105
REVOKE_TOKEN = "UPDATE api_token SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"  # noqa: S105

# What was sent before
ADD_KEY = (
    "INSERT INTO idempotency (person_id, key, fingerprint, status, headers, body, created_at)"
    " VALUES (?, ?, ?, 0, '{}', '', ?) ON CONFLICT (person_id, key) DO NOTHING"
)
KEY = "SELECT fingerprint, status, headers, body, created_at FROM idempotency WHERE person_id = ? AND key = ?"
ANSWER_KEY = "UPDATE idempotency SET status = ?, headers = ?, body = ? WHERE person_id = ? AND key = ? AND status = 0"
TAKE_KEY = (
    "UPDATE idempotency SET created_at = ? WHERE person_id = ? AND key = ? AND status = 0 AND created_at < ?"
    " AND fingerprint = ?"
)
DROP_KEY = "DELETE FROM idempotency WHERE person_id = ? AND key = ? AND status = 0"
DROP_KEYS_BEFORE = "DELETE FROM idempotency WHERE created_at < ?"

# Uploads
ADD_UPLOAD = (
    "INSERT INTO upload (person_id, sha256, name, size, created_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id, sha256) DO UPDATE SET name = excluded.name, created_at = excluded.created_at"
)
UPLOADED = "SELECT sha256 FROM upload"
UPLOADED_BEFORE = "SELECT sha256 FROM upload WHERE created_at < ?"
DROP_UPLOADS_BEFORE = "DELETE FROM upload WHERE created_at < ?"
UPLOAD = "SELECT name, size FROM upload WHERE person_id = ? AND sha256 = ?"

ADD_UPLOADED = (
    "INSERT INTO upload_day (person_id, day, bytes) VALUES (?, ?, ?)"
    " ON CONFLICT (person_id, day) DO UPDATE SET bytes = upload_day.bytes + excluded.bytes"
)
UPLOADED_ON = "SELECT bytes FROM upload_day WHERE person_id = ? AND day = ?"
DROP_UPLOAD_DAYS = "DELETE FROM upload_day WHERE day < ?"

# Webhooks
_HOOK = "SELECT id, person_id, url, events, pilot_id, secret, created_at, disabled_at FROM webhook"
ADD_HOOK = "INSERT INTO webhook (id, person_id, url, events, pilot_id, secret, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)"
HOOK = f"{_HOOK} WHERE id = ?"
HOOKS = f"{_HOOK} ORDER BY created_at, id"
HOOKS_OF = f"{_HOOK} WHERE person_id = ? ORDER BY created_at, id"
HOOKS_OPEN = f"{_HOOK} WHERE disabled_at IS NULL ORDER BY created_at, id"
DISABLE_HOOK = "UPDATE webhook SET disabled_at = ? WHERE id = ? AND disabled_at IS NULL"

# How far logs have been told of
START_PLACES = (
    "INSERT INTO webhook_place (log, seq) SELECT pilot_id, seq FROM pilot_head WHERE true"
    " ON CONFLICT (log) DO UPDATE SET seq = excluded.seq"
)
SET_PLACE = (
    "INSERT INTO webhook_place (log, seq) VALUES (?, ?) ON CONFLICT (log) DO UPDATE SET seq = excluded.seq"
    " WHERE webhook_place.seq < excluded.seq"
)
PLACE = "SELECT seq FROM webhook_place WHERE log = ?"
AHEAD = (
    "SELECT h.pilot_id, COALESCE(p.seq, 0) FROM pilot_head h LEFT JOIN webhook_place p ON p.log = h.pilot_id"
    " WHERE h.seq > COALESCE(p.seq, 0) ORDER BY h.pilot_id LIMIT ?"
)

# Messages
_MESSAGE = (
    "SELECT id, webhook_id, event_id, type, body, status, attempts, next_attempt_at, lease_token, last_error,"
    " created_at, sent_at FROM webhook_message"
)
ADD_MESSAGE = (
    "INSERT INTO webhook_message (webhook_id, event_id, type, body, status, attempts, next_attempt_at, last_error,"
    " created_at) VALUES (?, ?, ?, ?, 'waiting', 0, ?, '', ?) ON CONFLICT (webhook_id, event_id) DO NOTHING"
)
MESSAGE_DUE = "SELECT 1 FROM webhook_message WHERE status = 'waiting' AND next_attempt_at <= ? LIMIT 1"
MESSAGE_LAPSED = "SELECT 1 FROM webhook_message WHERE status = 'leased' AND lease_until <= ? LIMIT 1"
CLAIM_MESSAGE = (
    f"{_MESSAGE} WHERE status = 'waiting' AND next_attempt_at <= ? ORDER BY next_attempt_at, id LIMIT 1{CLAIM}"
)
CLAIM_MESSAGE_LAPSED = f"{_MESSAGE} WHERE status = 'leased' AND lease_until <= ? ORDER BY id LIMIT 1{CLAIM}"
LEASE_MESSAGE = (
    "UPDATE webhook_message SET status = 'leased', attempts = attempts + 1, lease_token = ?, lease_until = ?"
    " WHERE id = ?"
)
SETTLE_MESSAGE = (
    "UPDATE webhook_message SET status = ?, last_error = ?, next_attempt_at = ?, sent_at = ?, lease_token = NULL,"
    " lease_until = NULL WHERE id = ? AND lease_token = ?"
)
MESSAGES_OF = f"{_MESSAGE} WHERE webhook_id = ? AND id < ? ORDER BY id DESC LIMIT ?"
_NEWEST = "SELECT (SELECT max(m.id) FROM webhook_message m WHERE m.webhook_id = w.id) FROM webhook w"
LAST_MESSAGES = f"{_MESSAGE} WHERE id IN ({_NEWEST})"
POSTPONE_MESSAGES = (
    "UPDATE webhook_message SET next_attempt_at = ? WHERE webhook_id = ? AND status = 'waiting' AND next_attempt_at < ?"
)
DROP_MESSAGES_OF = (
    "UPDATE webhook_message SET status = 'dead', last_error = 'disabled' WHERE webhook_id = ? AND status = 'waiting'"
)

PREPARED = {name: text for name, text in globals().items() if name.isupper() and name[0] != "_" and name != "CLAIM"}
"""All of them by name, for the test."""
