"""Every code the program can utter has its sentence in both languages, and every sentence can be filled."""

import ast
import errno
import os
import pkgutil
import re
import string
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.domain.decision import Reason
from mlw_workflow.domain.errors import BadInput, HistoryInvalid, WorkflowError
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces import problems
from mlw_workflow.interfaces.wording import errors, reasons
from mlw_workflow.interfaces.wording.checks import CHECKS, check_sentence
from mlw_workflow.interfaces.wording.dates import day_short, day_words
from mlw_workflow.interfaces.wording.errors import ERRORS, THEMES
from mlw_workflow.interfaces.wording.on_page import ON_PAGE
from mlw_workflow.interfaces.wording.titles import Titles

SOURCE = Path(reasons.__file__).parents[2]
LAYERS = ("domain", "services", "storage", "definitions", "audit", "interfaces")
MADE = {
    "suggestion", "choices", "step", "title", "day", "problem", "count", "first", "failure", "place",
}  # fmt: skip
"""Placeholders of errors that ``problems`` makes rather than the error itself."""


def calls(*layers: str) -> Iterator[tuple[str, ast.Call]]:
    """Every call in these layers, by the name of what is called."""
    for layer in layers:
        for file in sorted((SOURCE / layer).rglob("*.py")):
            for node in ast.walk(ast.parse(file.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    yield name, node


def literals(*layers: str, names: set[str], position: int = 0) -> set[str]:
    """The texts given first to the calls of these names."""
    found = set()
    for name, node in calls(*layers):
        if name in names and len(node.args) > position and isinstance(node.args[position], ast.Constant):
            value = node.args[position].value  # type: ignore[attr-defined]
            if isinstance(value, str):
                found.add(value)
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def error_classes() -> dict[str, type[WorkflowError]]:
    found: dict[str, type[WorkflowError]] = {}
    pending: list[type[WorkflowError]] = [WorkflowError]
    while pending:
        kind = pending.pop()
        found[kind.__name__] = kind
        pending += kind.__subclasses__()
    return found


def test_every_reason_has_a_sentence() -> None:
    """A reason that the engine can give has its words."""
    used = literals("domain", names={"Reason", "refuse", "_Wrong"})
    base = {key.partition(".")[0] for key in reasons.REASONS}
    assert used >= {"prerequisite_unmet", "evidence_missing"}
    assert used - base == set()
    assert base - used == set(), "sentences that nothing utters"


def test_every_error_has_a_sentence() -> None:
    """An error that can be raised has its words, be it by its class or by a code of its own."""
    classes = error_classes()
    used = literals(*LAYERS, names=set(classes) | {"wrong"})
    used |= {kind.code for kind in classes.values()} - {"error"}
    for file in (SOURCE / "storage").glob("*.py"):
        used |= set(re.findall(r'"(storage_[a-z_]+)"', file.read_text("utf-8")))
    assert used - set(ERRORS) == set()


def test_no_error_has_two_sentences() -> None:
    """Each code is defined once, in a module that the lookup knows."""
    assert {theme.__name__.rpartition(".")[2] for theme in THEMES} == {
        module.name for module in pkgutil.iter_modules(errors.__path__)
    }
    twice = Counter(code for theme in THEMES for code in theme.ERRORS) - Counter(list(ERRORS))
    assert not twice


def test_pages_name_no_commands() -> None:
    """What pages say of an error instead of the command line holds no command, and no fact that the error lacks."""
    for code, text in ON_PAGE.items():
        for language in ("pl", "en"):
            assert re.search(r"--|\bmlw\b", text[language]) is None, code
            assert set(re.findall(r"{\w+}", text[language])) <= set(re.findall(r"{\w+}", ERRORS[code][language])), code


def test_every_check_has_a_sentence() -> None:
    """A check of the audit has its words."""
    used = literals("audit", "services", "storage", names={"Failure", "_Unheld"})
    used |= literals("audit", names={"_failed"}, position=1)
    used |= {f"projection_{kind}" for kind in literals("storage", names={"Difference"})}
    assert used - set(CHECKS) == set()


@pytest.mark.parametrize("table", [reasons.REASONS, ERRORS, CHECKS], ids=["reasons", "errors", "checks"])
def test_both_languages_say_the_same(table: Mapping[str, Text]) -> None:
    """Both sentences are there, differ, and have the same placeholders."""
    for code, text in table.items():
        assert text.pl.strip(), code
        assert text.en.strip(), code
        assert text.pl != text.en, code
        assert placeholders(text.pl) == placeholders(text.en), code


@pytest.mark.parametrize("table", [reasons.REASONS, ERRORS], ids=["reasons", "errors"])
def test_a_sentence_ends_as_one(table: Mapping[str, Text]) -> None:
    """Every sentence ends with a full stop, or with what is put in at its end."""
    for code, text in table.items():
        for sentence in (text.pl, text.en):
            assert sentence[-1] in ".}", code


@pytest.mark.parametrize("language", ["pl", "en"])
def test_every_reason_can_be_filled(language: str) -> None:
    """No placeholder stays empty, whichever facts the guards give."""
    titles = Titles(None, language)
    day = "2014-05-31"
    facts: tuple[tuple[str, str | int], ...] = tuple(
        dict.fromkeys(("day", "today", "start", "end", "last", "earliest", "reached_on", "since"), day).items()
    )
    facts += (("state", "s"), ("expected", "a, b"), ("seq", 3), ("seen", 2), ("last_trigger", "t"), ("trigger", "t"))
    facts += (("minimum", 1), ("maximum", 9), ("given", 0), ("options", "a, b"), ("option", "a"), ("column", "c"))
    facts += (("year_min", 1990), ("year_max", 2100))
    for key, text in reasons.REASONS.items():
        reason = Reason(key.partition(".")[0], "w01", "w02.done", "list[1].column", ("role",), facts)
        filled = text[language].format_map(reasons.values(reason, titles, "t"))
        assert "{" not in filled, key
        assert reasons.sentence(reason, titles, "t")


def test_the_facts_of_a_reason_are_those_its_sentence_needs() -> None:
    """A fact that a sentence names is given where the reason is made (special cases aside)."""
    made_here = set(reasons.values(Reason("x", "m", "m.s", "f"), Titles(None, "en"), "t"))
    collected: dict[str, set[str]] = {}
    for name, node in calls("domain"):
        if name in ("refuse", "_Wrong") and node.args and isinstance(node.args[0], ast.Constant):
            keywords = {keyword.arg for keyword in node.keywords if keyword.arg}
            collected.setdefault(str(node.args[0].value), set()).update(keywords)
    for code, facts in collected.items():
        assert placeholders(reasons.REASONS[code].en) - made_here <= facts, code


def test_the_facts_of_an_error_are_those_its_sentence_needs() -> None:
    """A fact that a sentence names is given where the error is raised."""
    classes = set(error_classes())
    for name, node in calls("services", "storage", "interfaces", "domain"):
        if name not in classes | {"wrong"} or any(keyword.arg is None for keyword in node.keywords):
            continue
        first = node.args[0] if node.args else None
        if first is None and name in classes:
            code = error_classes()[name].code
        elif isinstance(first, ast.Constant):
            code = str(first.value)
        else:
            continue
        given = {keyword.arg for keyword in node.keywords if keyword.arg}
        given |= {"file", "line"} if name == "wrong" else set()
        assert placeholders(ERRORS[code].en) - given - MADE == set(), f"{code}: {given}"


def test_every_check_can_be_told_with_no_facts_at_all() -> None:
    """A check's sentence never fails for want of a fact."""
    for check in (*CHECKS, "unheard_of"):
        for language in ("pl", "en"):
            assert "{" not in check_sentence(check, 7, "Tłuszcz", {}, language)


def test_days_are_written_as_people_write_them() -> None:
    """10 czerwca 2014, 10 June 2014; what is no day stays as it is."""
    assert day_words("2014-06-10", "pl") == "10 czerwca 2014"
    assert day_words(date(2014, 6, 10), "en") == "10 June 2014"
    assert day_words("soon", "en") == "soon"
    assert day_short(date(2014, 6, 1), "pl") == "01.06.2014"
    assert day_short(None, "pl") == ""


def test_what_comes_close_is_suggested() -> None:
    """A slip gets the nearest known word; what is nowhere near gets the place to look."""
    close = BadInput("unknown_programme", programme="mlw-pilto", known=("mlw-pilot", "model-kooperacji"))
    assert "mlw-pilot?" in problems.sentence(close, "en")
    far = BadInput("unknown_machine", machine="zzz", pilot="Tłuszcz", known=("w01",))
    assert "mlw status Tłuszcz" in problems.sentence(far, "pl")


def test_an_error_as_json_is_plain() -> None:
    """Facts become values of JSON, whatever they were."""
    error = HistoryInvalid("history_not_date", file=Path("x.yaml"), line=3, key="on", value=date(2014, 1, 1))
    told: dict[str, Any] = problems.as_json(error, "en")["error"]
    assert (told["file"], told["line"], told["value"]) == ("x.yaml", 3, "2014-01-01")


def test_the_systems_own_words_are_worded() -> None:
    """What the operating system says of a file is told in the reader's language."""
    error = BadInput("file_unreadable", file="x", problem=os.strerror(errno.ENOENT))
    assert "nie ma takiego pliku" in problems.sentence(error, "pl")
    assert "No such file" not in problems.sentence(error, "pl")


@pytest.mark.parametrize(("found", "expected"), [("a since 2014-01-01 by entry 2",) * 2, ("", "a"), ("a", "")])
def test_a_differing_projection_is_never_told_twice_alike(found: str, expected: str) -> None:
    """Two sides in the same words, or an empty side, are told in other words."""
    facts = {"what": "w01", "found": found, "expected": expected}
    told = check_sentence("projection_position", 2, "Tłuszcz", facts, "pl")
    assert "()" not in told
    assert "since" not in told
    assert told.count("2014-01-01") == 0
