"""The auditor of the reminders sees what is missing, doubled and late, whoever caused it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.audit.replay import replay
from mlw_workflow.interfaces import reminder_shapes
from mlw_workflow.notifications.transport import Permanent
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.change_person import Changes, change_person
from mlw_workflow.services.deadlines import deadlines_shown
from mlw_workflow.services.deputies import name_deputy
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.services.foresee import foresee
from mlw_workflow.services.pause import acknowledge, snooze
from mlw_workflow.services.policy import set_policy

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office

    from mlw_workflow.services.audit_reminders import RemindersAudited

OF_THE_SEVENTH = "created_at >= '2014-02-07T00:00:00Z' AND created_at < '2014-02-08T00:00:00Z'"
FIRST, LAST = date(2014, 1, 2), date(2014, 2, 12)


@pytest.fixture
def reminded(office: Office) -> Office:
    """Six weeks in which the worker ran every morning."""
    office.open()
    office.run("2014-01-02", 13)
    for day in range(3, 32):
        office.run(f"2014-01-{day:02}", 8)
    for day in range(1, 13):
        office.run(f"2014-02-{day:02}", 8)
    office.at("2014-02-13", 6)
    return office


def audited(office: Office) -> RemindersAudited:
    return audit_reminders(office.desk, FIRST, LAST)


def tamper(office: Office, statement: str) -> None:
    with office.database.work() as work:
        assert work.connection.execute(statement) >= 1
        work.commit()


def test_a_worker_that_always_ran(reminded: Office) -> None:
    """Nothing is found."""
    found = audited(reminded)
    assert found.holds
    assert found.expected >= 15


@pytest.mark.parametrize(
    ("statement", "why"),
    [
        ("DELETE FROM notice WHERE rung = '0' AND role = 'coordinator' AND machine = 'monthly/2014-01'", "no_notice"),
        (f"UPDATE outbox SET status = 'dead' WHERE {OF_THE_SEVENTH}", "dead"),
        (f"UPDATE outbox SET status = 'waiting' WHERE {OF_THE_SEVENTH}", "not_sent"),
        ("UPDATE notice SET status = 'skipped' WHERE rung = '+1wd' AND machine = 'monthly/2014-01'", "skipped"),
    ],
)
def test_what_was_not_sent_is_missing(reminded: Office, statement: str, why: str) -> None:
    """Whether there never was a notice, its mail died, waits, or somebody marked it as skipped."""
    tamper(reminded, "UPDATE deadline SET next_on = NULL")
    tamper(reminded, "DELETE FROM notice WHERE rung = '+3wd'")
    if why != "skipped":
        tamper(reminded, "DELETE FROM notice WHERE rung = '+1wd'")
    tamper(reminded, statement)
    assert why in {finding.why for finding in audited(reminded).missing}


def test_what_nobody_planned_is_doubled(reminded: Office) -> None:
    """A notice of a rung that the ladder does not have."""
    tamper(reminded, "UPDATE notice SET rung = 'x', key = 'x' WHERE rung = '0' AND role = 'coordinator' AND"
                     " machine = 'monthly/2014-01'")  # fmt: skip
    found = audited(reminded)
    assert [finding.why for finding in found.doubled] == ["not_due"]
    assert not found.holds


def test_what_was_sent_a_day_later_is_late(reminded: Office) -> None:
    """By the local day on which it was handed over."""
    text = "'2014-02-08T06:30:00.000000Z'"
    tamper(reminded, f"UPDATE outbox SET sent_at = {text} WHERE {OF_THE_SEVENTH}")
    assert {finding.why for finding in audited(reminded).late} == {"sent_late"}


def test_after_an_outage(office: Office) -> None:
    """Nothing is missing; what came late, or was overtaken by a later warning, is named."""
    pilot = office.open()
    office.run("2014-02-03", 8)
    office.run("2014-02-11", 8)
    office.at("2014-02-13", 6)
    office.run()
    found = audit_reminders(office.desk, date(2014, 2, 4), date(2014, 2, 11), [pilot])
    assert (found.missing, found.doubled) == ([], [])
    whys = [finding.why for finding in found.late if finding.machine == "monthly/2014-01"]
    assert sorted(whys) == ["sent_late", "sent_late", *["superseded"] * 4]


def test_no_address_no_reproach(office: Office) -> None:
    """A person who cannot be reached is on record; the one told instead is expected."""
    pilot = office.open(staffed=False)
    office.hire(pilot, "animator", "bezadresu", email="")
    office.hire(pilot, "coordinator")
    office.run("2014-01-02", 13)
    for day in range(3, 11):
        office.run(f"2014-01-{day:02}", 8)
    assert audit_reminders(office.desk, FIRST, date(2014, 1, 8)).holds
    tamper(office, "DELETE FROM notice WHERE status = 'queued' AND rung = '-1wd'")
    assert not audit_reminders(office.desk, FIRST, date(2014, 1, 8)).holds


def test_an_address_refused_for_good_is_missing(office: Office) -> None:
    """The person was not told, and the auditor says so."""
    office.open()
    office.post.answers = [Permanent("recipient_refused", 550)]
    office.run("2014-01-08", 8)
    office.at("2014-01-09", 6)
    found = audit_reminders(office.desk, date(2014, 1, 8), date(2014, 1, 8))
    assert [finding.why for finding in found.missing] == ["dead"]


def test_the_log_holds_with_entries_of_every_kind(office: Office) -> None:
    """Acknowledgements, snoozes, deputies and policies verify and replay, and move nothing."""
    pilot = office.open()
    person = office.people["animator tluszcz"].id
    snooze(office.desk, pilot, "monthly/2014-01", person, date(2014, 1, 5), "urlop", by="animator tluszcz")
    acknowledge(office.desk, pilot, "monthly/2014-01", person)
    name_deputy(office.desk, [pilot], "animator tluszcz", "body tluszcz", date(2014, 1, 5), date(2014, 1, 9))
    set_policy(office.desk, pilot, office.programme.reminders.__class__())
    assert verify(office.desk, pilot, deep=True).holds
    checked = replay_pilot(office.desk, pilot)
    assert checked.holds
    assert checked.entries == 8
    assert replay([], lambda _: None, lambda _: {}).first_failure is None


@pytest.mark.parametrize(
    ("statement", "check"),
    [
        ("UPDATE deadline SET due_on = '2014-03-01' WHERE machine = 'monthly/2014-01'", "projection_deadline"),
        ("DELETE FROM deadline WHERE machine = 'monthly/2014-01'", "projection_deadline"),
        ("DELETE FROM pause", "projection_pause"),
        ("UPDATE deputy SET until = '2015-01-01'", "projection_deputy"),
        ("DELETE FROM policy", "projection_policy"),
    ],
)
def test_what_differs_from_the_log_is_told_and_mended(office: Office, statement: str, check: str) -> None:
    """Deadlines, pauses, deputies and policies are rebuilt from the ledger, whatever happened before."""
    pilot = office.open()
    office.submit(pilot, "2014-02")
    office.take(pilot, "conference", "announce", day="2014-03-03")
    office.take(pilot, "monthly/2014-02", "return")
    set_policy(office.desk, pilot, replace(office.programme.reminders, snoozes_max=1))
    snooze(office.desk, pilot, "monthly/2014-01", "animator tluszcz", date(2014, 1, 5), "urlop")
    name_deputy(office.desk, [pilot], "animator tluszcz", "body tluszcz", date(2014, 1, 5), date(2014, 1, 9))
    office.run("2014-01-03")
    before = office.rows(pilot)
    assert replay_pilot(office.desk, pilot).holds
    tamper(office, statement)
    failure = replay_pilot(office.desk, pilot).first_failure
    assert failure is not None
    assert failure.check == check
    assert replay_pilot(office.desk, pilot, repair=True).repaired
    assert replay_pilot(office.desk, pilot).holds
    after = office.rows(pilot)
    assert {key: (row.due_on, row.status, row.revision) for key, row in after.items()} == {
        key: (row.due_on, row.status, row.revision) for key, row in before.items()
    }


def test_who_would_get_what(office: Office) -> None:
    """Foreseeing a day writes nothing and tells what that day will bring."""
    pilot = office.open()
    before = office.notices(pilot)
    found = [f for f in foresee(office.desk, date(2014, 2, 7), pilot) if f.notice.machine == "monthly/2014-01"]
    told = {(f.notice.role, f.notice.rung) for f in found if f.notice.status == "waiting"}
    assert told == {("animator", "0"), ("coordinator", "0")}
    assert {f.person.name for f in found if f.person} == {"animator tluszcz", "coordinator tluszcz"}
    assert office.notices(pilot) == before


def test_deadlines_are_shown_with_their_derivation(office: Office) -> None:
    """Between two days, and always those without a date."""
    pilot = office.open()
    shown = deadlines_shown(office.desk, pilot, date(2014, 2, 1), date(2014, 2, 28))
    assert [s.deadline.machine for s in shown] == ["monthly/2014-01", "conference"]
    assert [step.step for step in shown[0].deadline.derivation] == ["period_end", "offset"]
    assert shown[0].row is not None


def test_the_forecast_knows_the_deadlines(office: Office) -> None:
    """The path to the goal ends on the announced day."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-03-03")
    found = forecast_of(office.desk, pilot)
    assert [step.machine for step in found.critical_path] == ["team", "paper", "conference"]
    assert found.critical_path[-1].latest_finish == date(2014, 3, 3)
    assert found.rescuable_until is not None


def test_what_an_outage_delayed_is_found_under_the_day_of_its_mail(office: Office) -> None:
    """A reminder belongs to the span in which it was sent, too, and is told there under the pilot's name."""
    office.open()
    office.run("2014-01-02", 13)
    office.run("2014-01-06", 8)
    office.run("2014-01-12", 8)  # what was due on the 10th goes out on a Sunday
    office.at("2014-01-13", 6)
    found = audit_reminders(office.desk, date(2014, 1, 12), date(2014, 1, 12))
    assert {(f.rung, f.expected_on, f.sent_on, f.why) for f in found.late} == {
        ("+1wd", date(2014, 1, 10), date(2014, 1, 12), "sent_late")
    }
    assert {item["pilot"] for item in reminder_shapes.audited(found, {"tluszcz": "Tłuszcz"})["late"]} == {"Tłuszcz"}


def test_who_could_be_reached_is_judged_by_the_day(office: Office) -> None:
    """An address that comes or goes later changes nothing of what was right before."""
    pilot = office.open()
    animator = office.people["animator tluszcz"]
    office.run("2014-01-02", 13)
    for day in range(3, 32):
        office.run(f"2014-01-{day:02}", 8)
    change_person(office.desk, animator.id, Changes(email=""))
    for day in range(1, 7):
        office.run(f"2014-02-{day:02}", 8)
    assert {n.skip_reason for n in office.notices(pilot, "skipped")} == {"no_address"}
    assert ("monthly/2014-01", "-3wd", "coordinator") in office.told(pilot)
    change_person(office.desk, animator.id, Changes(email="anna@gmina.example"))
    for day in range(7, 13):
        office.run(f"2014-02-{day:02}", 8)
    assert ("monthly/2014-01", "0", "animator") in office.told(pilot)
    assert audited(office).holds
    tamper(office, "DELETE FROM notice WHERE rung = '-3wd' AND role = 'coordinator' AND send_on >= '2014-02-01'")
    assert [(f.rung, f.why) for f in audited(office).late] == [("-3wd", "superseded")]
