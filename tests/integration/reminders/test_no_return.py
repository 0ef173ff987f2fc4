"""The point of no return: a warning some working days before it and one when it has come, to whoever can act."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.office import POLICY, Office, local, reminded

from mlw_workflow.domain.forecast import Planned
from mlw_workflow.domain.no_return import RULE, Pressing, Said, just_said
from mlw_workflow.services.audit_reminders import audit_reminders
from mlw_workflow.services.foresee import foresee
from mlw_workflow.services.no_return import warn
from mlw_workflow.services.policy import set_policy
from mlw_workflow.testing import rule, workflow

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.database import Database
    from mlw_workflow.storage.obligations import Notice

FIRST = date(2014, 1, 3)
CONFERENCE = "2014-01-30"
"""The conference takes two working days to prepare, everything before it none: it must begin by 28 January."""


@pytest.fixture
def pressed(database: Database) -> Office:
    """An office in which only the animator may take the first step, and everything hangs on it."""
    made = reminded(replace(POLICY, ladders=()))
    team = made.workflow["team"]
    rules = tuple(replace(rule, by=("animator",)) for rule in team.rules)
    machines = tuple(replace(team, rules=rules) if w.id == "team" else w for w in made.workflows)
    office = Office(database, local("2014-01-02"), replace(made, workflows=machines))
    office.pilot = office.open()  # type: ignore[attr-defined]
    office.take(office.pilot, "conference", "announce", day=CONFERENCE)  # type: ignore[attr-defined]
    return office


def pilot_of(office: Office) -> Pilot:
    return office.pilot  # type: ignore[attr-defined, no-any-return]


def slack(office: Office, *status: str) -> list[tuple[str, str, str]]:
    """The warnings as (day, rung, role)."""
    found = [n for n in office.notices(pilot_of(office), *(status or ("queued",))) if n.rule == RULE]
    return sorted((n.send_on.isoformat(), n.rung, n.role) for n in found)


def days(office: Office, first: date, last: date, hour: int = 8) -> None:
    day = first
    while day <= last:
        office.run(day, hour)
        day += timedelta(days=1)


def test_warned_before_and_at_the_last_moment(pressed: Office) -> None:
    """First who can act, then everybody above as well; each once, in a digest that exists for that alone."""
    days(pressed, FIRST, date(2014, 2, 5))
    assert slack(pressed) == [
        ("2014-01-21", "slack-5wd", "animator"),
        ("2014-01-28", "slack", "animator"),
        ("2014-01-28", "slack", "body"),
        ("2014-01-28", "slack", "coordinator"),
    ]
    mails = [mail for mail in pressed.mails() if mail.recipient == pressed.people["body tluszcz"].id]
    (mail,) = mails
    assert mail.subject == "Tłuszcz: appoint: ostatni moment na rozpoczęcie"
    for words in (
        "Ostatni moment, aby zdążyć",
        "* appoint",
        "team (team)",
        "Dopiero potem: write → hold",
        "animator tluszcz",
    ):
        assert words in mail.text
    assert audit_reminders(pressed.desk, FIRST, date(2014, 2, 4)).holds


def test_the_auditor_misses_a_warning(pressed: Office) -> None:
    """One that nobody got is missing, one of a step that did not press was not due."""
    days(pressed, FIRST, date(2014, 1, 29))
    with pressed.database.work() as work:
        work.connection.execute("DELETE FROM notice WHERE rung = 'slack' AND role = 'body'")
        work.connection.execute("UPDATE notice SET due_on = '2014-01-27' WHERE rung = 'slack' AND role = 'coordinator'")
        work.commit()
    found = audit_reminders(pressed.desk, FIRST, date(2014, 1, 28))
    assert [(f.rung, f.why) for f in found.missing] == [("slack", "no_notice")] * 2
    assert [(f.rung, f.why) for f in found.doubled] == [("slack", "not_due")]


def test_the_step_taken_in_time_is_not_warned_of(pressed: Office) -> None:
    """A warning that waits for its mail is taken back when the step has been taken meanwhile."""
    days(pressed, FIRST, date(2014, 1, 27))
    pressed.run("2014-01-28", 6)
    assert len(slack(pressed, "waiting")) == 3
    pressed.take(pilot_of(pressed), "team", "appoint")
    pressed.run("2014-01-28", 8)
    assert {n.skip_reason for n in pressed.notices(pilot_of(pressed), "withdrawn")} == {"slack_regained"}
    assert [told for told in slack(pressed) if told[1] == "slack"] == []


def test_after_an_outage_only_what_is_true(pressed: Office) -> None:
    """The last warning alone, and it says that the moment has passed."""
    pressed.run("2014-01-03", 8)
    pressed.run("2014-02-10", 8)
    assert {rung for _, rung, _ in slack(pressed)} == {"slack"}
    assert "Za późno, aby zdążyć w zwykłym tempie" in pressed.mails()[-1].text


def test_how_long_before_is_the_policys_to_say(pressed: Office) -> None:
    """Also of one municipality alone."""
    set_policy(pressed.desk, pilot_of(pressed), replace(pressed.programme.reminders, slack_days=2))
    days(pressed, FIRST, date(2014, 1, 27))
    assert slack(pressed) == [("2014-01-24", "slack-2wd", "animator")]


def test_foreseen(pressed: Office) -> None:
    """The dry run tells of it, and afterwards that it was told."""
    found = [f for f in foresee(pressed.desk, date(2014, 1, 21), pilot_of(pressed)) if f.notice.rule == RULE]
    assert [(f.notice.rung, f.notice.role, f.recorded) for f in found] == [("slack-5wd", "animator", None)]
    days(pressed, FIRST, date(2014, 1, 22))
    (again,) = [f for f in foresee(pressed.desk, date(2014, 1, 21), pilot_of(pressed)) if f.notice.rule == RULE]
    recorded: Notice | None = again.recorded
    assert recorded is not None
    assert recorded.status == "queued"
    assert [f for f in foresee(pressed.desk, date(2014, 1, 22), pilot_of(pressed)) if f.notice.rule == RULE] == []


def test_pilots_are_looked_at_only_when_something_may_have_changed(pressed: Office) -> None:
    """After an entry, and on the day that the last forecast named; once a day, and not on days off."""
    looked = []
    for number in range(26):
        day = FIRST + timedelta(days=number)
        looked += [str(day)] * warn(pressed.desk, local(day, 0, 5)).pilots
        assert warn(pressed.desk, local(day, 0, 6)).pilots == 0
    assert looked == ["2014-01-03", "2014-01-21", "2014-01-28"]


def test_nobody_to_tell_is_on_record(database: Database) -> None:
    """An empty role is skipped and said so; the next one is told."""
    office = Office(database, local("2014-01-02"), reminded(replace(POLICY, ladders=())))
    office.pilot = office.open(staffed=False)  # type: ignore[attr-defined]
    office.hire(pilot_of(office), "body")
    office.take(pilot_of(office), "conference", "announce", day="2014-01-07")
    office.run("2014-01-07", 8)
    assert [n.role for n in office.notices(pilot_of(office), "queued")] == ["body"]
    assert {n.skip_reason for n in office.notices(pilot_of(office), "skipped")} == {"no_holder"}


@pytest.fixture
def long_way(database: Database) -> Office:
    """The team is chosen first, which takes three working days, and then appointed."""
    made = reminded(replace(POLICY, ladders=()))
    by = ("animator",)
    team = workflow(
        "team", "open chosen appointed*", rule("choose", "open", "chosen", by, takes=3),
        rule("appoint", "chosen", "appointed", by),
    )  # fmt: skip
    machines = tuple(team if w.id == "team" else w for w in made.workflows)
    office = Office(database, local("2014-01-02"), replace(made, workflows=machines))
    office.pilot = office.open()  # type: ignore[attr-defined]
    office.take(office.pilot, "conference", "announce", day=CONFERENCE)  # type: ignore[attr-defined]
    return office


def test_little_time_for_the_next_step_of_a_task_is_no_news(long_way: Office) -> None:
    """Its last moment is; and a last moment that moves by a day is the same one. What was left out is on record."""
    days(long_way, FIRST, date(2014, 1, 20))
    assert slack(long_way) == [("2014-01-16", "slack-5wd", "animator")]
    long_way.take(pilot_of(long_way), "team", "choose")
    days(long_way, date(2014, 1, 21), date(2014, 1, 28))
    assert slack(long_way)[1:] == [("2014-01-28", "slack", role) for role in ("animator", "body", "coordinator")]
    long_way.pass_time(hours=1)
    long_way.take(pilot_of(long_way), "conference", "announce_again", day="2014-01-31")
    days(long_way, date(2014, 1, 29), date(2014, 2, 4))
    assert len(slack(long_way)) == 4
    left_out = {(n.rung, n.role, n.skip_reason) for n in long_way.notices(pilot_of(long_way), "skipped")}
    assert left_out == {
        ("slack-5wd", "animator", "just_told"),
        *(("slack", role, "just_told") for role in ("animator", "body", "coordinator")),
    }
    assert audit_reminders(long_way.desk, FIRST, date(2014, 2, 3)).holds


def test_the_auditor_sees_what_was_left_out_or_said_again_wrongly(long_way: Office) -> None:
    """A last moment that was kept quiet is missing; little time told twice is doubled."""
    days(long_way, FIRST, date(2014, 1, 20))
    long_way.take(pilot_of(long_way), "team", "choose")
    days(long_way, date(2014, 1, 21), date(2014, 1, 29))
    with long_way.database.work() as work:
        change = work.connection.execute
        again = "UPDATE notice SET status = 'queued', skip_reason = '', outbox_id = (SELECT min(id) FROM outbox)"
        assert change(f"{again} WHERE rung = 'slack-5wd' AND skip_reason = 'just_told'") == 1
        quiet = "UPDATE notice SET status = 'skipped', skip_reason = 'just_told', outbox_id = NULL"
        assert change(f"{quiet} WHERE rung = 'slack' AND role = 'body'") == 1
        work.commit()
    found = audit_reminders(long_way.desk, FIRST, date(2014, 1, 28))
    assert [(f.rung, f.why) for f in found.doubled] == [("slack-5wd", "just_told")]
    assert [(f.rung, f.why) for f in found.missing] == [("slack", "skipped")]


def test_after_two_weeks_it_is_news_again() -> None:
    """Whoever was warned of a task a fortnight ago may have forgotten."""
    step = Planned("w07", "appoint", "appointed", 1, (), FIRST, FIRST, FIRST, 5)
    of = Pressing(step, (), "slack-5wd")
    said = [Said("slack", "choose", FIRST)]
    assert just_said(of, said, FIRST + timedelta(days=13))
    assert not just_said(of, said, FIRST + timedelta(days=14))
    assert not just_said(replace(of, rung="slack"), said, FIRST + timedelta(days=1))
    assert just_said(replace(of, rung="slack"), [Said("slack", "appoint", FIRST)], FIRST + timedelta(days=1))
