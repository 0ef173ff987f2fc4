"""Passwords: Argon2id with 19 MiB, two passes and one lane, which is strong enough and no way to exhaust a server."""

from __future__ import annotations

import unicodedata
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from mlw_workflow.domain.errors import BadInput

SHORTEST, LONGEST = 12, 200
"""Characters."""
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def password_hash(password: str) -> str:
    """What is kept of a password. Raises BadInput for one that is too short or too long."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadInput("password_length", shortest=SHORTEST, longest=LONGEST)
    return _HASHER.hash(_normal(password))


def matches(password: str, kept: str) -> bool:
    """Whether this is the password. It takes as long when there is none, so that nobody learns who has an account."""
    try:
        _HASHER.verify(kept or _nobodys(), _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return bool(kept)


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _HASHER.hash("nobody has this password")


def _normal(password: str) -> str:
    """The same characters however the keyboard composes them."""
    return unicodedata.normalize("NFC", password)
