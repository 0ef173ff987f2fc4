"""One decision: which rule is meant, all reasons at once, and the steps that do more than advance."""

from datetime import date

import pytest

from mlw_workflow.domain.decision import Admitted, Refused
from mlw_workflow.domain.errors import UnknownMachine, UnknownTrigger
from mlw_workflow.testing import Course, field, programme, rule, workflow

REASON = (field("reason"),)
FLOW = workflow(
    "it",
    "open drafting reviewing done* accepted! waived! halted~",
    rule("begin", "open", "drafting"),
    rule("review", "drafting", "reviewing"),
    rule("finish", "reviewing", "done"),
    rule("accept", "done", "accepted", by="chief"),
    rule("return", "done", "drafting", by="chief", effect="return", evidence=REASON),
    rule("waive", "open", "waived", by="chief", effect="waive", evidence=REASON),
    rule("halt", "drafting", "halted", effect="suspend"),
    rule("halt", "reviewing", "halted", effect="suspend"),
    rule("go_on", "halted", "drafting", effect="resume"),
    rule("go_on", "halted", "reviewing", effect="resume"),
)
FREE = workflow("free", "open done*", rule("finish", "open", "done"))


def course() -> Course:
    return Course(programme(FLOW, FREE))


def reasons(decision) -> list[str]:
    assert isinstance(decision, Refused)
    return [reason.code for reason in decision.reasons]


def test_unknown_machine() -> None:
    """A machine the pilot does not have is no refusal but an error that lists the machines."""
    with pytest.raises(UnknownMachine) as caught:
        course().ask("w99", "begin")
    assert caught.value.facts["known"] == ("it", "free")


def test_unknown_trigger() -> None:
    """A trigger the machine does not have is an error that lists its triggers, the correction among them."""
    with pytest.raises(UnknownTrigger) as caught:
        course().ask("free", "begin")
    assert caught.value.facts["known"] == ("finish", "correct")


def test_wrong_state() -> None:
    """A trigger that does not leave the present state names the states it leaves, and who can go on from here."""
    it = course()
    it.take("it", "begin", on="2014-02-03")
    decision = it.ask("it", "accept", on="2014-02-04", by="chief")
    assert isinstance(decision, Refused)
    (reason,) = decision.reasons
    expected = {"state": "drafting", "expected": "done", "since": "2014-02-03", "seq": 1, "last_trigger": "begin"}
    assert (reason.code, reason.fact, reason.who) == ("wrong_state", expected, ("clerk",))
    assert (decision.from_state, decision.to_state) == ("drafting", "accepted")


def test_wrong_state_with_everything_else() -> None:
    """In the wrong state too, everything else that is unmet is told at once."""
    it = Course(
        programme(
            FREE,
            workflow(
                "it",
                "open working done*",
                rule("begin", "open", "working"),
                rule("finish", "working", "done", by="chief", needs=["free.done"], evidence=[field("paper")]),
            ),
        )
    )
    decision = it.ask("it", "finish", on="2014-12-24", today=date(2014, 12, 1), seen_seq=7, evidence={"papier": "x"})
    assert reasons(decision) == [
        "wrong_state",
        "changed_meanwhile",
        "role_not_allowed",
        "prerequisite_unmet",
        "evidence_missing",
        "evidence_unknown_field",
        "date_in_future",
        "date_after_pilot",
    ]


def test_wrong_state_of_a_trigger_with_several_rules() -> None:
    """In the wrong state the rule meant is one the actor may take, so that no role is asked for in vain."""
    flow = workflow(
        "it",
        "open left right done*",
        rule("go", "open", "left"),
        rule("finish", "left", "done", by="chief"),
        rule("finish", "right", "done", by="clerk"),
    )
    assert reasons(Course(programme(flow)).ask("it", "finish", by="clerk")) == ["wrong_state"]


def test_rule_by_role() -> None:
    """Of two rules of one trigger the actor's role chooses."""
    flow = workflow(
        "it", "open left! right!", rule("go", "open", "left", by="clerk"), rule("go", "open", "right", by="chief")
    )
    it = Course(programme(flow))
    assert [it.ask("it", "go", by=role).to_state for role in ("clerk", "chief")] == ["left", "right"]
    assert reasons(it.ask("it", "go", by="guest")) == ["role_not_allowed"]


def test_alternatives() -> None:
    """Of two rules the first that is admitted is taken; a refusal tells the reasons of the one with the fewest."""
    flow = workflow(
        "it",
        "open strict! easy!",
        rule("go", "open", "strict", needs=["free.done"], evidence=[field("paper")]),
        rule("go", "open", "easy", evidence=[field("paper")]),
    )
    it = Course(programme(FREE, flow))
    refused = it.ask("it", "go")
    assert reasons(refused) == ["evidence_missing"]
    assert refused.to_state == "easy"
    assert it.ask("it", "go", evidence={"paper": "x"}).to_state == "easy"
    it.take("free", "finish")
    assert it.ask("it", "go", evidence={"paper": "x"}).to_state == "strict"
    assert it.ask("it", "go").to_state == "strict"


@pytest.mark.parametrize("before", [["begin"], ["begin", "review"]])
def test_resume_goes_where_it_left(before: list[str]) -> None:
    """A suspended machine resumes in the very state it left."""
    it = course()
    for trigger in before:
        it.take("it", trigger)
    left = it.state("it")
    it.take("it", "halt")
    assert it.take("it", "go_on").to_state == left
    assert it.state("it") == left


def test_suspended_machine_only_resumes() -> None:
    """Work does not go on in a suspended machine."""
    it = course()
    it.take("it", "begin")
    it.take("it", "halt")
    assert reasons(it.ask("it", "review")) == ["wrong_state"]


def test_resume_of_what_is_not_suspended() -> None:
    """A machine that is not suspended cannot resume."""
    it = course()
    it.take("it", "begin")
    assert reasons(it.ask("it", "go_on")) == ["wrong_state"]


def test_resume_without_a_way_back() -> None:
    """A suspended machine without a rule back to where it left is refused, with a reason."""
    flow = workflow(
        "it", "open working halted~", rule("begin", "open", "working"),
        rule("halt", "open", "halted", effect="suspend"), rule("go_on", "halted", "working", effect="resume"),
    )  # fmt: skip
    it = Course(programme(flow))
    it.take("it", "halt")
    assert reasons(it.ask("it", "go_on")) == ["wrong_state"]


def test_suspended_twice() -> None:
    """Each suspension remembers its own state."""
    it = course()
    for trigger in ("begin", "halt", "go_on", "review", "halt"):
        it.take("it", trigger)
    assert it.ask("it", "go_on").to_state == "reviewing"


def test_return_and_again() -> None:
    """Returned work goes back to its working state, with a reason, and can be finished again."""
    it = course()
    for trigger in ("begin", "review", "finish"):
        it.take("it", trigger)
    assert reasons(it.ask("it", "return", by="chief")) == ["evidence_missing"]
    it.take("it", "return", by="chief", evidence={"reason": "za mało"})
    assert it.state("it") == "drafting"
    assert reasons(it.ask("it", "accept", by="chief")) == ["wrong_state"]
    it.take("it", "review")
    it.take("it", "finish")
    assert it.take("it", "accept", by="chief").to_state == "accepted"


def test_waive_only_at_the_start() -> None:
    """What has begun cannot be waived."""
    it = course()
    it.take("it", "begin")
    assert reasons(it.ask("it", "waive", by="chief", evidence={"reason": "x"})) == ["wrong_state"]


def test_step_that_stays() -> None:
    """A rule may lead back to the state it leaves, any number of times."""
    flow = workflow("it", "open held*!", rule("hold", "open", "held"), rule("accede", "held", "held"))
    it = Course(programme(flow))
    for trigger in ("hold", "accede", "accede"):
        it.take("it", trigger)
    assert [step.to_state for step in it.position("it").steps] == ["held"] * 3


def test_refusal_writes_no_log(caplog: pytest.LogCaptureFixture) -> None:
    """A trigger that does not leave the present state is answered, not warned of in a log."""
    assert reasons(course().ask("it", "finish")) == ["wrong_state"]
    assert caplog.records == []


def test_asking_changes_nothing() -> None:
    """A decision leaves the standing as it was."""
    it = course()
    before = dict(it.standing.moved)
    assert isinstance(it.ask("it", "begin"), Admitted)
    assert dict(it.standing.moved) == before
