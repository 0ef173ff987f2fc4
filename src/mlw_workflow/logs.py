"""The program's own log: where it goes, and what it does when it grows."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from mlw_workflow.settings import Settings


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
    sink = _Sink(settings.log_file if settings.log_to == "file" else None, settings.log_size_max_mb)
    return lambda *_: sink


class _Sink:
    """Appends lines to a file. A log that cannot be written is no reason to fail what was done."""

    def __init__(self, file: Path | None, size_max_mb: int) -> None:
        self.file = file
        self.size_max = size_max_mb * 1_000_000

    def msg(self, line: str) -> None:
        """Append one line."""
        append_line(self.file, line, self.size_max)

    debug = info = warning = error = critical = exception = msg


def append_line(file: Path | None, line: str, size_max: int) -> bool:
    """Append a line to a log file, which is set aside when it has grown large. Whether it could be written."""
    if file is None:
        return False
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > size_max:
            file.replace(file.with_name(file.name + ".1"))
        number = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(number, "a", encoding="utf-8") as stream:
            stream.write(line + "\n")
    except OSError:
        return False
    return True
