"""Two times: the day on which something happened, and the instant at which it was recorded."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from mlw_workflow.domain.errors import ClockBackwards
from mlw_workflow.services.people import add_person, give_role

FEBRUARY, MARCH = date(2014, 2, 3), date(2014, 3, 1)


def test_as_of_a_day(office: Any) -> None:
    """What was recorded in March of a day in February counts from that day on."""
    office.take("w10", "prepare", "coordinator", FEBRUARY)
    assert office.state("w10", date(2014, 2, 2)) == "not_started"
    assert office.state("w10", FEBRUARY) == "preparing"


def test_known_at_an_instant(office: Any) -> None:
    """Before it was recorded nobody knew of it, whatever the day on which it happened."""
    before = office.later(minutes=1)
    office.later(minutes=1)
    office.take("w10", "prepare", "coordinator", FEBRUARY)
    assert office.state("w10", MARCH, before) == "not_started"
    assert office.state("w10", MARCH, office.clock.instant) == "preparing"
    assert office.state("w10", date(2014, 2, 2), office.clock.instant) == "not_started"


def test_correction_that_became_known_later(office: Any) -> None:
    """Until a correction was recorded the step was taken as true, and so it is shown for that time."""
    office.take("w10", "prepare", "coordinator", FEBRUARY)
    believed = office.clock.instant
    office.later(days=10)
    office.take("w10", "correct", "coordinator", reason="pomyłka")
    assert office.state("w10", MARCH) == "not_started"
    assert office.state("w10", MARCH, believed) == "preparing"
    assert office.state("w10", MARCH, office.clock.instant) == "not_started"
    assert office.holds()


def test_prerequisite_holds_on_its_day(office: Any) -> None:
    """What was reached on 10 February admits nothing dated the 9th; the remedy is a later day and no other step."""
    office.take("w03", "appoint", "mayor", date(2014, 1, 7), order_number="1", institution="OPS")
    office.take("w04", "designate", "coordinator", date(2014, 2, 10), maker="OPS")
    outcome = office.ask("w05", "begin", "animator", date(2014, 2, 9))
    (reason,) = outcome.decision.reasons
    assert (reason.code, reason.needs) == ("prerequisite_later", "w04.designated")
    assert outcome.way_out.steps == ()
    assert outcome.way_out.earliest_on == date(2014, 2, 10)
    office.take("w05", "begin", "animator", date(2014, 2, 10))
    assert office.holds()


def test_return_is_not_dated_before_those_who_rely_on_it(office: Any) -> None:
    """A return that would take away what a later step relied on is refused until that step's day, which it is told."""
    office.take("w03", "appoint", "mayor", FEBRUARY, order_number="1", institution="OPS")
    office.take("w04", "designate", "coordinator", date(2014, 2, 20), maker="OPS")
    outcome = office.ask("w03", "return", "implementing_body", date(2014, 2, 10), reason="braki")
    (reason,) = outcome.decision.reasons
    assert (reason.code, reason.machine, reason.needs) == ("relied_upon", "w04", "w03.appointed")
    assert (outcome.way_out.steps, outcome.way_out.earliest_on) == ((), date(2014, 2, 20))
    office.take("w03", "return", "implementing_body", date(2014, 2, 20), reason="braki")
    assert office.holds()


def test_today_is_the_local_day(office: Any) -> None:
    """At half past eleven in the evening, UTC, it is already tomorrow in Warsaw, and what happened then may be told."""
    office.clock.set(MARCH, time(23, 30))
    entry = office.take("w10", "prepare", "coordinator")
    assert entry.occurred_on == date(2014, 3, 2)
    assert office.codes(office.ask("w01", "begin", "animator", date(2014, 3, 3))) == {"date_in_future"}
    assert office.holds()


def test_clock_set_back_a_little_stands_still(office: Any) -> None:
    """A clock that synchronised itself two minutes back records the last entry's instant again."""
    last = office.clock.instant
    office.later(minutes=-2)
    assert office.take("w10", "prepare", "coordinator").recorded_at == last
    assert office.holds()


def test_clock_set_back_over_midnight(office: Any) -> None:
    """A clock that stands still stands still in its day too: a role that ended at midnight stays ended."""
    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot], MARCH, date(2014, 3, 4))
    midnight = datetime(2014, 3, 4, 23, 0, tzinfo=UTC)
    office.clock.instant = midnight + timedelta(seconds=30)
    office.take("w01", "begin", "animator")
    office.later(seconds=-60)
    assert office.codes(office.ask("w10", "prepare", "Anna Nowak")) == {"role_not_allowed"}
    assert office.holds()


@pytest.mark.parametrize("command", ["advance", "give a role", "import"])
def test_clock_set_back_far_is_refused(office: Any, tmp_path: Any, command: str) -> None:
    """A clock that shows a time well before the last entry's stops every command, and nothing is recorded."""
    add_person(office.desk, "Anna Nowak")
    office.later(minutes=-3)
    file = tmp_path / "history.yaml"
    file.write_text(
        "municipality: Tłuszcz\nprogramme: mlw-pilot\nevents:\n  - {machine: w10, trigger: prepare, on: 2014-02-03}\n"
    )
    commands = {
        "advance": lambda: office.ask("w10", "prepare", "coordinator"),
        "give a role": lambda: give_role(office.desk, "Anna Nowak", "mayor", [office.pilot]),
        "import": lambda: office.bring_in(file),
    }
    with pytest.raises(ClockBackwards):
        commands[command]()
    assert len(office.entries()) == 1


class _TickingClock:
    """Shows a later instant each time it is read: first before midnight, then after it."""

    def __init__(self, first: datetime) -> None:
        self.readings = [first, first + timedelta(minutes=1)]

    def now(self) -> datetime:
        return self.readings.pop(0) if len(self.readings) > 1 else self.readings[0]


def test_midnight_between_two_looks_at_the_clock(office: Any) -> None:
    """An attempt at midnight is decided by the day that is recorded, so that a replay decides the same."""
    from mlw_workflow.services.advance import Request, advance
    from mlw_workflow.services.desk import Desk

    before_midnight = datetime(2014, 3, 4, 22, 59, 59, tzinfo=UTC)
    desk = Desk(office.database, _TickingClock(before_midnight))
    request = Request(office.pilot, "w10", "prepare", "coordinator", date(2014, 3, 5))
    assert office.codes(advance(desk, request)) == {"date_in_future"}
    office.clock.instant = before_midnight
    assert office.holds()
