"""The glossary says what every word of the programmes means."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlw_workflow.definitions.loader import load_programme

ROOT = Path(__file__).parents[2]
PROGRAMMES = sorted(folder.parent for folder in (ROOT / "workflows").glob("*/programme.yaml"))


@pytest.mark.parametrize("folder", PROGRAMMES, ids=lambda folder: folder.name)
def test_glossary_is_complete(folder: Path) -> None:
    """Every role, machine, state and trigger of a programme stands in the glossary by its code."""
    glossary = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    programme = load_programme(folder).programme
    words = {role.id for role in programme.roles} | {workflow.id for workflow in programme.workflows}
    missing = {word for word in words if f"`{word}`" not in glossary}
    for workflow in programme.workflows:
        for part in {state.id for state in workflow.states} | set(workflow.triggers):
            names = (f"`{workflow.id}.{part}`", f"`{part}`")  # what a kind gives to all stands there once
            missing |= set() if any(name in glossary for name in names) else {names[0]}
    assert missing == set()


def test_programmes_are_found() -> None:
    """At least two programmes run on the engine."""
    assert len(PROGRAMMES) >= 2
