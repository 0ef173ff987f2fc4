"""Demonstration data: the bundled histories imported under a simulated day, in a folder that holds nothing else."""

from __future__ import annotations

import shutil
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import date
    from pathlib import Path

    from mlw_workflow.definitions.loader import Loaded
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.import_history import Imported


@dataclass(frozen=True, slots=True)
class DemoFolder:
    """Where demo data lies, and the mark by which such a folder is known."""

    folder: Path
    mark: str
    files: dict[str, str] = field(default_factory=dict)
    """Text files that belong in it, by name."""

    @property
    def draft(self) -> Path:
        """Where new demo data is made, before it takes the place of the old."""
        return self.folder.with_name(f".{self.folder.name}-new")

    def begin(self) -> Path:
        """An empty draft. Raises BadInput when the folder holds something that is not demo data."""
        if self.folder.exists() and any(self.folder.iterdir()) and not (self.folder / self.mark).exists():
            raise BadInput("demo_folder_not_ours", place=str(self.folder))
        shutil.rmtree(self.draft, ignore_errors=True)
        self.draft.mkdir(parents=True)
        (self.draft / self.mark).write_text("This folder is made anew by `mlw demo`.\n", "utf-8")
        for name, text in self.files.items():
            (self.draft / name).write_text(text, "utf-8")
        return self.draft

    def finish(self) -> None:
        """Put the draft in the folder's place."""
        if self.folder.exists():
            shutil.rmtree(self.folder)
        self.draft.rename(self.folder)

    def abandon(self) -> None:
        """Throw the draft away; the folder stays as it was."""
        shutil.rmtree(self.draft, ignore_errors=True)


def clock_file(day: date) -> str:
    """The settings of a demo's data folder."""
    return f'# Made by `mlw demo`.\n[clock]\ntoday = "{day.isoformat()}"\n'


def fill_demo(
    desk: Desk,
    loaded: Loaded,
    histories: Iterable[Path],
    day: date,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[Imported]:
    """Import what the histories tell of one programme up to ``day``; what comes later is left, and listed."""
    install_definition(desk, loaded)
    files = list(histories)
    done: list[Imported] = []
    for number, file in enumerate(files, start=1):
        done += import_history(
            desk,
            file,
            definition_of=lambda _programme: loaded.content_hash,
            only_until=day,
            programmes=frozenset({loaded.programme.id}),
        )
        progress(number, len(files))
    return done
