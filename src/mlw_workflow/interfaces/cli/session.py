"""What one run of a command shares: the settings, and the desk once somebody asks for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow import bootstrap
from mlw_workflow.domain.errors import BadInput, StorageUnavailable
from mlw_workflow.settings import load_settings, places

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.settings import Settings


class _Run:
    environment: Mapping[str, str] = {}
    demo = False
    settings: Settings | None = None
    desk: Desk | None = None


def begin(environment: Mapping[str, str]) -> None:
    """Begin a run: nothing is read yet."""
    _Run.environment = environment
    _Run.demo = False
    _Run.settings = None
    _Run.desk = None


def end() -> None:
    """Close what was opened."""
    if _Run.desk is not None:
        _Run.desk.database.close()
        _Run.desk = None


def demo(*, on: bool) -> None:
    """Whether this run works on the demo's data."""
    _Run.demo = on
    _Run.settings = None


def is_demo() -> bool:
    """Whether this run works on the demo's data."""
    return _Run.demo


def settings() -> Settings:
    """The settings in force."""
    if _Run.settings is None:
        _Run.settings = load_settings(_Run.environment, demo=_Run.demo)
    return _Run.settings


def home() -> Path:
    """The data folder; never raises, for whoever has to tell of a failure."""
    try:
        return settings().home
    except BadInput:
        return places.home_folder(_Run.environment)


def desk(*, writing: bool = False, create: bool = False) -> Desk:
    """The desk. ``writing`` also sets the log up, which costs time that a reading command does not have."""
    if _Run.desk is None:
        if _Run.demo and not (settings().home / places.DEMO_MARK).exists():
            raise BadInput("demo_missing")
        try:
            _Run.desk = bootstrap.open_desk(settings(), create=create)
        except StorageUnavailable as problem:
            if _Run.demo and problem.code == "storage_outdated":
                raise BadInput("demo_outdated") from problem  # made anew sooner than brought up to date
            raise
    if writing:
        from mlw_workflow import logs

        logs.configure_log(settings())
    return _Run.desk


def pilot(name: str) -> Pilot:
    """The pilot of that name or code; without a name the only one there is."""
    from mlw_workflow.storage import repositories

    with desk().database.read() as connection:
        if name:
            return repositories.find_pilot(connection, name)
        found = repositories.pilots(connection)
    if not found:
        raise BadInput("no_pilots")
    if len(found) > 1:
        raise BadInput("pilot_not_named", known=names_of(found))
    return found[0]


def pilots() -> tuple[Pilot, ...]:
    """Every pilot, by code."""
    from mlw_workflow.storage import repositories

    with desk().database.read() as connection:
        return repositories.pilots(connection)


def name_of(chosen: Pilot) -> str:
    """How a pilot is named: its municipality where that is unique, else its code."""
    same = [other for other in pilots() if other.municipality == chosen.municipality]
    return chosen.municipality if len(same) <= 1 else chosen.code


def names_of(found: tuple[Pilot, ...]) -> tuple[str, ...]:
    """The names of several pilots."""
    towns = [pilot.municipality for pilot in found]
    return tuple(p.municipality if towns.count(p.municipality) == 1 else p.code for p in found)
