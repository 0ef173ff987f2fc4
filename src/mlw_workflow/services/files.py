"""Copies of evidence files, by digest. Only a file's name, size and digest become evidence."""

from __future__ import annotations

import os
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, TYPE_CHECKING, Any

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.file_kinds import known_kind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_CHUNK = 1 << 20
_NAME_MAX = 255


@dataclass(slots=True)
class FileStore:
    """Copies of evidence files, named by digest. They are set aside first and kept only once the step is recorded."""

    folder: Path
    size_max_mb: int
    allow: Callable[[str, int], None] | None = None
    """Asked whether a file of this name and size may be copied, before it is; raises BadInput. None: always."""
    waiting: list[tuple[Path, Path]] = field(default_factory=list)

    def take(self, file: Path) -> dict[str, Any]:
        """Copy a file aside; the reference to it: its name, size and SHA-256. Raises BadInput."""
        try:
            with file.open("rb") as stream:
                return self._take(stream, file.name, str(file))
        except OSError as error:
            raise BadInput("file_unreadable", file=str(file), problem=error.strerror or str(error)) from error

    def take_stream(self, stream: IO[bytes], name: str) -> dict[str, Any]:
        """The same for a file that somebody sent; what it is, its content tells. Raises BadInput."""
        known_kind(stream, name)
        return self._take(stream, name)

    def _take(self, stream: IO[bytes], name: str, shown: str = "") -> dict[str, Any]:
        """``shown`` is what a refusal calls it."""
        size, digest = 0, sha256()
        while chunk := stream.read(_CHUNK):
            size += len(chunk)
            if size > self.size_max_mb * 1_000_000:
                raise BadInput("file_too_large", file=shown or name, megabytes=self.size_max_mb)
            digest.update(chunk)
        hexed = digest.hexdigest()
        kept = self.folder / hexed[:2] / hexed
        if self.allow is not None:
            self.allow(name, size)
        if not self.touch(hexed):
            stream.seek(0)
            self._copy(stream, kept, shown or name)
        return {"name": name[-_NAME_MAX:], "sha256": hexed, "size": size}

    def _copy(self, stream: IO[bytes], kept: Path, shown: str) -> None:
        aside = self.folder / f".{kept.name}.{uuid.uuid4().hex}"
        try:
            kept.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with aside.open("xb") as copy:
                while chunk := stream.read(_CHUNK):
                    copy.write(chunk)
                copy.flush()
                os.fsync(copy.fileno())
            self.waiting.append((aside, kept))
        except OSError as error:
            with suppress(OSError):
                aside.unlink()
            told = error.strerror or str(error)
            raise BadInput("file_not_stored", file=shown, place=str(self.folder), problem=told) from error

    def touch(self, digest: str) -> bool:
        """Whether there is a copy; if so, it is not cleared away today (see ``uploads``)."""
        kept = self.folder / digest[:2] / digest
        with suppress(OSError):
            os.utime(kept)
        return kept.exists()

    def keep(self) -> None:
        """The step is recorded: the copies stay."""
        for aside, kept in self.waiting:
            aside.replace(kept)
        self.waiting.clear()

    def drop(self) -> None:
        """Nothing was recorded: the copies go."""
        for aside, _kept in self.waiting:
            with suppress(OSError):
                aside.unlink()
        self.waiting.clear()
