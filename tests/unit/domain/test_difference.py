"""What is different between two looks: states, verdicts, deadlines and findings, each with the entries behind it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

from tests.unit.domain.log import CALENDAR, Log, controlled, noon, task

from mlw_workflow.domain.compliance import compliance
from mlw_workflow.domain.deadline import deadlines
from mlw_workflow.domain.difference import Due, Look, difference
from mlw_workflow.domain.obligation import DeadlineRule
from mlw_workflow.domain.obligation import Due as DueRule
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.testing import text

if TYPE_CHECKING:
    from mlw_workflow.domain.difference import Difference

REPORT = DeadlineRule("report", text("report"), ("done",), DueRule(day=date(2014, 3, 10)))


def look(log: Log, day: str) -> Look:
    """The pilot as it stands at the end of a day."""
    on, whole = date.fromisoformat(day), log.course.standing
    cut = {name: position.by(on) for name, position in whole.moved.items()}
    standing = Standing(whole.pilot, whole.programme, {n: p for n, p in cut.items() if p.steps})
    due = {
        (d.machine, d.rule.id): Due(d.due_on, "late" if d.late(on) else d.status)
        for d in deadlines(standing, CALENDAR, log.day_named)
    }
    states = {machine: standing.position(machine).state for machine in standing.instances}
    return Look(states, compliance(standing, CALENDAR, on, log.day_named), due, log.findings(day))


def between(log: Log, first: str, last: str) -> Difference:
    later = [e for e in log.entries if noon(first) < e.recorded_at and e.recorded_at.date() <= date.fromisoformat(last)]
    return difference(look(log, first), look(log, last), later)


def test_nothing_happened_and_nothing_is_different() -> None:
    """Two days of one week without a step are alike."""
    log = Log(controlled(task("a", deadlines=[REPORT])))
    found = between(log, "2014-02-03", "2014-02-07")
    assert (found.states, found.verdicts, found.deadlines, found.findings, found.entries) == ((), (), (), (), ())


def test_what_was_refused_changed_nothing() -> None:
    """A refusal, and what was said of a finding, are between the looks and not among the causes of a state."""
    log = Log(controlled(task("a", deadlines=[REPORT])))
    taken = log.through("a", "2014-03-05")
    for kind in ("refusal", "acknowledgement"):
        log._keep(replace(log._entry(kind, noon("2014-03-05"), "role:clerk"), machine="a"))
    log.answer("recorded_late", "a", taken.seq, "closed", "2014-03-05")
    found = between(log, "2014-03-04", "2014-03-06")
    assert len(found.entries) == 5
    for changed in (*found.states, *found.verdicts, *found.deadlines):
        assert changed.entries == (2, 3)


def test_what_a_step_changed_names_the_step() -> None:
    """State, verdict and deadline of the machine changed by its own steps."""
    log = Log(controlled(task("a", deadlines=[REPORT]), task("b")))
    log.through("a", "2014-03-05")
    found = between(log, "2014-03-04", "2014-03-06")
    assert [(c.machine, c.before, c.after, c.entries) for c in found.states] == [("a", "open", "done", (2, 3))]
    assert [
        (c.machine, c.before and c.before.verdict, c.after and c.after.verdict, c.entries) for c in found.verdicts
    ] == [("a", "on_course", "satisfied", (2, 3))]
    day = date(2014, 3, 10)
    assert [(c.machine, c.what, c.before, c.after, c.entries) for c in found.deadlines] == [
        ("a", "report", Due(day, "open"), Due(day, "done"), (2, 3))
    ]
    assert [entry.seq for entry in found.entries] == [2, 3]


def test_what_time_changed_names_no_entry() -> None:
    """A deadline that passes makes a verdict worse and a finding, and nobody did it."""
    found = between(Log(controlled(task("a", deadlines=[REPORT]))), "2014-03-03", "2014-03-11")
    assert [(c.after and c.after.verdict, c.entries) for c in found.verdicts] == [("violated", ())]
    assert [(c.what, c.before, c.after and c.after.state, c.entries) for c in found.findings] == [
        ("deadline_missed", None, "open", ())
    ]


def test_a_finding_names_its_cause_and_its_answer() -> None:
    """In doubt by a return, closed by an answer: each change names the entry that made it."""
    log = Log(controlled(task("a"), task("b", "a.done")))
    log.through("a", "2014-02-03")
    relied = log.through("b", "2014-02-04")
    back = log.take("a", "return", "2014-02-10", "role:chief")
    found = between(log, "2014-02-09", "2014-02-10")
    assert [(c.what, c.after and c.after.place.seq, c.entries) for c in found.findings] == [
        ("suspect", relied.seq, (back.seq,))
    ]
    answer = log.answer("suspect", "b", relied.seq, "confirmed", "2014-02-12")
    found = between(log, "2014-02-11", "2014-02-13")
    assert [(c.before and c.before.state, c.after and c.after.state, c.entries) for c in found.findings] == [
        ("open", "closed", (answer.seq,))
    ]


def test_a_verdict_that_hangs_on_another_machine_names_its_entries() -> None:
    """What freed a machine is the step of the one it waited for."""
    late = task("b", "a.done", deadlines=[REPORT])
    log = Log(controlled(task("a", deadlines=[]), late))
    log.through("a", "2014-08-29")
    found = between(log, "2014-08-28", "2014-08-30")
    assert {c.machine: c.entries for c in found.verdicts} == {"a": (2, 3)}
