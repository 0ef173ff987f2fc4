"""A few seeded courses in each run of the tests; the longer campaigns are started by hand (docs/testing.md)."""

from __future__ import annotations

import pytest
from tests.simulation.__main__ import course


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "programme"), [(20140531, "mlw-pilot"), (20180401, "model-kooperacji"), (7, "small-7"), (8, "small-8")]
)
def test_seeded_course(seed: int, programme: str) -> None:
    """Over a long course of events the services answer as the model does; a failure repeats with its seed."""
    done = course(seed, 250, programme, audit_every=10)
    assert done["admitted"] > 20
    assert done["refused"] > 50
