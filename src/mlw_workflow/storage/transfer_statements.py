"""The statements of exports and of their way back, as in ``statements``."""

from __future__ import annotations

OPENED_AT = "SELECT opened_at FROM pilot WHERE id = ?"
PEOPLE_WHOLE = "SELECT id, name, email, language, created_at FROM person ORDER BY id"
ANYTHING = (
    "SELECT 1 WHERE EXISTS (SELECT 1 FROM pilot) OR EXISTS (SELECT 1 FROM person)"
    " OR EXISTS (SELECT 1 FROM ledger_entry) OR EXISTS (SELECT 1 FROM access_entry)"
    " OR EXISTS (SELECT 1 FROM checkpoint)"
)
LEAVES = "SELECT hash FROM ledger_entry WHERE pilot_id = ? AND seq BETWEEN ? AND ? ORDER BY seq"
ACCESS_LEAVES = "SELECT hash FROM access_entry WHERE seq BETWEEN ? AND ? ORDER BY seq"
SET_INSTALLED = "UPDATE definition SET installed_at = ? WHERE hash = ?"
ADD_ERASED = "INSERT INTO evidence (pilot_id, seq, field, erased_at) VALUES (?, ?, ?, ?)"

PREPARED = {name: text for name, text in globals().items() if name.isupper()}
"""All of them by name, for the test."""
