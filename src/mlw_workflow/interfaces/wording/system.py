"""What the operating system says of a file."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

SYSTEM: Mapping[int, Text] = {
    errno.ENOENT: Text("nie ma takiego pliku ani folderu", "there is no such file or folder"),
    errno.EISDIR: Text("to jest folder, a nie plik", "this is a folder, not a file"),
    errno.ENOTDIR: Text("część ścieżki jest plikiem, a nie folderem", "a part of the path is a file, not a folder"),
    errno.EACCES: Text("brak uprawnień", "permission is missing"),
    errno.EPERM: Text("system na to nie pozwala", "the system does not allow it"),
    errno.EEXIST: Text("taki plik już istnieje", "such a file exists already"),
    errno.EROFS: Text("dysk jest tylko do odczytu", "the disk is read-only"),
    errno.ENOSPC: Text("na dysku nie ma miejsca", "the disk is full"),
    errno.EIO: Text("dysk zgłasza błąd", "the disk reports a fault"),
    errno.ENAMETOOLONG: Text("nazwa jest za długa", "the name is too long"),
    errno.ELOOP: Text("dowiązania prowadzą w kółko", "its links lead in a circle"),
    errno.EMFILE: Text("otwarto za dużo plików", "too many files are open"),
    errno.EBUSY: Text("plik jest w użyciu", "the file is in use"),
}
"""What the operating system says of a file, in our words."""


def system_words(problem: str, language: str) -> str:
    """The operating system's own words (``No such file or directory``) as ours; anything else as it is."""
    for number, words in SYSTEM.items():
        if problem == os.strerror(number):
            return words[language]
    return problem
