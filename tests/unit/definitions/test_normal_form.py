"""The normal form: what is read from YAML comes back equal from its bytes, and only meaning moves the hash."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

import pytest
import rfc8785
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.bundled import bundled_folder, bundled_programmes
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.normal_form import content_hash, from_normal, normal_bytes, to_normal
from mlw_workflow.domain.definition import Field, Need, Programme, Series
from mlw_workflow.domain.recurrence import WEEKDAYS, Recurrence
from mlw_workflow.domain.texts import Text


def plain(value: Any) -> Any:
    """A value with everything in it, the programmes and workflows that compare by identity included."""
    if is_dataclass(value):
        return (type(value).__name__, *(plain(getattr(value, f.name)) for f in fields(value)))
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items()}
    return value


WORDS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
LEAF = st.builds(Need, WORDS, WORDS, st.booleans(), st.integers(0, 3))
NEEDS = st.recursive(LEAF, lambda inner: st.builds(Need, at_least=st.integers(1, 3), of=st.lists(inner, min_size=1, max_size=3).map(tuple)), max_leaves=6)  # fmt: skip  # noqa: E501
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**6), 10**6) | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=5,
)

RULED = {
    "interval": st.integers(1, 99),
    "week_start": st.sampled_from(WEEKDAYS),
    "by_month": st.lists(st.integers(1, 12), max_size=2).map(tuple),
}
"""What a rule of RFC 5545 can say; anything else is refused when the value is made."""


def values_of(hint: Any, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a type of the domain, each field drawn from what its annotation allows."""
    simple: dict[Any, st.SearchStrategy[Any]] = {
        str: WORDS,
        int: st.integers(0, 1000),
        bool: st.booleans(),
        date: st.dates(),
        float: st.floats(-1e6, 1e6, allow_nan=False).map(lambda x: round(x, 3)),
        type(None): st.none(),
        Text: st.builds(Text, WORDS, WORDS),
        Need: NEEDS,
        object: JSON,
    }
    if hint in simple:
        return simple[hint]
    if hint is Field and depth > 5:
        return st.builds(Field, WORDS, st.just("text"), simple[Text])
    if is_dataclass(hint):
        return dataclass_of(hint, depth)
    origin, args = get_origin(hint), get_args(hint)
    if origin is tuple:
        if args[-1] is Ellipsis:
            return st.lists(values_of(args[0], depth + 1), max_size=2).map(tuple)
        return st.tuples(*(values_of(arg, depth + 1) for arg in args))
    if origin in (dict, Mapping):
        return st.dictionaries(WORDS, JSON, max_size=3)
    if origin is not None and all(isinstance(arg, str | int) for arg in args):
        return st.sampled_from(args)
    return st.one_of(*(values_of(arg, depth) for arg in args))


def dataclass_of(hint: Any, depth: int) -> st.SearchStrategy[Any]:
    """Values of a dataclass, but for what it refuses when it is made."""
    hints = get_type_hints(hint, localns={"Mapping": dict})
    parts = {f.name: values_of(hints[f.name], depth + 1) for f in fields(hint)}
    if hint is Recurrence:
        return st.builds(hint, **{**parts, **RULED})
    if hint is Series:  # counted in months or by a rule, never both
        del parts["months"]
        rule = parts.pop("rule").filter(lambda rule: rule is not None)
        return st.builds(hint, **parts, months=st.integers(1, 1000)) | st.builds(hint, **parts, rule=rule)
    return st.builds(hint, **parts)


@settings(max_examples=60, deadline=None)
@given(values_of(Programme))
def test_round_trip(programme: Programme) -> None:
    """Any programme comes back equal from its normal form, and gives the same bytes again."""
    body = normal_bytes(programme)
    assert body == rfc8785.dumps(to_normal(programme))
    again = from_normal(body)
    assert plain(again) == plain(programme)
    assert normal_bytes(again) == body


@pytest.mark.parametrize("name", bundled_programmes())
def test_bundled_round_trip(name: str) -> None:
    """Every bundled programme comes back equal, with the types that it had."""
    loaded = load_programme(bundled_folder() / name)
    again = from_normal(loaded.body)
    assert plain(again) == plain(loaded.programme)
    assert content_hash(loaded.body) == loaded.content_hash
    assert loaded.content_hash.startswith("sha256:")
    assert len(loaded.content_hash) == 71


def test_defaults_are_left_out(probe: Any) -> None:
    """What has its default is not in the normal form, so a default that is added later moves no hash."""
    form = to_normal(load_programme(probe.folder).programme)
    assert form["v"] == 1
    assert "help" not in form
    assert "effect" not in form["workflows"][0]["rules"][0]
    assert "needs" not in form["workflows"][0]["rules"][0]


def test_order_without_meaning(probe: Any) -> None:
    """Other file names, comments, quotes and another order of keys leave the hash as it was."""
    probe.edit("programme.yaml", "{place: place}}", "{place: place, people: who}}")
    before = load_programme(probe.folder).content_hash
    probe.edit("programme.yaml", "{place: place, people: who}}", "{people: who, place: place}}")
    for name in ("first.yaml", "second.yaml", "more/fork.yaml", "more/monthly.yaml"):
        file: Path = probe.folder / name
        value = yaml.load(file.read_text("utf-8"), yaml.BaseLoader)
        text = file.read_text("utf-8")
        parts = text.split("states:")
        assert len(parts) == 2
        assert value["id"] in text
        head = "".join(f"{line}\n" for line in reversed(parts[0].strip().splitlines()))
        file.unlink()
        transitions = parts[1].index("transitions:")
        body = f"# a comment\n{parts[1][transitions:]}{head}states:{parts[1][:transitions]}"
        probe.write(f"elsewhere/{file.stem}-renamed.yaml", body)
    assert load_programme(probe.folder).content_hash == before


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("programme.yaml", "[first, second, fork, monthly]", "[second, first, fork, monthly]"),
        ("programme.yaml", "pl: Próba", "pl: Inna próba"),
        ("programme.yaml", "end: 2014-06-30", "end: 2014-05-31"),
        ("first.yaml", "by: [clerk, chief]", "by: [chief, clerk]"),
        ("first.yaml", "min: 2, max: 80", "min: 3, max: 80"),
        ("second.yaml", "      - first.working", "      - first.finished"),
        ("more/monthly.yaml", "months: 1", "months: 2"),
        ("more/fork.yaml", "kind: task", "kind: task\nsource: stated"),
    ],
)
def test_meaning_moves_the_hash(probe: Any, name: str, old: str, new: str) -> None:
    """A change of wording, order of machines, roles, days, bounds, needs or sources is another definition."""
    before = load_programme(probe.folder).content_hash
    probe.edit(name, old, new)
    assert load_programme(probe.folder).content_hash != before


def test_reading_needs_neither_yaml_nor_pydantic() -> None:
    """A process that runs a pilot from the pinned bytes loads no YAML reader and no pydantic."""
    code = (
        "import sys; import mlw_workflow.definitions.normal_form; "
        "sys.exit(bool({'yaml', 'pydantic', 'hypothesis'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_same_findings_in_every_process(probe: Any) -> None:
    """Findings, their order and their counterexamples do not depend on Python's random hashing."""
    probe.edit("second.yaml", "      - {any: [fork.left, fork.right]}", "      - {all: [fork.left, fork.right]}")
    probe.edit("first.yaml", "    from: open\n", "    needs: [second.working]\n    from: open\n")
    code = (
        "import json, pathlib, sys; from mlw_workflow.definitions.check import check; "
        "print(json.dumps([f.as_json() for f in check(pathlib.Path(sys.argv[1]))]))"
    )
    told = {
        subprocess.run(
            [sys.executable, "-c", code, str(probe.folder)],
            env={"PYTHONHASHSEED": seed},
            check=True,
            capture_output=True,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(told) == 1
    assert b"needs_cycle" in told.pop()
