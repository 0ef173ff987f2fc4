"""The verdicts that are known when a panel stops, in a file for when it starts again.

The file saves time and says nothing by itself. A verdict in it counts only for the very log it was derived from (each
goes by the leaf hash of its pilot's last entry) and the days it was derived for, and the whole file only for the rules
and the calendar it was derived with. Where anything is another, verdicts are derived as if there were no file.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import structlog

import mlw_workflow
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.services import verdicts
from mlw_workflow.services.output_file import replacing
from mlw_workflow.services.verdicts import Known

if TYPE_CHECKING:
    from mlw_workflow.services.desk import Desk

log = structlog.get_logger("mlw.verdicts")
_RULES = ("domain", "definitions", "storage", "services")
"""The packages in which it is decided what a verdict is."""


class _Kept(msgspec.Struct):
    by: str
    pilots: dict[str, Known]


def save(desk: Desk, file: Path) -> None:
    """Write down what is known; a folder that cannot be written to is no reason not to stop."""
    known = verdicts.known(local_day(desk.clock.now()))
    if not known:
        return
    with suppress(BadInput, OSError), replacing(file) as stream:
        stream.write(msgspec.json.encode(_Kept(_derived_by(desk), known)))


def load(desk: Desk, file: Path) -> int:
    """Take up what was known; of how many pilots.

    A file that is missing, damaged or was made by other rules counts for nothing.
    """
    try:
        kept = msgspec.json.decode(file.read_bytes(), type=_Kept)
    except FileNotFoundError:
        return 0
    except (OSError, msgspec.DecodeError) as problem:
        log.warning("known_verdicts_unreadable", problem=type(problem).__name__)
        return 0
    if kept.by != _derived_by(desk):
        return 0
    verdicts.take_known(kept.pilots)
    return len(kept.pilots)


def _derived_by(desk: Desk) -> str:
    """A digest of the rules and of the days off that verdicts are derived with."""
    package = Path(mlw_workflow.__file__).parent
    found = hashlib.sha256(repr((version("holidays"), desk.calendar.school)).encode())
    for name in _RULES:
        for module in sorted((package / name).rglob("*.py")):
            found.update(hashlib.sha256(module.read_bytes()).digest())
    return found.hexdigest()
