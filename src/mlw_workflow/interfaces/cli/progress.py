"""A progress bar on standard error, for what takes longer than a moment, and only where a person is looking."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from types import TracebackType

PATIENCE = 0.7
"""Seconds before a bar appears: what is quicker than that needs none."""


class Progress:
    """Tells how far something has come. Call it with what is done and how much there is."""

    def __init__(self, title: str, *, quiet: bool = False) -> None:
        """With ``quiet`` nothing is ever shown."""
        self._title = title
        self._shown = sys.stderr.isatty() and not quiet
        self._began = time.monotonic()
        self._bar: Any = None
        self._task: Any = None

    def __call__(self, done: int, total: int) -> None:
        """Move the bar, drawing it first when it has taken long enough."""
        if not self._shown:
            return
        if self._bar is None:
            if time.monotonic() - self._began < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
            from rich.progress import Progress as Bar

            columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
            self._bar = Bar(*columns, console=Console(stderr=True), transient=True)
            self._bar.start()
            self._task = self._bar.add_task(self._title, total=total)
        self._bar.update(self._task, completed=done, total=total)

    def __enter__(self) -> Progress:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()
