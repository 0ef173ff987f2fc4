"""Random courses of events, outages and clock jumps, with the auditor of the reminders as the oracle."""

from __future__ import annotations

import random
import uuid
from datetime import date
from typing import TYPE_CHECKING

import pytest
import structlog
from tests.integration.reminders.course import RandomCourse
from tests.integration.reminders.office import Office, bounded, local

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.storage.database import Database


def courses(sqlite: range, postgresql: range) -> pytest.MarkDecorator:
    """The seeds of the courses on each database. PostgreSQL takes several times as long for the same rows."""
    given = [("sqlite", seed) for seed in sqlite]
    there = [pytest.param("postgresql", seed, marks=pytest.mark.postgres) for seed in postgresql]
    return pytest.mark.parametrize(("database_url", "seed"), [*given, *there], indirect=True)


@pytest.fixture(autouse=True)
def _no_log() -> Iterator[None]:
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(50))
    yield
    structlog.configure(**before)


@pytest.fixture
def seed(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    """A seed that repeats a course to the letter: the ids of people and pilots come from it, too."""
    number: int = request.param
    dice = random.Random(number)
    monkeypatch.setattr(uuid, "uuid4", lambda: uuid.UUID(int=dice.getrandbits(128), version=4))
    return number


def made(seed: int) -> Programme | None:
    """Every other course has two deadlines for one conference."""
    return bounded() if seed % 2 else None


@courses(range(5), range(2))
def test_nothing_is_lost_and_nothing_doubled(database: Database, seed: int) -> None:
    """Whatever happens in a year of events, outages and clock jumps; without outages nothing is late either."""
    course = RandomCourse(Office(database, local("2013-12-01", 9), made(seed)), random.Random(seed))
    course.run(days=75)
    course.check(f"seed {seed}")


@courses(range(1), range(1, 2))
def test_without_outages_everything_is_in_time(database: Database, seed: int) -> None:
    """The same courses with a worker that always runs."""
    course = RandomCourse(Office(database, local("2013-12-01", 9), made(seed)), random.Random(seed), outages=False)
    course.run(days=75)
    course.check(f"seed {seed}", in_time=True)


def test_three_days_off_then_on(database: Database) -> None:
    """Nothing is lost, nobody gets two notices of a deadline, and each is told what was missed."""
    office = Office(database, local("2014-01-02"))
    office.open()
    office.run("2014-02-05", 8)
    office.run("2014-02-06", 8)
    sent = len(office.post.letters)
    office.run("2014-02-10", 8)
    letters = office.post.letters[sent:]
    assert len({letter.recipient for letter in letters}) == len(letters)
    office.at("2014-02-10", 23)
    course = RandomCourse(office, random.Random(0), outages=False)
    course.first = date(2014, 1, 2)
    audited = course.audited()
    assert (audited.missing, audited.doubled) == ([], [])
    assert {finding.why for finding in audited.late} <= {"superseded", "sent_late"}
    assert audited.late
