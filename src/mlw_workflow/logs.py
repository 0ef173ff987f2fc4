"""The program's own log: where it goes, and what it does when it grows."""

from __future__ import annotations

import os
import threading
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlw_workflow.settings import Settings

LOOK_SECONDS = 1.0
"""How often a log file that is open is looked at: whether it was moved, whether it has grown large."""


def configure_log(settings: Settings) -> None:
    """Send the program's own log where the settings say. Called by what may write to it, never by a reading command."""
    import logging

    import structlog

    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    if settings.log_to == "console":
        # The plain trace: a prettier one prints the variables too, and with them what nobody may read.
        plain = structlog.dev.plain_traceback
        render: list[Any] = [structlog.dev.ConsoleRenderer(colors=False, exception_formatter=plain)]
    else:
        render = [structlog.processors.format_exc_info, structlog.processors.JSONRenderer(ensure_ascii=False)]
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            *render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_sinks(settings),
        cache_logger_on_first_use=False,
    )


def _sinks(settings: Settings) -> Callable[..., Any]:
    import sys

    import structlog

    if settings.log_to == "console":
        return structlog.PrintLoggerFactory(sys.stderr)
    to_file = settings.log_to == "file"
    sink = _Sink(LogFile(settings.log_file, settings.log_size_max_mb * 1_000_000) if to_file else None)
    return lambda *_: sink


class _Sink:
    """Hands lines to a log file. A log that cannot be written is no reason to fail what was done."""

    def __init__(self, file: LogFile | None) -> None:
        self.file = file

    def msg(self, line: str) -> None:
        """Append one line."""
        if self.file is not None:
            self.file.append(line)

    debug = info = warning = error = critical = exception = msg


class LogFile:
    """A file that lines are appended to, also by other processes. It is set aside when it has grown large.

    It stays open, for a line must cost little; so whether it is still the one of that name, and how large it is, is
    looked at once a second.
    """

    def __init__(self, path: Path, size_max: int) -> None:
        """``size_max``: bytes. Nothing is opened before the first line."""
        self.path = path
        self.size_max = size_max
        self._number: int | None = None
        self._look_at = 0.0
        self._guard = threading.Lock()

    def append(self, line: str) -> bool:
        """Append a line. Whether it could be written."""
        with self._guard:
            try:
                if self._number is None or time.monotonic() >= self._look_at:
                    self._number = self._opened()
                os.write(self._number, f"{line}\n".encode(errors="backslashreplace"))
            except OSError:
                self._close()
                return False
        return True

    def close(self) -> None:
        """Let go of the file; the next line opens it again."""
        with self._guard:
            self._close()

    def _opened(self) -> int:
        self._close()
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if self.path.exists() and self.path.stat().st_size > self.size_max:
            self.path.replace(self.path.with_name(self.path.name + ".1"))
        self._look_at = time.monotonic() + LOOK_SECONDS
        return os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def _close(self) -> None:
        number, self._number = self._number, None
        if number is not None:
            with suppress(OSError):  # some file systems tell only now that a line found no room
                os.close(number)
