"""Control rules as programme.yaml says them: what they become, and what is said of those that name nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.definitions.check import check
from mlw_workflow.definitions.law import Calendars
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.normal_form import from_normal, normal_bytes
from mlw_workflow.domain.control import NO_CONTROL, ControlRules, Term
from mlw_workflow.domain.inspection import term_end

P = "programme.yaml"
WORKFLOWS = Path(__file__).resolve().parents[3] / "workflows"
FULL = (
    "recorded_within: {working_days: 5}, imported: true, two_people: [accept], read_first: [accept, finish], "
    "waiver_holds: {months: 3}, late: [report], role_held_on: [recorded], reconfirm: true, explained_by: [clerk], "
    "closed_by: [chief]"
)


def put(probe: Any, text: str) -> None:
    probe.edit(P, "machines: [", f"audit: {{{text}}} #!\nmachines: [")


def test_what_is_said_becomes_the_rules_of_control(probe: Any) -> None:
    """Every key of ``audit`` arrives in the programme, and stays through the normal form."""
    put(probe, FULL)
    loaded = load_programme(probe.folder)
    assert loaded.programme.audit == ControlRules(
        Term(5, "working_days"), True, ("accept",), ("accept", "finish"), Term(3, "months"), ("report",),
        ("recorded",), True, ("clerk",), ("chief",),
    )  # fmt: skip
    assert from_normal(loaded.body).audit == loaded.programme.audit


def test_silence_changes_no_identity(probe: Any) -> None:
    """A programme that says nothing of control has no rules of it, and nothing of them in its normal form."""
    loaded = load_programme(probe.folder)
    assert loaded.programme.audit == NO_CONTROL
    assert b"audit" not in normal_bytes(loaded.programme)


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("late: [reports]", ["unknown_kind"]),
        ("two_people: [accept, accept]", ["duplicate_item"]),
        ("read_first: [leap]", ["audit_trigger_unknown"]),
        ("role_held_on: [recorded, recorded]", ["duplicate_item"]),
        ("role_held_on: [later]", ["not_allowed"]),
        ("explained_by: [guest]", ["role_only_reads"]),
        ("explained_by: [nobody, clerk, clerk]", ["duplicate_item", "unknown_role"]),
        ("recorded_within: {days: 1, weeks: 1}", ["one_unit"]),
        ("waiver_holds: {days: 0}", ["out_of_range"]),
        ("soon: true", ["unknown_key"]),
    ],
)
def test_what_names_nothing_is_found(probe: Any, text: str, codes: list[str]) -> None:
    """Each mistake in ``audit`` is a finding on its line."""
    put(probe, f"{text}, closed_by: [chief]")
    findings = check(probe.folder)
    assert sorted(f.code for f in findings) == codes
    assert all((f.file, f.line) == probe.marked() for f in findings)


@pytest.mark.parametrize("name", ["mlw-pilot", "model-kooperacji"])
def test_both_programmes_have_control_rules(name: str) -> None:
    """Both programmes say how late is late and who may close a finding."""
    rules = load_programme(WORKFLOWS / name).programme.audit
    assert rules.recorded_within
    assert rules.closed_by
    assert rules.two_people


def test_a_term_ends_on_its_last_day() -> None:
    """Days, working days and months are counted as a deadline counts them."""
    calendar = Calendars()("")
    assert term_end(Term(14, "days"), date(2014, 5, 1), calendar) == date(2014, 5, 15)
    assert term_end(Term(1, "working_days"), date(2014, 4, 30), calendar) == date(2014, 5, 2)
    assert term_end(Term(6, "months"), date(2014, 8, 31), calendar) == date(2015, 2, 28)
