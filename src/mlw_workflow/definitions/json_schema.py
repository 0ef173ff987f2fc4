"""The JSON Schema of the vocabulary, for editors and for other programs; generated from the models, never written.

``python -m mlw_workflow.definitions.json_schema`` writes it out; docs/reference holds a copy.
"""

from __future__ import annotations

import json
import sys
from typing import Any

from pydantic.json_schema import models_json_schema

from mlw_workflow.definitions.schema import Machine, ProgrammeModel


def json_schema() -> dict[str, Any]:
    """One schema for both kinds of files: ``#/$defs/ProgrammeModel`` and ``#/$defs/Machine``."""
    _, generated = models_json_schema([(ProgrammeModel, "validation"), (Machine, "validation")], by_alias=True)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Workflow definitions: programme.yaml, and the file of one machine",
        "oneOf": [{"$ref": "#/$defs/ProgrammeModel"}, {"$ref": "#/$defs/Machine"}],
        "$defs": generated["$defs"],
    }


def as_text() -> str:
    """The schema as it lies in docs/reference."""
    return json.dumps(json_schema(), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


if __name__ == "__main__":
    sys.stdout.write(as_text())
