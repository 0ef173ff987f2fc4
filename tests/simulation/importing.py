"""A process that is killed: on each line of standard input it forks, and the child imports file after file.

The parent of the fork has everything imported and no database open, so that a child is at work within milliseconds.
Started by ``tests.simulation.crashes``. Lines in: ``import URL FOLDER FIRST`` and ``reap``. Lines out: ``ready``,
``pid N``, ``done NUMBER`` once a file is recorded, ``finished``, ``gone``.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path

import structlog

from mlw_workflow.services.desk import Desk
from mlw_workflow.services.import_history import import_history
from mlw_workflow.storage import unit_of_work
from mlw_workflow.storage.database import Database, driver_for
from mlw_workflow.storage.repositories import definitions


class Noon:
    """Always the same instant."""

    def now(self) -> datetime:
        return datetime(2022, 8, 1, 12, tzinfo=UTC)


def tell(line: str) -> None:
    """A line that is out before anything else happens."""
    os.write(1, f"{line}\n".encode())


def bring_in(url: str, folder: Path, first: int) -> None:
    """Import what lies in the folder, from a number on, telling each file once it is recorded."""
    database = Database.open(url)
    with database.read() as connection:
        installed = {info.programme: info.hash for info in definitions(connection)}
    desk = Desk(database, Noon())
    for number in range(first, len(list(folder.iterdir()))):
        import_history(desk, folder / f"{number}.yaml", definition_of=installed.__getitem__)
        tell(f"done {number}")
    tell("finished")


def main() -> None:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    unit_of_work.FLUSH_AFTER = 20  # so that a transaction is at the database long before it is committed
    driver_for(sys.argv[1])  # imports the driver
    tell("ready")
    child = 0
    for line in sys.stdin:
        command, *words = line.split()
        if command == "import":
            child = os.fork()
            if child == 0:
                url, folder, first = words
                bring_in(url, Path(folder), int(first))
                os._exit(0)
            tell(f"pid {child}")
        elif command == "reap":
            os.waitpid(child, 0)
            tell("gone")


if __name__ == "__main__":
    main()
