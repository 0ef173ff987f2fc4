"""What a return or a correction takes back, and which steps lose their footing by it."""

from __future__ import annotations

import pytest
from tests.unit.domain.log import Log, controlled, task

from mlw_workflow.domain.footing import standing_steps, taken_back
from mlw_workflow.testing import rule, workflow


def gone(log: Log) -> dict[int, tuple[int, bool]]:
    """The steps taken back, with what took them back."""
    return taken_back(log.course.standing.moved.values(), log.entries)


@pytest.fixture
def log() -> Log:
    """A machine of four states that can be returned by one stage or to one it has not been through."""
    flow = workflow(
        "a",
        "open first second third* side",
        rule("on", "open", "first"),
        rule("on", "first", "second"),
        rule("on", "second", "third"),
        rule("repeat", "first", "first"),
        rule("back", "third", "first", effect="return"),
        rule("aside", "third", "side", effect="return"),
        rule("on", "side", "third"),
    )
    return Log(controlled(flow, task("b")))


def test_a_return_takes_back_the_states_above_its_target(log: Log) -> None:
    """What was reached after the target goes, the target's own step stays; what is reached anew stands."""
    seqs = [log.take("a", "on", "2014-02-03").seq for _ in range(3)]
    back = log.take("a", "back", "2014-02-04").seq
    again = log.take("a", "on", "2014-02-05").seq
    assert gone(log) == {seqs[1]: (back, False), seqs[2]: (back, False)}
    assert [step.seq for step in standing_steps(log.course.position("a"))] == [seqs[0], again]


def test_a_return_to_a_stage_not_passed_takes_back_everything(log: Log) -> None:
    """Nothing of the way stands any more; the return itself is the machine's footing now."""
    seqs = [log.take("a", "on", "2014-02-03").seq for _ in range(3)]
    aside = log.take("a", "aside", "2014-02-04").seq
    assert gone(log) == dict.fromkeys(seqs, (aside, False))
    assert [step.seq for step in standing_steps(log.course.position("a"))] == [aside]


def test_a_repeated_state_is_given_back_only_above_its_first_step(log: Log) -> None:
    """A step that stayed in a state goes with a return to that state; the step that reached it stays."""
    first = log.take("a", "on", "2014-02-03").seq
    stayed = log.take("a", "repeat", "2014-02-03").seq
    others = [log.take("a", "on", "2014-02-03").seq for _ in range(2)]
    back = log.take("a", "back", "2014-02-04").seq
    assert gone(log) == dict.fromkeys((stayed, *others), (back, False))
    assert first not in gone(log)


def test_a_correction_takes_back_its_step_and_a_corrected_return_nothing(log: Log) -> None:
    """Corrected steps are gone; a return that was corrected has taken nothing back."""
    seqs = [log.take("a", "on", "2014-02-03").seq for _ in range(3)]
    back = log.take("a", "back", "2014-02-04").seq
    fixed = log.take("a", "correct", "2014-02-05").seq
    assert gone(log) == {back: (fixed, True)}
    fixed_too = log.take("a", "correct", "2014-02-06").seq
    assert gone(log) == {back: (fixed, True), seqs[2]: (fixed_too, True)}


def test_the_standing_steps_are_the_trail(log: Log) -> None:
    """On any course, the steps left standing are those by which the trail's states were reached."""
    for trigger in ("on", "repeat", "on", "on", "back", "on", "on", "aside", "on"):
        log.take("a", trigger, "2014-02-03")
        position = log.course.position("a")
        reached = {step.seq for _, step in position.trail().reached if step is not None}
        taken = {step.seq for step in position.steps if step.effect == "advance"}
        assert {step.seq for step in standing_steps(position)} == reached
        assert taken - reached == {seq for seq in gone(log) if seq in taken}
