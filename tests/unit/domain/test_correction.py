"""Undoing a mistake in recording, and what relies on what."""

from datetime import date

import pytest

from mlw_workflow.domain.decision import Admitted, Refused
from mlw_workflow.testing import Course, all_of, any_of, field, programme, rule, workflow

REASON = {"evidence": {"reason": "pomyłka"}}


def base(name: str):
    return workflow(
        name,
        "open working done* accepted! waived!",
        rule("begin", "open", "working"),
        rule("finish", "working", "done"),
        rule("accept", "done", "accepted", by="chief", corrected_by=("chief",)),
        rule("return", "done", "working", by="chief", effect="return", corrected_by=("chief",)),
        rule("waive", "open", "waived", by="chief", effect="waive"),
        correction_evidence=[field("reason")],
    )


def relying(name: str, *needs, **given):
    return workflow(name, "open done*", rule("finish", "open", "done", needs=needs, **given), corrected_by="keeper")


def course(*needs, **given) -> Course:
    it = Course(programme(base("a"), base("b"), relying("x", *needs), relying("y", *needs, **given)))
    it.take("a", "begin", on="2014-02-01")
    it.take("a", "finish", on="2014-03-01")
    return it


def refused(decision) -> Refused:
    assert isinstance(decision, Refused)
    return decision


def reasons(decision) -> list[tuple[str, str, object]]:
    return [(reason.code, reason.machine, reason.fact.get("seq")) for reason in refused(decision).reasons]


def test_state_before() -> None:
    """A correction puts the machine back to the state before its last step, and no farther."""
    it = course()
    decision = it.correct("a", on="2014-04-01", **REASON)
    assert (decision.from_state, decision.to_state, decision.effect) == ("done", "working", "correct")
    assert decision.undoes is not None
    assert (decision.undoes.seq, decision.role, decision.evidence) == (2, "clerk", REASON["evidence"])
    assert it.state("a") == "working"
    it.correct("a", on="2014-04-01", **REASON)
    assert it.state("a") == "open"


def test_nothing_to_correct() -> None:
    """A machine that took no step has nothing to correct."""
    assert reasons(course().ask("b", "correct", **REASON)) == [("nothing_to_correct", "b", None)]


def test_everything_at_once() -> None:
    """A correction too is told everything that is in its way."""
    decision = course().ask("a", "correct", on="2014-06-02", by="guest", today=date(2014, 6, 1), seen_seq=1)
    assert [reason.code for reason in refused(decision).reasons] == [
        "changed_meanwhile",
        "role_not_allowed",
        "evidence_missing",
        "date_in_future",
    ]
    assert refused(decision).to_state == "working"


def test_corrected_by() -> None:
    """A step whose rule names who corrects it is corrected by nobody else."""
    it = course()
    it.take("a", "accept", on="2014-04-01", by="chief")
    (reason,) = refused(it.ask("a", "correct", **REASON)).reasons
    assert (reason.code, reason.who) == ("role_not_allowed", ("chief",))
    assert it.correct("a", by=("clerk", "chief"), **REASON).role == "chief"
    assert it.state("a") == "done"


def test_refused_while_others_rely_on_it() -> None:
    """Each later step of another machine that relies on what would be undone is listed, with who may correct it."""
    it = course("a.done")
    it.take("x", "finish", on="2014-03-05")
    it.take("y", "finish", on="2014-03-06")
    decision = it.ask("a", "correct", **REASON)
    assert reasons(decision) == [("relied_upon", "x", 3), ("relied_upon", "y", 4)]
    first = refused(decision).reasons[0]
    assert (first.needs, first.who) == ("a.done", ("keeper",))
    assert first.fact == {"seq": 3, "trigger": "finish", "day": "2014-03-05"}
    it.correct("y", by="keeper")
    assert reasons(it.ask("a", "correct", **REASON)) == [("relied_upon", "x", 3)]
    it.correct("x", by="keeper")
    assert isinstance(it.ask("a", "correct", **REASON), Admitted)


def test_who_may_correct_what_relies() -> None:
    """A relying step whose rule names who corrects it is to be cleared by them."""
    it = course("a.done", corrected_by=("mayor",))
    it.take("y", "finish", on="2014-03-05")
    (reason,) = refused(it.ask("a", "correct", **REASON)).reasons
    assert reason.who == ("mayor",)


def test_relying_on_what_stays() -> None:
    """A step that relies on an earlier state of the machine is not in the way."""
    it = course("a.working")
    it.take("x", "finish", on="2014-03-05")
    assert isinstance(it.ask("a", "correct", **REASON), Admitted)


def test_lost_leaf_is_named() -> None:
    """Of several states asked for, the one that would be lost is named, once for each step."""
    it = course(all_of("a.working", "a.done"), "a.done")
    it.take("x", "finish", on="2014-03-05")
    (reason,) = refused(it.ask("a", "correct", **REASON)).reasons
    assert reason.needs == "a.done"


def test_other_support() -> None:
    """A step whose need holds without what would be undone is not in the way."""
    it = course(any_of("a.done", "b.working"))
    it.take("x", "finish", on="2014-03-05")
    assert reasons(it.ask("a", "correct", **REASON)) == [("relied_upon", "x", 3)]
    it.take("b", "begin", on="2014-03-05")
    assert reasons(it.ask("a", "correct", **REASON)) == [("relied_upon", "x", 3)]  # recorded after the step
    other = course(any_of("a.done", "b.working"))
    other.take("b", "begin", on="2014-03-04")
    other.take("x", "finish", on="2014-03-05")
    assert isinstance(other.ask("a", "correct", **REASON), Admitted)


def test_other_rule_that_still_admits() -> None:
    """A step that another rule of the same trigger still admits has not lost its footing."""
    flow = workflow(
        "x", "open done*", rule("finish", "open", "done", needs=["a.done"]), rule("finish", "open", "done", by="mayor")
    )
    it = Course(programme(base("a"), flow))
    it.take("a", "begin")
    it.take("a", "finish")
    it.take("x", "finish")
    assert isinstance(it.ask("a", "correct", **REASON), Admitted)


def test_waiver_relied_upon() -> None:
    """A waiver that others rely on cannot be corrected either."""
    it = course("b.done")
    it.take("b", "waive", on="2014-02-02", by="chief")
    it.take("x", "finish", on="2014-02-03")
    assert reasons(it.ask("b", "correct", **REASON)) == [("relied_upon", "x", 4)]


def test_correcting_a_return() -> None:
    """Undoing a return gives the state back."""
    it = course()
    it.take("a", "return", on="2014-03-02", by="chief")
    it.correct("a", by="chief", **REASON)
    assert it.state("a") == "done"


def test_later_return_leaves_what_was_done() -> None:
    """Work may be returned after others relied on it: on their day it was there."""
    it = course("a.done")
    it.take("x", "finish", on="2014-03-05")
    it.take("a", "return", on="2014-03-05", by="chief")
    assert it.state("a") == "working"


def test_return_dated_before_what_relied_on_it() -> None:
    """A return dated before a step that relied on what it gives back is refused, and lists that step."""
    it = course("a.done")
    it.take("x", "finish", on="2014-03-05")
    assert reasons(it.ask("a", "return", on="2014-03-04", by="chief")) == [("relied_upon", "x", 3)]
    assert isinstance(it.ask("a", "return", on="2014-03-05", by="chief"), Admitted)


@pytest.mark.parametrize(("on", "admitted"), [("2014-03-02", False), ("2014-03-06", True)])
def test_return_after_a_return(on: str, admitted: bool) -> None:
    """What was reached again after a return is what later steps rely on."""
    it = course("a.done")
    it.take("a", "return", on="2014-03-02", by="chief")
    it.take("a", "finish", on="2014-03-02")
    it.take("x", "finish", on="2014-03-05")
    assert isinstance(it.ask("a", "return", on=on, by="chief"), Admitted) is admitted
