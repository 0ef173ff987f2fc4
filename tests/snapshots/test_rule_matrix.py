"""Each machine's rule matrix, so that a change in a definition reads as changed lines."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.definitions.matrix import as_lines

WORKFLOWS = Path(__file__).resolve().parents[2] / "workflows"
PROGRAMMES = sorted(file.parent for file in WORKFLOWS.glob("*/programme.yaml"))


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda folder: folder.name)
def test_rule_matrix(folder: Path, snapshot: Any) -> None:
    """Every rule is as last looked at. To accept a change: ``pytest tests/snapshots --snapshot-update``."""
    programme = load_programme(folder).programme
    for workflow in programme.workflows:
        assert "\n".join(as_lines(workflow)) == snapshot(name=workflow.id)
