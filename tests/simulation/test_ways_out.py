"""A refusal's way out leads out: its steps, taken as proposed, make the refused step possible on the promised day."""

from __future__ import annotations

from collections import Counter

import pytest
from tests.simulation.ways_out import ways_out


@pytest.mark.slow
@pytest.mark.parametrize("programme", ["mlw-pilot", "model-kooperacji", "small-3"])
def test_ways_out_are_ways(programme: str) -> None:
    """From random standings each proposed step is admitted on its day, and at last the refused one."""
    counted = sum((ways_out(seed, programme, 80, 8) for seed in range(8)), start=Counter[str]())
    assert counted["out in one step"] + counted["out in several steps"] > 10
