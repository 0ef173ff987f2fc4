"""Schemathesis asks the API everything that its OpenAPI document allows, and more, and finds nothing."""

from __future__ import annotations

import os
from collections import Counter
from typing import Any

import pytest
import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema

from mlw_workflow.services.accounts import throttle
from mlw_workflow.services.accounts.api_tokens import new_api_token

EXAMPLES = int(os.environ.get("MLW_SCHEMATHESIS_EXAMPLES", "2"))
"""Made-up requests for each operation, beside those that try every bound of every value. More in a longer run."""
REFUSALS = ["400", "412", "413", "422"]
"""What data that fit the document may still be answered with: the engine says no, or the pilot has moved on. That they
are never called badly formed is a check of our own."""
PHASES = {"implementing-body": ("examples", "coverage", "fuzzing", "stateful"), "coordinator.tluszcz": ("fuzzing",)}


@schemathesis.check
def document_is_exact(ctx: Any, response: Any, case: Any) -> None:
    """What fits the document is never answered with ``invalid_request``."""
    fits = case.meta is not None and case.meta.generation.mode.is_positive
    if fits and response.status_code == 422:
        assert response.json()["code"] != "invalid_request", response.text


def config_of(secret: str, phases: tuple[str, ...]) -> SchemathesisConfig:
    """All checks on; some ids that exist beside those that are made up."""
    accepted = ["2xx", "3xx", "401", "403", "404", "409", "429", *REFUSALS]
    asked_for = ["400", "401", "403", "406", "415", "422", "428"]
    return SchemathesisConfig.from_dict(
        {
            "seed": 20140531,
            "headers": {"Authorization": f"Bearer {secret}"},
            "parameters": {"path.code": "tluszcz", "path.machine": "w06", "path.trigger": "code", "path.seq": 2},
            # On a slow machine hypothesis gives up on ids that must fit a pattern; making them is not what is tested.
            "suppress-health-check": ["filter_too_much"],
            "generation": {"max-examples": EXAMPLES, "mode": "all", "deterministic": True, "database": "none"},
            "phases": {name: {"enabled": name in phases} for name in PHASES["implementing-body"]},
            "checks": {
                "positive_data_acceptance": {"expected-statuses": accepted},
                "missing_required_header": {"expected-statuses": asked_for},
            },
        }
    )


@pytest.mark.parametrize("login", list(PHASES))
def test_nothing_is_found(module_panel: Any, monkeypatch: pytest.MonkeyPatch, login: str) -> None:
    """Every answer is as the document says, whatever the implementing body or a coordinator asks."""
    monkeypatch.setitem(throttle.FREE, "address", 1_000_000)  # many of its tokens are wrong on purpose
    person = module_panel.holder(login).person.id
    secret = new_api_token(module_panel.desk, person, "schemathesis", ("read", "write", "audit"))[1]
    config = config_of(secret, PHASES[login])
    schema = schemathesis.openapi.from_asgi("/api/v1/openapi.json", module_panel.app, config=config)
    found: list[str] = []
    phases: Counter[str] = Counter()
    for event in from_schema(schema).execute():
        match event:
            case events.ScenarioFinished():
                phases[event.phase.value] += len(event.recorder.cases)
                for case_id, checks in event.recorder.checks.items():
                    sent = event.recorder.cases[case_id].value
                    found += [
                        f"{event.phase.value} {sent.method} {sent.formatted_path} {check.name}: {told_of(check)}"
                        for check in checks
                        if check.status == Status.FAILURE
                    ]
            case events.NonFatalError():
                found.append(f"{event.phase} {event.label}: {event.info}")
            case events.FatalError():
                raise event.exception
    print(dict(phases))  # noqa: T201 (figures for docs/testing.md)
    print("\n".join(found))  # noqa: T201
    assert not found
    assert set(PHASES[login]) <= set(phases)


def told_of(check: Any) -> str:
    """What a check found, and how to ask the same again."""
    info = check.failure_info
    return f"{info.failure.title}: {info.failure.message} | {info.code_sample}"[:1500]
