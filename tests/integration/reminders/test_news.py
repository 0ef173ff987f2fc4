"""A deadline that moves is news; soon after news, and soon after a warning of the same matter, a warning is noise."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.office import Office, bounded, local

from mlw_workflow.domain.news import Told, just_told, moved_from
from mlw_workflow.services.audit_reminders import audit_reminders

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.database import Database

MAY = date(2014, 5, 31)


def heard(office: Office, pilot: Pilot, *status: str) -> list[tuple[str, str, str]]:
    """What the coordinator was told of the conference: day, rule and rung."""
    found = [n for n in office.notices(pilot, *(status or ("queued",))) if n.rule in ("hold", "last_day")]
    return sorted((f"{n.created_at:%m-%d}", n.rule, n.rung) for n in found if n.created_at is not None)


def days(office: Office, first: str, last: str) -> None:
    """Let the worker run each noon from one day to another."""
    for number in range(date.fromisoformat(first).toordinal(), date.fromisoformat(last).toordinal() + 1):
        office.run(date.fromordinal(number))


def judged(office: Office, last: str) -> tuple[list[str], list[str], list[str]]:
    """What the auditor finds of the conference's deadlines, due since 20 February: missing, doubled, late."""
    first = date(2014, 2, 20)
    found = audit_reminders(office.desk, first, date.fromisoformat(last))
    missing, doubled, late = (
        [f.why for f in kind if f.rule in ("hold", "last_day") and f.expected_on >= first]
        for kind in (found.missing, found.doubled, found.late)
    )
    return missing, doubled, late


def test_a_moved_day_is_told_at_once_and_not_again_within_days(office: Office) -> None:
    """From when to when; the same rung, counted from the new day, comes a few days later and is left out."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-03-10")
    days(office, "2014-03-01", "2014-03-04")
    assert heard(office, pilot)[-1] == ("03-03", "hold", "-7d")
    office.at("2014-03-05")
    office.take(pilot, "conference", "announce_again", day="2014-03-14")
    days(office, "2014-03-05", "2014-03-22")
    told = [n for n in office.notices(pilot, "queued") if n.rule == "hold" and n.due_on == date(2014, 3, 14)]
    assert [(n.rung, n.reason.moved_from) for n in told] == [("-60d", date(2014, 3, 10)), ("+7d", None)]
    assert heard(office, pilot, "skipped") == [("03-07", "hold", "-7d")]
    mail = next(mail for mail in office.mails() if "Termin zmieniono" in mail.text)
    assert "z dnia 10 marca 2014 na dzień 14 marca 2014" in " ".join(mail.text.split())
    assert judged(office, "2014-03-21") == ([], [], [])


def test_a_move_that_nobody_heard_of_is_no_reason_to_be_silent(office: Office) -> None:
    """Whoever was told nothing since the day moved is told with the next rung, and of the move."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-03-10")
    days(office, "2014-03-01", "2014-03-04")
    office.at("2014-03-04", 13)
    office.take(pilot, "conference", "announce_again", day="2014-05-12")
    days(office, "2014-03-05", "2014-03-14")
    (told,) = [n for n in office.notices(pilot, "queued") if n.rule == "hold" and n.due_on == date(2014, 5, 12)]
    assert (told.rung, str(told.send_on), told.reason.moved_from) == ("-60d", "2014-03-13", date(2014, 3, 10))
    assert judged(office, "2014-03-13") == ([], [], [])


def test_close_to_the_day_nothing_is_left_out(office: Office) -> None:
    """A warning with fewer days left than have passed since the news says something again."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-03-10")
    days(office, "2014-03-03", "2014-03-03")
    office.at("2014-03-04")
    office.take(pilot, "conference", "announce_again", day="2014-03-20")
    days(office, "2014-03-04", "2014-03-19")
    assert heard(office, pilot)[-2:] == [("03-04", "hold", "-60d"), ("03-13", "hold", "-7d")]


@pytest.fixture
def two(database: Database) -> Office:
    """An office whose conference has a last day beside the announced one."""
    return Office(database, local("2014-01-02"), bounded())


def test_two_deadlines_of_one_matter_do_not_take_turns(two: Office) -> None:
    """Warned of the announced day on the 20th, nobody is of the last day on the 24th; a missed day brings it back."""
    pilot = two.open()
    two.at("2014-06-01")
    two.take(pilot, "conference", "announce", day="2014-08-27")
    days(two, "2014-06-25", "2014-09-08")
    assert heard(two, pilot) == [
        ("06-28", "hold", "-60d"),
        ("08-20", "hold", "-7d"),
        ("09-03", "hold", "+7d"),
        ("09-07", "last_day", "+7d"),
    ]
    assert heard(two, pilot, "skipped") == [("07-02", "last_day", "-60d"), ("08-24", "last_day", "-7d")]
    assert judged(two, "2014-09-07") == ([], [], [])


def test_the_auditor_reads_silence_and_noise_for_itself(two: Office) -> None:
    """Without the first notice the silence is not justified; with a second one there is a notice too many."""
    pilot = two.open()
    two.at("2014-06-01")
    two.take(pilot, "conference", "announce", day="2014-08-27")
    days(two, "2014-08-10", "2014-08-25")
    assert judged(two, "2014-08-25")[1] == []
    with two.database.work() as work:
        noise = (
            "UPDATE notice SET status = 'queued', skip_reason = '', outbox_id = ?"
            " WHERE rule = 'last_day' AND rung = '-7d'"
        )
        assert work.connection.execute(noise, work.connection.rows("SELECT max(id) FROM outbox")[0][0]) == 1
        work.commit()
    assert judged(two, "2014-08-25")[1] == ["just_told"]
    with two.database.work() as work:
        work.connection.execute("UPDATE notice SET status = 'skipped', outbox_id = NULL WHERE rung = '-7d'")
        work.commit()
    assert judged(two, "2014-08-25")[0].count("skipped") == 2


def test_soon_is_measured_by_the_days_that_are_left() -> None:
    """On the day itself and after it nothing is soon; what was told of a day that has passed does not count."""
    told = [Told("d", date(2014, 5, 27), date(2014, 5, 13)), Told("d", MAY, date(2014, 5, 15))]
    assert just_told("d", MAY, date(2014, 5, 17), told)
    assert just_told("d", MAY, date(2014, 5, 22), told)
    assert not just_told("d", MAY, date(2014, 5, 24), told)
    assert not just_told("d", MAY, MAY, told)
    assert not just_told("d", MAY, date(2014, 5, 15), told)
    assert not just_told("d", None, date(2014, 5, 17), told)
    assert not just_told("d", MAY, date(2014, 5, 17), told[1:])
    rival = [Told("other", date(2014, 5, 20), date(2014, 5, 19))]
    assert just_told("d", MAY, date(2014, 5, 20), rival)
    assert not just_told("d", MAY, date(2014, 5, 21), rival)
    assert moved_from("d", MAY, told[:1]) == date(2014, 5, 27)
    assert moved_from("d", MAY, told) is None
    assert moved_from("d", None, told) is None
    assert moved_from("d", MAY, [Told("d", None, date(2014, 5, 13))]) is None
