"""Who is reminded of what, when: the ladder, the people around a pilot, and one digest a day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from email import message_from_bytes
from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.office import POLICY, REPORT, local

from mlw_workflow.definitions.normal_form import content_hash, normal_bytes
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.pause import Deputy, stands_in
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.deputies import deputies, name_deputy
from mlw_workflow.services.pause import acknowledge, snooze
from mlw_workflow.services.policy import set_policy
from mlw_workflow.services.remind import tick

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office

JANUARY = "monthly/2014-01"
DECEMBER = "monthly/2013-12"


@pytest.fixture
def quiet(office: Office) -> Office:
    """The same office after the December report is in, so that January's (due on 7 February) is the next."""
    office.pilot = office.open()  # type: ignore[attr-defined]
    office.submit(office.pilot, "2013-12")  # type: ignore[attr-defined]
    return office


def test_the_ladder_day_by_day(quiet: Office) -> None:
    """Each rung reaches the people it names on its day, once."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    for day in range(1, 14):
        quiet.run(f"2014-02-{day:02}", 8)
        quiet.run(f"2014-02-{day:02}", 15)
    told = [n for n in quiet.notices(pilot, "queued") if n.machine == JANUARY]
    assert [(n.send_on.day, n.rung, n.role) for n in sorted(told, key=lambda n: (n.send_on, n.role))] == [
        (31, "-5wd", "animator"),
        (4, "-3wd", "animator"),
        (6, "-1wd", "animator"),
        (7, "0", "animator"),
        (7, "0", "coordinator"),
        (10, "+1wd", "animator"),
        (10, "+1wd", "coordinator"),
        (12, "+3wd", "animator"),
        (12, "+3wd", "body"),
        (12, "+3wd", "coordinator"),
    ]


def test_a_digest_a_day(office: Office) -> None:
    """What is due in several pilots comes in one mail at the hour of the digest, and nothing more that day."""
    first, second = office.open(), office.open("Gościeradów", staffed=False)
    office.hire(second, "animator", "animator tluszcz")
    assert office.run("2014-01-07", 6) == []
    mails = office.run("2014-01-07", 7)
    assert [who for who, _ in mails] == ["animator"]
    letter = office.post.letters[-1]
    text = message_from_bytes(letter.content).get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "Tłuszcz" in text
    assert "Gościeradów" in text
    office.take(first, "team", "appoint")
    office.at("2014-01-07", 15)
    assert office.run() == []


def test_an_urgent_rung_goes_at_once_outside_the_quiet_hours(quiet: Office) -> None:
    """In a mail of its own, not before the quiet hours have ended."""
    mails = quiet.run("2014-02-12", 3)
    assert mails == []
    mails = quiet.run("2014-02-12", 7)
    assert sorted(who for who, _ in mails) == ["animator", "body", "coordinator"]
    assert all(subject.startswith("Pilne") for _, subject in mails)


def test_after_an_outage_only_the_highest_rung_that_is_still_true(quiet: Office) -> None:
    """One notice each, with the number of those that were missed; those are on record as superseded."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-01-30")
    mails = quiet.run("2014-02-11")
    assert sorted(who for who, _ in mails) == ["animator", "coordinator"]
    found = {(n.role, n.rung): n for n in quiet.notices(pilot) if n.machine == JANUARY}
    assert found["animator", "+1wd"].reason.missed == 4
    assert found["coordinator", "+1wd"].reason.missed == 1
    assert found["animator", "0"].skip_reason == "superseded"
    letter = next(each for each in quiet.post.letters if each.recipient.startswith("animator"))
    text = message_from_bytes(letter.content).get_payload(0).get_payload(decode=True).decode()  # type: ignore[union-attr]
    assert "od 31 stycznia do 10 lutego 2014" in text
    assert "4 wcześniejsze przypomnienia" in text


def test_what_is_done_is_not_reminded_of(quiet: Office) -> None:
    """Neither after it was done, nor with a notice that was waiting for its digest."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-07", 6)
    assert (JANUARY, "0", "animator") in quiet.told(pilot, "waiting")
    quiet.submit(pilot, "2014-01")
    assert quiet.run("2014-02-07", 7) == []
    assert quiet.run("2014-02-12") == []


def test_a_returned_report_is_reminded_of_again(quiet: Office) -> None:
    """Returning it revives the ladder; what was sent once with the same due day is sent under a key of its own."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-12")
    quiet.submit(pilot, "2014-01")
    quiet.at("2014-02-20")
    quiet.take(pilot, JANUARY, "return")
    quiet.run()
    assert (JANUARY, "+3wd@2014-02-20", "animator") in quiet.told(pilot)
    before = quiet.told(pilot)
    quiet.run("2014-02-21")
    assert [told for told in quiet.told(pilot) if told not in before and told[0] == JANUARY] == []


def test_a_deadline_that_moves_there_and_back(office: Office) -> None:
    """Withdrawn notices come back to life; nothing is lost and nothing comes twice."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-03-10")
    office.run("2014-03-03", 6)
    assert ("conference", "-7d", "coordinator") in office.told(pilot, "waiting")
    office.take(pilot, "conference", "announce_again", day="2014-04-10")
    assert ("conference", "-7d", "coordinator") in office.told(pilot, "withdrawn")
    office.take(pilot, "conference", "announce_again", day="2014-03-10")
    office.run("2014-03-03", 8)
    assert office.told(pilot).count(("conference", "-7d", "coordinator")) == 1


def test_acknowledged_is_silence(quiet: Office) -> None:
    """For that person and deadline only, until the deadline changes."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-07", 6)
    acknowledge(quiet.desk, pilot, JANUARY, "animator tluszcz")
    assert [who for who, _ in quiet.run("2014-02-07", 7)] == ["coordinator"]
    assert sorted(who for who, _ in quiet.run("2014-02-12")) == ["body", "coordinator"]
    assert (JANUARY, "+3wd", "animator") in quiet.told(pilot, "skipped")
    quiet.submit(pilot, "2014-01")
    quiet.at("2014-02-13")
    quiet.take(pilot, JANUARY, "return")
    assert "animator" in [who for who, _ in quiet.run()]


def test_snoozed_until_a_day(quiet: Office) -> None:
    """Silence before that day, and then the highest rung once more, even if it had been told."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-04", 8)
    snooze(quiet.desk, pilot, JANUARY, "animator tluszcz", date(2014, 2, 9), "chora")
    assert quiet.run("2014-02-06") == []
    assert [who for who, _ in quiet.run("2014-02-07")] == ["coordinator"]
    quiet.run("2014-02-09")
    assert (JANUARY, "0@2014-02-09", "animator") in quiet.told(pilot)
    quiet.run("2014-02-10")
    assert (JANUARY, "+1wd", "animator") in quiet.told(pilot)


def test_a_snooze_has_its_limits(quiet: Office) -> None:
    """Not without a reason, not into the past, not for longer and not more often than the policy says."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.at("2014-02-03")
    for until, reason, code in (
        (date(2014, 2, 5), " ", "reason_missing"),
        (date(2014, 2, 3), "r", "snooze_day"),
        (date(2014, 2, 18), "r", "snooze_too_long"),
    ):
        with pytest.raises(BadInput) as refused:
            snooze(quiet.desk, pilot, JANUARY, "animator tluszcz", until, reason)
        assert refused.value.code == code
    for _ in range(POLICY.snoozes_max):
        snooze(quiet.desk, pilot, JANUARY, "animator tluszcz", date(2014, 2, 5), "r")
    with pytest.raises(BadInput, match="snooze_too_often"):
        snooze(quiet.desk, pilot, JANUARY, "animator tluszcz", date(2014, 2, 5), "r")
    with pytest.raises(BadInput, match="deadline_not_open"):
        acknowledge(quiet.desk, pilot, DECEMBER, "animator tluszcz")


def test_a_deputy_is_told_instead(quiet: Office) -> None:
    """Between two days, with the absent person's name."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    deputy = quiet.hire(pilot, "body", "zastepca")
    name_deputy(quiet.desk, [pilot], "animator tluszcz", "zastepca", date(2014, 2, 6), date(2014, 2, 6))
    assert [who for who, _ in quiet.run("2014-02-06")] == ["zastepca"]
    notice = next(n for n in quiet.notices(pilot, "queued") if n.recipient == deputy.id)
    assert notice.reason.deputy_for == quiet.people["animator tluszcz"].id
    name_deputy(quiet.desk, [pilot], "animator tluszcz", "zastepca", date(2014, 2, 7), date(2014, 2, 9))
    assert "zastepca" in [who for who, _ in quiet.run("2014-02-07")]


def test_deputies_that_could_tell_nobody_are_refused(quiet: Office) -> None:
    """A circle, two at a time, one without an address; what was recorded before stays as it was."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.hire(pilot, "body", "zastepca")
    quiet.hire(pilot, "body", "bezadresu", email="")
    first, last = date(2014, 2, 7), date(2014, 2, 9)
    name_deputy(quiet.desk, [pilot], "animator tluszcz", "zastepca", first, last)
    for person, deputy, code in (
        ("zastepca", "animator tluszcz", "deputy_circle"),
        ("animator tluszcz", "coordinator tluszcz", "deputy_twice"),
        ("coordinator tluszcz", "bezadresu", "deputy_unreachable"),
    ):
        with pytest.raises(BadInput) as refused:
            name_deputy(quiet.desk, [pilot], person, deputy, last, date(2014, 2, 20))
        assert refused.value.code == code
    name_deputy(quiet.desk, [pilot], "zastepca", "animator tluszcz", date(2014, 2, 10), date(2014, 2, 20))
    name_deputy(quiet.desk, [pilot], "animator tluszcz", "zastepca", first, date(2014, 2, 6))
    assert len(deputies(quiet.desk, pilot)) == 1


def test_where_the_deputy_cannot_be_told_the_person_is(quiet: Office) -> None:
    """A deputy who lost the address, or an old circle, keeps nobody from hearing; the auditor expects the same."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    for day in range(2, 32):
        quiet.run(f"2014-01-{day:02}", 13 if day == 2 else 8)
    quiet.hire(pilot, "body", "zastepca")
    name_deputy(quiet.desk, [pilot], "animator tluszcz", "zastepca", date(2014, 2, 4), date(2014, 2, 4))
    with quiet.database.work() as work:
        work.connection.execute("UPDATE person SET email = '' WHERE name = 'zastepca'")
        work.commit()
    assert [who for who, _ in quiet.run("2014-02-04", 8)] == ["animator"]
    assert (JANUARY, "-3wd", "zastepca") in quiet.told(pilot, "skipped")
    quiet.at("2014-02-05", 6)
    assert audit_reminders(quiet.desk, date(2014, 2, 4), date(2014, 2, 4)).holds
    ring = [Deputy("a", "b", date(2014, 1, 1), date(2014, 1, 2)), Deputy("b", "a", date(2014, 1, 1), date(2014, 1, 2))]
    assert stands_in(ring, "a", date(2014, 1, 1)) == "a"


def test_a_role_that_nobody_holds_is_handed_on(office: Office) -> None:
    """To the next of the escalation, and it is on record that nobody held it."""
    pilot = office.open(staffed=False)
    office.hire(pilot, "body")
    mails = office.run("2014-01-07")
    assert [who for who, _ in mails] == ["body"]
    (told,) = office.notices(pilot, "queued")
    assert (told.role, told.reason.in_place_of) == ("body", "animator")
    (skipped,) = office.notices(pilot, "skipped")
    assert (skipped.skip_reason, skipped.role, skipped.recipient) == ("no_holder", "animator", "")


def test_a_person_without_an_address_is_on_record_and_passed_over(office: Office) -> None:
    """The next of the escalation is told instead."""
    pilot = office.open(staffed=False)
    office.hire(pilot, "animator", "bezadresu", email="")
    office.hire(pilot, "coordinator")
    assert [who for who, _ in office.run("2014-01-07")] == ["coordinator"]
    assert (DECEMBER, "-3wd", "bezadresu") in office.told(pilot, "skipped")
    assert {n.skip_reason for n in office.notices(pilot, "skipped")} == {"no_address"}


def test_no_date_is_itself_a_deadline(office: Office) -> None:
    """Each week from 90 days before the end, until a day is announced."""
    pilot = office.open()
    office.run("2014-06-02")
    office.run("2014-06-09")
    assert [t for t in office.told(pilot) if t[0] == "conference"] == [
        ("conference", "-90d", "coordinator"),
        ("conference", "-90d#2", "coordinator"),
    ]


def test_a_policy_of_its_own(quiet: Office) -> None:
    """A pilot may be reminded otherwise than its programme says, from the entry that says so."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    later = replace(REPORT, rungs=REPORT.rungs[-1:])
    assert set_policy(quiet.desk, pilot, replace(POLICY, ladders=(later, POLICY.ladders[1])))
    assert not set_policy(quiet.desk, pilot, replace(POLICY, ladders=(later, POLICY.ladders[1])))
    assert quiet.run("2014-02-07") == []
    assert len(quiet.run("2014-02-12")) == 3
    assert set_policy(quiet.desk, pilot, None)


def test_a_change_of_the_policy_tells_nobody_again(quiet: Office) -> None:
    """What was told stays told, who acknowledged stays in peace, and what waits for its mail goes out."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-07", 8)
    acknowledge(quiet.desk, pilot, JANUARY, "coordinator tluszcz")
    sent = len(quiet.post.letters)
    quiet.run("2014-02-10", 6)
    later = replace(POLICY, digest_hour=9)
    assert set_policy(quiet.desk, pilot, later)
    assert [who for who, _ in quiet.run("2014-02-10", 8)] == ["animator"]
    assert set_policy(quiet.desk, pilot, None)
    quiet.run("2014-02-11", 10)
    assert len(quiet.post.letters) == sent + 1
    assert sorted(who for who, _ in quiet.run("2014-02-12", 10)) == ["animator", "body"]
    quiet.at("2014-02-13", 6)
    assert audit_reminders(quiet.desk, date(2014, 2, 7), date(2014, 2, 12)).holds


def test_a_new_policy_after_an_outage_tells_what_is_due_by_it(quiet: Office) -> None:
    """Days on which nothing ran are made up for by the rules of now, once."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    quiet.run("2014-02-04", 8)
    quiet.at("2014-02-10", 8)
    assert set_policy(quiet.desk, pilot, replace(POLICY, ladders=(replace(REPORT, rungs=REPORT.rungs[:4]),)))
    quiet.run("2014-02-10", 9)
    assert [n.rung for n in quiet.notices(pilot, "queued") if n.send_on > date(2014, 2, 4)] == ["0", "0"]


def test_one_mail_a_morning_about_one_deadline(quiet: Office) -> None:
    """A warning that waits for its digest gives way to a higher one of the next morning; the auditor finds it right."""
    pilot = quiet.pilot  # type: ignore[attr-defined]
    for day in range(3, 11):
        quiet.run(f"2014-02-{day:02}", 8)
    quiet.submit(pilot, "2014-01")
    quiet.at("2014-02-11", 7)
    quiet.take(pilot, "team", "appoint", "2014-01-28")  # the paper is due today: today's digest exists
    quiet.run("2014-02-11", 8)
    quiet.at("2014-02-11", 17)
    quiet.take(pilot, JANUARY, "return")
    quiet.run("2014-02-11", 18)
    assert (JANUARY, "+1wd@2014-02-11", "animator") in quiet.told(pilot, "waiting")
    quiet.run("2014-02-12", 1)
    quiet.run("2014-02-12", 7)
    about = [n for n in quiet.notices(pilot, "queued") if n.machine == JANUARY and n.send_on >= date(2014, 2, 10)]
    assert sorted((n.role, n.rung) for n in about if n.mail_at and n.mail_at >= local("2014-02-12", 0)) == [
        ("animator", "+3wd"),
        ("body", "+3wd"),
        ("coordinator", "+3wd"),
    ]
    assert (JANUARY, "+1wd@2014-02-11", "animator") in quiet.told(pilot, "skipped")
    assert (JANUARY, "+3wd", "animator") in quiet.told(pilot)
    quiet.at("2014-02-13", 6)
    assert audit_reminders(quiet.desk, date(2014, 2, 11), date(2014, 2, 12)).late == []


def test_nothing_is_written_in_the_quiet_hours(quiet: Office) -> None:
    """Neither a digest that comes late in the evening nor what became urgent by then; both wait for the morning."""
    quiet.run("2014-02-11", 6)
    assert quiet.run("2014-02-11", 22) == []
    assert quiet.run("2014-02-12", 6, 59) == []
    mails = quiet.run("2014-02-12", 7)
    assert {who for who, _ in mails} == {"animator", "coordinator", "body"}


def test_a_notice_that_was_there_before_is_not_counted(quiet: Office) -> None:
    """The tick tells how many were entered, not how many were tried."""
    moment = local("2014-02-07", 8)
    first = tick(quiet.desk, moment)
    with quiet.database.work() as work:
        work.connection.execute(
            "UPDATE deadline SET next_on = '2014-02-07', handled_until = '2014-02-06' WHERE machine = 'monthly/2014-01'"
        )
        work.commit()
    again = tick(quiet.desk, moment)
    assert first.notices >= 2
    assert (again.deadlines, again.notices, again.skipped) == (1, 0, 0)


def test_a_clock_set_back_sends_nothing_twice(quiet: Office) -> None:
    """Days that were handled stay handled."""
    quiet.run("2014-02-07")
    sent = len(quiet.post.letters)
    for day in (3, 4, 5, 6, 7):
        quiet.run(f"2014-02-{day:02}")
    assert len(quiet.post.letters) == sent
    assert quiet.run("2014-02-10") != []


def test_one_broken_definition_keeps_nobody_else_waiting(quiet: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its own pilots stay due; so does a forecast that fails keep no mail back."""
    from mlw_workflow.services import digest

    other = replace(quiet.programme, id="other")
    body = normal_bytes(other)
    with quiet.database.work() as work:
        work.add_definition(content_hash(body), "other", body, quiet.clock.now())
        work.commit()
    quiet.definition = content_hash(body)
    broken = quiet.open("Zepsuta")
    with quiet.database.work() as work:
        on = "" if quiet.database.driver.url.startswith("sqlite") else " ON definition"
        work.connection.execute(f"DROP TRIGGER definition_no_update{on}")
        work.connection.execute("UPDATE definition SET body = ? WHERE programme = 'other'", b"{}")
        work.commit()
    quiet.desk.programmes.clear()
    monkeypatch.setattr(digest, "forecast_of", lambda *_: 1 / 0)
    assert quiet.run("2014-02-06", 12) == [], "a tick may still be going on elsewhere"
    assert [who for who, _ in quiet.run("2014-02-06", 12, 15)] == ["animator"]
    assert quiet.rows(broken)["monthly/2014-01", "submit"].next_on is not None


def test_the_hour_of_the_digest_is_local(quiet: Office) -> None:
    """On the day the clocks go forward, too."""
    quiet.submit(quiet.pilot, "2014-01")  # type: ignore[attr-defined]
    assert local("2014-03-30", 7).hour == 5
    assert local("2014-03-29", 7).hour == 6
