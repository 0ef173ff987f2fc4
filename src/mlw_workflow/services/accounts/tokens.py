"""Secrets that are given away once: only their digests are kept."""

from __future__ import annotations

import hashlib
import hmac
import secrets

TOKEN_BYTES = 32
TOKEN_MAX = 100
"""Nothing longer is looked at."""


def new_token() -> str:
    """A secret that fits into a cookie or an address."""
    return secrets.token_urlsafe(TOKEN_BYTES)


def digest(token: str) -> str:
    """What is kept of a token."""
    return hashlib.sha256(token[:TOKEN_MAX].encode()).hexdigest()


def form_token(token: str) -> str:
    """The secret of the forms of whoever holds a token: it proves the token without being it."""
    return hmac.digest(token[:TOKEN_MAX].encode(), b"mlw form", "sha256").hex()


def same(one: str, other: str) -> bool:
    """Whether two secrets are equal, told in a time that says nothing about them."""
    return hmac.compare_digest(one.encode(), other.encode())
