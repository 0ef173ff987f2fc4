"""Pictures and tables of a programme."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import pytest

from mlw_workflow.definitions.bundled import (
    bundled_folder,
    bundled_programmes,
    programme_folder,
)
from mlw_workflow.definitions.diagram import needs_diagram, state_diagram
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.matrix import as_lines, need_words, rule_matrix
from mlw_workflow.domain.definition import Need
from mlw_workflow.domain.texts import Text


def test_state_diagram(probe: Any) -> None:
    """The picture of a machine shows its way forward, in the language asked for."""
    first = load_programme(probe.folder).programme.workflow["first"]
    assert state_diagram(first, "en").splitlines() == [
        "stateDiagram-v2",
        '    state "Open" as s_open',
        '    state "Working" as s_working',
        '    state "Finished" as s_finished',
        '    state "Accepted" as s_accepted',
        "    [*] --> s_open",
        "    s_open --> s_working : Begin",
        "    s_working --> s_finished : Finish",
        "    s_finished --> s_accepted : Accept",
        "    s_accepted --> [*]",
        "    class s_finished done",
        "    class s_accepted final",
        "    classDef done stroke-width:2px",
        "    classDef final stroke-width:4px",
    ]
    assert "Zacznij" in state_diagram(first, "pl")


def test_common_rules_on_demand(probe: Any) -> None:
    """Suspending, waiving and returning are drawn only when asked for."""
    first = load_programme(probe.folder).programme.workflow["first"]
    assert "halted" not in state_diagram(first)
    drawn = state_diagram(first, common=True)
    assert "s_working --> s_halted : Suspend" in drawn
    assert "s_open --> s_waived : Waive" in drawn
    assert "s_finished --> s_working : Return" in drawn


def test_needs_diagram(probe: Any) -> None:
    """The picture of the prerequisites dots those of which only some must hold."""
    drawn = needs_diagram(load_programme(probe.folder).programme, "en").splitlines()
    assert drawn[0] == "flowchart LR"
    assert '    s_first["first First"]' in drawn
    assert '    s_first -->|"Working → Begin"| s_second' in drawn
    assert '    s_monthly -->|"Sent → Finish"| s_second' in drawn
    assert '    s_fork -.->|"Left → Finish"| s_second' in drawn


def test_titles_cannot_break_a_picture(probe: Any) -> None:
    """Signs that mean something to Mermaid are escaped in titles."""
    programme = load_programme(probe.folder).programme
    nasty = Text('a"]; click s_first href "x"\n%%{init}', 'b"]; click s_first\n:::x')
    first = programme.workflow["first"]
    states = tuple(replace(state, title=nasty) for state in first.states)
    changed = replace(first, title=nasty, states=states, rules=tuple(replace(r, title=nasty) for r in first.rules))
    for language in ("pl", "en"):
        pictures = [
            state_diagram(changed, language, common=True),
            needs_diagram(replace(programme, workflows=(changed, *programme.workflows[1:])), language),
        ]
        for picture in pictures:
            for line in picture.splitlines()[1:]:
                assert re.match(r"    (state |class |classDef |\[\*\]|s_\w+[ \[])", line)
                assert "]; click" not in line


def test_rule_matrix(probe: Any) -> None:
    """The matrix tells of each rule who may take it, what it needs, what evidence it asks and what is special."""
    programme = load_programme(probe.folder).programme
    rows = rule_matrix(programme.workflow["second"])
    begin = next(row for row in rows if row.trigger == "begin")
    assert (begin.from_state, begin.to_state, begin.by, begin.needs) == (
        "open",
        "working",
        ("clerk",),
        ("first.working",),
    )
    assert begin.evidence == ("person: choice among first.people.name",)
    finish = next(row for row in rows if row.trigger == "finish")
    assert finish.needs == ("every monthly.sent", "any(fork.left, fork.right)")
    assert as_lines(programme.workflow["monthly"]) == [
        "due → sent: send by clerk | may lie after the span, not before period_end, assumed"
    ]
    assert "group: choice [young, old]) ≥ 1 for each group" in "\n".join(as_lines(programme.workflow["first"]))


@pytest.mark.parametrize(
    ("need", "words"),
    [
        (Need("a", "b"), "a.b"),
        (Need("a", "b", every=True), "every a.b"),
        (Need("a", "b", every=True, at_least=2), "2 of a.b"),
        (Need(at_least=2, of=(Need("a", "b"), Need("c", "d"))), "all(a.b, c.d)"),
        (Need(at_least=1, of=(Need("a", "b"), Need("c", "d"))), "any(a.b, c.d)"),
        (Need(at_least=2, of=(Need("a", "b"), Need("c", "d"), Need("e", "f"))), "2 of(a.b, c.d, e.f)"),
    ],
)
def test_need_words(need: Need, words: str) -> None:
    """A need is written the way people say it."""
    assert need_words(need) == words


def test_bundled_programmes() -> None:
    """The pilot and its successor come with the product and are found by name and by path."""
    assert {"mlw-pilot", "model-kooperacji"} <= set(bundled_programmes())
    folder = bundled_folder() / "mlw-pilot"
    assert programme_folder("mlw-pilot") == folder
    assert programme_folder(str(folder)) == folder
    assert programme_folder(str(folder / "programme.yaml")) == folder
