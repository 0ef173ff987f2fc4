"""The definitions that courses run on: the real ones, and small ones made from a seed."""

from __future__ import annotations

import json
import random
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

from mlw_workflow.definitions.loader import Loaded, load_programme
from mlw_workflow.domain.errors import DefinitionInvalid

WORKFLOWS = Path(__file__).parents[2] / "workflows"
Json = dict[str, Any]
_ROLES = ("clerk", "head", "chief")


@cache
def real(name: str) -> Loaded:
    """A definition of this repository."""
    return load_programme(WORKFLOWS / name)


@cache
def small(seed: int) -> Loaded:
    """A small definition that ``workflow check`` admits, always the same for a seed."""
    for attempt in range(50):
        files = _files(random.Random(f"{seed}/{attempt}"), f"small-{seed}")
        with tempfile.TemporaryDirectory() as folder:
            for name, content in files.items():
                (Path(folder) / f"{name}.yaml").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
            try:
                return load_programme(Path(folder))
            except DefinitionInvalid:
                continue
    raise AssertionError(f"no definition of seed {seed} is admitted")


def named(name: str) -> Loaded:
    """``mlw-pilot``, ``model-kooperacji``, or ``small-17`` for the small one of seed 17."""
    return small(int(name.removeprefix("small-"))) if name.startswith("small-") else real(name)


def _title(text: str) -> Json:
    return {"pl": text, "en": text}


def _files(rng: random.Random, name: str) -> dict[str, Json]:
    machines = [f"m{number}" for number in range(rng.randint(2, 4))]
    has_series = rng.random() < 0.6
    files: dict[str, Json] = {}
    known: list[str] = []
    if has_series:
        files["report"] = _report(rng)
        known.append("report")
    for machine in machines:
        files[machine] = _task(rng, machine, files, known)
        known.append(machine)
    reason = {"reason": {"type": "text", "title": _title("reason")}}
    files["programme"] = {
        "id": name,
        "title": _title(name),
        "span": {"start": "2014-01-10", "end": "2014-05-20"},
        "timezone": rng.choice(["Europe/Warsaw", "America/New_York", "Asia/Tokyo"]),
        "roles": {
            "clerk": {"title": _title("clerk")},
            "head": {"title": _title("head")},
            "chief": {"title": _title("chief"), "scope": "programme"},
            "guest": {"title": _title("guest"), "acts": False},
        },
        "kinds": {
            "task": {
                "title": _title("task"),
                "states": {
                    "open": {"initial": True, "title": _title("open")},
                    "accepted": {"final": True, "title": _title("accepted")},
                    "waived": {"final": True, "title": _title("waived")},
                    "halted": {"suspended": True, "title": _title("halted")},
                },
                "transitions": [
                    _rule("accept", "$done", "accepted", ["chief"], outside_span=["after"], corrected_by=["chief"]),
                    _rule("return", "$done", "$returns_to", ["chief"], effect="return", outside_span=["after"]),
                    _rule("suspend", "$working", "halted", ["clerk"], effect="suspend", evidence=reason),
                    _rule("resume", "halted", "$left", ["clerk", "head"], effect="resume"),
                    _rule("waive", "$initial", "waived", ["chief"], effect="waive", corrected_by=["chief"]),
                ],
                "correct": {"by": rng.choice([["clerk"], ["clerk", "head"]]), "evidence": reason},
            },
            "report": {
                "title": _title("report"),
                "states": {"due": {"initial": True, "title": _title("due")}},
                "correct": {"by": ["clerk"], "evidence": reason},
            },
        },
        "machines": known,
    }
    return files


def _rule(trigger: str, old: Any, new: str, by: list[str], **more: Any) -> Json:
    return {"trigger": trigger, "title": _title(trigger), "from": old, "to": new, "by": by, **more}


def _report(rng: random.Random) -> Json:
    series: Json = {"months": rng.choice([1, 2])}
    if rng.random() < 0.5:
        series |= {"key": "number", "whole": True}
    return {
        "id": "report",
        "kind": "report",
        "title": _title("report"),
        "series": series,
        "states": {
            "drafted": {"title": _title("drafted")},
            "sent": {"title": _title("sent"), "done": True, "returns_to": "drafted"},
            "filed": {"title": _title("filed"), "final": True},
        },
        "transitions": [
            _rule("draft", "due", "drafted", ["clerk"], not_before="period_start", outside_span=["after"]),
            _rule("send", "drafted", "sent", ["clerk"], not_before="period_end", outside_span=["after"]),
            _rule("file", "sent", "filed", ["chief"], outside_span=["after"]),
            _rule("return", "sent", "drafted", ["chief"], effect="return", outside_span=["after"]),
        ],
    }


def _task(rng: random.Random, machine: str, files: dict[str, Json], known: list[str]) -> Json:
    """A chain of states, now and then with a fork, a meeting that leads nowhere, and a second rule for another role."""
    chain = [f"s{number}" for number in range(rng.randint(2, 4))]
    states: Json = {state: {"title": _title(state)} for state in chain[:-1]}
    states[chain[-1]] = {"title": _title(chain[-1]), "done": True, "returns_to": rng.choice(chain[:-1])}
    rules = []
    before = "open"
    for number, state in enumerate(chain):
        rule = _rule(f"go{number}", before, state, rng.sample(_ROLES, rng.randint(1, 2)))
        needs = _needs(rng, files, known)
        if needs:
            rule["needs"] = needs
        if rng.random() < 0.2:
            rule["outside_span"] = rng.choice([["after"], ["before"], ["before", "after"]])
        evidence = _evidence(rng)
        if evidence:
            rule["evidence"] = evidence
        rules.append(rule)
        others = [role for role in _ROLES if role not in rule["by"]]
        if others and rng.random() < 0.35:  # another role may take the same step on other terms
            by = [rng.choice(others), *rng.sample(rule["by"], rng.randint(0, 1))]
            second = {**rule, "by": by}
            second.pop("needs", None)
            needs = _needs(rng, files, known)
            rules.append({**second, "needs": needs} if needs else second)
        before = state
    if rng.random() < 0.4:
        states["aside"] = {"title": _title("aside"), "done": True, "returns_to": chain[0]}
        rules.append(_rule("turn", chain[0], "aside", ["head"]))
    if rng.random() < 0.4:
        rules.append(
            _rule(
                "meet",
                chain[0],
                chain[0],
                ["clerk", "head"],
                evidence={"place": {"type": "text", "title": _title("place")}},
            )
        )
    return {
        "id": machine, "kind": "task", "title": _title(machine), "states": states, "transitions": rules,
    }  # fmt: skip


def _evidence(rng: random.Random) -> Json:
    found: Json = {}
    if rng.random() < 0.3:
        found["note"] = {"type": "text", "title": _title("note")}
    if rng.random() < 0.2:
        found["count"] = {"type": "number", "title": _title("count"), "integer": True, "min": 1, "required": False}
    if rng.random() < 0.15:
        found["day"] = {"type": "date", "title": _title("day"), "default": "occurred_on"}
    return found


def _needs(rng: random.Random, files: dict[str, Json], known: list[str]) -> list[Any]:
    """Needs on machines that come earlier, so that there is no circle."""
    found: list[Any] = []
    while known and rng.random() < 0.45 and len(found) < 3:
        kind = rng.choice(["leaf", "leaf", "any", "all", "some", "every"])
        if kind == "every" and "report" in known:
            found.append({"every": f"report.{rng.choice(['drafted', 'sent', 'filed'])}"})
            if rng.random() < 0.6:
                found[-1]["at_least"] = rng.randint(1, 2)
        elif kind in ("any", "all"):
            found.append({kind: _leaves(rng, files, known, 2)})
        elif kind == "some":
            members = _leaves(rng, files, known, 4)
            found.append({"at_least": min(2, len(members)), "of": members})
        elif kind == "leaf":
            found += _leaves(rng, files, known, 1)
    return _different(found)


def _leaves(rng: random.Random, files: dict[str, Json], known: list[str], number: int) -> list[Any]:
    return _different([_leaf(rng, files, known) for _ in range(number)])


def _different(needs: list[Any]) -> list[Any]:
    return list({json.dumps(need): need for need in needs}.values())


def _leaf(rng: random.Random, files: dict[str, Json], known: list[str]) -> Any:
    tasks = [machine for machine in known if machine != "report"]
    if not tasks:
        return {"every": "report.drafted", "at_least": 1}
    machine = rng.choice(tasks)
    if rng.random() < 0.2:
        return f"{machine}.$done"
    return f"{machine}.{rng.choice([s for s in files[machine]['states'] if s != 'aside'])}"
