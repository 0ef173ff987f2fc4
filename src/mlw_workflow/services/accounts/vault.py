"""Secrets that have to be read again, sealed with a key that no database holds.

The key is a line in a file of its owner's alone, beside the signing key. It is made when it is first needed, and never
anew where something was sealed before: whoever lost it would not notice otherwise.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from contextlib import suppress
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.services.keystore import read_secret, write_secret

if TYPE_CHECKING:
    from pathlib import Path

KEY_BYTES, NONCE_BYTES = 32, 12


class Vault:
    """Where the key lies."""

    def __init__(self, file: Path) -> None:
        """Only remembers the place; the key is read when it is used."""
        self.file = file

    def __repr__(self) -> str:
        """The place, no secret."""
        return f"Vault({str(self.file)!r})"

    def make(self) -> None:
        """Make a key where there is none."""
        if not self.file.exists():
            self.file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with suppress(FileExistsError):  # somebody else made it just now
                write_secret(self.file, secrets.token_hex(KEY_BYTES))

    def seal(self, plain: str, about: str) -> str:
        """Seal a text; it opens only with the same ``about``. Raises StorageUnavailable and BadInput, as ``open``."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        return urlsafe_b64encode(nonce + AESGCM(self._key()).encrypt(nonce, plain.encode(), about.encode())).decode()

    def open(self, sealed: str, about: str) -> str:
        """The text. Raises StorageUnavailable ``accounts_key_missing`` without the key, ``accounts_key_other`` with
        another one; BadInput ``key_permissions``, ``key_unreadable``.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        raw = urlsafe_b64decode(sealed)
        try:
            plain = AESGCM(self._key()).decrypt(raw[:NONCE_BYTES], raw[NONCE_BYTES:], about.encode())
        except InvalidTag:
            raise StorageUnavailable("accounts_key_other", place=str(self.file)) from None
        return plain.decode()

    def mark(self, text: str) -> str:
        """A digest that nobody can try texts against without the key."""
        own = hmac.new(self._key(), b"mlw mark", hashlib.sha256).digest()
        return hmac.new(own, text.encode(), hashlib.sha256).hexdigest()

    def _key(self) -> bytes:
        if not self.file.exists():
            raise StorageUnavailable("accounts_key_missing", place=str(self.file))
        try:
            key = bytes.fromhex(read_secret(self.file).strip())
        except ValueError:
            key = b""
        if len(key) != KEY_BYTES:
            raise StorageUnavailable("accounts_key_other", place=str(self.file))
        return key
