"""What is committed about the vocabulary says what the code does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.definitions.json_schema import as_text, json_schema
from mlw_workflow.definitions.wording import MESSAGES

REFERENCE = Path(__file__).resolve().parents[3] / "docs" / "reference"


def keys(schema: Any) -> Iterator[str]:
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for part in schema.values():
            yield from keys(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from keys(part)


def test_schema_is_committed() -> None:
    """The JSON Schema in docs/reference is the one the models give. To renew it: python -m …definitions.json_schema."""
    assert (REFERENCE / "workflow.schema.json").read_text("utf-8") == as_text()


def test_schema_refuses_unknown_keys() -> None:
    """Every mapping with fixed keys refuses others, for editors as for the loader."""
    definitions = json_schema()["$defs"]
    assert all(d["additionalProperties"] is False for d in definitions.values() if "properties" in d)
    assert {"Machine", "ProgrammeModel"} <= set(definitions)
    assert json.loads(as_text()) == json_schema()


@pytest.mark.parametrize("key", sorted(set(keys(json_schema()))))
def test_key_is_documented(key: str) -> None:
    """Every key of the vocabulary is described in docs/reference/definitions.md."""
    assert f"`{key}`" in (REFERENCE / "definitions.md").read_text("utf-8")


@pytest.mark.parametrize("code", sorted(MESSAGES))
def test_code_is_documented(code: str) -> None:
    """Every finding's code is listed in docs/reference/definitions.md with the sentence that it gives."""
    text = (REFERENCE / "definitions.md").read_text("utf-8")
    assert f"`{code}`" in text
