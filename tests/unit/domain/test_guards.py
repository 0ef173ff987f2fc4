"""Each condition a rule can set, met and unmet."""

from datetime import date, timedelta

import pytest

from mlw_workflow.domain.decision import Admitted, Decision, Reason, Refused, Reliance
from mlw_workflow.domain.definition import Series
from mlw_workflow.testing import Course, all_of, any_of, at_least, every, programme, rule, workflow

STATES = "open working done* accepted! waived! halted~"


def task(name, *, needs=(), by="clerk", **given):
    """A machine that can be begun (on its needs), finished, accepted, returned, waived and halted."""
    return workflow(
        name,
        STATES,
        rule("begin", "open", "working", by=by, needs=needs, **given),
        rule("finish", "working", "done", by=by),
        rule("accept", "done", "accepted", by="chief"),
        rule("return", "done", "working", by="chief", effect="return"),
        rule("waive", "open", "waived", by="chief", effect="waive"),
        rule("halt", "working", "halted", by="clerk", effect="suspend"),
        rule("go_on", "halted", "working", by="keeper", effect="resume"),
    )


def course(*needs, names=("a", "b", "c"), **given):
    """A pilot with free machines and one, ``it``, whose beginning has the needs."""
    return Course(programme(*(task(name) for name in names), task("it", needs=needs, **given)))


def codes(decision: Decision) -> list[tuple[str, str]]:
    """Each reason's code with the prerequisite or the machine it is about."""
    assert isinstance(decision, Refused)
    return [(reason.code, reason.needs or reason.machine) for reason in decision.reasons]


def only(decision: Decision) -> Reason:
    assert isinstance(decision, Refused)
    (reason,) = decision.reasons
    return reason


def test_role_names_who_may() -> None:
    """Somebody without the rule's role is refused and told which roles may."""
    reason = only(course(by=("clerk", "mayor")).ask("it", "begin", by=("guest", "visitor")))
    assert (reason.code, reason.machine, reason.who) == ("role_not_allowed", "it", ("clerk", "mayor"))


def test_role_of_several_is_the_first_that_may() -> None:
    """Of several roles the actor acts in the first one that the rule names."""
    decision = course(by=("mayor", "clerk")).ask("it", "begin", by=("guest", "clerk", "mayor"))
    assert isinstance(decision, Admitted)
    assert decision.role == "clerk"


def test_nobody_has_no_role() -> None:
    """An actor without any role may take no rule."""
    assert codes(course().ask("it", "begin", by=())) == [("role_not_allowed", "it")]


def test_need_unmet() -> None:
    """A need that is not met refuses, names the state the other machine is in and who can take it onwards."""
    reason = only(course("a.done").ask("it", "begin"))
    assert (reason.code, reason.machine, reason.needs) == ("prerequisite_unmet", "a", "a.done")
    assert reason.who == ("clerk",)
    assert reason.fact == {"state": "open"}


def test_need_of_a_halted_machine_is_cleared_by_who_resumes() -> None:
    """For a suspended machine, whoever may resume it can clear the need."""
    it = course("a.done")
    it.take("a", "begin")
    it.take("a", "halt")
    assert only(it.ask("it", "begin")).who == ("keeper",)


def test_need_holds_on_the_day() -> None:
    """A need met on 10 June does not admit an event of 9 June."""
    it = course("a.working")
    it.take("a", "begin", on="2014-06-10")
    reason = only(it.ask("it", "begin", on="2014-06-09"))
    assert (reason.code, reason.needs) == ("prerequisite_later", "a.working")
    assert reason.fact == {"day": "2014-06-09", "reached_on": "2014-06-10"}
    assert isinstance(it.ask("it", "begin", on="2014-06-10"), Admitted)


def test_same_day_counts_in_the_order_of_recording() -> None:
    """On one day, what is recorded first may be relied on by what is recorded after it."""
    it = course("a.working")
    assert codes(it.ask("it", "begin", on="2014-06-10")) == [("prerequisite_unmet", "a.working")]
    it.take("a", "begin", on="2014-06-10")
    it.take("it", "begin", on="2014-06-10")


def test_need_means_that_state_or_beyond() -> None:
    """A state stays reached when the machine goes on from it."""
    it = course("a.working")
    for trigger, by in [("begin", "clerk"), ("finish", "clerk"), ("accept", "chief")]:
        it.take("a", trigger, by=by)
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_done_need() -> None:
    """``$done`` asks for any state that counts as done, or beyond it."""
    it = course("a.$done")
    it.take("a", "begin")
    assert only(it.ask("it", "begin")).needs == "a.$done"
    it.take("a", "finish")
    assert isinstance(it.ask("it", "begin"), Admitted)
    it.take("a", "accept", by="chief")
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_initial_state_is_reached_by_nobody() -> None:
    """The initial state satisfies no need: nothing has happened yet."""
    assert codes(course("a.open").ask("it", "begin")) == [("prerequisite_unmet", "a.open")]


@pytest.mark.parametrize("state", ["working", "done", "$done", "accepted", "waived"])
def test_waived_machine_satisfies_every_need(state: str) -> None:
    """A waived machine satisfies prerequisites on it, whatever state they ask for, from the day of the waiver."""
    it = course(f"a.{state}")
    it.take("a", "waive", on="2014-03-05", by="chief")
    assert isinstance(it.ask("it", "begin", on="2014-03-05"), Admitted)
    assert codes(it.ask("it", "begin", on="2014-03-04")) == [("prerequisite_later", f"a.{state}")]


def test_returned_machine_no_longer_satisfies() -> None:
    """What was returned is not reached any more, but what lies before it still is."""
    it = course("a.working", "a.done")
    it.take("a", "begin", on="2014-02-01")
    it.take("a", "finish", on="2014-03-01")
    it.take("a", "return", on="2014-04-01", by="chief")
    assert codes(it.ask("it", "begin", on="2014-04-02")) == [("prerequisite_unmet", "a.done")]
    assert isinstance(it.ask("it", "begin", on="2014-03-31"), Admitted)
    it.take("a", "finish", on="2014-05-01")
    assert codes(it.ask("it", "begin", on="2014-04-02")) == [("prerequisite_later", "a.done")]
    assert isinstance(it.ask("it", "begin", on="2014-05-01"), Admitted)


def test_halted_machine_still_satisfies() -> None:
    """A suspension gives nothing back."""
    it = course("a.working")
    it.take("a", "begin")
    it.take("a", "halt")
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_all() -> None:
    """Of a group of which all must hold, each missing one is told, and only those."""
    it = course(all_of("a.working", "b.working", "c.working"))
    it.take("b", "begin")
    unmet = [("prerequisite_unmet", "a.working"), ("prerequisite_unmet", "c.working")]
    assert codes(it.ask("it", "begin")) == unmet
    it.take("a", "begin")
    it.take("c", "begin")
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_any() -> None:
    """Of a group of which any may hold, one is enough; without it each is told."""
    it = course(any_of("a.working", "b.working"))
    assert codes(it.ask("it", "begin")) == [("prerequisite_unmet", "a.working"), ("prerequisite_unmet", "b.working")]
    it.take("b", "begin")
    decision = it.ask("it", "begin")
    assert isinstance(decision, Admitted)
    assert decision.relies_on == (Reliance("b.working", 1),)


def test_at_least() -> None:
    """Of a group of which two must hold, two are enough and one is not."""
    it = course(at_least(2, "a.working", "b.working", "c.working"))
    it.take("c", "begin")
    assert codes(it.ask("it", "begin")) == [("prerequisite_unmet", "a.working"), ("prerequisite_unmet", "b.working")]
    it.take("a", "begin")
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_nested_groups() -> None:
    """Groups nest: either a, or both b and c."""
    it = course(any_of("a.working", all_of("b.working", "c.working")))
    it.take("b", "begin")
    assert codes(it.ask("it", "begin")) == [("prerequisite_unmet", "a.working"), ("prerequisite_unmet", "c.working")]
    it.take("c", "begin")
    assert isinstance(it.ask("it", "begin"), Admitted)


def test_leaf_named_twice_is_told_once() -> None:
    """A state that several needs ask for is one reason."""
    assert codes(course("a.done", any_of("a.done", "b.done")).ask("it", "begin")) == [
        ("prerequisite_unmet", "a.done"),
        ("prerequisite_unmet", "b.done"),
    ]


def test_relies_on_what_held_that_day() -> None:
    """An admitted step names the entry by which each prerequisite was met."""
    it = course("a.working", "b.done")
    it.take("b", "begin")
    it.take("a", "begin")
    it.take("b", "finish")
    decision = it.take("it", "begin")
    assert decision.relies_on == (Reliance("a.working", 2), Reliance("b.done", 3))


def reports(*needs, end="2014-02-28"):
    """A pilot from January with a report for each month and for each whole two months."""
    sent = rule("send", "due", "sent", not_before="period_end", outside_span=("after",))
    return Course(
        programme(
            workflow("monthly", "due sent!", sent, series=Series(1)),
            workflow("partial", "due sent!", sent, series=Series(2, key="number", whole=True)),
            task("it", needs=needs),
            start="2014-01-01",
            end=end,
        )
    )


def test_every_instance_of_a_series() -> None:
    """A need on every instance of a series names each one that is missing."""
    it = reports(every("monthly.sent"))
    on = "2014-02-28"
    unmet = [("prerequisite_unmet", "monthly/2014-01.sent"), ("prerequisite_unmet", "monthly/2014-02.sent")]
    assert codes(it.ask("it", "begin", on=on)) == unmet
    it.take("monthly/2014-01", "send", on=on)
    assert codes(it.ask("it", "begin", on=on)) == unmet[1:]
    it.take("monthly/2014-02", "send", on=on)
    assert isinstance(it.ask("it", "begin", on=on), Admitted)


def test_some_instances_of_a_series() -> None:
    """A need on so many instances of a series is content with any of them."""
    it = reports(every("monthly.sent", at_least=1))
    it.take("monthly/2014-02", "send", on="2014-02-28")
    assert isinstance(it.ask("it", "begin", on="2014-02-28"), Admitted)


def test_more_instances_than_there_are() -> None:
    """A need on more instances than the pilot has is refused, though each one is there."""
    it = reports(every("monthly.sent", at_least=3))
    for machine in ("monthly/2014-01", "monthly/2014-02"):
        it.take(machine, "send", on="2014-02-28")
    assert codes(it.ask("it", "begin", on="2014-02-28")) == [("prerequisite_unmet", "monthly.sent")]


@pytest.mark.parametrize("need", [every("partial.sent"), all_of(every("partial.sent"), "it.open")])
def test_series_without_instances(need) -> None:
    """In a pilot too short for one period, every instance of none has been sent."""
    it = reports(need, end="2014-01-31")
    assert [code for code in _codes(it.ask("it", "begin")) if code[1].startswith("partial")] == []


def _codes(decision):
    return codes(decision) if isinstance(decision, Refused) else []


def test_date_in_future() -> None:
    """What has not happened yet cannot be recorded; the day of recording itself can."""
    it = course()
    reason = only(it.ask("it", "begin", on="2014-06-11", today=date(2014, 6, 10)))
    assert reason.code == "date_in_future"
    assert reason.fact == {"day": "2014-06-11", "today": "2014-06-10"}
    assert isinstance(it.ask("it", "begin", on="2014-06-10", today=date(2014, 6, 10)), Admitted)


@pytest.mark.parametrize(("on", "code"), [("2013-11-30", "date_before_pilot"), ("2014-09-01", "date_after_pilot")])
def test_date_outside_the_span(on: str, code: str) -> None:
    """A day outside the pilot's span is refused, unless the rule allows that side."""
    assert codes(course().ask("it", "begin", on=on)) == [(code, "it")]
    side = "before" if code == "date_before_pilot" else "after"
    other = "after" if side == "before" else "before"
    assert isinstance(course(outside_span=(side,)).ask("it", "begin", on=on), Admitted)
    assert codes(course(outside_span=(other,)).ask("it", "begin", on=on)) == [(code, "it")]


@pytest.mark.parametrize("on", ["2013-12-01", "2014-08-31"])
def test_span_includes_both_ends(on: str) -> None:
    """The pilot's first and last day belong to it."""
    assert isinstance(course().ask("it", "begin", on=on), Admitted)


def test_date_before_the_last_step() -> None:
    """A machine's steps do not go back in time; on one day several may be taken."""
    it = course()
    it.take("it", "begin", on="2014-03-10")
    reason = only(it.ask("it", "finish", on="2014-03-09"))
    assert reason.code == "date_before_last_step"
    assert reason.fact == {"day": "2014-03-09", "last": "2014-03-10", "seq": 1, "state": "working"}
    assert isinstance(it.ask("it", "finish", on="2014-03-10"), Admitted)


@pytest.mark.parametrize(("bound", "earliest"), [("period_start", "2014-02-01"), ("period_end", "2014-02-28")])
def test_date_within_the_period(bound: str, earliest: str) -> None:
    """A report's step may have to wait for the first or the last day of its period."""
    it = Course(
        programme(workflow("monthly", "due sent!", rule("send", "due", "sent", not_before=bound), series=Series(1)))
    )
    reason = only(it.ask("monthly/2014-02", "send", on=date.fromisoformat(earliest) - timedelta(days=1)))
    assert (reason.code, reason.fact["earliest"]) == ("date_too_early", earliest)
    assert isinstance(it.ask("monthly/2014-02", "send", on=earliest), Admitted)


def test_changed_meanwhile() -> None:
    """Somebody who had seen an earlier step of the machine is told what changed."""
    it = course()
    assert isinstance(it.ask("it", "begin", seen_seq=0), Admitted)
    it.take("a", "begin")
    it.take("it", "begin", on="2014-03-10")
    reason = only(it.ask("it", "finish", on="2014-03-10", seen_seq=0))
    assert reason.code == "changed_meanwhile"
    assert reason.fact == {"seen": 0, "seq": 2, "state": "working", "last_trigger": "begin", "since": "2014-03-10"}
    assert isinstance(it.ask("it", "finish", on="2014-03-10", seen_seq=2), Admitted)
    assert isinstance(it.ask("it", "finish", on="2014-03-10"), Admitted)


def test_changed_by_a_correction() -> None:
    """A step that was seen and has been corrected since counts as a change too."""
    it = course()
    it.take("it", "begin")
    it.correct("it")
    reason = only(it.ask("it", "begin", seen_seq=1))
    assert reason.fact == {"seen": 1, "seq": 0, "state": "open"}
