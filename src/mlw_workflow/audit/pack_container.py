"""The container of an audit pack: a zip in one form only, so that every byte of the file is accounted for.

Members are stored, not compressed, one behind the other without a gap; nothing says when or where a pack was made. A
pack is therefore the same bytes whatever made it, nothing in it has to be unpacked before it can be judged, and whoever
has the members can compute the rest.
"""

from __future__ import annotations

import struct
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import IO

_LOCAL = struct.Struct("<4s5H3L2H")
_CENTRAL = struct.Struct("<4s6H3L5H2L")
_END = struct.Struct("<4s4H2LH")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LOCATOR = struct.Struct("<4sLQL")
_OFFSET_EXTRA = struct.Struct("<HHQ")
LOCAL_SIZE = _LOCAL.size
END_SIZE = _END.size
LOCATOR_SIZE = _LOCATOR.size
_VERSION, _VERSION64 = 20, 45
_DATE, _TIME = 0x0021, 0  # 1 January 1980, the first day there is in a zip
_MODE = 0o644 << 16
_BIG, _MANY = 0xFFFFFFFF, 0xFFFF
MEMBER_SIZE_MAX = _BIG - 1


@dataclass(frozen=True, slots=True)
class Member:
    """Where a member lies, and what it is."""

    name: str
    offset: int
    size: int
    crc: int


def local_header(name: str, size: int, crc: int) -> bytes:
    """What stands before a member's bytes."""
    raw = name.encode("ascii")
    return _LOCAL.pack(b"PK\x03\x04", _VERSION, 0, 0, _TIME, _DATE, crc, size, size, len(raw), 0) + raw


def directory(members: list[Member], start: int) -> bytes:
    """What stands behind all members: the directory by name, and the end record. ``start`` is where it begins."""
    parts = []
    for member in sorted(members, key=lambda member: member.name):
        raw = member.name.encode("ascii")
        far = member.offset >= _BIG
        extra = _OFFSET_EXTRA.pack(1, 8, member.offset) if far else b""
        version = _VERSION64 if far else _VERSION
        parts.append(
            _CENTRAL.pack(
                b"PK\x01\x02", 3 << 8 | version, version, 0, 0, _TIME, _DATE, member.crc, member.size, member.size,
                len(raw), len(extra), 0, 0, 0, _MODE, _BIG if far else member.offset,
            )
        )  # fmt: skip
        parts += [raw, extra]
    size, count = sum(map(len, parts)), len(members)
    if count >= _MANY or start >= _BIG:
        end64 = start + size
        parts.append(_END64.pack(b"PK\x06\x06", 44, 3 << 8 | _VERSION64, _VERSION64, 0, 0, count, count, size, start))
        parts.append(_LOCATOR.pack(b"PK\x06\x07", 0, end64, 1))
    few, near = min(count, _MANY), min(start, _BIG)
    parts.append(_END.pack(b"PK\x05\x06", 0, 0, few, few, min(size, _BIG), near, 0))
    return b"".join(parts)


class Container:
    """Writes a container to a file that can be sought in, member by member."""

    def __init__(self, file: IO[bytes]) -> None:
        """Begin at the file's beginning."""
        self._file = file
        self._end = 0
        self.members: list[Member] = []

    @contextmanager
    def member(self, name: str) -> Iterator[MemberWriter]:
        """Write one member: its bytes piece by piece, their number and checksum once they are known."""
        header = local_header(name, 0, 0)
        self._file.seek(self._end)
        self._file.write(header)
        writer = MemberWriter(self._file)
        yield writer
        if writer.size > MEMBER_SIZE_MAX:
            raise BadInput("pack_member_large", member=name)
        self._file.seek(self._end)
        self._file.write(local_header(name, writer.size, writer.crc))
        self.members.append(Member(name, self._end, writer.size, writer.crc))
        self._end += len(header) + writer.size

    def add(self, name: str, content: bytes) -> None:
        """Write one member that is at hand whole."""
        with self.member(name) as writer:
            writer.write(content)

    def finish(self) -> None:
        """Write the directory."""
        self._file.seek(self._end)
        self._file.write(directory(self.members, self._end))


class MemberWriter:
    """Takes the bytes of one member and keeps count."""

    def __init__(self, file: IO[bytes]) -> None:
        """Nothing yet."""
        self._file = file
        self.size = 0
        self.crc = 0

    def write(self, piece: bytes) -> None:
        """Add to the member."""
        self._file.write(piece)
        self.size += len(piece)
        self.crc = zlib.crc32(piece, self.crc)
