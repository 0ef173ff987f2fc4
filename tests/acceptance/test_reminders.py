"""Deadlines and reminders as an office types them."""

from __future__ import annotations

import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from icalendar import Calendar


@pytest.fixture
def staffed(tluszcz: Any) -> Any:
    """Tłuszcz on 31 May 2014, with an animator, a coordinator and somebody at the implementing body."""
    for name, role in (("Anna Wolska", "animator"), ("Jan Lis", "coordinator"), ("Ewa Kos", "implementing_body")):
        tluszcz.done(f'person add "{name}" --email {name.split()[0].lower()}@ops.example')
        tluszcz.done(f'member add "{name}" {role} Tłuszcz')
    return tluszcz


def mails(office: Any) -> list[str]:
    """The mails written so far, as they were written."""
    return [file.read_text("utf-8") for file in sorted((office.home / "mail").glob("*.eml"))]


def test_deadlines(staffed: Any) -> None:
    """Every report has its day, the conference has one without a date, and each can say where its day comes from."""
    found = {(d["machine"], d["rule"]): d for d in staffed.done("deadlines Tłuszcz --json").json["deadlines"]}
    assert found["monthly/2014-04", "submit"]["due_on"] == "2014-05-08"
    assert found["monthly/2014-04", "submit"]["status"] == "late"
    assert found["monthly/2014-05", "submit"]["status"] == "open"
    assert found["conference", "date"]["due_on"] is None
    assert found["conference", "last_day"]["due_on"] == "2014-08-31"
    assert found["w07", "done"]["last_start"] == "2014-06-11"
    assert found["w05", "done"]["last_start"] is None
    told = staffed.done("deadlines Tłuszcz --explain --from 2014-08-31 --to 2014-08-31").out
    assert "a day off (Sunday), but the deadline stays" in told
    assert "school holidays (wakacje letnie)" in told


def test_forecast(staffed: Any) -> None:
    """On 31 May the conference hangs on the ZSL's appointment, which must begin by 11 June."""
    found = staffed.done("forecast Tłuszcz --json").json
    assert [step["machine"] for step in found["critical_path"]] == ["w07", "w09", "w09", "conference"]
    assert (found["slack"]["w07"], found["rescuable_until"]) == (8, "2014-06-11")
    assert "8 working days" in staffed.done("forecast").out
    staffed.on("2014-06-12")
    assert staffed.done("forecast Tłuszcz --json").json["rescuable_until"] is None
    assert "too late by" in staffed.done("forecast").out


def test_who_would_get_what(staffed: Any) -> None:
    """A dry run tells of a day to come and writes nothing."""
    found = staffed.done("remind --dry-run --today 2014-06-02 --json").json["notices"]
    conference = [n for n in found if n["machine"] == "conference"]
    assert {n["role"] for n in conference} == {"animator", "coordinator"}
    assert {(n["rung"], n["due_on"], n["send_on"]) for n in conference} == {("-90d", None, "2014-06-02")}
    assert all(n["digest"] for n in conference)
    assert staffed.done("notices --json").json["notices"] == []
    assert "role: MLW animator" in staffed.done("remind --dry-run").out


def test_one_mail_a_day(staffed: Any) -> None:
    """A run writes one digest a person, a second run nothing; the notices say what became of them."""
    first = staffed.done("worker --once --json").json
    assert first["sent"] == first["mails"] > 0
    assert len(mails(staffed)) == first["sent"]
    assert staffed.done("worker --once --json").json["mails"] == 0
    assert "There was nothing to do." in staffed.done("worker --once").out
    sent = staffed.done("notices --as anna@ops.example --json").json["notices"]
    assert {n["mail_status"] for n in sent if n["status"] == "queued"} == {"sent"}
    assert "written to the mail folder" in staffed.done("notices").out
    assert staffed("doctor").code == 0
    assert len(staffed.done("outbox list --all --json").json["mails"]) == first["sent"]


def test_acknowledging_and_snoozing(staffed: Any) -> None:
    """Whoever knows is left alone; whoever asks for later is reminded then, with a reason and within the limit."""
    staffed.done("ack Tłuszcz training_animators --as anna@ops.example")
    assert "reason" in staffed("snooze Tłuszcz monthly/2014-05 --as anna@ops.example --until 2014-06-04").err
    staffed.done("snooze Tłuszcz monthly/2014-05 --as anna@ops.example --until 2014-06-04 --reason urlop")
    refused = staffed("snooze Tłuszcz partial/3 --as anna@ops.example --until 2014-07-31 --reason urlop")
    assert (refused.code, "14 days" in refused.err) == (2, True)
    assert staffed("ack Tłuszcz w02 --as anna@ops.example").code == 2  # done long ago
    assert staffed("ack Tłuszcz w07").code == 2
    assert staffed("snooze Tłuszcz w07 --as anna@ops.example").code == 2
    anna = staffed.done("person list --json").json["people"]
    anna = next(p["id"] for p in anna if p["name"] == "Anna Wolska")

    def told(day: str) -> set[str]:
        found = staffed.done(f"remind --dry-run --today {day} --json").json["notices"]
        return {n["machine"] for n in found if n["recipient"] == anna}

    assert "training_animators" not in told("2014-06-02")
    assert "monthly/2014-05" not in told("2014-06-03")
    assert "monthly/2014-05" in told("2014-06-04")


def test_deputies(staffed: Any) -> None:
    """While somebody is away their deputy is told, and the mail would say for whom."""
    staffed.done('deputy add "Anna Wolska" "Jan Lis" --since 2014-06-01 --until 2014-06-03')
    assert "Jan Lis" in staffed.done("deputy list").out
    away = staffed.done("remind --dry-run --today 2014-06-02 --json").json["notices"]
    assert any("deputy for Anna Wolska" in n["reason"] for n in away)
    back = staffed.done("remind --dry-run --today 2014-06-04 --json").json["notices"]
    assert not any("deputy for" in n["reason"] for n in back)
    assert staffed('deputy add "Anna Wolska" "Anna Wolska" --until 2014-06-03').code == 2
    assert staffed('deputy add "Anna Wolska" "Jan Lis"').code == 2


def test_an_empty_role_is_told(tluszcz: Any) -> None:
    """Where nobody holds a role the dry run says so."""
    left_out = tluszcz.done("remind --dry-run --json").json["skipped"]
    assert {n["skipped_because"] for n in left_out} == {"no_holder"}
    assert "nobody holds the role" in tluszcz.done("remind --dry-run").out


def test_calendar(staffed: Any) -> None:
    """The calendar parses, holds each dated deadline once, and gives the same bytes again."""
    text = staffed.done("calendar Tłuszcz").out
    events = list(Calendar.from_ical(text).walk("VEVENT"))
    days = {e["DTSTART"].dt for e in events}
    assert {date(2014, 6, 6), date(2014, 8, 31)} <= days
    assert len({str(e["UID"]) for e in events}) == len(events) == 26
    assert staffed.done("calendar Tłuszcz").out == text
    fewer = Calendar.from_ical(staffed.done("calendar Tłuszcz --as implementing_body").out).walk("VEVENT")
    assert 0 < len(fewer) <= len(events)
    assert staffed('calendar Tłuszcz --as "Nobody Here"').code == 2


def test_a_moved_conference(staffed: Any) -> None:
    """A new date moves the deadline in the calendar, with the same UID and a higher sequence."""
    staffed.done("advance Tłuszcz conference announce --as coordinator -e date=2014-08-27 -e place=Serock")

    def event() -> Any:
        found = Calendar.from_ical(staffed.done("calendar Tłuszcz").out).walk("VEVENT")
        return next(e for e in found if "on the date announced" in str(e["DESCRIPTION"]))

    before = event()
    moved = "advance Tłuszcz conference reschedule --as coordinator -e date=2014-08-28 -e place=Serock -e reason=sala"
    staffed.done(moved)
    after = event()
    assert (before["DTSTART"].dt, after["DTSTART"].dt) == (date(2014, 8, 27), date(2014, 8, 28))
    assert before["UID"] == after["UID"]
    assert before["SEQUENCE"] < after["SEQUENCE"]


def test_the_auditor_agrees(staffed: Any) -> None:
    """What one run sent is what the record asks for; a night in which nothing ran is told."""
    staffed.done("worker --once")
    assert staffed("audit reminders Tłuszcz --from 2014-05-31 --to 2014-05-31").code == 0
    staffed.on("2014-06-20")
    answer = staffed("audit reminders Tłuszcz --from 2014-06-01 --to 2014-06-10")
    assert (answer.code, "Not everything holds" in answer.out) == (3, True)
    assert staffed("audit reminders --from 2014-06-10 --to 2014-06-01").code == 2


def test_mail_that_cannot_leave(staffed: Any) -> None:
    """Without a sender nothing is tried; a server that is away loses nothing and is told."""
    (staffed.home / "config.toml").write_text('[mail]\ntransport = "smtp"\nhost = "127.0.0.1"\nport = 1\n', "utf-8")
    assert "mail.sender" in staffed("worker --once").err
    text = (staffed.home / "config.toml").read_text("utf-8") + 'sender = "mlw@gmina.example"\n'
    (staffed.home / "config.toml").write_text(text, "utf-8")
    ran = staffed.done("worker --once --json").json
    assert (ran["sent"], ran["stopped"]) == (0, "unreachable")
    assert staffed.done("outbox list --json").json["mails"] == []  # they wait; nobody has to decide yet
    (staffed.home / "config.toml").unlink()
    staffed.on("2014-06-02")
    assert staffed.done("worker --once --json").json["sent"] >= ran["mails"]


def test_outbox_decisions_need_a_reason_to_decide(staffed: Any) -> None:
    """A mail that waits for nobody's decision cannot be decided on."""
    for line in ("outbox resend 1", "outbox resolve 1", "outbox resend one"):
        assert staffed(line).code == 2
    assert "There are no such mails." in staffed.done("outbox list").out


def test_a_municipality_reminded_otherwise(staffed: Any) -> None:
    """A file named by the pilot's code changes its warnings when the worker next starts; taking it away undoes that."""
    folder = staffed.home / "reminders"
    folder.mkdir()
    code = staffed.done("pilot list --json").json["pilots"][0]["code"]
    file = folder / f"{code}.yaml"
    file.write_text("ladders: {report: {rungs: [{working_days: -4, to: [boss]}]}}\n", "utf-8")
    answer = staffed("worker --once")
    assert (answer.code, f"{code}.yaml:1" in answer.err) == (0, True)  # one broken file keeps nobody else waiting
    file.write_text("ladders: {report: {rungs: [{working_days: -4, to: [coordinator]}]}}\n", "utf-8")
    assert "other rules" in staffed("worker --once").err
    assert staffed("worker --once").err == ""

    def rungs() -> set[tuple[str, str]]:
        found = staffed.done("remind --dry-run --today 2014-06-02 --json").json["notices"]
        return {(n["rung"], n["role"]) for n in found if n["machine"] == "monthly/2014-05"}

    assert rungs() == {("-4wd", "coordinator")}
    assert staffed.done("history --json").json["entries"][-1]["kind"] == "policy"
    assert staffed("audit replay").code == 0
    file.unlink()
    staffed.on("2014-06-01")
    assert "other rules" in staffed("worker --once").err
    assert ("-4wd", "coordinator") not in rungs()


def test_settings_of_mail_and_school(office: Any) -> None:
    """A slip in a school holiday or a security is told with its place."""
    for text in ('[calendar]\nschool_holidays = ["ferie"]\n', '[mail]\nsecurity = "maybe"\n'):
        (office.home / "config.toml").write_text(text, "utf-8")
        answer = office("deadlines")
        assert answer.code == 2
        assert "config.toml" in answer.err


def test_the_year(bare: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The whole pilot of Tłuszcz on a simulated clock: nine months of mails, what is assumed is called so."""
    began = time.process_time()
    told = bare.done("demo --year").out
    assert time.process_time() - began < 15
    for month in ("December 2013", "January 2014", "May 2014", "August 2014"):
        assert month in told
    assert "assumed" in told
    assert "conference (60 days before)" in told
    assert "monthly/2013-12 (1 working day after)" in told
    assert "conference (no date yet" in told
    assert "in hand)" in told
    assert not list(Path(bare.home).rglob("*.sqlite3"))
