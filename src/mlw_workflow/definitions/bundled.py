"""The programmes that come with the product, and how a name or a path leads to one."""

from __future__ import annotations

from pathlib import Path

from mlw_workflow.definitions.findings import Finding
from mlw_workflow.definitions.loader import PROGRAMME_FILE
from mlw_workflow.domain.errors import DefinitionInvalid

_PACKAGE = Path(__file__).resolve().parents[1]


def bundled_folder() -> Path:
    """The folder of the programmes: inside an installed package, or at the top of a checkout."""
    packed = _PACKAGE / "_data" / "workflows"
    return packed if packed.is_dir() else _PACKAGE.parents[1] / "workflows"


def bundled_programmes() -> tuple[str, ...]:
    """The names of the programmes that come with the product, in alphabetical order."""
    folder = bundled_folder()
    return tuple(sorted(p.parent.name for p in folder.glob(f"*/{PROGRAMME_FILE}"))) if folder.is_dir() else ()


def programme_folder(name_or_path: str) -> Path:
    """The folder of a programme, given by name (``mlw-pilot``) or by path. Raises DefinitionInvalid for neither.

    A name wins over a folder of the same name in the present directory; ``./mlw-pilot`` means the folder.
    """
    if name_or_path in bundled_programmes():
        return bundled_folder() / name_or_path
    path = Path(name_or_path)
    if path.name == PROGRAMME_FILE:
        path = path.parent
    if (path / PROGRAMME_FILE).is_file():
        return path
    known = ", ".join(bundled_programmes())
    finding = Finding("programme_unknown", file=name_or_path, facts=(("name", name_or_path[:200]), ("known", known)))
    raise DefinitionInvalid(path=name_or_path, findings=(finding,))
