"""The secret in a calendar feed's address: whoever knows it may read the feed, until it is revoked."""

from __future__ import annotations

import hashlib
import secrets


def new_token() -> str:
    """A new token of 256 random bits, 43 characters that need no quoting in an address. It is shown once."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> str:
    """What is stored in place of the token. A token cannot be guessed, so it needs no salt and no slow hash."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
