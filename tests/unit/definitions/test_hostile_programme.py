"""Programmes made to do harm: every one gives findings, within bounds of time, and never a traceback."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlw_workflow.definitions.check import check
from mlw_workflow.definitions.findings import has_errors

T = "title: {pl: a, en: b}"
SECONDS_MAX = 60
"""Generous, for slow machines under load; each of these takes a few seconds."""


def large_machine(name: str, other: str, states: int = 190) -> str:
    """Every state leads to every later one that is near, and each step needs ten states of another machine."""
    lines = [f"id: {name}", "kind: task", T, "states:"]
    lines += [f"  s{n}: {{{T}}}" for n in range(states)]
    lines += ["transitions:"]
    for n in range(states - 1):
        leaves = ", ".join(f"{other}.s{(n * 7 + k) % states}" for k in range(10))
        lines.append(f"  - {{trigger: t{n}, {T}, from: s{n}, to: s{n + 1}, by: [clerk], needs: [{{any: [{leaves}]}}]}}")
        lines.append(f"  - {{trigger: u{n}, {T}, from: s{n}, to: s{(n + 3) % states}, by: [clerk]}}")
    lines.append(f"  - {{trigger: start, {T}, from: open, to: s0, by: [clerk]}}")
    return "\n".join(lines) + "\n"


def forks(name: str, other: str) -> str:
    """Six ways to go, of which the other machine must take one."""
    lines = [f"id: {name}", "kind: task", T, "states:"]
    lines += [f"  s{n}: {{{T}, done: true, returns_to: open}}" for n in range(6)]
    lines += ["transitions:"]
    lines += [
        f"  - {{trigger: t{n}, {T}, from: open, to: s{n}, by: [clerk], needs: [{other}.s{5 - n}]}}" for n in range(6)
    ]
    return "\n".join(lines) + "\n"


def fill(probe: Any, number: int, machine: Callable[[str, str], str]) -> None:
    names = [f"m{n}" for n in range(number)]
    for n, name in enumerate(names):
        probe.write(f"{name}.yaml", machine(name, names[(n + 1) % number]))
    probe.edit("programme.yaml", "monthly]", f"monthly, {', '.join(names)}]")


@pytest.mark.parametrize(("number", "machine"), [(4, large_machine), (30, large_machine), (40, forks)])
def test_large_programmes(probe: Any, number: int, machine: Callable[[str, str], str]) -> None:
    """Many large machines that all wait for each other are judged in bounded time."""
    fill(probe, number, machine)
    started = time.process_time()
    found = check(probe.folder)
    assert time.process_time() - started < SECONDS_MAX
    assert has_errors(found)


def test_huge_need(probe: Any) -> None:
    """A rule with thousands of needs is refused."""
    inner = ", ".join("{all: [first.working, fork.left]}" for _ in range(190))
    probe.edit("second.yaml", "      - first.working\n", f"      - {{any: [{inner}]}}\n")
    assert {"too_many", "duplicate_item"} <= {finding.code for finding in check(probe.folder)}


def test_many_problems(probe: Any) -> None:
    """A file that is wrong in each of ten thousand places is told, and the rest of the programme with it."""
    probe.write("more/bad.yaml", "id: bad\n" + "".join(f"k{n}: {n}\n" for n in range(10_000)))
    started = time.process_time()
    found = check(probe.folder)
    assert time.process_time() - started < SECONDS_MAX
    assert sum(finding.code == "unknown_key" for finding in found) > 100


VOCABULARY = """
id kind title pl en states transitions initial done final suspended returns_to trigger from to by needs all any of first
at_least every evidence type min max fields options among machine field min_each collects series months key whole
correct roles kinds machines history span start end $done $left second task text records choice number first.working
ghost.x 2014-01-01 advance waive
"""
WORDS = st.sampled_from(VOCABULARY.split())
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 5) | st.floats(-2, 2) | WORDS | st.just(""),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
    max_leaves=25,
)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_any_mutilation_gives_findings(probe: Any, data: st.DataObject) -> None:
    """Whatever value stands in place of some part of the definition, the answer is a list of findings."""
    name = data.draw(st.sampled_from(["programme.yaml", "first.yaml", "second.yaml", "more/monthly.yaml"]))
    file = probe.folder / name
    text = file.read_text("utf-8")
    try:
        value = yaml.load(text, yaml.BaseLoader)
        node, depth = value, data.draw(st.integers(0, 6))
        for _ in range(depth):
            keys = list(node) if isinstance(node, dict) else list(range(len(node)))
            key = data.draw(st.sampled_from(keys))
            if not isinstance(node[key], dict | list) or not node[key]:
                break
            node = node[key]
        keys = list(node) if isinstance(node, dict) else list(range(len(node)))
        node[data.draw(st.sampled_from(keys))] = data.draw(VALUES)
        file.write_text(json.dumps(value), "utf-8")
        for finding in check(probe.folder):
            assert finding.message("pl")
            assert finding.as_json("en")["line"] >= 0
    finally:
        file.write_text(text, "utf-8")
