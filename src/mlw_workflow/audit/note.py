"""Signed notes, checkpoints and cosignatures: c2sp.org/signed-note, /tlog-checkpoint and /tlog-cosignature.

A note is a text, an empty line, and signature lines. A checkpoint is a note whose text names a log (its origin), the
size of its tree and the tree's root. Lines of unknown keys are passed over, so that others may sign beside us.
"""

from __future__ import annotations

import binascii
import re
from base64 import b64decode, b64encode
from dataclasses import dataclass
from hashlib import sha256

ED25519 = 0x01
COSIGNATURE = 0x04
"""The signature types that this program makes and checks."""
KEY_SIZES = {ED25519: 32, COSIGNATURE: 32}
KEY_ID_SIZE = 4
SIGNATURE_SIZE = 64
TIME_SIZE = 8
SIGNATURES_MAX = 64
NOTE_SIZE_MAX = 1 << 20
_DASH = "— "
_NAME = re.compile(r"[^\s+\x00-\x1f\x7f]{1,200}")
_SIZE = re.compile(r"0|[1-9][0-9]{0,18}")


class NoteInvalid(ValueError):
    """A note, checkpoint or key that is not in its form. ``code`` and ``problem`` have words elsewhere.

    Codes: ``note_malformed``, ``checkpoint_malformed``, ``key_malformed``, ``key_type_unknown``.
    """

    def __init__(self, code: str, problem: str) -> None:
        """Keep both."""
        self.code = code
        self.problem = problem
        super().__init__(f"{code}: {problem}")


def key_id(name: str, kind: int, public: bytes) -> bytes:
    """The first four bytes of SHA-256 over name, newline, signature type and public key."""
    return sha256(b"%b\n%c%b" % (name.encode("utf-8"), kind, public)).digest()[:KEY_ID_SIZE]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """A public key with the name it signs under and the type of its signatures."""

    name: str
    kind: int
    public: bytes

    @property
    def id(self) -> bytes:
        """What signature lines name the key by, with its name."""
        return key_id(self.name, self.kind, self.public)

    @property
    def text(self) -> str:
        """``<name>+<id in hex>+<base64 of type and public key>``."""
        return f"{self.name}+{self.id.hex()}+{b64encode(bytes([self.kind]) + self.public).decode()}"

    @classmethod
    def parse(cls, text: str) -> VerifierKey:
        """Read a verifier key. Raises NoteInvalid: ``key_malformed`` or ``key_type_unknown``."""
        parts = text.strip().split("+", 2)
        if len(parts) != 3 or not is_key_name(parts[0]):
            raise NoteInvalid("key_malformed", "key_form")
        raw = _unbase64(parts[2], "key_malformed", "key_base64")
        if not raw or raw[0] not in KEY_SIZES:
            raise NoteInvalid("key_type_unknown", "key_kind")
        key = cls(parts[0], raw[0], raw[1:])
        if len(key.public) != KEY_SIZES[key.kind]:
            raise NoteInvalid("key_malformed", "key_length")
        if key.id.hex() != parts[1].lower():
            raise NoteInvalid("key_malformed", "key_id")
        return key


def is_key_name(name: str) -> bool:
    """Whether a key may have that name: not empty, without blanks, plus signs and control characters."""
    return _NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Signature:
    """A signature line: who says to have signed, and the bytes after the key's id."""

    name: str
    key_id: bytes
    raw: bytes

    @property
    def line(self) -> str:
        """The line, with its newline."""
        return f"{_DASH}{self.name} {b64encode(self.key_id + self.raw).decode()}\n"

    @classmethod
    def parse(cls, line: str) -> Signature:
        """Read one line, without its newline. Raises NoteInvalid: ``note_malformed``."""
        name, blank, encoded = line.removeprefix(_DASH).partition(" ")
        if not line.startswith(_DASH) or not blank or not is_key_name(name):
            raise NoteInvalid("note_malformed", "signature_line")
        raw = _unbase64(encoded, "note_malformed", "signature_line")
        if len(raw) <= KEY_ID_SIZE:
            raise NoteInvalid("note_malformed", "signature_line")
        return cls(name, raw[:KEY_ID_SIZE], raw[KEY_ID_SIZE:])

    def is_by(self, key: VerifierKey) -> bool:
        """Whether the line names this key (not yet: whether it was signed with it)."""
        return self.name == key.name and self.key_id == key.id

    @property
    def time(self) -> int:
        """Of a cosignature: the POSIX time at which it was made."""
        return int.from_bytes(self.raw[:TIME_SIZE], "big")


@dataclass(frozen=True, slots=True)
class Note:
    """A text that ends in a newline, and its signatures."""

    text: str
    signatures: tuple[Signature, ...] = ()

    def __str__(self) -> str:
        """The note as it is written."""
        return f"{self.text}\n{''.join(signature.line for signature in self.signatures)}"

    @classmethod
    def parse(cls, written: str | bytes) -> Note:
        """Read a note. Raises NoteInvalid: ``note_malformed``."""
        if len(written) > NOTE_SIZE_MAX:
            raise NoteInvalid("note_malformed", "too_long")
        try:
            whole = written.decode("utf-8") if isinstance(written, bytes) else written
        except UnicodeDecodeError:
            raise NoteInvalid("note_malformed", "not_utf8") from None
        if any(sign < " " and sign != "\n" for sign in whole):
            raise NoteInvalid("note_malformed", "control_character")
        text, gap, below = whole.rpartition("\n\n")
        lines = below.removesuffix("\n").split("\n")
        if not gap or not text or not below.endswith("\n"):
            raise NoteInvalid("note_malformed", "no_signatures")
        if len(lines) > SIGNATURES_MAX:
            raise NoteInvalid("note_malformed", "too_long")
        return cls(f"{text}\n", tuple(Signature.parse(line) for line in lines))

    def with_signatures(self, *added: Signature) -> Note:
        """The note with more signatures; one that is there already is not added again."""
        return Note(self.text, (*self.signatures, *(new for new in added if new not in self.signatures)))


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """What a log says of itself: this many entries, under this root."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        """The note's text."""
        return f"{self.origin}\n{self.size}\n{b64encode(self.root).decode()}\n"

    @classmethod
    def parse(cls, text: str) -> Checkpoint:
        """Read a note's text; lines after the third are extensions and passed over.

        Raises NoteInvalid: ``checkpoint_malformed``.
        """
        lines = text.split("\n")
        if len(lines) < 4 or lines[-1] or not all(lines[:3]):
            raise NoteInvalid("checkpoint_malformed", "checkpoint_lines")
        if not _SIZE.fullmatch(lines[1]):
            raise NoteInvalid("checkpoint_malformed", "checkpoint_lines")
        root = _unbase64(lines[2], "checkpoint_malformed", "checkpoint_lines")
        if len(root) != 32:
            raise NoteInvalid("checkpoint_malformed", "checkpoint_lines")
        return cls(lines[0], int(lines[1]), root)


def cosigned_message(text: str, time: int) -> bytes:
    """What a witness signs: a header, the POSIX time in seconds, and the checkpoint's text."""
    return f"cosignature/v1\ntime {time}\n{text}".encode()


def _unbase64(encoded: str, code: str, problem: str) -> bytes:
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raise NoteInvalid(code, problem) from None
    if b64encode(raw).decode() != encoded:  # one form only, so that nothing can be said in two ways
        raise NoteInvalid(code, problem)
    return raw
