"""What control finds in a record: each finding where it belongs, and none where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from tests.unit.domain.log import RULES, Log, controlled, task

from mlw_workflow.domain.access import Read
from mlw_workflow.domain.control import NO_CONTROL
from mlw_workflow.domain.finding import CODES, Place
from mlw_workflow.domain.obligation import DeadlineRule, Due
from mlw_workflow.testing import any_of, rule, text, workflow

if TYPE_CHECKING:
    from mlw_workflow.domain.control import ControlRules

REPORTED = DeadlineRule("report", text("report"), ("done",), Due(day=date(2014, 3, 10)))


@pytest.fixture
def log() -> Log:
    return Log(controlled(task("a"), task("b", "a.done"), task("c", "b.done")))


def test_a_record_in_order_has_no_findings(log: Log) -> None:
    """Steps recorded at once, by two people, relying on what stands: nothing is found."""
    for machine in ("a", "b", "c"):
        log.through(machine, "2014-02-03", "accept")
    assert log.findings("2014-12-31") == ()


def test_nothing_is_found_that_nobody_asked_for() -> None:
    """A programme without control rules has no findings, whatever happened."""
    log = Log(controlled(task("a", deadlines=[REPORTED]), task("b", "a.done"), rules=NO_CONTROL))
    log.through("a", "2014-02-03", by="anna")
    log.through("b", "2014-02-03")
    log.take("a", "return", "2014-02-04", "role:chief", recorded="2014-07-01")
    assert log.findings("2014-12-31", reads=[]) == ()


# Recorded late


@pytest.mark.parametrize(("recorded", "late"), [("2014-02-17", False), ("2014-02-18", True)])
def test_what_is_recorded_after_the_term_is_late(log: Log, recorded: str, late: bool) -> None:
    """On the term's last day a step is in time, and on the day after it is not."""
    log.take("a", "begin", "2014-02-03", recorded=recorded)
    found = log.findings(recorded)
    assert [(f.code, f.place, f.severity) for f in found] == [("recorded_late", Place("a", 2), "minor")] * late
    assert all(f.since == date.fromisoformat(recorded) for f in found)


def test_before_the_day_of_recording_nobody_can_see_it(log: Log) -> None:
    """As of a day before it was recorded, nothing is late."""
    log.take("a", "begin", "2014-02-03", recorded="2014-06-01")
    assert log.findings("2014-05-31") == ()


@pytest.mark.parametrize("imported", [False, True])
def test_a_history_file_is_late_only_where_asked_for(imported: bool) -> None:
    """What a file brings in is measured when the programme says so."""
    log = Log(controlled(task("a"), rules=replace(RULES, imported=imported)))
    log.take("a", "begin", "2014-02-03", "import", recorded="2014-06-01", role="clerk")
    assert len(log.findings("2014-06-01")) == imported


def test_what_was_corrected_is_no_finding(log: Log) -> None:
    """A step that was taken back carries no finding from the day of its correction on."""
    log.take("a", "begin", "2014-02-03", recorded="2014-03-10")
    log.take("a", "correct", "2014-03-20")
    assert log.found("2014-03-19") == [("recorded_late", Place("a", 2), "open")]
    assert log.found("2014-03-20") == []


# Two people, and reading first


def test_whoever_recorded_may_not_accept(log: Log) -> None:
    """The same person on both sides is found at the acceptance, with the step that person recorded."""
    for role in ("clerk", "chief"):
        log.member("anna", role, "2013-12-01")
    log.take("a", "begin", "2014-02-03", "anna", role="clerk")
    log.take("a", "finish", "2014-02-03")
    accepted = log.take("a", "accept", "2014-02-04", "anna", role="chief")
    found = log.findings("2014-02-04")
    assert [(f.code, f.severity, f.place) for f in found] == [("four_eyes", "critical", Place("a", accepted.seq))]
    assert found[0].fact == {"actor": "anna", "other": 4}


def test_a_decision_taken_before_is_no_recording(log: Log) -> None:
    """Whoever returned work may accept it later: both are the same office's decisions."""
    log.member("jan", "chief", "2013-12-01")
    log.through("a", "2014-02-03")
    log.take("a", "return", "2014-02-04", "jan", role="chief")
    log.take("a", "finish", "2014-02-05")
    log.take("a", "accept", "2014-02-06", "jan", role="chief")
    assert log.found("2014-02-06", "four_eyes") == []


def test_acceptance_wants_the_evidence_read(log: Log) -> None:
    """Every step with evidence must have been read, by the very person, before the acceptance."""
    log.member("jan", "chief", "2013-12-01")
    log.take("a", "begin", "2014-02-03")
    paper = log.take("a", "finish", "2014-02-03", paper="x")
    accepted = log.take("a", "accept", "2014-02-04", "jan", role="chief")

    def read(person: str, day: int, seq: int = paper.seq) -> Read:
        return Read(person, datetime(2014, 2, day, 8, tzinfo=UTC), "probe", seq, "")

    unread = [("accepted_unread", Place("a", accepted.seq), "open")]
    assert log.found("2014-02-28", reads=[]) == unread
    assert log.found("2014-02-28", reads=[read("ewa", 4), read("jan", 5), read("jan", 4, 3)]) == unread
    assert log.found("2014-02-28", reads=[read("jan", 4)]) == []
    assert log.found("2014-02-28", reads=None) == [], "without an access log nothing can be said"


def test_acceptance_without_evidence_needs_no_reading(log: Log) -> None:
    """Where nothing was given there is nothing to read."""
    log.through("a", "2014-02-03", "accept")
    assert log.found("2014-02-03", reads=[]) == []


# Roles


def test_a_role_must_be_held_on_both_days(log: Log) -> None:
    """Held on neither day, only when recorded, only when it happened, on both."""
    log.member("anna", "clerk", "2014-02-10", "2014-02-20")
    log.take("a", "begin", "2014-02-05", "anna", recorded="2014-02-12", role="clerk")
    log.take("b", "begin", "2014-02-12", "anna", recorded="2014-02-13", role="clerk")
    log.take("c", "begin", "2014-02-20", "anna", recorded="2014-02-21", role="clerk")
    found = {f.place.machine: (f.code, f.severity, f.fact["when"]) for f in log.findings("2014-02-28")}
    assert found == {
        "a": ("role_outside_dates", "minor", "occurred"),
        "c": ("role_outside_dates", "major", "recorded"),
    }


def test_an_end_set_afterwards_is_found_when_it_is_set(log: Log) -> None:
    """A role ended with an earlier day than a step of its holder: found since the ending, not since the step."""
    log.member("anna", "clerk", "2014-02-01")
    log.take("a", "begin", "2014-02-05", "anna", role="clerk")
    assert log.findings("2014-02-28") == ()
    ended = log.member("anna", "clerk", "2014-02-01", "2014-02-03", recorded="2014-03-05")
    found = log.findings("2014-03-31")
    assert [(f.code, f.since, f.cause) for f in found] == [("role_outside_dates", date(2014, 3, 5), ended.seq)]


def test_an_unnamed_holder_of_a_role_has_no_dates(log: Log) -> None:
    """Whoever acts only as a role, or from a file, cannot be asked for dates."""
    log.take("a", "begin", "2014-02-05")
    log.take("b", "begin", "2014-02-05", "import", role="clerk")
    assert log.findings("2014-02-28") == ()


# Footing


def test_a_return_puts_in_doubt_what_relied_on_it(log: Log) -> None:
    """What relied on a finished machine is suspect since that was returned, and stays so when it is finished again."""
    log.through("a", "2014-02-03")
    relied = log.through("b", "2014-02-04")
    back = log.take("a", "return", "2014-02-10", "role:chief")
    log.take("a", "finish", "2014-02-12")
    found = log.findings("2014-02-28")
    assert [(f.code, f.place, f.since, f.cause) for f in found] == [
        ("suspect", Place("b", relied.seq), date(2014, 2, 10), back.seq)
    ]
    assert found[0].fact == {"other": 3, "by": back.seq, "by_machine": "a", "needs": "a.done", "why": "returned"}
    assert log.findings("2014-02-09") == ()


def test_doubt_goes_on_to_what_relied_on_that(log: Log) -> None:
    """Doubt follows reliance from machine to machine, and along a machine to its acceptance."""
    log.through("a", "2014-02-03")
    second = log.through("b", "2014-02-04")
    third = log.through("c", "2014-02-05")
    accepted = log.take("c", "accept", "2014-02-06", "role:chief")
    log.take("a", "return", "2014-02-10", "role:chief")
    places = [Place("b", second.seq), Place("c", third.seq), Place("c", accepted.seq)]
    assert log.found("2014-02-28") == [("suspect", place, "open") for place in places]
    assert log.findings("2014-02-28")[-1].fact["needs"] == ""


def test_a_confirmation_ends_the_doubt_behind_it(log: Log) -> None:
    """Once a step is confirmed, what relied on it stands as well; another return puts it in doubt anew."""
    log.through("a", "2014-02-03")
    second = log.through("b", "2014-02-04")
    third = log.through("c", "2014-02-05")
    log.take("a", "return", "2014-02-10", "role:chief")
    log.answer("suspect", "b", second.seq, "confirmed", "2014-02-11")
    assert log.found("2014-02-28") == [("suspect", Place("b", second.seq), "closed")]
    log.take("a", "finish", "2014-02-12")
    log.take("a", "return", "2014-02-13", "role:chief")
    places = [Place("b", second.seq), Place("c", third.seq)]
    assert log.found("2014-02-28") == [("suspect", place, "open") for place in places]


@pytest.mark.parametrize("again", ["return", "correct"])
def test_what_was_confirmed_stands_on_what_meets_the_need_by_then(log: Log, again: str) -> None:
    """Finished anew, confirmed, and then taken back a second time: the step is in doubt a second time."""
    log.through("a", "2014-02-03")
    relied = log.through("b", "2014-02-04")
    log.take("a", "return", "2014-02-10", "role:chief")
    log.take("a", "finish", "2014-02-12")
    log.answer("suspect", "b", relied.seq, "confirmed", "2014-02-13")
    assert log.found("2014-02-13") == [("suspect", Place("b", relied.seq), "closed")]
    second = log.take("a", again, "2014-02-14", "role:chief" if again == "return" else "role:clerk")
    found = log.findings("2014-02-28")
    assert [(f.place, f.state, f.cause) for f in found] == [(Place("b", relied.seq), "open", second.seq)]
    if again == "return":  # a return that was a mistake took nothing back
        log.take("a", "correct", "2014-02-15")
        assert log.found("2014-02-28") == [("suspect", Place("b", relied.seq), "closed")]


def test_what_was_confirmed_stands_or_falls_with_what_it_stands_on_now() -> None:
    """The prerequisite was met anew by a step that relied on another one; that is returned, so both are in doubt."""
    either = workflow(
        "a",
        "open done* accepted!",
        rule("finish", "open", "done", by="clerk", needs=["z.done"]),
        rule("accept", "done", "accepted", by="chief"),
        rule("return", "done", "open", by="chief", effect="return"),
    )
    log = Log(controlled(task("z"), either, task("b", "a.done")))
    log.through("z", "2014-02-03")
    log.take("a", "finish", "2014-02-03")
    relied = log.through("b", "2014-02-04")
    log.take("a", "return", "2014-02-05", "role:chief")
    anew = log.take("a", "finish", "2014-02-06")
    log.answer("suspect", "b", relied.seq, "confirmed", "2014-02-07")
    log.take("z", "return", "2014-02-08", "role:chief")
    places = [Place("a", anew.seq), Place("b", relied.seq)]
    assert sorted(log.found("2014-02-28"), key=str) == sorted((("suspect", p, "open") for p in places), key=str)
    log.answer("suspect", "a", anew.seq, "confirmed", "2014-02-09")
    assert {state for _, _, state in log.found("2014-02-28")} == {"closed"}


def test_a_step_in_doubt_for_its_own_ground_is_told_of_that(log: Log) -> None:
    """What it named comes before what it merely follows, where one return is behind both."""
    flow = workflow(
        "b",
        "open working done*!",
        rule("begin", "open", "working", by="clerk", needs=["a.done"]),
        rule("finish", "working", "done", by="clerk", needs=["a.done"]),
    )
    log = Log(controlled(task("a"), flow))
    met = log.through("a", "2014-02-03")
    last = log.through("b", "2014-02-04")
    log.take("a", "return", "2014-02-10", "role:chief")
    told = {f.place.seq: f for f in log.findings("2014-02-28")}[last.seq]
    assert (told.fact["needs"], told.fact["other"]) == ("a.done", met.seq)


def test_an_explanation_ends_no_doubt(log: Log) -> None:
    """An explained step is still in doubt, and so is what relied on it."""
    log.through("a", "2014-02-03")
    second = log.through("b", "2014-02-04")
    third = log.through("c", "2014-02-05")
    log.take("a", "return", "2014-02-10", "role:chief")
    log.answer("suspect", "b", second.seq, "explained", "2014-02-11")
    assert log.found("2014-02-28") == [
        ("suspect", Place("b", second.seq), "explained"),
        ("suspect", Place("c", third.seq), "open"),
    ]


def test_a_return_that_was_a_mistake_leaves_no_doubt(log: Log) -> None:
    """A corrected return has taken nothing back."""
    log.through("a", "2014-02-03")
    log.through("b", "2014-02-04")
    log.take("a", "return", "2014-02-10", "role:chief")
    assert len(log.findings("2014-02-10")) == 1
    log.take("a", "correct", "2014-02-11")
    assert log.findings("2014-02-11") == ()


def test_a_waiver_taken_back_puts_in_doubt_what_relied_on_it() -> None:
    """A waived machine counts as reached; what relied on that is suspect once it is taken up after all."""
    flow = task("a")
    flow = replace(flow, rules=(*flow.rules, rule("revive", "waived", "working", by="chief", effect="return")))
    flow = replace(flow, states=tuple(replace(s, final=False) if s.id == "waived" else s for s in flow.states))
    log = Log(controlled(flow, task("b", "a.done")))
    log.take("a", "waive", "2014-02-03", "role:chief")
    relied = log.through("b", "2014-02-04")
    log.take("a", "revive", "2014-02-10", "role:chief")
    assert log.found("2014-02-28") == [("suspect", Place("b", relied.seq), "open")]


def test_a_correction_may_leave_a_step_before_what_it_relied_on() -> None:
    """A step that needed either of two stands when one is corrected; recorded anew for a later day, that is told."""
    either = workflow(
        "b", "open done*!", rule("finish", "open", "done", by="clerk", needs=[any_of("a.done", "d.done")])
    )
    log = Log(controlled(task("a"), task("d"), either))
    log.through("a", "2014-02-03")
    log.through("d", "2014-02-03")
    relied = log.take("b", "finish", "2014-02-05")
    fixed = log.take("a", "correct", "2014-02-10")
    assert log.found("2014-02-10") == [("suspect", Place("b", relied.seq), "open")]
    assert log.findings("2014-02-10")[0].fact["why"] == "corrected"
    log.take("a", "finish", "2014-02-08", recorded="2014-02-11")
    found = log.findings("2014-02-28")
    assert [(f.code, f.place, f.cause) for f in found] == [("before_reliance", Place("b", relied.seq), fixed.seq)]
    assert (found[0].fact["day"], found[0].fact["later"]) == ("2014-02-05", "2014-02-08")


# Waivers


def test_a_waiver_runs_out_and_is_renewed(log: Log) -> None:
    """Past its term it is found; a confirmation starts the term anew, after which it is found again."""
    waived = log.take("a", "waive", "2014-02-03", "role:chief")
    place = Place("a", waived.seq)
    assert log.findings("2014-04-03") == ()
    assert [(f.code, f.since, f.state) for f in log.findings("2014-04-04")] == [
        ("waiver_expired", date(2014, 4, 4), "open")
    ]
    log.answer("waiver_expired", "a", waived.seq, "confirmed", "2014-04-10")
    assert log.found("2014-06-10") == [("waiver_expired", place, "closed")]
    assert [(f.since, f.state) for f in log.findings("2014-06-11")] == [(date(2014, 6, 11), "open")]
    log.answer("waiver_expired", "a", waived.seq, "closed", "2014-06-20")
    assert log.found("2015-12-31") == [("waiver_expired", place, "closed")]


# Deadlines


@pytest.fixture
def reports() -> Log:
    return Log(controlled(task("a", deadlines=[REPORTED])))


def test_a_missed_deadline_is_found_from_the_day_after(reports: Log) -> None:
    """On the due day nothing is missed; on the day after it is, and it names a machine and no entry."""
    assert reports.findings("2014-03-10") == ()
    found = reports.findings("2014-03-11")
    assert [(f.code, f.place, f.severity, f.since, f.cause) for f in found] == [
        ("deadline_missed", Place("a", rule="report"), "major", date(2014, 3, 11), 0)
    ]


def test_done_too_late_weighs_less(reports: Log) -> None:
    """What was done after its day stays a finding, a minor one; what was done on it is none."""
    reports.through("a", "2014-03-12")
    assert [(f.severity, f.fact["done"]) for f in reports.findings("2014-03-31")] == [("minor", "2014-03-12")]
    assert reports.findings("2014-03-11")[0].severity == "major", "on the day before it was still missing"


def test_done_in_time_and_returned_is_missing_since_the_return(reports: Log) -> None:
    """A report given back after its day is open again since then; once it is done again nobody was late."""
    reports.through("a", "2014-03-10")
    assert reports.findings("2014-03-31") == ()
    reports.take("a", "return", "2014-04-01", "role:chief")
    assert [f.since for f in reports.findings("2014-04-01")] == [date(2014, 4, 1)]
    reports.take("a", "finish", "2014-04-05")
    assert reports.findings("2014-04-05") == ()


def test_a_missed_deadline_is_explained_and_closed(reports: Log) -> None:
    """Answers are given to machine and deadline; the last one counts."""
    place = Place("a", rule="report")
    reports.answer("deadline_missed", "a", 0, "explained", "2014-03-20", rule="report")
    assert reports.found("2014-03-19") == [("deadline_missed", place, "open")]
    assert reports.found("2014-03-20") == [("deadline_missed", place, "explained")]
    reports.answer("deadline_missed", "a", 0, "closed", "2014-03-25", rule="report")
    assert reports.found("2014-03-31") == [("deadline_missed", place, "closed")]


@pytest.mark.parametrize("code", CODES)
def test_each_control_is_silent_without_its_rule(code: str) -> None:
    """Each rule of control switches its own findings, and no others."""
    switches: dict[str, dict[str, object]] = {
        "recorded_late": {"recorded_within": None},
        "before_reliance": {"reconfirm": False},
        "suspect": {"reconfirm": False},
        "four_eyes": {"two_people": ()},
        "accepted_unread": {"read_first": ()},
        "waiver_expired": {"waiver_holds": None},
        "deadline_missed": {"late": ()},
        "role_outside_dates": {"role_held_on": ()},
    }
    whole = everything_wrong(RULES)
    without = everything_wrong(replace(RULES, **switches[code]))  # type: ignore[arg-type]
    gone = {"before_reliance", "suspect"} if "reconfirm" in switches[code] else {code}
    assert whole == set(CODES)
    assert without == whole - gone


def everything_wrong(rules: ControlRules) -> set[str]:
    """The codes found where everything went wrong."""
    either = workflow(
        "b", "open done*!", rule("finish", "open", "done", by="clerk", needs=[any_of("a.done", "e.done")])
    )
    log = Log(controlled(task("a", deadlines=[REPORTED]), *map(task, "dew"), either, task("c", "d.done"), rules=rules))
    log.member("anna", "clerk", "2014-02-01", "2014-03-01")
    log.through("a", "2014-02-03")
    log.through("e", "2014-02-03")
    log.take("d", "begin", "2014-02-03", "anna", role="clerk")
    log.take("d", "finish", "2014-02-03", paper="x")
    log.take("b", "finish", "2014-02-05")
    log.take("c", "begin", "2014-02-05", "anna", recorded="2014-03-05", role="clerk")
    log.take("c", "finish", "2014-02-05", recorded="2014-03-05")
    log.take("w", "waive", "2014-02-05", "role:chief")
    log.take("a", "correct", "2014-03-10")
    log.take("a", "finish", "2014-03-12")
    log.take("d", "return", "2014-03-13", "role:chief")
    log.take("d", "finish", "2014-03-14", "role:clerk", paper="x")
    log.take("d", "accept", "2014-03-15", "anna", role="chief")
    return {f.code for f in log.findings("2014-08-01", reads=[])}
