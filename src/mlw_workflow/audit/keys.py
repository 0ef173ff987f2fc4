"""Ed25519 keys: signing entries, checkpoints and cosignatures, and checking them.

One key serves entries and checkpoints. What is signed for one can never be taken for the other: an entry's message
begins with a tag and a zero byte, which no note may contain; a cosignature's begins with a line of its own.
"""

from __future__ import annotations

import binascii
import os
from base64 import b64decode, b64encode
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from mlw_workflow.audit.note import (
    COSIGNATURE,
    ED25519,
    KEY_SIZES,
    SIGNATURE_SIZE,
    TIME_SIZE,
    Note,
    NoteInvalid,
    Signature,
    VerifierKey,
    cosigned_message,
    is_key_name,
)

if TYPE_CHECKING:
    from collections.abc import Callable

ENTRY_TAG = b"mlw-workflow/entry/v1\x00"
_SECRET = "PRIVATE+KEY+"  # noqa: S105 - the mark of the format, no secret
_SEED_SIZE = 32


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key under a name. Its representation shows no secret."""

    name: str
    kind: int
    _private: Ed25519PrivateKey = field(repr=False)

    @classmethod
    def new(cls, name: str, kind: int = ED25519) -> SigningKey:
        """A key from the system's random numbers. Raises NoteInvalid (``key_malformed``) for a name no key may have."""
        return cls._from_seed(name, kind, os.urandom(_SEED_SIZE))

    @classmethod
    def parse(cls, text: str) -> SigningKey:
        """Read ``PRIVATE+KEY+<name>+<id>+<base64 of type and seed>``, one line.

        Raises NoteInvalid (``key_malformed``, ``key_type_unknown``) without a word of what was read.
        """
        parts = text.strip().removeprefix(_SECRET).split("+", 2)
        if not text.strip().startswith(_SECRET) or len(parts) != 3:
            raise NoteInvalid("key_malformed", "key_form")
        try:
            raw = b64decode(parts[2], validate=True)
        except (binascii.Error, ValueError):
            raise NoteInvalid("key_malformed", "key_base64") from None
        if not raw or raw[0] not in KEY_SIZES:
            raise NoteInvalid("key_type_unknown", "key_kind")
        if len(raw) != 1 + _SEED_SIZE:
            raise NoteInvalid("key_malformed", "key_length")
        key = cls._from_seed(parts[0], raw[0], raw[1:])
        if key.verifier.id.hex() != parts[1].lower():
            raise NoteInvalid("key_malformed", "key_id")
        return key

    @classmethod
    def _from_seed(cls, name: str, kind: int, seed: bytes) -> SigningKey:
        if not is_key_name(name):
            raise NoteInvalid("key_malformed", "key_name")
        return cls(name, kind, Ed25519PrivateKey.from_private_bytes(seed))

    @property
    def secret(self) -> str:
        """The line that ``parse`` reads."""
        kept = b64encode(bytes([self.kind]) + self._private.private_bytes_raw()).decode()
        return f"{_SECRET}{self.name}+{self.verifier.id.hex()}+{kept}"

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(self.name, self.kind, self._private.public_key().public_bytes_raw())

    def sign_entry(self, leaf: bytes) -> bytes:
        """The signature of an entry, 64 bytes: over a tag and the entry's leaf hash."""
        return self._private.sign(ENTRY_TAG + leaf)

    def sign_note(self, text: str) -> Signature:
        """A signature line for a note's text."""
        return Signature(self.name, self.verifier.id, self._private.sign(text.encode("utf-8")))

    def cosign(self, text: str, time: int) -> Signature:
        """A witness's line: this checkpoint continues all it saw before, at a POSIX time in seconds."""
        signed = self._private.sign(cosigned_message(text, time))
        return Signature(self.name, self.verifier.id, time.to_bytes(TIME_SIZE, "big") + signed)


def entry_checker(key: VerifierKey) -> Callable[[bytes, bytes], bool]:
    """What tells whether a signature (second) is this key's for the entry with a leaf hash (first)."""
    public = Ed25519PublicKey.from_public_bytes(key.public)

    def check(leaf: bytes, signature: bytes) -> bool:
        try:
            public.verify(signature, ENTRY_TAG + leaf)
        except InvalidSignature:
            return False
        return True

    return check


def signed_by(note: Note, key: VerifierKey) -> Signature | None:
    """The line of this key that holds; None when the key did not sign, or none of its lines holds."""
    for signature in note.signatures:
        if signature.is_by(key) and holds(note.text, signature, key):
            return signature
    return None


def holds(text: str, signature: Signature, key: VerifierKey) -> bool:
    """Whether the line was made with the key for this very text."""
    raw, message = signature.raw, text.encode("utf-8")
    if key.kind == COSIGNATURE:
        if len(raw) != TIME_SIZE + SIGNATURE_SIZE or signature.time >= 1 << 63:
            return False
        raw, message = raw[TIME_SIZE:], cosigned_message(text, signature.time)
    try:
        Ed25519PublicKey.from_public_bytes(key.public).verify(raw, message)
    except InvalidSignature:
        return False
    return True
