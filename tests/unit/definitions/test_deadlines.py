"""Deadlines and reminders as files say them: what they become, and what is said of those that cannot be meant."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from mlw_workflow.definitions.bundled import bundled_folder
from mlw_workflow.definitions.check import check
from mlw_workflow.definitions.deadline_proofs import prove_days, prove_lead_times
from mlw_workflow.definitions.findings import Finding
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.places import Places
from mlw_workflow.domain.obligation import NO_POLICY, Due, Ladder, ReminderPolicy, Rung
from mlw_workflow.testing import START, programme, rule, workflow

P, A, B, F, M = "programme.yaml", "first.yaml", "second.yaml", "more/fork.yaml", "more/monthly.yaml"
TITLE = "title: {pl: a, en: b}"


def put(probe: Any, file: str, due: str, *, reaches: str = "sent", more: str = "") -> None:
    """Give a machine one deadline, on a marked line."""
    probe.edit(
        file, "states:\n", f"deadlines:\n  - {{id: a, {TITLE}, reaches: [{reaches}], due: {due}{more}}} #!\nstates:\n"
    )


def remind(probe: Any, text: str) -> None:
    probe.edit(P, "machines: [", f"reminders: {{{text}}} #!\nmachines: [")


def found(probe: Any) -> list[str]:
    """The codes of all findings; each must stand on the marked line."""
    findings: list[Finding] = check(probe.folder)
    assert all((f.file, f.line) == probe.marked() for f in findings), findings
    return [f.code for f in findings]


@pytest.mark.parametrize(
    ("due", "expected"),
    [
        ("{on: 2014-05-31}", Due(day=date(2014, 5, 31))),
        ("{at: pilot_end}", Due(anchor="pilot_end")),
        ("{at: first.working}", Due(reached="first.working")),
        ("{after: period_end, working_days: 5}", Due(anchor="period_end", offset=5, unit="working_days")),
        ("{before: pilot_end, weeks: 8}", Due(anchor="pilot_end", offset=-8, unit="weeks")),
        ("{after: fork.$done, months: 1}", Due(reached="fork.$done", offset=1, unit="months")),
        ("{after: monthly.sent, days: 2}", Due(reached="monthly.sent", offset=2)),
    ],
)
def test_due(probe: Any, due: str, expected: Due) -> None:
    """Each way to write when a deadline falls becomes a starting day and an offset; before counts backwards."""
    put(probe, M, due)
    assert check(probe.folder) == []
    assert load_programme(probe.folder).programme.workflow["monthly"].deadlines[0].due == expected


def test_due_from_evidence(probe: Any) -> None:
    """A day may come from one field of the machine's evidence or from the last given of several."""
    probe.edit(A, "    evidence:\n      place:", f"    evidence:\n      day: {{type: date, {TITLE}}}\n      place:")
    probe.edit(A, "collects: begin\n", f"collects: begin\n      day: {{type: date, {TITLE}}}\n")
    put(probe, A, "{evidence: [begin.day, finish.day]}", reaches="finished")
    due = load_programme(probe.folder).programme.workflow["first"].deadlines[0].due
    assert due == Due(evidence=("begin.day", "finish.day"))


def test_policy(probe: Any) -> None:
    """What a programme says of reminders becomes its policy; a warning is named after its distance."""
    remind(
        probe,
        "goal: second.finished, escalation: [clerk, chief], digest_hour: 6, quiet: {from: 21, to: 8}, "
        "snooze: {days_max: 5, times_max: 1}, ladders: {calm: {rungs: [{working_days: -5, to: [guest]}, "
        "{days: 0, to: [clerk], urgent: true}, {weeks: 2, every: 2, times: 3, to: [chief]}], "
        "no_date: {from: pilot_start, rungs: [{days: 30, every: 7, to: [clerk]}]}}}",
    )
    put(probe, M, "{at: period_end}", more=", ladder: calm")
    loaded = load_programme(probe.folder)
    assert loaded.findings == ()
    assert loaded.programme.reminders == ReminderPolicy(
        ladders=(
            Ladder(
                "calm",
                (
                    Rung("-5wd", -5, "working_days", ("guest",)),
                    Rung("0", 0, "days", ("clerk",), urgent=True),
                    Rung("+2w", 2, "weeks", ("chief",), every=2, until=3),
                ),
                (Rung("+30d", 30, "days", ("clerk",), every=7),),
                "pilot_start",
            ),
        ),
        escalation=("clerk", "chief"),
        digest_hour=6,
        quiet_from=21,
        quiet_to=8,
        snooze_days_max=5,
        snoozes_max=1,
        goal="second.finished",
    )


def test_no_policy(probe: Any) -> None:
    """A programme that says nothing of reminders has the domain's policy, under which nobody is warned."""
    assert load_programme(probe.folder).programme.reminders == NO_POLICY


def test_takes_and_exceptional(probe: Any) -> None:
    """Lead times and the mark of an exception reach the rules that the transition stands for."""
    probe.edit(P, "to: accepted, by: [chief]}", "to: accepted, by: [chief], takes: 4}")
    probe.edit(F, "from: open, to: right, by: [clerk]}", "from: open, to: right, by: [clerk], exceptional: true}")
    fork = load_programme(probe.folder).programme.workflow["fork"]
    assert {rule.takes for rule in fork.rules_of("accept")} == {4}
    assert [rule.exceptional_way for rule in fork.rules] == [
        rule.trigger in ("go_right", "waive") for rule in fork.rules
    ]


@pytest.mark.parametrize(
    ("due", "codes"),
    [
        ("{on: 2014-02-30}", ["no_such_day"]),
        ("{on: tomorrow}", ["bad_day"]),
        ("{on: 2041-01-01}", ["impossible_day"]),
        ("{at: the_end}", ["bad_due"]),
        ("pilot_end", ["not_mapping"]),
        ("{after: period_end}", ["one_unit"]),
        ("{after: period_end, days: 0}", ["out_of_range"]),
        ("{after: period_end, days: 99999}", ["out_of_range"]),
        ("{after: period_end, hours: 5}", ["unknown_key"]),
        ("{after: period_start, working_days: 23}", ["impossible_day"]),
        ("{after: period_start, working_days: 31}", ["impossible_day"]),
        ("{after: period_end, working_days: 31}", ["impossible_day"]),
        ("{before: period_end, days: 31}", ["impossible_day"]),
        ("{before: period_end, days: 20}", []),
        ("{after: period_start, working_days: 18}", []),
        ("{after: period_end, working_days: 18}", []),
        ("{before: pilot_end, days: 400}", ["impossible_day"]),
        ("{after: pilot_start, months: 7}", ["impossible_day"]),
        ("{after: pilot_end, days: 60}", []),
        ("{after: first.working, weeks: 40}", ["impossible_day"]),
        ("{before: first.working, weeks: 40}", []),
        ("{after: ghost.working, weeks: 4}", ["unknown_machine"]),
        ("{after: first.sleeping, weeks: 4}", ["unknown_state"]),
        ("{after: first.open, weeks: 4}", ["needs_initial"]),
        ("{after: monthly.$done, weeks: 4}", ["no_done_state"]),
        ("{evidence: send.day}", ["unknown_field"]),
        ("{evidence: [ship.day]}", ["unknown_trigger"]),
        ("{evidence: begin.place}", ["unknown_trigger"]),
    ],
)
def test_days_that_cannot_be_meant(probe: Any, due: str, codes: list[str]) -> None:
    """A day that does not exist, lies outside what it is counted in, or rests on nothing is a finding at its line."""
    put(probe, M, due)
    assert found(probe) == codes


def test_needless_states_and_names(probe: Any) -> None:
    """A deadline that nothing satisfies, and one given twice, are findings."""
    put(probe, M, "{at: period_end}", reaches="sent, gone")
    assert found(probe) == ["unknown_state"]
    probe.edit(M, "reaches: [sent, gone]", "reaches: [due]")
    assert found(probe) == ["needs_initial"]
    probe.edit(M, "reaches: [due]", "reaches: [sent]")
    probe.edit(M, "deadlines:\n", f"deadlines:\n  - {{id: a, {TITLE}, reaches: [sent], due: {{at: period_end}}}}\n")
    assert found(probe) == ["duplicate_item"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("goal: ghost.finished", ["unknown_machine"]),
        ("goal: second.gone", ["unknown_state"]),
        ("goal: monthly.sent", ["anchor_of_series"]),
        ("goal: fork.$done", []),
        ("escalation: [clerk, clerk]", ["duplicate_item"]),
        ("escalation: [boss]", ["unknown_role"]),
        ("digest_hour: 24", ["out_of_range"]),
        ("quiet: {from: 20}", ["missing_key"]),
        ("ladders: {calm: {rungs: [{days: 1, to: [boss]}]}}", ["unknown_role"]),
        ("ladders: {calm: {rungs: [{days: 1, to: []}]}}", ["empty_list"]),
        ("ladders: {calm: {rungs: [{days: 1, to: [clerk, clerk]}]}}", ["duplicate_item"]),
        ("ladders: {calm: {rungs: [{months: 1, to: [clerk]}]}}", ["unknown_key"]),
        ("ladders: {calm: {no_date: {rungs: [{days: 1, to: [boss]}]}}}", ["unknown_role"]),
        ("ladders: {calm: {no_date: {from: period_end, rungs: [{days: 1, to: [clerk]}]}}}", ["not_allowed"]),
        ("ladders: {calm: {rungs: [{days: -1, to: [guest]}]}}", []),
    ],
)
def test_reminders(probe: Any, text: str, codes: list[str]) -> None:
    """A warning that nobody could receive, a goal that is none, and hours that do not exist are findings."""
    remind(probe, text)
    put(probe, M, "{at: period_end}", more=", ladder: calm" if "ladders" in text else "")
    probe.edit(M, " #!", "")
    assert sorted(found(probe)) == sorted(codes)


def test_exceptional_steps_are_no_plan(probe: Any) -> None:
    """What only an exceptional step leads to is not counted on, and other machines are told so as with a waiver."""
    probe.edit(F, "from: open, to: right, by: [clerk]}", "from: open, to: right, by: [clerk], exceptional: true}")
    assert found_anywhere(probe) == []
    probe.edit(B, "{any: [fork.left, fork.right]}", "fork.right")
    assert found_anywhere(probe) == ["only_waiver"]


def found_anywhere(probe: Any) -> list[str]:
    return [finding.code for finding in check(probe.folder)]


def test_goal_with_its_own_deadline(probe: Any) -> None:
    """A goal that may lie after the pilot's end is measured by its own deadline."""
    remind(probe, "goal: second.finished")
    probe.edit(B, "by: [clerk]\n    needs:\n      - {every", "by: [clerk]\n    takes: 10\n    needs:\n      - {every")
    assert found(probe) == ["lead_times_too_long"]
    put(probe, B, "{after: pilot_end, working_days: 10}", reaches="finished")
    probe.edit(B, " #!", "")
    assert found(probe) == []


def test_without_a_span() -> None:
    """A programme without a span is checked on made-up periods, and its lead times are not judged."""
    of = programme(workflow("a", "open done*!", rule("go", "open", "done", takes=900)))
    bare = type(of)(of.id, of.title, of.roles, of.kinds, of.workflows)
    assert list(prove_lead_times(bare, Places())) == []
    assert list(prove_days(bare, Places(), frozenset())) == []
    assert of.start == START


@pytest.mark.parametrize("name", ["mlw-pilot", "model-kooperacji"])
def test_bundled_programmes(name: str) -> None:
    """Both programmes have deadlines of their own, name the basis of each, and lead to a goal; nothing is found."""
    loaded = load_programme(bundled_folder() / name)
    rules = [rule for w in loaded.programme.workflows for rule in w.deadlines]
    assert loaded.findings == ()
    assert all(rule.basis_note.pl and rule.ladder for rule in rules)
    assert loaded.programme.reminders.goal in {"conference.held", "closure.closed"}


def test_ladders_as_stated() -> None:
    """The warnings that the sources state: of reports, and of the closing conference."""
    policy = load_programme(bundled_folder() / "mlw-pilot").programme.reminders
    ladders = {ladder.id: ladder for ladder in policy.ladders}
    animator, coordinator, body = "animator", "coordinator", "implementing_body"
    assert [(rung.id, rung.to) for rung in ladders["report"].rungs] == [
        ("-5wd", (animator,)),
        ("-3wd", (animator,)),
        ("-1wd", (animator,)),
        ("0", (animator, coordinator)),
        ("+1wd", (animator, coordinator)),
        ("+3wd", (animator, coordinator, body)),
        ("+7wd", (animator, coordinator, body)),
    ]
    conference = ladders["conference"].rungs
    assert [rung.id for rung in conference] == ["-60d", "-30d", "-14d", "-7d", "-3d", "-1d", "0", "+7d"]
    assert (conference[-1].every, conference[-1].until) == (7, 0)
    for name in ("conference_date", "training"):
        assert ladders[name].no_date_from == "pilot_end"
        assert [(rung.id, rung.every) for rung in ladders[name].no_date] == [("-90d", 7)]


@pytest.mark.parametrize(
    ("series", "due", "codes"),
    [
        ("rrule: FREQ=WEEKLY;BYDAY=MO", "{at: period_end}", []),
        ("rrule: FREQ=WEEKLY;BYDAY=MO", "{after: period_end, working_days: 5}", []),
        ("rrule: FREQ=WEEKLY;BYDAY=MO", "{after: period_end, working_days: 31}", ["impossible_day"]),
        ("rrule: FREQ=WEEKLY;BYDAY=MO", "{before: period_end, days: 6}", []),
        ("rrule: FREQ=WEEKLY;BYDAY=MO", "{before: period_end, days: 8}", ["impossible_day"]),
        ("rrule: FREQ=WEEKLY;INTERVAL=2;BYDAY=MO, starts: 2013-12-30, key: number", "{at: period_end}", []),
        ("rrule: FREQ=WEEKLY;UNTIL=20131231", "{at: period_end}", ["series_empty"]),
        ("rrule: FREQ=WEEKLY;BYDAY=31MO", "{at: period_end}", ["bad_rrule"]),
        ("rrule: FREQ=MONTHLY;BYMONTH=2;BYMONTHDAY=31", "{at: period_end}", ["rrule_never"]),
        ("rrule: 5", "{at: period_end}", ["not_text"]),
        ("months: 1, starts: 2014-01-01", "{at: period_end}", ["series_misfit"]),
        ("months: 1, key: day", "{at: period_end}", ["series_misfit"]),
        ("rrule: FREQ=MONTHLY, months: 1", "{at: period_end}", ["months_or_rrule"]),
    ],
)
def test_machines_that_recur_by_a_rule(probe: Any, series: str, due: str, codes: list[str]) -> None:
    """A rule that names no day, or that is not understood, is a finding; one without an end is bounded by the span."""
    put(probe, M, due)
    probe.edit(M, "series: {months: 1, key: month}", f"series: {{{series}}}")
    assert [f.code for f in check(probe.folder)] == codes


def test_the_normal_form_of_a_rule_is_one(probe: Any) -> None:
    """However its parts are ordered, a rule is the same definition."""
    probe.edit(M, "series: {months: 1, key: month}", "series: {rrule: 'FREQ=MONTHLY;BYDAY=TU,MO;BYSETPOS=-1'}")
    one = load_programme(probe.folder).content_hash
    probe.edit(M, "BYDAY=TU,MO;BYSETPOS=-1", "BYSETPOS=-1;INTERVAL=1;BYDAY=MO,TU")
    assert load_programme(probe.folder).content_hash == one
