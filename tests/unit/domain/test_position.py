"""Where a machine stands, stood, and what it has reached."""

from datetime import UTC, date, datetime

from mlw_workflow.domain.pilot import Position, Step
from mlw_workflow.testing import rule, workflow

FLOW = workflow("m", "open drafting drafted* accepted! waived! halted~", rule("begin", "open", "drafting"))


def position(*steps: tuple[str, str, str, int]) -> Position:
    """Steps as (effect, from, to, day of June), numbered from 1."""
    made = tuple(
        Step(seq, "t", came, went, effect, date(2014, 6, day), datetime(2014, 7, 1, tzinfo=UTC))
        for seq, (effect, came, went, day) in enumerate(steps, start=1)
    )
    return Position("m", "open", made)


DRAFTED = (("advance", "open", "drafting", 2), ("advance", "drafting", "drafted", 5))
RETURNED = (*DRAFTED, ("return", "drafted", "drafting", 9))


def reached(at: Position) -> list[str]:
    return [state for state, _ in at.trail().reached]


def test_nothing_has_happened() -> None:
    """Without a step the machine stands in its initial state, which it reached by no step."""
    at = position()
    assert (at.state, at.last, reached(at)) == ("open", None, ["open"])
    assert at.reached("open", FLOW) is None


def test_by_the_end_of_a_day() -> None:
    """Steps of the day itself count, later ones do not."""
    at = position(*DRAFTED)
    assert [at.by(date(2014, 6, day)).state for day in (1, 2, 4, 5)] == ["open", "drafting", "drafting", "drafted"]
    assert at.by(date(2014, 6, 5)) is at


def test_by_a_day_before_an_entry() -> None:
    """As decided at an entry, only the earlier entries of that same day count, and all of the days before."""
    at = position(*DRAFTED)
    assert at.by(date(2014, 6, 5), before_seq=2).state == "drafting"
    assert at.by(date(2014, 6, 5), before_seq=3).state == "drafted"
    assert at.by(date(2014, 6, 6), before_seq=1).state == "drafted"


def test_return_gives_back() -> None:
    """A return gives back what lies beyond the state returned to."""
    at = position(*RETURNED)
    assert (at.state, reached(at)) == ("drafting", ["open", "drafting"])
    assert at.reached("drafted", FLOW) is None
    drafting = at.reached("drafting", FLOW)
    assert drafting is not None
    assert drafting.seq == 1


def test_return_to_a_state_passed_twice() -> None:
    """A return gives back everything since the first time the machine was in the state returned to."""
    back = ("advance", "drafted", "drafting", 6), ("advance", "drafting", "drafted", 7)
    at = position(*DRAFTED, *back, ("return", "drafted", "drafting", 9))
    assert reached(at) == ["open", "drafting"]


def test_return_to_a_state_not_passed() -> None:
    """A machine returned to a stage it had skipped has reached that stage, and nothing else."""
    at = position(("advance", "open", "drafted", 2), ("return", "drafted", "drafting", 3))
    assert reached(at) == ["open", "drafting"]
    assert at.reached("drafted", FLOW) is None


def test_return_to_the_start() -> None:
    """A return to the initial state gives everything back."""
    assert reached(position(*DRAFTED, ("return", "drafted", "open", 9))) == ["open"]


def test_reached_again() -> None:
    """After a return a state is reached by the step that reached it again."""
    again = position(*RETURNED, ("advance", "drafting", "drafted", 12)).reached("drafted", FLOW)
    assert again is not None
    assert again.seq == 4


def test_suspension_keeps() -> None:
    """A suspended machine keeps what it reached, and remembers where it left."""
    at = position(*DRAFTED[:1], ("suspend", "drafting", "halted", 3))
    assert (at.state, at.left(), at.trail().suspended) == ("halted", "drafting", True)
    assert at.reached("drafting", FLOW) is not None
    assert at.reached("halted", FLOW) is None
    resumed = position(*DRAFTED[:1], ("suspend", "drafting", "halted", 3), ("resume", "halted", "drafting", 4))
    assert (resumed.state, resumed.trail().suspended) == ("drafting", False)
    assert reached(resumed) == ["open", "drafting"]


def test_left_is_where_the_last_suspension_began() -> None:
    """After a return and a suspension the machine resumes where it was returned to."""
    at = position(*RETURNED, ("suspend", "drafting", "halted", 10))
    assert at.left() == "drafting"


def test_waiver_reaches_all() -> None:
    """A waived machine has reached every state, by the waiver."""
    at = position(("waive", "open", "waived", 2))
    for state in ("drafting", "drafted", "$done", "accepted"):
        step = at.reached(state, FLOW)
        assert step is not None
        assert step.seq == 1


def test_waiver_taken_back_by_a_return() -> None:
    """A waiver that was returned reaches nothing any more."""
    at = position(("waive", "open", "waived", 2), ("return", "waived", "open", 3))
    assert at.reached("drafted", FLOW) is None


def test_done() -> None:
    """``$done`` is any state that counts as done."""
    assert position(*DRAFTED[:1]).reached("$done", FLOW) is None
    done = position(*DRAFTED, ("advance", "drafted", "accepted", 8)).reached("$done", FLOW)
    assert done is not None
    assert done.seq == 2


def test_a_suspension_that_is_over_leaves_the_day_of_arrival() -> None:
    """Resumed, even twice, it stands there since it came; a return makes a new day, and so does the suspension."""
    pause = (("suspend", "drafted", "halted", 6), ("resume", "halted", "drafted", 8))
    again = (("suspend", "drafted", "halted", 11), ("resume", "halted", "drafted", 12))
    courses = [DRAFTED, (*DRAFTED, pause[0]), (*DRAFTED, *pause), (*DRAFTED, *pause, *again)]
    back = (*DRAFTED, *pause, ("return", "drafted", "drafting", 9))
    days = [at.arrived and at.arrived.occurred_on.day for at in (position(*steps) for steps in (*courses, back))]
    assert days == [5, 6, 5, 5, 9]
    at_first = position(("suspend", "open", "halted", 3), ("resume", "halted", "open", 4))
    assert (at_first.arrived, at_first.entered and at_first.entered.seq) == (None, 2)
