"""A file that is whole or not there: written beside its place, and moved there when it is done."""

from __future__ import annotations

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Iterator


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """A file to write to, which becomes ``path`` at the end; after an error nothing is left, and what was there stays.

    Readable by its owner alone, because what is written may name people. Raises BadInput ``file_unwritable``.
    """
    with place_beside(path) as beside, beside.open("wb") as file:
        yield cast("BinaryIO", file)
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def place_beside(path: Path) -> Iterator[Path]:
    """The same for a writer that opens files by name: an empty file beside ``path``, moved there at the end."""
    if path.is_dir():
        raise BadInput("file_unwritable", file=str(path), problem=os.strerror(21))
    try:
        handle, name = tempfile.mkstemp(prefix=f".{path.name[:40]}.", suffix=".part", dir=path.parent)
        os.close(handle)
    except OSError as error:
        raise BadInput("file_unwritable", file=str(path), problem=error.strerror or str(error)) from error
    beside = Path(name)
    try:
        yield beside
        beside.replace(path)
    except OSError as error:
        raise BadInput("file_unwritable", file=str(path), problem=error.strerror or str(error)) from error
    finally:
        with suppress(OSError):
            beside.unlink()
