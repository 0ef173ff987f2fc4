"""Notes, requests and proofs as people hand them in: saved from a mail program, by an editor, on any system.

What is signed is strict (``note``); how it was kept is not. A byte order mark, ends of lines as Windows has them,
blanks at the ends of lines, a missing last newline, the words of a mail around it or the whole mail (``.eml``) do no
harm: what is found is looked at strictly, and its signature tells whether it is the text that was signed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlw_workflow.audit.note import Checkpoint, Note, NoteInvalid
from mlw_workflow.audit.proof import HEADER

if TYPE_CHECKING:
    from collections.abc import Iterator

HANDED_MAX = 16 << 20
_HEADERS = re.compile(rb"\A(?:[\x21-\x39\x3b-\x7e]+:[^\n]*\n(?:[ \t][^\n]*\n)*){3,}\r?\n")
_MARKS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_SIGNED = re.compile(r"^— \S+ [A-Za-z0-9+/=]+$")
_NUMBER = re.compile(r"0|[1-9][0-9]{0,18}")
_PROOF = re.compile(rf"old (?:{_NUMBER.pattern})|{re.escape(HEADER)}")


def handed_text(raw: bytes) -> str:
    """The text of a file, or of a mail that was saved whole. Raises NoteInvalid ``note_malformed``."""
    if len(raw) > HANDED_MAX:
        raise NoteInvalid("note_malformed", "too_long")
    return "\n\n".join(_plain(part) for part in _parts(raw))


def handed_note(raw: bytes) -> Note:
    """The checkpoint in a file. Raises NoteInvalid where there is none, or where there are several."""
    text = handed_text(raw)
    try:
        note = Note.parse(text)
        Checkpoint.parse(note.text)
    except NoteInvalid as problem:
        found = {str(note): note for note in _notes(text.split("\n"))}
        if len({note.text for note in found.values()}) > 1:
            raise NoteInvalid("note_malformed", "several") from None
        if not found:
            raise problem from None
        return next(iter(found.values()))
    return note


def handed_proof(raw: bytes) -> str:
    """The proof or request in a file, from its first line to the last signature; anything else as it is."""
    text = handed_text(raw)
    lines = text.split("\n")
    start = next((number for number, line in enumerate(lines) if _PROOF.fullmatch(line)), None)
    if start is None:
        return text
    end = next((number for number in range(start, len(lines)) if _SIGNED.match(lines[number])), len(lines))
    while end < len(lines) and _SIGNED.match(lines[end]):
        end += 1
    return "".join(f"{line}\n" for line in lines[start:end])


def _notes(lines: list[str]) -> Iterator[Note]:
    """The checkpoints among other lines: origin, size and root, an empty line, signatures."""
    for number, line in enumerate(lines):
        if not _SIGNED.match(line) or number < 4 or lines[number - 1]:
            continue
        end = number
        while end < len(lines) and _SIGNED.match(lines[end]):
            end += 1
        top = number - 1
        while top and lines[top - 1]:
            top -= 1
        for start in range(top, number - 3):
            if not _NUMBER.fullmatch(lines[start + 1]):
                continue
            try:
                note = Note.parse("".join(f"{one}\n" for one in lines[start:end]))
                Checkpoint.parse(note.text)
            except NoteInvalid:
                continue
            yield note


def _parts(raw: bytes) -> Iterator[bytes]:
    """The texts of a mail; of any other file all there is."""
    if not _HEADERS.match(raw):
        yield raw
        return
    from email import message_from_bytes
    from email.policy import default

    for part in message_from_bytes(raw, policy=default).walk():
        if part.get_content_type() in ("text/plain", "application/octet-stream"):
            found = part.get_payload(decode=True)
            yield found if isinstance(found, bytes) else b""


def _plain(raw: bytes) -> str:
    """As it is written on systems of our own: UTF-8, lines that end in a newline, no blanks at their ends."""
    mark, encoding = next((found for found in _MARKS if raw.startswith(found[0])), (b"", "utf-8"))
    try:
        text = raw[len(mark) :].decode(encoding)
    except UnicodeDecodeError:
        try:
            text = raw.decode("cp1250")  # as some mail programs save
        except UnicodeDecodeError:
            raise NoteInvalid("note_malformed", "not_utf8") from None
    lines = [line.rstrip(" \t") for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")]
    return "\n".join(lines).strip("\n") + "\n"
