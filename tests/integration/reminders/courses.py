"""Random courses, one seed after the other: ``python -m tests.integration.reminders.courses --seeds 200``."""

from __future__ import annotations

import argparse
import random
import tempfile
import time
import uuid
from unittest import mock

import structlog
from tests.integration.reminders.course import RandomCourse
from tests.integration.reminders.office import Office, local

from mlw_workflow.storage.database import Database


def played(seed: int, days: int, *, outages: bool) -> RandomCourse:
    """The course of a seed, checked; the ids of people and pilots come from the seed, too."""
    dice = random.Random(seed)
    with (
        tempfile.TemporaryDirectory(prefix="mlw") as folder,
        mock.patch.object(uuid, "uuid4", side_effect=lambda: uuid.UUID(int=dice.getrandbits(128), version=4)),
    ):
        database = Database.open(f"sqlite:///{folder}/course.sqlite3", create=True)
        course = RandomCourse(Office(database, local("2013-12-01", 9)), random.Random(seed), outages=outages)
        course.run(days)
        course.check(f"seed {seed}", in_time=not outages)
        database.close()
    return course


def main() -> None:
    """Play them and print what was judged."""
    parser = argparse.ArgumentParser(description=__doc__.partition(":")[0])
    parser.add_argument("--first", type=int, default=1000)
    parser.add_argument("--seeds", type=int, default=200)
    parser.add_argument("--days", type=int, default=120)
    parser.add_argument("--no-outages", action="store_true", help="the worker always runs, so nothing may be late")
    given = parser.parse_args()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    began, expected, late = time.monotonic(), 0, 0
    for seed in range(given.first, given.first + given.seeds):
        audited = played(seed, given.days, outages=not given.no_outages).audited()
        expected, late = expected + audited.expected, late + len(audited.late)
    seconds = time.monotonic() - began
    print(  # noqa: T201
        f"{given.seeds} courses: {expected} reminders due, none missing or doubled, {late} late; {seconds:.0f} s"
    )


if __name__ == "__main__":
    main()
