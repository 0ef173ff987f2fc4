"""The shapes of answers, in the notation of docs/reference/json.md (a test keeps the two equal), and as JSON Schema.

``str``, ``int``, ``bool`` and ``any`` stand for values of that type, ``a|b`` for either, ``[…]`` for a list, ``{}`` for
an object with any keys; a key that ends in ``?`` may be absent, and a name with a capital is another shape.
"""

from __future__ import annotations

from typing import Any

Shape = Any
_STEP = {"machine": "str", "trigger": "str"}
_FIELD = {"field": "str", "type": "str", "required": "bool"}
_NEXT = {"next": "str|null"}

SHAPES: dict[str, Shape] = {
    "R": {"code": "str", "message": "str", "machine?": "str", "needs?": "str", "field?": "str", "who?": ["str"]},
    "Entry": {"seq": "int", "hash": "str"},
    "status": {
        "pilot": "str", "programme": "str", "definition": "str", "as_of": "str",
        "machines": [{
            "id": "str", "title": "str", "state": "str", "since": "str|null", "recorded_at": "str|null",
            "done": "bool", "blocked": [{"trigger": "str", "reasons": ["R"]}],
        }],
    },
    "advance": {
        "outcome": "admitted|refused", "entry": "Entry|null", "from": "str", "to": "str", "reasons": ["R"],
        "way_out": [{
            "machine": "str", "trigger": "str", "roles": ["str"],
            "evidence": [{"field": "str", "type": "str", "required": "bool", "value?": "str"}], "earliest_on": "str",
        }],
        "earliest_on": "str|null",
    },
    "next": {
        "pilot": "str", "as_of": "str",
        "open": [{
            "machine": "str", "title": "str", "trigger": "str", "action": "str", "effect": "str", "to": "str",
            "roles": ["str"], "evidence": [_FIELD], "unblocks": [_STEP], "leads_to": [_STEP],
        }],
    },
    "history": {
        "entries": [{
            "seq": "int", "kind": "str", "machine": "str|null", "trigger": "str|null", "from": "str|null",
            "to": "str|null", "occurred_on": "str|null", "recorded_at": "str", "actor": "str", "role": "str|null",
            "outcome": "admitted|refused", "hash": "str", "prev": "str",
        }],
    },
    "audit_checkpoint": {"size": "int", "added": "int", "new": "bool", "note": "str"},
    "audit_proof": {
        "pilot": "str", "seq": "int", "leaf": "str", "index": "int", "size": "int", "proof": ["str"], "body": "str",
        "opening": "Opening|null", "checkpoint": "str",
    },
    "Opening": {"index": "int", "proof": ["str"], "body": "str"},
    "audit_consistency": {
        "old": "int", "new": "int", "proof": ["str"], "old_checkpoint": "str", "new_checkpoint": "str",
    },
    "show": {"programme": "str", "definition": "str", "normal": {}},
    "pilots": {
        "pilots": [{
            "pilot": "str", "code": "str", "municipality": "str", "voivodeship": "str", "programme": "str",
            "definition": "str", "start": "str", "end": "str",
        }],
    },
    "people": {"people": [{"id": "str", "name": "str", "email": "str", "language": "str"}]},
    "members": {
        "members": [{
            "pilot": "str", "code": "str", "person": "str", "role": "str", "since": "str", "until": "str|null",
        }],
    },
    "deadlines": {
        "deadlines": [{
            "pilot?": "str", "machine": "str", "rule": "str", "due_on": "str|null",
            "basis": "statute|agreement|programme",
            "derivation": [{"step": "str", "day": "str|null", "why": "str"}],
            "status": "open|done|late|withdrawn", "last_start": "str|null",
        }],
    },
    "forecast": {
        "pilot": "str", "end": "str",
        "critical_path": [{"machine": "str", "trigger": "str", "latest_start": "str", "latest_finish": "str"}],
        "slack": {}, "rescuable_until": "str|null",
    },
    "notices": {
        "notices": [{
            "key": "str", "recipient": "str", "role": "str", "pilot": "str", "machine": "str", "rung": "str",
            "due_on": "str|null", "send_on": "str", "reason": "str", "digest": "bool", "rule": "str",
            "status": "waiting|queued|skipped|withdrawn", "skipped_because": "str|null", "mail": "int|null",
            "mail_status": "waiting|leased|sent|dead|in_doubt|null", "sent_at": "str|null",
        }],
    },
    "paused": {
        "paused": [{
            "machine": "str", "rule": "str", "person": "str", "kind": "acknowledgement|snooze", "due_on": "str|null",
            "until": "str|null", "entry": "int",
        }],
    },
    "deputies": {
        "deputies": [{"pilot": "str", "person": "str", "deputy": "str", "since": "str", "until": "str"}],
    },
    "doctor": {
        "status": "ok|standing_still", "problems": ["str"], "at": "str", "last_tick": "str|null", "due": "int",
        "due_since": "str|null", "next_on": "str|null", "waiting": "int", "waiting_since": "str|null",
        "unsent": "int", "unsent_since": "str|null", "dead": "int", "in_doubt": "int", "clock_back": "str|null",
        "reminder_files": [{"file": "str", "problem": "broken|no_such_pilot"}], "checkpoint_at": "str|null",
        "checkpoint_refused": "str|null", "timestamp_failed": "str|null",
    },
    "AuditFinding": {
        "pilot": "str", "key": "str", "machine": "str", "rule": "str", "rung": "str", "recipient": "str",
        "due_on": "str|null", "expected_on": "str", "sent_on": "str|null", "why": "str",
    },
    "audit_reminders": {
        "holds": "bool", "expected": "int", "missing": ["AuditFinding"], "doubled": ["AuditFinding"],
        "late": ["AuditFinding"],
    },
    "access": {
        "access": [{
            "seq": "int", "kind": "grant|revoke|read|erasure|change", "at": "str", "person": "str", "what": "str|null",
            "programme": "str|null", "pilot": "str|null", "entry": "int|null", "field": "str|null",
            "about": "str|null", "since": "str|null", "until": "str|null", "hash": "str", "prev": "str",
        }],
    },
    "audit_findings": {
        "findings": [{
            "code": "str", "severity": "minor|major|critical", "pilot": "str", "machine": "str", "seq": "int|null",
            "rule": "str|null", "since": "str", "message": "str", "action": "str", "state": "open|explained|closed",
            "answer": "FindingAnswer|null",
        }],
    },
    "FindingAnswer": {
        "entry": "int", "state": "explained|confirmed|closed", "actor": "str", "role": "str", "recorded_at": "str",
    },
    "finding_answered": {
        "outcome": "admitted", "entry": "Entry", "code": "str", "machine": "str", "seq": "int|null",
        "from": "open|explained", "to": "explained|closed",
    },
    "compliance": {
        "pilots": [{
            "pilot": "str", "as_of": "str", "verdict": "satisfied|on_course|at_risk|violated", "until": "str|null",
            "machines": [{
                "id": "str", "verdict": "satisfied|on_course|at_risk|violated", "until": "str|null",
                "reasons": ["VerdictReason"],
            }],
        }],
    },
    "VerdictReason": {
        "code": "str", "message": "str", "rule?": "str", "day?": "str", "machine?": "str", "trigger?": "str",
        "slack?": "int", "begin_on?": "str",
    },
    "diff": {
        "pilot": "str", "from": "str", "to": "str", "known_at": "str|null", "recorded": "bool",
        "states": [{"machine": "str", "from": "str", "to": "str", "entries": ["int"]}],
        "verdicts": [{
            "machine": "str", "from": "VerdictSide|null", "to": "VerdictSide|null", "entries": ["int"],
        }],
        "deadlines": [{
            "machine": "str", "rule": "str", "from": "DeadlineSide|null", "to": "DeadlineSide|null",
            "entries": ["int"],
        }],
        "findings": [{
            "code": "str", "machine": "str", "seq": "int|null", "from": "str|null", "to": "str|null",
            "entries": ["int"],
        }],
        "entries": [{
            "seq": "int", "kind": "str", "machine": "str|null", "trigger": "str|null", "occurred_on": "str|null",
            "recorded_at": "str",
        }],
    },
    "VerdictSide": {"verdict": "str", "until": "str|null"},
    "DeadlineSide": {"due_on": "str|null", "status": "open|late|done|withdrawn"},
    "audit": {"holds": "bool", "entries": "int", "first_failure": "null", "tree?": "AuditTree"},
    "audit_failed": {
        "holds": "bool", "entries": "int", "tree?": "AuditTree",
        "first_failure": {"pilot": "str", "seq": "int", "check": "str", "message": "str", "facts": {}},
    },
    "AuditTree": {
        "size": "int", "key": "str|null", "outside": "bool", "quorum": "int", "witnesses": "int",
        "cosigned": [{"key": "str", "size": "int"}],
    },
}  # fmt: skip
"""Those that the command line answers with too."""

OWN: dict[str, Shape] = {
    "me": {
        "person": "str", "name": "str", "language": "str", "admin": "bool",
        "token": {"token": "str", "name": "str", "scopes": ["str"], "expires_at": "str"},
        "roles": [{"pilot": "str", "code": "str", "roles": ["str"]}],
    },
    "programmes": {"programmes": [{"id": "str", "title": "str", "definition": "str", "pilots": "int"}]},
    "pilot": SHAPES["pilots"]["pilots"][0] | {"etag": "str", "roles": ["str"]},
    "board": {
        "pilot": "str", "as_of": "str", "rescuable_until": "str|null",
        "tasks": [{
            "machine": "str", "title": "str", "kind": "str", "state": "str", "state_title": "str",
            "since": "str|null", "done": "bool", "begun": "bool", "due_on": "str|null", "rule": "str|null",
            "late": "bool", "slack": "int|null", "last_start": "str|null",
            "blocked": [{"trigger": "str", "since": "str", "reasons": ["R"]}],
        }],
        "steps": [{
            "machine": "str", "trigger": "str", "action": "str", "roles": ["str"], "mine": "bool",
            "due_on": "str|null", "slack": "int|null", "unblocks": [_STEP], "leads_to": [_STEP],
        }],
    },
    "Account": {
        "person": "str", "name": "str", "login": "str", "state": "invited|open|disabled", "admin": "bool",
        "expires_at?": "str",
    },
    "public_page": {"pilot": "str", "shown_since": "str|null", "may": "bool", "url": "str"},
    "graph": {
        "pilot": "str", "as_of": "str",
        "nodes": [{
            "id": "str", "title": "str", "kind": "str", "state": "str", "state_title": "str", "done": "int",
            "total": "int",
        }],
        "edges": [{
            "task": "str", "triggers": ["str"], "needs": "str", "state": "str", "met": "bool", "choice": "bool",
        }],
    },
    "queue": {
        "waiting": [{
            "pilot": "str", "code": "str", "machine": "str", "title": "str", "state": "str", "state_title": "str",
            "since": "str", "seen": "int", "accept": "str", "back": "str", "due_on": "str", "late": "int",
            "own": ["int"], "unread": ["int"],
        }],
    },
    "task": {
        "pilot": "str", "machine": "str", "title": "str", "help": "str", "state": "str", "state_title": "str",
        "since": "str|null", "seen": "int", "correctable": "bool",
        "steps": [{
            "trigger": "str", "action": "str", "help": "str", "effect": "str", "to": "str", "roles": ["str"],
            "mine": "bool", "reasons": ["R"], "evidence": [_FIELD],
        }],
        "deadlines": [{"rule": "str", "title": "str", "due_on": "str|null", "status": "str", "late": "bool"}],
        "entries": ["int"],
    },
    "step_form": {
        "pilot": "str", "machine": "str", "trigger": "str", "action": "str", "help": "str", "roles": ["str"],
        "mine": "bool", "here": "bool", "seen": "int", "fields": ["StepField"], "evidence": {},
    },
    "StepField": {
        "field": "str", "type": "str", "title": "str", "help": "str", "required": "bool",
        "default": "str|null", "many": "bool", "minimum": "any", "maximum": "any",
        "options": [{"id": "str", "title": "str"}], "fields": [{}],
    },
    "log_entry": SHAPES["history"]["entries"][0] | {"body": "str"},
    "evidence_read": {
        "pilot": "str", "seq": "int",
        "evidence": [{
            "field": "str", "value": "any", "erased_at": "str|null",
            "files": [{"name": "str", "sha256": "str", "size": "int", "href": "str|null"}],
        }],
    },
    "checkpoints": {
        "checkpoints": ["Checkpoint"],
    },
    "Checkpoint": {"size": "int", "made_at": "str", "note": "str", "witnesses": ["str"]},
    "Person": SHAPES["people"]["people"][0],
    "log": {"entries": [{"pilot": "str"} | SHAPES["history"]["entries"][0]]},
    "file": {"name": "str", "sha256": "str", "size": "int"},
    "tokens": {"tokens": ["Token"]},
    "Token": {
        "token": "str", "person": "str", "holder": "str", "name": "str", "scopes": ["str"], "created_at": "str",
        "expires_at": "str", "used_on": "str|null", "revoked_at": "str|null", "secret?": "str",
    },
    "webhooks": {"webhooks": ["Webhook"]},
    "Webhook": {
        "webhook": "str", "person": "str", "url": "str", "events": ["str"], "pilot": "str|null",
        "created_at": "str", "disabled_at": "str|null", "secret?": "str",
    },
    "deliveries": {
        "deliveries": [{
            "id": "int", "event": "str", "type": "str", "status": "waiting|leased|sent|dead", "attempts": "int",
            "error": "str|null", "created_at": "str", "next_attempt_at": "str|null", "sent_at": "str|null",
        }],
    },
    "verification": {
        "pilot": "str", "holds": "bool", "entries": "int", "erased": "int",
        "first_failure": "Failure|null",
    },
    "Failure": {"pilot": "str", "seq": "int", "check": "str", "message": "str", "facts": {}},
    "tried": {"taken": "bool", "reason": "str|null", "status": "int|null"},
    "problem_type": {"code": "str", "detail": "str", "type": "str"},
    "Problem": {
        "type": "str", "title": "str", "status": "int", "detail": "str", "instance": "str", "code": "str",
        "request": "str", "*": "any",
    },
    "Refusal": {
        "type": "str", "title": "str", "status": "int", "detail": "str", "instance": "str", "code": "str",
        "request": "str", **{f"{key}?": value for key, value in SHAPES["advance"].items()}, "*": "any",
    },
}  # fmt: skip
"""Those of the API alone."""
PLAIN = {"str": "string", "int": "integer", "bool": "boolean", "null": "null"}
_EVERY = {**SHAPES, **OWN}


def schema(shape: Shape) -> dict[str, Any]:
    """A shape as JSON Schema, with references to the named ones."""
    if isinstance(shape, list):
        return {"type": "array", "items": schema(shape[0]) if shape != [{}] else {"type": "object"}}
    if isinstance(shape, dict):
        return _object(shape)
    if shape == "any":
        return {}
    parts = shape.split("|")
    if any(part in _EVERY for part in parts):
        named = [{"$ref": f"#/components/schemas/{name_of(part)}"} for part in parts if part in _EVERY]
        return named[0] if len(parts) == 1 else {"anyOf": [*named, {"type": "null"}]}
    if all(part in PLAIN for part in parts):
        types = [PLAIN[part] for part in parts]
        return {"type": types[0] if len(types) == 1 else types}
    values = [None if part == "null" else part for part in parts]
    return {"enum": values}


def _object(shape: dict[str, Shape]) -> dict[str, Any]:
    keys = {key.removesuffix("?"): value for key, value in shape.items() if key != "*"}
    told: dict[str, Any] = {"type": "object"}
    if keys:
        told["properties"] = {key: schema(value) for key, value in keys.items()}
        told["required"] = [key for key in shape if not key.endswith("?") and key != "*"]
        told["additionalProperties"] = "*" in shape
    return told


def name_of(shape: str) -> str:
    """What a shape is called in the document."""
    return "".join(part[:1].upper() + part[1:] for part in shape.split("_"))


def components() -> dict[str, Any]:
    """Every shape, by its name in the document."""
    made = {name_of(name): schema(shape) for name, shape in _EVERY.items()}
    assert len(made) == len(_EVERY), "two shapes of one name"
    return made


def answer(name: str, *, paged: bool = False) -> dict[str, Any]:
    """The schema of an answer; a page has ``next`` beside its list."""
    if not paged:
        return {"$ref": f"#/components/schemas/{name_of(name)}"}
    return _object({**_EVERY[name], **_NEXT})
