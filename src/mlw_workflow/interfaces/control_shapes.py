"""The shapes of answers about findings, verdicts and differences: exactly what docs/reference/json.md promises."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant
from mlw_workflow.interfaces.wording.compliance import ground_sentence
from mlw_workflow.interfaces.wording.findings import action, message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.compliance import Compliance, Ground, Judged
    from mlw_workflow.domain.difference import Changed, Difference, Due
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.answer_finding import Replied

Json = dict[str, Any]


def _day(given: date | None) -> str | None:
    return given.isoformat() if given is not None else None


def finding(of: Finding, pilot: str, titles: Titles, names: Mapping[str, str]) -> Json:
    """One finding, with the answer it has got."""
    answer = of.answer
    return {
        "code": of.code,
        "severity": of.severity,
        "pilot": pilot,
        "machine": of.place.machine,
        "seq": of.place.seq or None,
        "rule": of.place.rule or None,
        "since": of.since.isoformat(),
        "message": message(of, titles, names),
        "action": action(of, titles.language),
        "state": of.state,
        "answer": None
        if answer is None
        else {
            "entry": answer.seq,
            "state": answer.finding.get("state"),
            "actor": answer.actor,
            "role": answer.role,
            "recorded_at": instant(answer.recorded_at),
        },
    }


def replied(of: Replied) -> Json:
    """What was recorded of a finding."""
    return {
        "outcome": "admitted",
        "entry": {"seq": of.entry.seq, "hash": of.hash.hex()},
        "code": of.finding.code,
        "machine": of.finding.place.machine,
        "seq": of.finding.place.seq or None,
        "from": of.finding.state,
        "to": "explained" if of.entry.finding.get("state") == "explained" else "closed",
    }


def compliance(of: Compliance, pilot: str, titles: Titles) -> Json:
    """The verdicts on one pilot."""
    return {
        "pilot": pilot,
        "as_of": of.day.isoformat(),
        "verdict": of.verdict,
        "until": _day(of.until),
        "machines": [judged(item, titles) for item in of.machines],
    }


def judged(of: Judged, titles: Titles) -> Json:
    """The verdict on one machine."""
    return {
        "id": of.machine,
        "verdict": of.verdict,
        "until": _day(of.until),
        "reasons": [_ground(ground, of.machine, titles) for ground in of.grounds],
    }


def _ground(of: Ground, machine: str, titles: Titles) -> Json:
    told: Json = {"code": of.code, "message": ground_sentence(of, machine, titles)}
    for key, value in (("rule", of.rule), ("day", _day(of.day)), ("machine", of.machine), ("trigger", of.trigger)):
        if value:
            told[key] = value
    if of.code in ("tight", "in_time"):
        told["slack"] = of.slack
    if of.begin_on is not None:
        told["begin_on"] = _day(of.begin_on)
    return told


def difference(of: Difference) -> Json:
    """What is not as it was, and the entries between."""
    return {
        "states": [{"machine": c.machine, **_sides(c.before, c.after), **_by(c)} for c in of.states],
        "verdicts": [
            {"machine": c.machine, **_sides(_verdict(c.before), _verdict(c.after)), **_by(c)} for c in of.verdicts
        ],
        "deadlines": [
            {"machine": c.machine, "rule": c.what, **_sides(_due(c.before), _due(c.after)), **_by(c)}
            for c in of.deadlines
        ],
        "findings": [
            {
                "code": c.what,
                "machine": c.machine,
                "seq": next(side.place.seq or None for side in (c.after, c.before) if side is not None),
                **_sides(c.before.state if c.before else None, c.after.state if c.after else None),
                **_by(c),
            }
            for c in of.findings
        ],
        "entries": [_entry(item) for item in of.entries],
    }


def _sides(before: Any, after: Any) -> Json:
    return {"from": before, "to": after}


def _by(of: Changed[Any]) -> Json:
    return {"entries": list(of.entries)}


def _verdict(of: Judged | None) -> Json | None:
    return None if of is None else {"verdict": of.verdict, "until": _day(of.until)}


def _due(of: Due | None) -> Json | None:
    return None if of is None else {"due_on": _day(of.due_on), "status": of.status}


def _entry(of: Entry) -> Json:
    return {
        "seq": of.seq,
        "kind": of.kind,
        "machine": of.machine or None,
        "trigger": of.trigger or None,
        "occurred_on": _day(of.occurred_on),
        "recorded_at": instant(of.recorded_at),
    }
