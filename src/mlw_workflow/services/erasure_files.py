"""The files that an erasure takes along, and a note of them that outlives a power cut.

A file cannot be part of a database's transaction. So before the commit the erasure notes which files are to go and by
which entries one can tell that it was committed; whoever erases next finishes what was interrupted.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlw_workflow.storage import access, erasure, repositories

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from mlw_workflow.audit.seal import Sealed
    from mlw_workflow.services.desk import Desk

_NOTE = "erasure-{}.json"
_DRAFT_AGE = 3600
"""Seconds after which a mail's draft belongs to nobody."""
_NOTE_AGE = 600
"""Seconds after which a note whose entries are not there is that of an erasure that never was."""


@dataclass(frozen=True, slots=True)
class Folders:
    """Where an office keeps files."""

    home: Path
    """The data folder; notes of erasures under way lie there."""
    files: Path
    """Copies of evidence files, by digest."""
    mail: Path
    """Mails written as files."""

    def copy_of(self, digest: str) -> Path:
        """Where the copy of an evidence file lies."""
        return self.files / digest[:2] / digest

    def mails(self, identities: Iterable[str]) -> list[Path]:
        """The files of these mails, second deliveries too."""
        wanted = set(identities)
        if not wanted or not self.mail.is_dir():
            return []
        return sorted(file for file in self.mail.glob("*.eml") if _identity(file.name) in wanted)

    def drafts(self) -> list[Path]:
        """What a killed worker left behind of mails it was writing."""
        if not self.mail.is_dir():
            return []
        before = time.time() - _DRAFT_AGE
        return sorted(file for file in self.mail.glob(".*.part") if file.stat().st_mtime < before)


def _identity(name: str) -> str:
    return name.partition("-")[2].partition(".")[0]


@dataclass(frozen=True, slots=True)
class Left:
    """What could not be done yet."""

    files: tuple[str, ...] = ()
    """Files that could not be deleted."""
    bytes: tuple[str, ...] = ()
    """Codes: ``wal``, ``vacuum``, ``postgresql``; see ``storage.erasure.compact``."""


def note(folders: Folders, files: list[Path], entries: list[Sealed]) -> Path:
    """Note what is to go once these entries are committed; on disk when this returns."""
    folders.home.mkdir(parents=True, exist_ok=True)
    told = {
        "files": [str(file) for file in files],
        "entries": [[sealed.log, sealed.seq, sealed.hash.hex()] for sealed in entries],
    }
    place = folders.home / _NOTE.format(uuid.uuid4().hex)
    handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(told, file)
        file.flush()
        os.fsync(file.fileno())
    return place


def finish(desk: Desk, folders: Folders, place: Path) -> Left:
    """Delete the files of a note and make the bytes leave the database's files; then the note goes."""
    told = _read(place)
    stubborn = tuple(file for file in told["files"] if not _deleted(folders, file))
    left = Left(stubborn, erasure.compact(desk.database))
    if not stubborn and not {"wal", "vacuum"} & set(left.bytes):
        with suppress(OSError):
            place.unlink()
    return left


def finish_interrupted(desk: Desk, folders: Folders) -> int:
    """Finish erasures that were interrupted after their commit; how many. Notes of such as never were are dropped."""
    finished = 0
    for place in sorted(folders.home.glob(_NOTE.format("*"))):
        told = _read(place)
        if _committed(desk, told["entries"]):
            finish(desk, folders, place)
            finished += 1
        elif time.time() - place.stat().st_mtime > _NOTE_AGE:
            with suppress(OSError):
                place.unlink()
    return finished


def _read(place: Path) -> dict[str, Any]:
    try:
        told = json.loads(place.read_text("utf-8"))
    except (OSError, ValueError):  # cut off while it was written: nothing had been committed
        return {"files": [], "entries": []}
    return told if isinstance(told, dict) else {"files": [], "entries": []}


def _committed(desk: Desk, entries: list[list[Any]]) -> bool:
    with desk.database.read() as connection:
        for log, seq, digest in entries:
            rows = access.rows(connection) if log == "access" else repositories.entries(connection, log, seq - 1)
            found = next((bytes(row[1]).hex() for row in rows if row[0] == seq), "")
            if found != digest:
                return False
    return bool(entries)


def _deleted(folders: Folders, file: str) -> bool:
    """Delete a file of ours; one that lies elsewhere is never touched, whatever a note says."""
    from pathlib import Path

    path = Path(file)
    if folders.files not in path.parents and folders.mail not in path.parents:
        return True
    try:
        path.unlink(missing_ok=True)
    except OSError:
        return False
    if folders.files in path.parents:
        with suppress(OSError):
            path.parent.rmdir()  # the digest's folder, if it is empty now
    return True
