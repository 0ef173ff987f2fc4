"""The statements of accounts, sessions, second factors, links, failed logins and drafts, as in ``statements``."""

from __future__ import annotations

# Accounts
_ACCOUNT = "a.person_id, p.name, p.email, p.language, a.login, a.password, a.is_admin, a.disabled_at, f.confirmed_at"
_FROM = "FROM account a JOIN person p ON p.id = a.person_id LEFT JOIN second_factor f ON f.person_id = a.person_id"
ACCOUNTS = f"SELECT {_ACCOUNT} {_FROM} ORDER BY a.login"
ACCOUNT = f"SELECT {_ACCOUNT} {_FROM} WHERE a.person_id = ?"
ACCOUNT_BY_LOGIN = f"SELECT {_ACCOUNT} {_FROM} WHERE a.login = ?"
ADD_ACCOUNT = (
    "INSERT INTO account (person_id, login, password, is_admin, created_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id) DO UPDATE SET login = excluded.login, is_admin = excluded.is_admin"
)
SET_LOGIN = "UPDATE account SET login = ? WHERE person_id = ?"
SET_PASSWORD = "UPDATE account SET password = ? WHERE person_id = ?"  # noqa: S105 (a statement)
SET_DISABLED = "UPDATE account SET disabled_at = ? WHERE person_id = ?"

# Sessions
ADD_SESSION = (
    "INSERT INTO web_session (hash, person_id, created_at, seen_at, expires_at, address, browser)"
    " VALUES (?, ?, ?, ?, ?, ?, ?)"
)
SESSION = "SELECT person_id, created_at, seen_at, expires_at FROM web_session WHERE hash = ?"
SESSIONS_OF = (
    "SELECT hash, created_at, seen_at, expires_at, address, browser FROM web_session WHERE person_id = ?"
    " ORDER BY created_at DESC"
)
TOUCH_SESSION = "UPDATE web_session SET seen_at = ? WHERE hash = ?"
DROP_SESSION = "DELETE FROM web_session WHERE hash = ?"
DROP_SESSIONS_OF = "DELETE FROM web_session WHERE person_id = ?"
DROP_OTHER_SESSIONS_OF = "DELETE FROM web_session WHERE person_id = ? AND hash <> ?"
DROP_SESSION_OF = "DELETE FROM web_session WHERE person_id = ? AND hash = ?"
DROP_SESSIONS_BEFORE = "DELETE FROM web_session WHERE expires_at < ?"

# The second factor
ADD_HALF_LOGIN = "INSERT INTO half_login (hash, person_id, expires_at) VALUES (?, ?, ?)"
HALF_LOGIN = "SELECT person_id, expires_at FROM half_login WHERE hash = ?"
DROP_HALF_LOGIN = "DELETE FROM half_login WHERE hash = ?"
DROP_HALF_LOGINS_OF = "DELETE FROM half_login WHERE person_id = ?"
DROP_HALF_LOGINS_BEFORE = "DELETE FROM half_login WHERE expires_at < ?"
SECOND_FACTOR = "SELECT secret, last_step, confirmed_at FROM second_factor WHERE person_id = ?"
ANY_SECOND_FACTOR = "SELECT 1 FROM second_factor LIMIT 1"
ADD_SECOND_FACTOR = (
    "INSERT INTO second_factor (person_id, secret, last_step, created_at) VALUES (?, ?, 0, ?)"
    " ON CONFLICT (person_id) DO UPDATE SET secret = excluded.secret, created_at = excluded.created_at"
    " WHERE second_factor.confirmed_at IS NULL"
)
LOCK_SECOND_FACTOR = "UPDATE second_factor SET last_step = last_step WHERE person_id = ?"
CONFIRM_SECOND_FACTOR = (
    "UPDATE second_factor SET confirmed_at = ?, last_step = ? WHERE person_id = ? AND confirmed_at IS NULL"
)
USE_STEP = "UPDATE second_factor SET last_step = ? WHERE person_id = ? AND last_step < ?"
DROP_SECOND_FACTOR = "DELETE FROM second_factor WHERE person_id = ?"
ADD_BACKUP_CODE = "INSERT INTO backup_code (hash, person_id) VALUES (?, ?)"
USE_BACKUP_CODE = "DELETE FROM backup_code WHERE hash = ? AND person_id = ?"
BACKUP_CODES_LEFT = "SELECT COUNT(*) FROM backup_code WHERE person_id = ?"
DROP_BACKUP_CODES = "DELETE FROM backup_code WHERE person_id = ?"

# Who somebody is to an OpenID provider
IDENTITY = "SELECT person_id FROM identity WHERE issuer = ? AND subject = ?"
IDENTITIES_OF = "SELECT issuer, subject, linked_at FROM identity WHERE person_id = ? ORDER BY issuer"
ADD_IDENTITY = "INSERT INTO identity (issuer, subject, person_id, linked_at) VALUES (?, ?, ?, ?)"
DROP_IDENTITIES_OF = "DELETE FROM identity WHERE person_id = ?"

# One-time links
ADD_LINK = "INSERT INTO one_time_link (hash, person_id, purpose, created_at, expires_at) VALUES (?, ?, ?, ?, ?)"
LINK = "SELECT person_id, purpose, expires_at, used_at FROM one_time_link WHERE hash = ?"
USE_LINK = "UPDATE one_time_link SET used_at = ? WHERE hash = ? AND used_at IS NULL"
USE_LINKS_OF = "UPDATE one_time_link SET used_at = ? WHERE person_id = ? AND used_at IS NULL"

# Failed logins
THROTTLE = "SELECT failures, last_at, blocked_until FROM login_throttle WHERE key = ?"
COUNT_FAILURE = (
    "INSERT INTO login_throttle (key, failures, last_at) VALUES (?, 1, ?) ON CONFLICT (key) DO UPDATE SET"
    " failures = CASE WHEN login_throttle.last_at < ? THEN 1 ELSE login_throttle.failures + 1 END,"
    " last_at = excluded.last_at RETURNING failures"
)
BLOCK = "UPDATE login_throttle SET blocked_until = ? WHERE key = ?"
DROP_THROTTLE = "DELETE FROM login_throttle WHERE key = ?"

# People

# What goes when a person is erased
FORGET_ACCOUNT = "DELETE FROM account WHERE person_id = ?"
FORGET_LINKS = "DELETE FROM one_time_link WHERE person_id = ?"
FORGET_DRAFTS = "DELETE FROM draft WHERE person_id = ?"
FORGET_TOKENS = "DELETE FROM api_token WHERE person_id = ?"
FORGET_ANSWERS = "DELETE FROM idempotency WHERE person_id = ?"
FORGET_UPLOADS = "UPDATE upload SET name = '' WHERE person_id = ?"
FORGET_UPLOAD_DAYS = "DELETE FROM upload_day WHERE person_id = ?"
FORGET_MESSAGES = "DELETE FROM webhook_message WHERE webhook_id IN (SELECT id FROM webhook WHERE person_id = ?)"
FORGET_WEBHOOKS = "DELETE FROM webhook WHERE person_id = ?"

# Drafts
DRAFT = "SELECT body, updated_at FROM draft WHERE person_id = ? AND pilot_id = ? AND machine = ? AND trigger = ?"
DRAFTS_OF = "SELECT pilot_id, machine, trigger, updated_at FROM draft WHERE person_id = ? ORDER BY updated_at DESC"
SET_DRAFT = (
    "INSERT INTO draft (person_id, pilot_id, machine, trigger, body, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id, pilot_id, machine, trigger) DO UPDATE SET body = excluded.body,"
    " updated_at = excluded.updated_at"
)
DROP_DRAFT = "DELETE FROM draft WHERE person_id = ? AND pilot_id = ? AND machine = ? AND trigger = ?"

# Forms that were handed in
SENT_FORM = "SELECT pilot_id, seq FROM sent_form WHERE digest = ?"
ADD_SENT_FORM = (
    "INSERT INTO sent_form (digest, pilot_id, seq, created_at) VALUES (?, ?, ?, ?) ON CONFLICT (digest) DO NOTHING"
)
DROP_SENT_FORMS_BEFORE = "DELETE FROM sent_form WHERE created_at < ?"

PREPARED = {name: text for name, text in globals().items() if name.isupper() and name[0] != "_" and type(text) is str}
"""All of them by name, for the test."""
