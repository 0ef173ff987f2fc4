"""Municipalities that are reminded otherwise: a file each in the office's `reminders` folder, named by pilot code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import structlog

from mlw_workflow.domain.errors import DefinitionInvalid, IntegrityBroken
from mlw_workflow.services.policy import set_policy
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from pathlib import Path

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.obligation import ReminderPolicy
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk

log = structlog.get_logger("mlw.reminders")


@dataclass(frozen=True, slots=True)
class BadFile:
    """A file in the folder that changes nothing."""

    name: str
    problem: Literal["broken", "no_such_pilot"]
    error: DefinitionInvalid | None = None
    """What is wrong with a broken one. Its pilot is reminded as before."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What reading the folder led to."""

    changed: tuple[Pilot, ...]
    bad: tuple[BadFile, ...]


def apply_local_policies(desk: Desk, folder: Path) -> Applied:
    """Have each pilot reminded as its file says, and those without one as their programme.

    A file that is wrong keeps nobody from being reminded: its pilot goes on as before.
    """
    wanted, bad = _read(desk, folder)
    changed = tuple(pilot for pilot, policy in wanted if set_policy(desk, pilot, policy))
    for pilot in changed:
        log.info("policy_set", pilot=pilot.code)
    for file in bad:
        log.warning("reminder_file_ignored", file=file.name, problem=file.problem)
    return Applied(changed, bad)


def bad_files(desk: Desk, folder: Path) -> tuple[BadFile, ...]:
    """The files in the folder that change nothing."""
    return _read(desk, folder)[1]


def _read(desk: Desk, folder: Path) -> tuple[list[tuple[Pilot, ReminderPolicy | None]], tuple[BadFile, ...]]:
    with desk.database.read() as connection:
        pilots = repositories.pilots(connection)
    wanted: list[tuple[Pilot, ReminderPolicy | None]] = []
    bad = []
    for pilot in pilots:
        file = folder / f"{pilot.code}.yaml"
        try:
            programme = desk.programme(pilot.definition)
            wanted.append((pilot, _policy(file, programme) if file.is_file() else None))
        except DefinitionInvalid as error:
            bad.append(BadFile(file.name, "broken", error))
        except IntegrityBroken:
            log.error("definition_broken", pilot=pilot.code)
    known = {f"{pilot.code}.yaml" for pilot in pilots}
    if folder.is_dir():
        files = (file.name for file in sorted(folder.iterdir()) if file.suffix in (".yaml", ".yml"))
        bad += [BadFile(name, "no_such_pilot") for name in files if name not in known]
    return wanted, tuple(bad)


def _policy(file: Path, programme: Programme) -> ReminderPolicy:
    from mlw_workflow.definitions.local_reminders import local_policy

    return local_policy(file, programme)
