"""Where things lie: the data folder, what comes with the program, and the names of files in them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping

DATABASE = "mlw.sqlite3"
LOG_FILE = "mlw.jsonl"
DEMO_MARK = ".mlw-demo"
"""The file by which a folder of demo data is known, so that no other folder is ever replaced."""


def home_folder(environment: Mapping[str, str]) -> Path:
    """The data folder: ``MLW_HOME``, else the place this system has for a user's data."""
    given = environment.get("MLW_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("mlw-workflow", appauthor=False)


def data_folder(name: str) -> Path:
    """``config`` or ``workflows``: inside the installed package, else in the checkout the package is run from."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package / "_data" / name, package.parents[1] / name):
        if folder.is_dir():
            return folder
    raise BadInput("data_missing", place=str(package / "_data" / name))


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file."""
    from urllib.parse import quote

    return "sqlite:///" + quote(file.as_posix(), safe="/:")
