"""Any programme, any course of events: what holds of a forecast."""

from __future__ import annotations

import random
from datetime import date

from hypothesis import assume, given, settings
from hypothesis import strategies as st
from tests.properties.test_compliance import CALENDAR, played

from mlw_workflow.domain.forecast import forecast

TODAY = date(2014, 6, 1)


@given(chance=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_ways_to_several_ends_make_one_plan_in_which_nothing_waits_for_itself(chance: random.Random) -> None:
    """Each step stands in the plan once, between today and the days it must keep, and the chain has the least slack."""
    standing = played(chance).standing
    goals = [f"{name}.s2" for name in standing.instances if "s2" in standing.instances[name].workflow.state]
    plan = forecast(standing, CALENDAR, TODAY, chance.choice(["", *goals]), {})
    assume(plan.steps)  # else there is nothing to plan, and nothing to find
    assert len({(step.machine, step.trigger, step.to_state) for step in plan.steps}) == len(plan.steps)
    for step in plan.steps:
        assert step.latest_start <= step.latest_finish
        assert step.earliest_finish >= TODAY
        assert (step.slack < 0) == (step.latest_finish < step.earliest_finish)
    assert set(plan.critical_path) <= set(plan.steps)
    assert not plan.critical_path or min(step.slack for step in plan.critical_path) == plan.least
    for before, after in zip(plan.critical_path, plan.critical_path[1:], strict=False):
        assert before.earliest_finish <= after.earliest_finish
