"""A few seeded courses in each run of the tests; the longer campaigns are started by hand (docs/testing.md)."""

from __future__ import annotations

import pytest
from tests.simulation.__main__ import course

from mlw_workflow.domain.decision import Admitted, Refused
from mlw_workflow.testing import Course, programme, rule, workflow


@pytest.mark.slow
@pytest.mark.parametrize(
    ("seed", "name"), [(20140531, "mlw-pilot"), (20180401, "model-kooperacji"), (7, "small-7"), (8, "small-8")]
)
def test_seeded_course(seed: int, name: str) -> None:
    """Over a long course of events the services answer as the model does; a failure repeats with its seed."""
    done = course(seed, 250, name, audit_every=10)
    assert done["admitted"] > 20
    assert done["refused"] > 50


def test_rule_whose_needs_were_never_met_carries_no_step() -> None:
    """A step taken by one of two rules loses its footing with that rule's need, whatever the other rule asks for."""
    get = rule("get", "open", "got")
    either = [rule("go", "open", "got", by="p", needs=["a.got"]), rule("go", "open", "got", by="q", needs=["c.got"])]
    machines = [workflow("a", "open got*", get), workflow("b", "open got*", *either), workflow("c", "open got*", get)]
    events = Course(programme(*machines))
    events.take("a", "get", "2014-02-03")
    events.take("b", "go", "2014-02-04", by="p")
    refused = events.ask("a", "correct", "2014-02-05")
    assert isinstance(refused, Refused)
    assert [(reason.code, reason.machine, reason.needs) for reason in refused.reasons] == [
        ("relied_upon", "b", "a.got")
    ]
    events.take("c", "get", "2014-02-04")
    assert isinstance(events.ask("a", "correct", "2014-02-05"), Refused), "recorded after the step, on its day"
    events.correct("c", "2014-02-05")
    events.take("c", "get", "2014-02-03")
    assert isinstance(events.ask("a", "correct", "2014-02-05"), Admitted), "by the other rule the step could be taken"
