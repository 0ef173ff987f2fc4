"""Mail into a folder, one file a letter: for a first run, for training, and for an office without a mail server."""

from __future__ import annotations

import os
import re
import tempfile
from contextlib import suppress
from datetime import UTC
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.notifications.transport import Accepted, Temporary

if TYPE_CHECKING:
    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.transport import Result

_IDENTITY = re.compile(r"<([0-9a-f]{40})@")


class FileTransport:
    """Writes each letter whole or not at all, readable by its owner only.

    Files are named ``20140512T050000Z-IDENTITY.eml``: they sort by the mail's date, and a second delivery of the same
    mail stands beside the first as ``…-IDENTITY.2.eml``.
    """

    def __init__(self, folder: Path) -> None:
        """The folder is made when the first letter comes."""
        self.folder = folder

    def deliver(self, letter: Letter) -> Result:
        """Write one letter. ``Accepted`` names the file."""
        draft: Path | None = None
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            draft = self._draft(letter.content)
            final = self._put(draft, _stem(letter))
            _settle(self.folder)
        except OSError as problem:
            return Temporary("folder_unwritable", detail=problem.strerror or str(problem), server=True)
        finally:
            if draft is not None:
                with suppress(OSError):
                    draft.unlink(missing_ok=True)
        return Accepted(final.name)

    def close(self) -> None:
        """There is nothing to say goodbye to."""

    def _draft(self, content: bytes) -> Path:
        handle, name = tempfile.mkstemp(dir=self.folder, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
        except OSError:
            Path(name).unlink(missing_ok=True)
            raise
        return Path(name)

    def _put(self, draft: Path, stem: str) -> Path:
        for number in count(1):
            final = self.folder / (f"{stem}.eml" if number == 1 else f"{stem}.{number}.eml")
            try:
                os.link(draft, final)  # unlike a renaming, it never replaces a file that is there
            except FileExistsError:
                continue
            except OSError:  # a file system without links
                if final.exists():
                    continue
                draft.rename(final)
            return final
        raise AssertionError


def _stem(letter: Letter) -> str:
    identity = _IDENTITY.match(letter.message_id)
    assert identity is not None
    return f"{letter.written_at.astimezone(UTC):%Y%m%dT%H%M%SZ}-{identity[1]}"


def _settle(folder: Path) -> None:
    """Make the folder's new entry last over a power cut, where the system lets a folder be opened."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
