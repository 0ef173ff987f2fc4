"""The statements of accounts, sessions, one-time links, failed logins and drafts, as in ``statements``."""

from __future__ import annotations

# Accounts
_ACCOUNT = "a.person_id, p.name, p.email, p.language, a.login, a.password, a.is_admin, a.disabled_at"
_FROM = "FROM account a JOIN person p ON p.id = a.person_id"
ACCOUNTS = f"SELECT {_ACCOUNT} {_FROM} ORDER BY a.login"
ACCOUNT = f"SELECT {_ACCOUNT} {_FROM} WHERE a.person_id = ?"
ACCOUNT_BY_LOGIN = f"SELECT {_ACCOUNT} {_FROM} WHERE a.login = ?"
ADD_ACCOUNT = (
    "INSERT INTO account (person_id, login, password, is_admin, created_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id) DO UPDATE SET login = excluded.login, is_admin = excluded.is_admin"
)
SET_PASSWORD = "UPDATE account SET password = ? WHERE person_id = ?"  # noqa: S105 (a statement)
SET_DISABLED = "UPDATE account SET disabled_at = ? WHERE person_id = ?"

# Sessions
ADD_SESSION = "INSERT INTO web_session (hash, person_id, created_at, seen_at, expires_at) VALUES (?, ?, ?, ?, ?)"
SESSION = "SELECT person_id, created_at, seen_at, expires_at FROM web_session WHERE hash = ?"
TOUCH_SESSION = "UPDATE web_session SET seen_at = ? WHERE hash = ?"
DROP_SESSION = "DELETE FROM web_session WHERE hash = ?"
DROP_SESSIONS_OF = "DELETE FROM web_session WHERE person_id = ?"
DROP_SESSIONS_BEFORE = "DELETE FROM web_session WHERE expires_at < ?"

# One-time links
ADD_LINK = "INSERT INTO one_time_link (hash, person_id, purpose, created_at, expires_at) VALUES (?, ?, ?, ?, ?)"
LINK = "SELECT person_id, purpose, expires_at, used_at FROM one_time_link WHERE hash = ?"
USE_LINK = "UPDATE one_time_link SET used_at = ? WHERE hash = ? AND used_at IS NULL"
USE_LINKS_OF = "UPDATE one_time_link SET used_at = ? WHERE person_id = ? AND used_at IS NULL"

# Failed logins
THROTTLE = "SELECT failures, last_at, blocked_until FROM login_throttle WHERE key = ?"
SET_THROTTLE = (
    "INSERT INTO login_throttle (key, failures, last_at, blocked_until) VALUES (?, ?, ?, ?)"
    " ON CONFLICT (key) DO UPDATE SET failures = excluded.failures, last_at = excluded.last_at,"
    " blocked_until = excluded.blocked_until"
)
DROP_THROTTLE = "DELETE FROM login_throttle WHERE key = ?"

# Drafts
DRAFT = "SELECT body, updated_at FROM draft WHERE person_id = ? AND pilot_id = ? AND machine = ? AND trigger = ?"
DRAFTS_OF = "SELECT pilot_id, machine, trigger, updated_at FROM draft WHERE person_id = ? ORDER BY updated_at DESC"
SET_DRAFT = (
    "INSERT INTO draft (person_id, pilot_id, machine, trigger, body, updated_at) VALUES (?, ?, ?, ?, ?, ?)"
    " ON CONFLICT (person_id, pilot_id, machine, trigger) DO UPDATE SET body = excluded.body,"
    " updated_at = excluded.updated_at"
)
DROP_DRAFT = "DELETE FROM draft WHERE person_id = ? AND pilot_id = ? AND machine = ? AND trigger = ?"

PREPARED = {name: text for name, text in globals().items() if name.isupper() and name[0] != "_" and type(text) is str}
"""All of them by name, for the test."""
