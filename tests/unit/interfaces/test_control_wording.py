"""Every finding, action, verdict and ground has its words in both languages, and they can be filled."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path

import pytest

from mlw_workflow.domain import compliance as judging
from mlw_workflow.domain.compliance import VERDICTS, Ground
from mlw_workflow.domain.finding import ANSWERS, CODES, SEVERITIES, STATES, Finding, Place
from mlw_workflow.interfaces.wording import compliance, findings
from mlw_workflow.interfaces.wording.titles import Titles
from mlw_workflow.testing import programme, rule, workflow

PROGRAMME = programme(workflow("a", "open done*", rule("finish", "open", "done")))
FACTS = {
    "actor": "anna", "role": "clerk", "day": "2014-05-31", "recorded": "2014-06-30", "latest": "2014-06-14", "other": 3,
    "by": 7, "by_machine": "b", "needs": "b.done", "later": "2014-06-01", "entries": "3, 4", "until": "2014-11-30",
    "due": "2014-05-30",
}  # fmt: skip


def told(code: str, language: str, **more: str) -> tuple[str, str]:
    facts = tuple({**FACTS, **more}.items())
    place = Place("a", rule="report") if code == "deadline_missed" else Place("a", 5)
    found = Finding(code, "minor", place, date(2014, 6, 1), 5, facts)  # type: ignore[arg-type]
    return findings.message(found, Titles(PROGRAMME, language), {"anna": "Anna Wolska"}), findings.action(
        found, language
    )


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("code", CODES)
def test_each_finding_says_what_and_what_to_do(code: str, language: str) -> None:
    """Sentence and action have no gap left, and no fact that is missing."""
    for text in told(code, language):
        assert text.endswith(".")
        assert "{" not in text
        assert "–" not in text
        assert "2014-" not in text, "days are in words"


@pytest.mark.parametrize("language", ["pl", "en"])
def test_special_cases_are_told_in_their_own_words(language: str) -> None:
    """A return and a correction, a follower, a role on the day it happened, a deadline met late."""
    cases = [
        ("suspect", {"why": "corrected"}),
        ("suspect", {"needs": ""}),
        ("role_outside_dates", {"when": "occurred"}),
        ("deadline_missed", {"done": "2014-06-02"}),
    ]
    for code, more in cases:
        assert told(code, language, **more)[0] != told(code, language)[0]


def test_names_stand_for_ids() -> None:
    """A person is told by name, an unnamed holder by the role's title."""
    assert "Anna Wolska" in told("four_eyes", "en")[0]
    assert "clerk" in told("four_eyes", "en", actor="role:clerk")[0]


def test_everything_has_its_words() -> None:
    """Nothing that the domain can utter is without words, and no words are left that nothing utters."""
    assert {key.partition(".")[0] for key in findings.FINDINGS} == set(CODES)
    assert {key.partition(".")[0] for key in findings.ACTIONS} == set(CODES)
    assert set(findings.SEVERITY) == set(SEVERITIES)
    assert set(findings.STATE) == set(STATES)
    assert set(findings.ANSWER) == set(ANSWERS)
    assert set(compliance.VERDICT) == set(compliance.MARK) == set(VERDICTS)
    assert {key.partition(".")[0] for key in compliance.GROUNDS} == grounds()


def grounds() -> set[str]:
    """Every code that the derivation gives a ground."""
    found = set()
    for node in ast.walk(ast.parse(Path(judging.__file__).read_text("utf-8"))):
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in ("Ground", "ground") and node.args:
                found |= {c.value for c in ast.walk(node.args[0]) if isinstance(c, ast.Constant) and c.value}
    return found


@pytest.mark.parametrize("language", ["pl", "en"])
@pytest.mark.parametrize("slack", [-2, 0, 3])
def test_each_ground_is_a_sentence(language: str, slack: int) -> None:
    """Whatever it hangs on, a ground is told without a gap."""
    titles = Titles(PROGRAMME, language)
    for key in compliance.GROUNDS:
        code, _, special = key.partition(".")
        other = "a" if special == "other" else ""
        rule_id = "" if special in ("end", "other", "lost") else "report"
        trigger = "" if special == "lost" else "finish"
        begin_on = date(2014, 8, 17) if code == "tight" else None
        ground = Ground(code, other, rule_id, date(2014, 8, 31), trigger, slack, begin_on)
        text = compliance.ground_sentence(ground, "a", titles)
        assert ("17" in text) == (code == "tight" and slack <= 0)
        assert text.endswith(".")
        assert "{" not in text
    assert "31" in compliance.verdict_words("at_risk", date(2014, 8, 31), titles)


@pytest.mark.parametrize("answer", ANSWERS)
def test_the_history_tells_answers(answer: str) -> None:
    """With the entry it is about, where there is one."""
    assert "5" in findings.answer_words("suspect", 5, answer, "en")
    assert "0" not in findings.answer_words("deadline_missed", 0, answer, "pl")
    assert findings.answer_words("suspect", 0, "made up", "pl") == "suspect"
