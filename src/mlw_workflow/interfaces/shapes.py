"""The shapes of answers for programs: exactly what docs/reference/json.md promises, key by key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mlw_workflow.audit.seal import instant
from mlw_workflow.interfaces.wording import reasons as wording

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from mlw_workflow.audit.proof import Opening
    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.domain.definition import Field
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.outlook import Open
    from mlw_workflow.domain.pilot import Standing
    from mlw_workflow.domain.wayout import WayOut
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.advance import Outcome
    from mlw_workflow.services.import_history import Imported
    from mlw_workflow.services.proofs import Proved
    from mlw_workflow.services.verify_tree import Record

Json = dict[str, Any]


def reason(item: Reason, titles: Titles, trigger: str) -> Json:
    """R: ``{"code", "message", "machine"?, "needs"?, "field"?, "who"?}``."""
    told: Json = {"code": item.code, "message": wording.sentence(item, titles, trigger)}
    for key, value in (("machine", item.machine), ("needs", item.needs), ("field", item.field)):
        if value:
            told[key] = value
    if item.who:
        told["who"] = list(item.who)
    return told


def fields(evidence: Iterable[Field], fixed: Mapping[str, str] | None = None) -> list[Json]:
    """What a step asks for; ``value`` where only one value helps."""
    told: list[Json] = []
    for field in evidence:
        told.append({"field": field.id, "type": field.type, "required": field.required and not field.default})
        if fixed and field.id in fixed:
            told[-1]["value"] = fixed[field.id]
    return told


def way_out(found: WayOut | None) -> list[Json]:
    """The steps that make a refused transition possible, in order; empty when there are none to take."""
    if found is None:
        return []
    return [
        {
            "machine": step.machine,
            "trigger": step.trigger,
            "roles": list(step.roles),
            "evidence": fields(step.evidence, dict(step.fixed)),
            "earliest_on": step.earliest_on.isoformat(),
        }
        for step in found.steps
    ]


def outcome(answer: Outcome, titles: Titles) -> Json:
    """What ``advance``, ``correct`` and ``why`` answer."""
    decision = answer.decision
    refused = getattr(decision, "reasons", ())
    entry = None
    if answer.sealed is not None:
        entry = {"seq": answer.sealed.seq, "hash": answer.sealed.hash.hex()}
    return {
        "outcome": "admitted" if answer.admitted else "refused",
        "entry": entry,
        "from": decision.from_state,
        "to": decision.to_state,
        "reasons": [reason(item, titles, decision.trigger) for item in refused],
        "way_out": way_out(answer.way_out),
        "earliest_on": _earliest(answer),
    }


def _earliest(answer: Outcome) -> str | None:
    """The first day on which the transition could lawfully happen; null when none is known."""
    day = answer.attempt.occurred_on if answer.way_out is None else answer.way_out.earliest_on
    return day.isoformat() if day is not None and (answer.admitted or answer.way_out is not None) else None


def status(name: str, standing: Standing, titles: Titles, as_of: date) -> Json:
    """Where a pilot stands on a day, and what is blocked by what."""
    from mlw_workflow.domain.outlook import blocked

    machines = []
    for machine, instance in standing.instances.items():
        position = standing.position(machine)
        arrived = position.arrived
        machines.append(
            {
                "id": machine,
                "title": titles.plain_machine(machine),
                "state": position.state,
                "since": arrived.occurred_on.isoformat() if arrived else None,
                "recorded_at": instant(arrived.recorded_at) if arrived else None,
                "done": is_done(standing, machine),
                "blocked": [
                    {"trigger": item.trigger, "reasons": [reason(r, titles, item.trigger) for r in item.reasons]}
                    for item in blocked(standing, instance.id, as_of)
                ],
            }
        )
    return {
        "pilot": name,
        "programme": standing.pilot.programme,
        "definition": standing.pilot.definition,
        "as_of": as_of.isoformat(),
        "machines": machines,
    }


def is_done(standing: Standing, machine: str) -> bool:
    """Whether nothing more is to be done by the municipality: the state counts as done, or is final."""
    state = standing.instances[machine].workflow.state[standing.position(machine).state]
    return state.done or state.final


def open_step(item: Open, titles: Titles) -> Json:
    """One thing that can be done now."""
    return {
        "machine": item.machine,
        "title": titles.plain_machine(item.machine),
        "trigger": item.trigger,
        "action": titles.plain_trigger(item.machine, item.trigger),
        "effect": item.rule.effect,
        "to": item.rule.to_state,
        "roles": list(item.rule.by),
        "evidence": fields(item.rule.evidence),
        "unblocks": [{"machine": machine, "trigger": trigger} for machine, trigger in item.unblocks],
        "leads_to": [{"machine": machine, "trigger": trigger} for machine, trigger in item.leads_to],
    }


def entry(item: Entry, hash_: bytes) -> Json:
    """One entry of the log: exactly these keys; what a kind of entry does not use is null."""
    return {
        "seq": item.seq,
        "kind": item.kind,
        "machine": item.machine or None,
        "trigger": item.trigger or None,
        "from": item.from_state or None,
        "to": item.to_state or None,
        "occurred_on": item.occurred_on.isoformat() if item.occurred_on else None,
        "recorded_at": instant(item.recorded_at),
        "actor": item.actor,
        "role": item.role or None,
        "outcome": "refused" if item.kind == "refusal" else "admitted",
        "hash": hash_.hex(),
        "prev": item.prev,
    }


def proof(pilot: str, seq: int, found: Proved) -> Json:
    """That an entry is in the record as it was signed; whoever is given it can check it without a database."""
    return {
        "pilot": pilot,
        "seq": seq,
        "leaf": found.leaf.hex(),
        "index": found.proof.index,
        "size": found.size,
        "proof": [step.hex() for step in found.proof.path],
        "body": found.proof.body.decode(),
        "opening": _opening(found.proof.opening),
        "checkpoint": found.proof.note,
    }


def _opening(first: Opening | None) -> Json | None:
    """What names the municipality of a proved entry; None where that is itself the first."""
    if first is None:
        return None
    return {"index": first.index, "proof": [step.hex() for step in first.path], "body": first.body.decode()}


def imported(items: Iterable[Imported], *, dry_run: bool) -> Json:
    """What an import did, or would do."""
    return {
        "dry_run": dry_run,
        "pilots": [
            {
                "pilot": item.pilot.municipality,
                "code": item.pilot.code,
                "opened": item.opened,
                "recorded": item.recorded,
                "already": item.already,
                "later": [{"machine": m, "trigger": t, "on": day.isoformat()} for m, t, day in item.later],
                "left_aside": list(item.left_aside),
            }
            for item in items
        ],
    }


def tree(record: Record) -> Json:
    """What is signed of the record: ``{"size", "key", "outside", "quorum", "witnesses", "cosigned"}``."""
    ring = record.ring
    return {
        "size": record.size,
        "key": None if ring is None else ring.current.key.text,
        "outside": record.outside,
        "quorum": record.quorum,
        "witnesses": record.vouching,
        "cosigned": [{"key": key, "size": size} for key, size in record.witnessed.items()],
    }


def failure(pilot: str, check: str, seq: int, facts: Mapping[str, str], message: str) -> Json:
    """The first entry that does not hold."""
    return {"pilot": pilot, "seq": seq, "check": check, "message": message, "facts": dict(facts)}
