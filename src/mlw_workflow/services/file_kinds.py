"""What a file is, by its content alone: a name or a browser may say anything.

Only kinds that offices hand in are known, and only such files as are nothing else besides: a PDF that is a page of the
web or an archive too is no kind at all. Nothing is ever unpacked.
"""

from __future__ import annotations

import codecs
import re
import zipfile
from dataclasses import dataclass
from typing import IO

from mlw_workflow.domain.errors import BadInput

_HEAD, _TAIL = 4096, 70_000
_ZIP, _ZIP_END = b"PK\x03\x04", b"PK\x05\x06"
_ZIP_END_SIZE = 22
_ENTRIES_MAX, _DIRECTORY_MAX = 10_000, 1_000_000
_UNPACKED_MAX = 1_000_000_000
"""Bytes. What says that it unpacks to more is no document."""
_MARKUP = re.compile(rb"<\s*(?:!doctype|html|head|body|script|svg|iframe|object|embed|form|img|\?php)\b", re.IGNORECASE)
_MAIL_HEADER = re.compile(
    rb"(?:Received|Return-Path|Delivered-To|From|To|Subject|Date|Message-ID|MIME-Version|DKIM-Signature|X-[\w-]+): ?.*",
    re.IGNORECASE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file that is taken."""

    id: str
    media_type: str
    """As which it is given away."""
    endings: tuple[str, ...]
    """Of names; the first is given to a name that has another."""
    also: tuple[str, ...] = ()
    """What else people call files of this kind."""


PDF = FileKind("PDF", "application/pdf", (".pdf",))
PNG = FileKind("PNG", "image/png", (".png",))
JPEG = FileKind("JPEG", "image/jpeg", (".jpg", ".jpeg", ".jfif"))
DOCX = FileKind("DOCX", "application/vnd.openxmlformats-officedocument.wordprocessingml.document", (".docx",))
XLSX = FileKind("XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", (".xlsx",))
ODT = FileKind("ODT", "application/vnd.oasis.opendocument.text", (".odt",))
ODS = FileKind("ODS", "application/vnd.oasis.opendocument.spreadsheet", (".ods",))
MAIL = FileKind("EML", "message/rfc822", (".eml",))
TEXT = FileKind("TXT", "text/plain; charset=utf-8", (".txt", ".csv"), also=("CSV",))
KINDS = (PDF, DOCX, XLSX, ODT, ODS, PNG, JPEG, TEXT, MAIL)
_MAGIC = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", PNG), (b"\xff\xd8\xff", JPEG))
_OPEN_DOCUMENTS = {kind.media_type.encode(): kind for kind in (ODT, ODS)}
_OFFICE_PARTS = {"word/document.xml": DOCX, "xl/workbook.xml": XLSX}


def known_kind(stream: IO[bytes], name: str) -> FileKind:
    """What a file is. Raises BadInput ``upload_empty`` (fact: file), and ``file_kind_refused`` (facts: file, kinds) for
    what is none of those taken.
    """
    found = kind_of(stream)
    if found is None:
        if not stream.seek(0, 2):
            raise BadInput("upload_empty", file=name)
        raise BadInput(
            "file_kind_refused", file=name, kinds=", ".join(name for kind in KINDS for name in (kind.id, *kind.also))
        )
    return found


def kind_of(stream: IO[bytes]) -> FileKind | None:
    """What a file is; None for what is empty, something else, or several things at once. The stream is rewound."""
    stream.seek(0)
    head = stream.read(_HEAD)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _TAIL))
    tail = stream.read(_TAIL)
    stream.seek(0)
    if not head:
        return None
    if head.startswith(_ZIP):
        return _document(stream, tail, size)
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if found is not None:
        return None if _something_else(head, tail, found) else found
    return _text(stream, head)


def fitting_name(name: str, kind: FileKind | None) -> str:
    """A name whose ending says what the file is, so that nothing opens it as something else."""
    if kind is None:
        return f"{name}.bin"
    return name if name.lower().endswith(kind.endings) else name + kind.endings[0]


def _something_else(head: bytes, tail: bytes, kind: FileKind) -> bool:
    """Whether a file is a page, an archive or a PDF besides what it begins as."""
    if _MARKUP.search(head[:1024]) or (kind is not PDF and b"%PDF-" in head[:1024]):
        return True
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) - at < _ZIP_END_SIZE:
        return False
    comment = int.from_bytes(tail[at + 20 : at + 22], "little")
    return len(tail) - at == _ZIP_END_SIZE + comment


def _document(stream: IO[bytes], tail: bytes, size: int) -> FileKind | None:
    """A text or a table in an archive, told by the names in its directory."""
    at = tail.rfind(_ZIP_END)
    if at < 0 or len(tail) - at < _ZIP_END_SIZE:
        return None
    end = tail[at:]
    entries = int.from_bytes(end[10:12], "little")
    directory, begins = int.from_bytes(end[12:16], "little"), int.from_bytes(end[16:20], "little")
    if entries > _ENTRIES_MAX or directory > _DIRECTORY_MAX or begins + directory != size - len(end):
        return None  # too much to look at, or the archive does not begin where the file does
    try:
        with zipfile.ZipFile(stream) as archive:
            listed = archive.infolist()
            if sum(one.file_size for one in listed) > _UNPACKED_MAX:
                return None
            names = {one.filename for one in listed}
            if any(name.endswith("vbaProject.bin") for name in names):
                return None
            first = listed[0] if listed else None
            if first and first.filename == "mimetype" and first.compress_type == zipfile.ZIP_STORED:
                return _OPEN_DOCUMENTS.get(archive.read(first)) if first.file_size < 100 else None
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError, ValueError):
        return None
    finally:
        stream.seek(0)
    if "[Content_Types].xml" not in names:
        return None
    return next((kind for part, kind in _OFFICE_PARTS.items() if part in names), None)


def _text(stream: IO[bytes], head: bytes) -> FileKind | None:
    """A text in one of the encodings that offices use, without a sign that no keyboard has, and no page of the web."""
    if _MARKUP.search(head) or head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        return None
    tried = ("utf-16",) if head[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8", "cp1250")
    readable = next(
        (found for found in (_readable(stream, encoding) for encoding in tried) if found is not None), False
    )
    if not readable:
        return None
    lines = head.splitlines()[:2]
    return MAIL if len(lines) == 2 and all(_MAIL_HEADER.fullmatch(line) for line in lines) else TEXT


def _readable(stream: IO[bytes], encoding: str) -> bool | None:
    """Whether a text holds only what people write; None: it is not in that encoding."""
    decoder = codecs.getincrementaldecoder(encoding)()
    stream.seek(0)
    try:
        while chunk := stream.read(1 << 16):
            if _CONTROL.search(decoder.decode(chunk)):
                return False
        return not _CONTROL.search(decoder.decode(b"", final=True))
    except UnicodeDecodeError:
        return None
    finally:
        stream.seek(0)
