"""Reading a pack that anybody may have made: nothing is believed, nothing is unpacked to disk, everything is bounded.

What is no pack at all is a ``BadInput``. What is one, but says something else than it should, is for the checks to
tell; so bytes are handed out here even where their checksum is wrong.
"""

from __future__ import annotations

import os
import stat
import struct
import zipfile
import zlib
from contextlib import contextmanager
from hashlib import sha256
from typing import TYPE_CHECKING

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.pack_container import END_SIZE, LOCAL_SIZE, LOCATOR_SIZE, Member, directory, local_header
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import IO

_CHUNK = 1 << 20
_DIRECTORY_MAX = form.MEMBERS_MAX * (46 + form.NAME_MAX + 32)
_ENCRYPTED = 0x1 | 0x40
_UNREADABLE = (
    zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, struct.error, NotImplementedError, RuntimeError, EOFError,
    ValueError, OverflowError, OSError, MemoryError,
)  # fmt: skip


class PackReader:
    """A pack, open for reading. Its members are handed out in pieces or lines, each time from their beginning."""

    def __init__(self, file: str, stream: IO[bytes], members: list[zipfile.ZipInfo]) -> None:
        """Use ``opened``, which checks what is given here."""
        self.file = file
        self._stream = stream
        self._members = {info.filename: info for info in members}
        self.manifest: form.Manifest = form.read_document(form.MANIFEST, self.read(form.MANIFEST), form.Manifest)
        if self.manifest.format != form.FORMAT:
            raise BadInput("pack_newer", file=file, format=self.manifest.format[:40], known=form.FORMAT)
        if not self.manifest.pilots:
            raise BadInput("pack_malformed", member=form.MANIFEST, problem="no_pilot")

    @property
    def names(self) -> tuple[str, ...]:
        """The members' names."""
        return tuple(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """How many bytes a member says it has; 0 where there is none."""
        return self._members[name].file_size if name in self._members else 0

    def read(self, name: str, limit: int = form.DOCUMENT_MAX) -> bytes:
        """A member, whole. Raises BadInput where it is missing or larger than ``limit``."""
        if self.size(name) > limit:
            raise BadInput("pack_member_large", member=name)
        return b"".join(self.pieces(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """A member's lines, without their newlines. Raises BadInput for one that is too long."""
        rest = b""
        for piece in self.pieces(name):
            whole = rest + piece
            if len(whole) > _CHUNK and b"\n" not in piece:
                if len(whole) > form.LINE_MAX:
                    raise BadInput("pack_line_long", member=name)
                rest = whole
                continue
            *lines, rest = whole.split(b"\n")
            yield from lines
        if rest:
            yield rest

    def pieces(self, name: str) -> Iterator[bytes]:
        """A member's bytes, piece by piece. Raises BadInput where they are not to be had."""
        info = self._members.get(name)
        if info is None:
            raise BadInput("pack_member_missing", member=name)
        start = self._start(info)
        if info.compress_type == zipfile.ZIP_STORED:
            yield from self._raw(start, info.file_size)
            return
        unpack, left = zlib.decompressobj(-zlib.MAX_WBITS), info.file_size
        for piece in self._raw(start, info.compress_size):
            given = piece
            while given and left:
                try:
                    found = unpack.decompress(given, min(_CHUNK, left))
                except zlib.error:
                    raise BadInput("pack_unreadable", file=self.file) from None
                left -= len(found)
                given = unpack.unconsumed_tail
                if found:
                    yield found
        if left:
            raise BadInput("pack_unreadable", file=self.file)

    def _start(self, info: zipfile.ZipInfo) -> int:
        self._stream.seek(info.header_offset)
        header = self._stream.read(LOCAL_SIZE)
        if len(header) != LOCAL_SIZE or header[:4] != b"PK\x03\x04":
            raise BadInput("pack_unreadable", file=self.file)
        name, extra = struct.unpack("<2H", header[26:])
        return int(info.header_offset + LOCAL_SIZE + name + extra)

    def _raw(self, start: int, size: int) -> Iterator[bytes]:
        end = start + size
        while start < end:
            self._stream.seek(start)
            piece = self._stream.read(min(_CHUNK, end - start))
            if not piece:
                raise BadInput("pack_unreadable", file=self.file)
            start += len(piece)
            yield piece

    def wrong_digests(self) -> dict[str, str]:
        """The members that are not what the manifest says, each with the code of what is wrong.

        ``file_missing``, ``file_unlisted`` or ``file_digest``. The order of the manifest is part of its form.
        """
        listed = {file.name: file for file in self.manifest.files}
        wrong = {name: "file_unlisted" for name in self._members if name not in listed and name != form.MANIFEST}
        if [file.name for file in self.manifest.files] != sorted(listed):
            wrong[form.MANIFEST] = "file_digest"
        for name, file in listed.items():
            if name not in self._members:
                wrong[name] = "file_missing"
                continue
            digest, size = sha256(), 0
            for piece in self.pieces(name):
                digest.update(piece)
                size += len(piece)
            if (size, digest.hexdigest()) != (file.size, file.sha256):
                wrong[name] = "file_digest"
        return wrong

    def is_in_its_form(self) -> bool:
        """Whether the container is the one that these members have: every byte of the file is accounted for."""
        members, end = [], 0
        for info in sorted(self._members.values(), key=lambda info: info.header_offset):
            if info.header_offset != end or info.compress_type != zipfile.ZIP_STORED:
                return False
            crc = 0
            for piece in self.pieces(info.filename):
                crc = zlib.crc32(piece, crc)
            header = local_header(info.filename, info.file_size, crc)
            self._stream.seek(end)
            if self._stream.read(len(header)) != header:
                return False
            members.append(Member(info.filename, end, info.file_size, crc))
            end += len(header) + info.file_size
        expected = directory(members, end)
        self._stream.seek(end)
        return self._stream.read(len(expected) + 1) == expected


@contextmanager
def opened(file: Path) -> Iterator[PackReader]:
    """Open a pack. Raises BadInput for what is none, or is one that nobody should read."""
    name = file.name
    with file.open("rb") as stream:
        try:
            _check_directory(stream, name)
            with zipfile.ZipFile(stream) as archive:
                members = archive.infolist()
        except _UNREADABLE:
            raise BadInput("pack_unreadable", file=name) from None
        _check_members(members, name, stream.seek(0, os.SEEK_END))
        if form.MANIFEST not in {info.filename for info in members}:
            raise BadInput("pack_unreadable", file=name)
        yield PackReader(name, stream, members)


def _check_directory(stream: IO[bytes], file: str) -> None:
    """Look at the end record before anything is believed of the directory: its size must be one that can be read."""
    size = stream.seek(0, os.SEEK_END)
    stream.seek(max(0, size - END_SIZE - LOCATOR_SIZE - 56))
    tail = stream.read()
    end = tail[-END_SIZE:]
    if len(end) < END_SIZE or end[:4] != b"PK\x05\x06":
        raise BadInput("pack_unreadable", file=file)
    count, length = struct.unpack("<HL", end[10:16])
    if tail[-END_SIZE - LOCATOR_SIZE :][:4] == b"PK\x06\x07":
        end64 = tail[: -END_SIZE - LOCATOR_SIZE][-56:]
        if len(end64) < 56 or end64[:4] != b"PK\x06\x06":
            raise BadInput("pack_unreadable", file=file)
        count, length = struct.unpack("<2Q", end64[32:48])
    if count > form.MEMBERS_MAX or length > _DIRECTORY_MAX:
        raise BadInput("pack_many_members", file=file, maximum=form.MEMBERS_MAX)


def _check_members(members: list[zipfile.ZipInfo], file: str, size: int) -> None:
    """Names that stay inside, each once, in the clear, apart from each other, and no larger than they can be."""
    if len(members) > form.MEMBERS_MAX:
        raise BadInput("pack_many_members", file=file, maximum=form.MEMBERS_MAX)
    seen: set[str] = set()
    for info in members:
        name = info.filename
        if name != info.orig_filename or not form.is_member_name(name):
            raise BadInput("pack_name_unsafe", member=ascii(info.orig_filename)[1:-1][:80])
        if name in seen:
            raise BadInput("pack_member_twice", member=name)
        seen.add(name)
        if info.flag_bits & _ENCRYPTED:
            raise BadInput("pack_member_encrypted", member=name)
        kind = stat.S_IFMT(info.external_attr >> 16)
        if kind not in (0, stat.S_IFREG):
            raise BadInput("pack_member_link", member=name)
        if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise BadInput("pack_member_packed", member=name)
        if info.compress_type == zipfile.ZIP_STORED and info.compress_size != info.file_size:
            raise BadInput("pack_unreadable", file=file)
        if info.file_size > info.compress_size * form.RATIO_MAX:
            raise BadInput("pack_bomb", member=name)
    end = 0
    for info in sorted(members, key=lambda info: info.header_offset):
        if info.header_offset < end:
            raise BadInput("pack_overlap", member=info.filename)
        end = info.header_offset + LOCAL_SIZE + len(info.filename) + info.compress_size
    if end > size:
        raise BadInput("pack_unreadable", file=file)
