"""Whole commands under the computer's own clock, frozen at the edges of local days: New Year, and the clock changes."""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from typing import TYPE_CHECKING

import pytest
from freezegun import freeze_time
from tests.acceptance.conftest import Office, copied

import mlw_workflow

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLOCK = "mlw_workflow.domain.clock"


def all_but_the_clock() -> list[str]:
    """Every module of ours but the one that reads the clock: msgspec takes no date that is not quite one."""
    for module in pkgutil.walk_packages(mlw_workflow.__path__, "mlw_workflow."):
        if ".migrations." not in module.name and not module.name.endswith(("__main__", ".env")):
            importlib.import_module(module.name)
    ours = [name for name in sys.modules if name.startswith("mlw_workflow.") and not CLOCK.startswith(name)]
    return [*ours, "msgspec", "pydantic"]


def runner(home: Path) -> Callable[[str, str], str]:
    """Runs a command at an instant (UTC) in an office, and gives what it printed."""
    ignored = all_but_the_clock()
    office = Office(home)
    del office.environment["MLW_TODAY"]

    def run(instant: str, line: str) -> str:
        with freeze_time(instant, ignore=ignored):
            return str(office.done(line).out)

    return run


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of an office with one pilot and its animator, to be copied."""
    home = tmp_path_factory.mktemp("begun") / "home"
    run = runner(home)
    run("2013-12-02T08:00:00Z", "init")
    run("2013-12-02T08:01:00Z", "pilot open Tłuszcz --start 2013-12-01 --end 2014-11-30")
    run("2013-12-02T08:02:00Z", 'person add "Anna Wolska" --email anna@ops.example')
    run("2013-12-02T08:03:00Z", 'member add "Anna Wolska" animator Tłuszcz --since 2013-12-02')
    return home


@pytest.fixture
def at(begun: Path, tmp_path: Path) -> Callable[[str, str], str]:
    """Runs a command at an instant (UTC), on an office with one pilot, and gives what it printed."""
    return runner(copied(begun, tmp_path))


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2013-12-31T22:59:59Z", "31 December 2013"),
        ("2013-12-31T23:00:00Z", "1 January 2014"),
        ("2014-03-29T22:59:59Z", "29 March 2014"),
        ("2014-03-29T23:00:00Z", "30 March 2014"),
        ("2014-03-30T00:59:59Z", "30 March 2014"),
        ("2014-03-30T01:00:00Z", "30 March 2014"),
        ("2014-03-30T21:59:59Z", "30 March 2014"),
        ("2014-03-30T22:00:00Z", "31 March 2014"),
        ("2014-10-25T21:59:59Z", "25 October 2014"),
        ("2014-10-25T22:00:00Z", "26 October 2014"),
        ("2014-10-26T00:30:00Z", "26 October 2014"),
        ("2014-10-26T01:30:00Z", "26 October 2014"),
        ("2014-10-26T22:59:59Z", "26 October 2014"),
        ("2014-10-26T23:00:00Z", "27 October 2014"),
    ],
)
def test_today_is_the_local_day(at: Callable[[str, str], str], instant: str, day: str) -> None:
    """Whatever day it is in UTC, also on the days of 23 and of 25 hours."""
    assert f"as of {day}" in at(instant, "deadlines Tłuszcz")


def told(at: Callable[[str, str], str], instant: str) -> int:
    """How many mails one run of the worker sends."""
    return int(json.loads(at(instant, "worker --once --json"))["sent"])


def test_the_digest_goes_at_seven_on_either_side_of_a_clock_change(at: Callable[[str, str], str]) -> None:
    """Seven is six in UTC on 28 March and five on 31 March; the warning of the 31st is not told on the 30th."""
    assert told(at, "2014-03-28T05:59:00Z") == 0
    assert told(at, "2014-03-28T06:00:00Z") == 1, "all that had passed by then"
    assert told(at, "2014-03-30T21:59:59Z") == 0
    assert told(at, "2014-03-30T22:00:00Z") == 0, "31 March has begun, and its mail waits for seven"
    assert told(at, "2014-03-31T04:59:00Z") == 0
    assert told(at, "2014-03-31T05:00:00Z") == 1
    assert told(at, "2014-03-31T06:00:00Z") == 0
    (notice,) = json.loads(at("2014-03-31T07:00:00Z", "notices Tłuszcz --from 2014-03-31 --json"))["notices"]
    assert (notice["machine"], notice["rung"], notice["send_on"]) == ("monthly/2014-03", "-5wd", "2014-03-31")


def test_the_hour_that_comes_twice_sends_nothing_twice(at: Callable[[str, str], str]) -> None:
    """On 26 October two o'clock strikes twice; the next mail goes on the 31st at seven, which is six in UTC again."""
    assert told(at, "2014-10-25T12:00:00Z") >= 1, "all that had passed by then"
    for hour in ("00:15", "00:45", "01:15", "01:45", "06:00"):
        assert told(at, f"2014-10-26T{hour}:00Z") == 0
    assert told(at, "2014-10-31T05:00:00Z") == 0
    assert told(at, "2014-10-31T06:00:00Z") == 1


def test_the_last_minute_of_the_year_belongs_to_it(at: Callable[[str, str], str]) -> None:
    """What is recorded at 23:59 on 31 December happened then, and a minute later it is the next year."""
    at("2013-12-31T22:59:30Z", 'pilot open "Gościeradów" --end 2014-08-31')
    at("2013-12-31T23:00:30Z", "pilot open Lubartów --end 2014-08-31")
    listed = at("2013-12-31T23:01:00Z", "pilot list --json")
    starts = {pilot["municipality"]: pilot["start"] for pilot in json.loads(listed)["pilots"]}
    assert starts["Tłuszcz"] == "2013-12-01"
    history = at("2013-12-31T23:02:00Z", "history Gościeradów --json")
    assert json.loads(history)["entries"][0]["recorded_at"].startswith("2013-12-31T22:59:30")
