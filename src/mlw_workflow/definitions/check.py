"""``workflow check``: every finding about what lies at a path, in one run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.definitions.findings import Finding, in_order
from mlw_workflow.definitions.loader import PROGRAMME_FILE, check_alone, check_folder

if TYPE_CHECKING:
    from pathlib import Path


def check(path: Path) -> list[Finding]:
    """All findings about a programme, ordered by file and line; empty when nothing is wrong.

    ``path`` is a programme's folder, its programme.yaml, one of its machines' files (then the whole programme is
    checked), a folder that holds several programmes, or a machine's file on its own (then only its shape is).
    """
    programmes = folders_of(path)
    if programmes:
        return list(in_order(finding for folder in programmes for finding in check_folder(folder)))
    if path.is_file():
        return check_alone(path)
    return [Finding("programme_missing", file=(path / PROGRAMME_FILE).as_posix())]


def folders_of(path: Path) -> list[Path]:
    """The folders of the programmes that a path speaks of."""
    if path.is_file():
        return [folder for folder in list(path.parents)[:4] if (folder / PROGRAMME_FILE).is_file()][:1]
    if (path / PROGRAMME_FILE).is_file():
        return [path]
    try:
        return sorted(folder for folder in path.iterdir() if (folder / PROGRAMME_FILE).is_file())
    except OSError:
        return []
