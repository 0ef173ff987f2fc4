"""Every finding: a definition broken in one place gives exactly that finding, at that place."""

# ruff: noqa: E501 -- an edit reads best on one line

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import pytest
from pydantic import AfterValidator

from mlw_workflow.definitions.bundled import programme_folder
from mlw_workflow.definitions.check import check
from mlw_workflow.definitions.findings import Finding, Hop, dotted, in_order
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.normal_form import from_normal
from mlw_workflow.definitions.schema import Model
from mlw_workflow.definitions.schema_report import parse
from mlw_workflow.definitions.source import read_yaml
from mlw_workflow.definitions.wording import HOPS, MESSAGES
from mlw_workflow.domain.errors import DefinitionInvalid

P, A, B, F, M = "programme.yaml", "first.yaml", "second.yaml", "more/fork.yaml", "more/monthly.yaml"
T = "title: {pl: a, en: b}"
NEED = "      - first.working"
EVERY = "      - {every: monthly.sent}"
ANY = "      - {any: [fork.left, fork.right]}"
LEFT = "  left: {title: {pl: W lewo, en: Left}, done: true, returns_to: open}"
SERIES = "series: {months: 1, key: month}"
TASKS = "machines: ["
STATES = "states:\n"
STEP = "{machine: first, trigger: begin, on: on, evidence: {place: place}}"


def reminders(ladder: str = "rungs: [{days: -3, to: [clerk]}]", goal: str = "second.finished") -> str:
    """programme.yaml's `reminders` with one ladder, in place of ``TASKS``."""
    return f"reminders: {{goal: {goal}, escalation: [clerk], ladders: {{calm: {{{ladder}}}}}}} #!\n{TASKS}"


def deadline(due: str, more: str = "", reaches: str = "sent") -> str:
    """One deadline of a machine, in place of ``STATES``."""
    return f"deadlines:\n  - {{id: a, {T}, reaches: [{reaches}], due: {due}{more}}} #!\n{STATES}"


ON_FIRST = [(A, STATES, deadline("{at: pilot_end}", ", ladder: calm", "working").replace(" #!", ""))]
"""A deadline that uses the ladder of ``reminders``."""

# A code, and edits (file, what is replaced, by what). The mark #! stands on the line that the finding must name.
CASES: dict[str, list[tuple[str, str, str]]] = {
    # Reading
    "yaml_syntax": [(A, "kind: task", "kind: task: #!")],
    "yaml_alias": [(A, "kind: task", "kind: *other #!")],
    "yaml_anchor": [(A, "kind: task", "kind: &here task #!")],
    "yaml_tag": [(A, "kind: task", "kind: !!str task #!")],
    "yaml_duplicate_key": [(A, "kind: task", "kind: task\nkind: report #!")],
    "yaml_key_not_text": [(A, "kind: task", "kind: task\n? [a, b] #!\n: c")],
    "yaml_many_documents": [(A, "kind: task", "kind: task\n--- #!\nid: other")],
    "yaml_too_deep": [(A, "kind: task", f"kind: {'[' * 40}{']' * 40} #!")],
    "yaml_bad_number": [
        (
            A,
            "    evidence:\n      place:",
            f"    evidence:\n      size: {{type: number, max: 123456789012345678901, {T}}} #!\n      place:",
        )
    ],
    "yaml_bad_character": [(A, "kind: task", "kind: task\x01 #!")],
    # Shape
    "missing_key": [(A, "  - trigger: finish", "  - trigger: finish #!"), (A, "    to: finished\n", "")],
    "unknown_key": [(A, "kind: task", "kind: task\ncolour: red #!")],
    "not_text": [(A, "title: {pl: Pierwsze, en: First}", "title: {pl: 1, en: First} #!")],
    "not_number": [
        (
            A,
            "      people:\n        type: records\n        title: {pl: Osoby, en: People}\n        min: 1",
            f"      size: {{type: number, min: few, {T}}} #!\n      people:\n        type: records\n        title: {{pl: Osoby, en: People}}\n        min: 1",
        )
    ],
    "not_whole_number": [(M, SERIES, "series: {months: 1.5} #!")],
    "not_true_or_false": [(M, SERIES, "series: {months: 1, whole: yes} #!")],
    "not_mapping": [(M, SERIES, "series: 1 #!")],
    "not_list": [(A, "by: [clerk]\n", "by: clerk #!\n")],
    "not_allowed": [(M, "not_before: period_end", "not_before: tomorrow #!")],
    "bad_name": [(A, "  - trigger: begin", "  - trigger: Begin it #!")],
    "bad_need": [(B, NEED, "      - first #!")],
    "bad_day": [(P, "end: 2014-06-30}", "end: 30.06.2014} #!")],
    "no_such_day": [(P, "end: 2014-06-30}", "end: 2014-02-30} #!")],
    "empty_list": [(A, "by: [clerk]\n", "by: [] #!\n")],
    "empty_text": [(A, "title: {pl: Pierwsze, en: First}", "title: {pl: Pierwsze, en: ' '} #!")],
    "too_many": [(M, "outside_span: [after]", "outside_span: [after, before, after] #!")],
    "out_of_range": [(M, SERIES, "series: {months: 0} #!")],
    "options_or_among": [
        (B, "        type: choice", "        type: choice\n        options: group"),
        (B, "      person:", "      person: #!"),
    ],
    "min_without_many": [(A, "options: group}", "options: group, min: 1} #!")],
    "state_classes": [
        (F, "  left: {", "  left: {suspended: true, "),
        (F, "done: true, returns_to: open}\n  right", "done: true, returns_to: open} #!\n  right"),
    ],
    "returns_to_without_done": [
        (A, "working: {title: {pl: W toku, en: Working}}", f"working: {{returns_to: open, {T}}} #!")
    ],
    "span_backwards": [(P, "start: 2014-01-01, end: 2014-06-30}", "start: 2015-01-01, end: 2014-06-30} #!")],
    # Names
    "duplicate_machine": [(F, "id: fork", "id: second #!")],
    "machine_not_listed": [(P, "fork, monthly]", "monthly]"), (F, "id: fork", "id: fork #!")],
    "machine_without_file": [(P, "fork, monthly]", "fork, monthly, ghost] #!")],
    "duplicate_item": [(A, "by: [clerk, chief]", "by: [clerk, chief, clerk] #!")],
    "unknown_kind": [(F, "kind: task", "kind: chore #!")],
    "unknown_machine": [(B, NEED, "      - ghost.working #!")],
    "unknown_state": [(B, NEED, "      - first.sleeping #!")],
    "unknown_role": [(A, "by: [clerk, chief]", "by: [clerk, boss] #!")],
    "role_only_reads": [(A, "by: [clerk, chief]", "by: [guest] #!")],
    "unknown_vocabulary": [
        (A, "options: group}", "options: colours} #!"),
        (A, "        min_each: {field: group, at_least: 1}\n", ""),
    ],
    "unknown_field": [(B, "field: people, subfield: name}", "field: crowd, subfield: name} #!")],
    "subfield_missing": [(B, "field: people, subfield: name}", "field: people} #!")],
    "unknown_column": [(A, "min_each: {field: group, at_least: 1}", "min_each: {field: colour} #!")],
    "min_each_not_choice": [(A, "min_each: {field: group, at_least: 1}", "min_each: {field: name} #!")],
    "unknown_trigger": [(A, "collects: begin", "collects: start #!")],
    "unknown_timezone": [(P, "timezone: Europe/Warsaw", "timezone: Europe/Tłuszcz #!")],
    "needs_itself": [(B, NEED, "      - second.working #!")],
    "needs_initial": [(B, NEED, "      - first.open #!")],
    "no_done_state": [(B, EVERY, "      - {every: monthly.$done} #!")],
    "series_without_every": [(B, EVERY, "      - monthly.sent #!")],
    "every_without_series": [(B, NEED, "      - {every: first.working} #!")],
    "at_least_too_large": [(B, EVERY, "      - {at_least: 7, every: monthly.sent} #!")],
    "bounds_crossed": [(A, "min: 2, max: 80}", "min: 90, max: 80} #!")],
    "not_before_without_series": [(A, "    from: open\n", "    not_before: period_end #!\n    from: open\n")],
    "section_reserved": [(P, "  meetings:\n", "  events: #!\n")],
    "history_of_series": [(P, STEP, "{machine: monthly, trigger: send, on: on} #!")],
    "kind_unused": [(P, "  report:\n", f"  chore: {{{T}}} #!\n  report:\n")],
    "role_unused": [(P, "  guest: {", f"  idler: {{{T}}} #!\n  guest: {{")],
    "selector_unused": [
        (P, "machines: [", f"    transitions: [{{trigger: a, {T}, from: $done, to: due, by: [chief]}}] #!\nmachines: [")
    ],
    "bad_rrule": [(M, SERIES, "series: {rrule: FREQ=MONTHLY;BYHOUR=3} #!")],
    "months_or_rrule": [(M, SERIES, "series: {key: number} #!")],
    "series_misfit": [(M, SERIES, "series: {rrule: FREQ=MONTHLY, whole: true} #!")],
    "rrule_never": [(M, SERIES, "series: {rrule: FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30} #!")],
    "too_many_periods": [
        (M, SERIES, "series: {rrule: FREQ=DAILY} #!"),
        (P, "start: 2014-01-01, end: 2014-06-30}", "start: 2014-01-01, end: 2017-06-30}"),
    ],
    "series_empty": [(M, SERIES, "series: {months: 12, whole: true} #!")],
    # Machines
    "trigger_reserved": [
        (
            F,
            "{trigger: go_left, title: {pl: W lewo, en: Left}, from: open, to: left, by: [clerk]}",
            f"{{trigger: correct, {T}, from: open, to: left, by: [clerk]}} #!",
        )
    ],
    "state_redefined": [(F, LEFT, f"{LEFT}\n  accepted: {{final: true, {T}}} #!")],
    "no_initial": [(P, "due: {initial: true, ", "due: {"), (M, "states:", "states: #!")],
    "many_initial": [(F, LEFT, f"  left: {{initial: true, {T}}} #!")],
    "no_final": [(M, "sent: {final: true, ", "sent: {"), (M, "id: monthly", "id: monthly #!")],
    "leaves_final": [
        (M, "transitions:\n", f"transitions:\n  - {{trigger: undo, {T}, from: sent, to: due, by: [clerk]}} #!\n")
    ],
    "unreachable_state": [(M, "states:\n", f"states:\n  lost: {{final: true, {T}}} #!\n")],
    "no_way_to_end": [
        (B, "states:\n", f"states:\n  stuck: {{suspended: true, {T}}} #!\n"),
        (
            B,
            "transitions:\n",
            f"transitions:\n  - {{trigger: err, {T}, from: working, to: stuck, effect: suspend, by: [clerk]}}\n",
        ),
    ],
    "done_without_return": [(A, "done: true, returns_to: working}", "done: true} #!")],
    "shadowed_rule": [
        (
            A,
            "  - trigger: finish\n",
            f"  - {{trigger: begin, {T}, from: open, to: working, by: [clerk]}} #!\n  - trigger: finish\n",
        ),
    ],
    "effect_misfit": [
        (A, "    from: open\n", "    effect: suspend #!\n    from: open\n"),
        (
            A,
            "  - trigger: finish\n",
            f"  - {{trigger: start, {T}, from: open, to: working, by: [clerk]}}\n  - trigger: finish\n",
        ),
    ],
    "return_not_passed": [
        (P, "effect: return, by: [chief]}", "effect: return, by: [chief]} #!"),
        (F, LEFT, LEFT.replace("open", "right")),
    ],
    # Deadlines and reminders
    "bad_due": [(M, STATES, deadline("{sometime: pilot_end}"))],
    "one_unit": [(M, STATES, deadline("{after: period_end, days: 1, weeks: 1}"))],
    "times_without_every": [(P, TASKS, reminders("rungs: [{days: 1, times: 3, to: [clerk]}]"))],
    "empty_ladder": [(P, TASKS, reminders("rungs: []"))],
    "audit_trigger_unknown": [(P, TASKS, f"audit: {{two_people: [accept, leap], closed_by: [chief]}} #!\n{TASKS}")],
    "findings_unanswered": [(P, TASKS, f"audit: {{reconfirm: true}} #!\n{TASKS}")],
    "unknown_ladder": [(M, STATES, deadline("{at: period_end}", ", ladder: steep"))],
    "ladder_unused": [(P, TASKS, reminders())],
    "duplicate_rung": [
        (P, TASKS, reminders("rungs: [{days: 0, to: [clerk]}, {working_days: 0, to: [chief]}]")),
        *ON_FIRST,
    ],
    "no_date_unwarned": [
        (P, TASKS, reminders().replace(" #!", "")),
        (
            A,
            "      people:\n        type: records\n        title: {pl: Osoby, en: People}\n        min: 1",
            f"      day: {{type: date, {T}}}\n      people:\n        type: records\n        title: {{pl: Osoby, en: People}}\n        min: 1",
        ),
        (A, STATES, deadline("{evidence: begin.day}", ", ladder: calm", "finished")),
    ],
    "period_without_series": [(A, STATES, deadline("{after: period_end, days: 3}", reaches="working"))],
    "anchor_of_series": [(A, STATES, deadline("{after: monthly.sent, days: 3}", reaches="working"))],
    "field_not_date": [(A, STATES, deadline("{evidence: begin.place}", reaches="finished"))],
    "impossible_day": [(M, STATES, deadline("{after: period_start, working_days: 31}"))],
    "lead_times_too_long": [
        (P, TASKS, reminders()),
        *ON_FIRST,
        (B, "by: [clerk]\n    needs:\n      - {every", "by: [clerk]\n    takes: 10\n    needs:\n      - {every"),
    ],
    # Proofs
    "needs_cycle": [(A, "    from: open\n", "    needs: [second.working] #!\n    from: open\n")],
    "dead_rule": [
        (M, "states:\n", f"states:\n  paused: {{suspended: true, {T}}}\n  asked: {{{T}}}\n"),
        (
            M,
            "transitions:\n",
            f"transitions:\n  - {{trigger: pause, {T}, from: asked, to: paused, effect: suspend, by: [clerk]}}\n",
        ),
        (
            M,
            "transitions:\n",
            f"transitions:\n  - {{trigger: go_on, {T}, from: paused, to: asked, effect: resume, by: [clerk]}}\n",
        ),
        (M, "transitions:\n", f"transitions:\n  - {{trigger: ask, {T}, from: due, to: asked, by: [clerk]}}\n"),
        (M, "    from: due\n", "    from: [due, asked]\n"),
        (B, NEED, "      - {every: monthly.paused} #!"),
    ],
    "needs_exclusive": [(B, ANY, "      - {all: [fork.left, fork.right]} #!")],
    "only_waiver": [(B, NEED, "      - first.halted #!")],
    "branch_trap": [
        (
            B,
            "  - trigger: finish\n",
            f"  - {{trigger: extra, {T}, from: working, to: working, by: [clerk], needs: [fork.left]}}\n  - trigger: finish\n",
        ),
        (F, "from: open, to: right, by: [clerk]}", "from: open, to: right, by: [clerk]} #!"),
    ],
    "branch_deadlock": [
        (B, ANY, "      - fork.left"),
        (F, "from: open, to: right, by: [clerk]}", "from: open, to: right, by: [clerk]} #!"),
    ],
}
COUNTEREXAMPLES = {
    "needs_cycle": ["first.begin needs second.working", "second.begin needs first.working"],
    "dead_rule": ["second.begin needs monthly.paused", "monthly.paused can never be reached"],
    "only_waiver": ["second.begin needs first.halted", "first.halted can never be reached"],
    "needs_exclusive": [
        "on the course fork: open → left → accepted there is no fork.right",
        "on the course fork: open → right → accepted there is no fork.left",
    ],
    "branch_deadlock": ["fork.go_right: open → right", "second.finish needs fork.left"],
    "branch_trap": ["fork.go_right: open → right", "second.extra needs fork.left"],
    "no_way_to_end": ["second.begin: open → working", "second.err: working → stuck"],
    "shadowed_rule": ["first.begin: open → working"],
    "impossible_day": ["monthly/2014-01: falls on 2014-02-14, and the limit is 2014-01-31"],
    "lead_times_too_long": [
        "monthly/2014-06.send: working days: 0, until 2014-06-30 at the earliest",
        "second.finish: working days: 10, until 2014-07-14 at the earliest",
    ],
}
WARNINGS = {
    "branch_trap",
    "findings_unanswered",
    "kind_unused",
    "ladder_unused",
    "no_date_unwarned",
    "only_waiver",
    "return_not_passed",
    "role_unused",
    "selector_unused",
    "series_empty",
    "too_many_courses",
}
ELSEWHERE = {
    "file_missing",
    "file_too_large",
    "file_unreadable",
    "no_common_end",
    "normal_form_invalid",
    "not_utf8",
    "programme_missing",
    "programme_unknown",
    "too_large",
    "too_many_courses",
    "wrong_value",
    "yaml_too_many_nodes",
}
"""Codes that no single marked line can provoke; each has a test of its own in this folder."""


def codes(findings: Any) -> list[str]:
    return [finding.code for finding in findings]


def test_probe_is_valid(probe: Any) -> None:
    """The programme that the other tests break has no finding before it is broken."""
    assert check(probe.folder) == []


@pytest.mark.parametrize("code", CASES)
def test_each_finding(probe: Any, code: str) -> None:
    """A definition broken in one way gives exactly one finding: its code, severity, file, line and sentences."""
    for edit in CASES[code]:
        probe.edit(*edit)
    found = check(probe.folder)
    assert codes(found) == [code]
    assert (found[0].file, found[0].line) == probe.marked()
    assert found[0].severity == ("warning" if code in WARNINGS else "error")
    for language in ("pl", "en"):
        given = found[0].as_json(language)
        assert list(given) == ["code", "severity", "file", "line", "path", "message", "counterexample"]
        assert given["message"]
        assert json.loads(json.dumps(given)) == given
    assert found[0].as_json("pl")["message"] != found[0].as_json("en")["message"]
    if code in COUNTEREXAMPLES:
        assert found[0].as_json("en")["counterexample"] == COUNTEREXAMPLES[code]


def test_every_code_is_provoked() -> None:
    """No code exists that no test provokes, and every finding with a chain or a course is checked for it."""
    assert set(CASES) | ELSEWHERE == set(MESSAGES)
    assert not set(CASES) & ELSEWHERE


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_sentences(code: str) -> None:
    """Each code has a Polish and an English sentence that take the same facts."""
    polish, english = (set(_Facts.of(sentence)) for sentence in MESSAGES[code])
    assert polish == english


class _Facts(dict[str, str]):
    @classmethod
    def of(cls, sentence: str) -> _Facts:
        facts = cls()
        sentence.format_map(facts)
        return facts

    def __missing__(self, key: str) -> str:
        self[key] = ""
        return ""


def test_all_findings_in_one_run(probe: Any) -> None:
    """Mistakes of every kind in several files are all told at once."""
    probe.edit(P, "timezone: Europe/Warsaw", "timezone: Nowhere")
    probe.edit(A, "kind: task", "kind: task\ncolour: red")
    probe.edit(A, "    from: open\n", "    needs: [second.working]\n    from: open\n")
    probe.edit(B, "by: [clerk]\n    needs:\n      - {every", "by: [boss]\n    needs:\n      - {every")
    probe.edit(F, "done: true, returns_to: open}\n  right", "final: maybe}\n  right")
    probe.write("more/broken.yaml", "id: [")
    assert set(codes(check(probe.folder))) == {
        "unknown_timezone",
        "unknown_key",
        "needs_cycle",
        "unknown_role",
        "not_true_or_false",
        "yaml_syntax",
    }


def test_a_mistake_does_not_hide_a_circle(probe: Any) -> None:
    """An unknown key, a missing title and a bad source leave the proofs about that machine in force."""
    probe.edit(A, "kind: task", "kind: task\ncolour: red")
    probe.edit(A, "    title: {pl: Zacznij, en: Begin}\n", "    needs: [second.working]\n    source: hearsay\n")
    assert sorted(codes(check(probe.folder))) == ["missing_key", "needs_cycle", "not_allowed", "unknown_key"]


def test_lines_after_a_removed_item(probe: Any) -> None:
    """When a broken transition is left out, findings about later ones still name their own line."""
    probe.edit(A, "    to: working\n", "")
    probe.edit(A, "by: [clerk, chief]", "by: [boss] #!")
    found = check(probe.folder)
    assert codes(found) == ["missing_key", "unknown_role"]
    assert (found[1].file, found[1].line) == probe.marked()
    assert dotted(found[1].path) == "transitions[1].by[0]"


def test_broken_machine_is_not_missed(probe: Any) -> None:
    """Needs on a machine whose file cannot be read are no further findings."""
    probe.write(A, "id: first\nkind: [")
    assert codes(check(probe.folder)) == ["yaml_syntax"]
    probe.write(A, f"id: first\nkind: task\n{T}\nstates: 7\n")
    assert set(codes(check(probe.folder))) == {"not_mapping"}


def test_too_many_rules(probe: Any) -> None:
    """Selectors that would give thousands of rules are refused before they do."""
    states = "".join(f"  s{number}: {{{T}}}\n" for number in range(50))
    steps = "".join(f"  - {{trigger: t{n}, {T}, from: $working, to: $left, by: [clerk]}}\n" for n in range(400))
    probe.write(F, FORK_HEAD + f"states:\n{states}transitions:\n{steps}")
    assert "too_large" in codes(check(probe.folder))


FORK_HEAD = f"id: fork\nkind: task\n{T}\n"


def test_no_common_end(probe: Any) -> None:
    """Machines that can each come to an end, but never all of them, are told."""
    probe.edit(P, "[first, second, fork, monthly]", "[first, second, fork, monthly, other, a, b, c, d]")
    probe.write("other.yaml", (probe.folder / F).read_text("utf-8").replace("id: fork", "id: other"))
    for name, one, two in (
        ("a", "left", "left"),
        ("b", "left", "right"),
        ("c", "right", "left"),
        ("d", "right", "right"),
    ):
        text = (probe.folder / M).read_text("utf-8").replace("id: monthly", f"id: {name}").replace(SERIES + "\n", "")
        text = text.replace("    not_before: period_end\n", f"    needs: [{{any: [fork.{one}, other.{two}]}}]\n")
        probe.write(f"{name}.yaml", text)
    found = check(probe.folder)
    assert codes(found) == ["no_common_end"]
    assert len(found[0].counterexample) == 1


def test_too_many_courses(probe: Any) -> None:
    """A machine with more branches than can be looked at is not silently trusted."""
    names = [f"{side}{n}" for n in range(8) for side in "ab"]
    states = "".join(
        f"  {name}: {{{T}, done: {str(name[1] == '7').lower()}{', returns_to: open' if name[1] == '7' else ''}}}\n"
        for name in names
    )
    steps = "".join(
        f"  - {{trigger: to_{side}{n}, {T}, from: {'open' if n == 0 else f'[a{n - 1}, b{n - 1}]'}, to: {side}{n}, by: [clerk]}}\n"
        for n in range(8)
        for side in "ab"
    )
    probe.write(F, FORK_HEAD + f"states:\n{states}transitions:\n{steps}")
    probe.edit(B, "fork.left, fork.right", "fork.a1, fork.b1")
    assert codes(check(probe.folder)) == ["too_many_courses"]


def test_paths_that_check_accepts(probe: Any, tmp_path: Path) -> None:
    """A folder, its programme.yaml, one machine's file and a folder of programmes all lead to the same findings."""
    probe.edit(A, "kind: task", "kind: task\ncolour: red")
    expected = check(probe.folder)
    assert codes(expected) == ["unknown_key"]
    assert check(probe.folder / P) == check(probe.folder / A) == check(tmp_path) == expected
    alone = tmp_path / "alone.yaml"
    alone.write_text("id: x\n", "utf-8")
    assert set(codes(check(alone))) == {"missing_key"}


def test_no_programme(tmp_path: Path) -> None:
    """A folder without programme.yaml, a missing path and an unknown name give a finding that says so."""
    assert codes(check(tmp_path)) == ["programme_missing"]
    assert codes(check(tmp_path / "nothing")) == ["programme_missing"]
    with pytest.raises(DefinitionInvalid) as caught:
        load_programme(tmp_path)
    assert codes(caught.value.facts["findings"]) == ["programme_missing"]
    with pytest.raises(DefinitionInvalid) as caught:
        programme_folder("no-such-programme")
    assert "mlw-pilot" in caught.value.facts["findings"][0].message("en")


def test_load_refuses_errors_only(probe: Any) -> None:
    """Errors keep a programme from being loaded, with all findings in the exception; warnings come with it."""
    probe.edit(P, "  guest: {", f"  idler: {{{T}}}\n  guest: {{")
    assert codes(load_programme(probe.folder).findings) == ["role_unused"]
    probe.edit(A, "kind: task", "kind: task\ncolour: red")
    with pytest.raises(DefinitionInvalid) as caught:
        load_programme(probe.folder)
    assert codes(caught.value.facts["findings"]) == ["unknown_key", "role_unused"]


def test_unforeseen_shape_problem() -> None:
    """A problem for which there is no code of its own is still told, in pydantic's words."""

    def refuse(_: str) -> str:
        raise ValueError("odd")

    class Odd(Model):
        x: Annotated[str, AfterValidator(refuse)]

    found = parse(Odd, read_yaml("x: 1a\n", "odd.yaml")).findings
    assert codes(found) == ["wrong_value"]
    assert "odd" in found[0].message("en")


def test_damaged_normal_form() -> None:
    """Stored bytes that are no normal form are refused with one sentence."""
    for body in (
        b"",
        b"{}",
        b"[1]",
        b"\xff",
        b'{"v":2}',
        b'{"v":1,"id":"a","title":{"pl":"","en":""},"roles":[],"kinds":[],"workflows":[],"x":1}',
        b"[" * 100_000,
    ):
        with pytest.raises(DefinitionInvalid) as caught:
            from_normal(body)
        assert caught.value.facts["findings"][0].message("en").startswith("The stored definition is damaged")


def test_order_of_findings() -> None:
    """Findings come by file and line, each once."""
    a, b, c = (
        Finding("no_final", file="a", line=2),
        Finding("no_final", file="a", line=1),
        Finding("no_final", file="b"),
    )
    assert in_order([c, a, b, a]) == (b, a, c)


@pytest.mark.parametrize("kind", sorted(HOPS))
def test_hops(kind: str) -> None:
    """Each step of a counterexample has words in both languages."""
    hop = Hop(kind, ("x.y", "u", "v"))
    assert "x.y" in hop.sentence("pl")
    assert "x.y" in hop.sentence("en")


def test_own_transition_takes_the_place_of_the_kinds(probe: Any) -> None:
    """A machine's transition with the state and trigger of one of its kind's is the only one of that name there."""
    probe.edit(
        A, "transitions:\n", f"transitions:\n  - {{trigger: accept, {T}, from: finished, to: accepted, by: [clerk]}}\n"
    )
    rules = load_programme(probe.folder).programme.workflow["first"].rules_for["finished", "accept"]
    assert [(rule.to_state, rule.by) for rule in rules] == [("accepted", ("clerk",))]


def test_too_many_rules_of_one_machine(probe: Any) -> None:
    """The machine whose selectors give too many rules is named, at the transition that is one too many."""
    states = "".join(f"  s{number}: {{{T}}}\n" for number in range(50))
    step = f"{{trigger: leap, {T}, from: $working, to: $left, by: [clerk]}}"
    probe.write(F, FORK_HEAD + f"states:\n{states}transitions:\n  - {step} #!\n")
    found = [finding for finding in check(probe.folder) if finding.code == "too_large"]
    assert [(f.file, f.line) for f in found] == [probe.marked()]
    assert dict(found[0].facts) == {"machine": "fork", "limit": 2000}


def test_broken_declaration_is_not_missed(probe: Any) -> None:
    """A role or a vocabulary that could not be read is no unknown one wherever it is named."""
    probe.edit(P, "  clerk: {title: {pl: Urzędnik, en: Clerk}}", f"  clerk: {{{T}, acts: maybe}}")
    probe.edit(P, "    old: {pl: Starsi, en: Old}", "    old: 7")
    assert codes(check(probe.folder)) == ["not_true_or_false", "not_mapping"]


def test_some_of_a_series_may_differ(probe: Any) -> None:
    """Needs on several of a recurring machine's instances may be met by instances that went different ways."""
    probe.edit(M, "states:\n", f"states:\n  dropped: {{final: true, {T}}}\n")
    probe.edit(M, "transitions:\n", f"transitions:\n  - {{trigger: drop, {T}, from: due, to: dropped, by: [clerk]}}\n")
    probe.edit(B, EVERY, "      - {every: monthly.sent, at_least: 1}\n      - {every: monthly.dropped, at_least: 1}")
    assert check(probe.folder) == []
    probe.edit(B, "{every: monthly.sent, at_least: 1}", "{every: monthly.sent}")
    probe.edit(B, "{every: monthly.dropped, at_least: 1}", "{every: monthly.dropped}")
    assert codes(check(probe.folder)) == ["needs_exclusive"]
