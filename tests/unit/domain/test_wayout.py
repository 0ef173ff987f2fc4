"""The way out of a refusal, case by case; ``properties/test_wayout.py`` compares it with a full search."""

from datetime import date

import pytest

from mlw_workflow.domain import wayout
from mlw_workflow.domain.definition import Series
from mlw_workflow.domain.wayout import WayOut, way_out
from mlw_workflow.testing import Course, all_of, any_of, at_least, every, field, programme, rule, workflow

PAPER = field("paper")


def task(name, *needs, **given):
    """Begun, then finished on its needs; or waived."""
    return workflow(
        name,
        "open working done* waived!",
        rule("begin", "open", "working"),
        rule("finish", "working", "done", needs=needs, evidence=[PAPER], **given),
        rule("waive", "open", "waived", by="chief", effect="waive"),
    )


def simple(name, *needs, by="clerk", **given):
    return workflow(name, "open done*", rule("finish", "open", "done", by=by, needs=needs, **given))


def steps(found: WayOut) -> list[str]:
    assert found.possible
    return [f"{step.machine}.{step.trigger}" for step in found.steps]


def test_nothing_is_missing() -> None:
    """What can be done needs no steps; its first lawful day is the pilot's first."""
    assert way_out(Course(programme(simple("x"))).standing, "x", "finish") == WayOut(True, (), date(2013, 12, 1))


def test_chain_in_order() -> None:
    """The steps come in an order in which they can be taken, each with its roles and the evidence it asks for."""
    course = Course(programme(simple("x", "b.done"), task("b", "a.done"), task("a")))
    found = way_out(course.standing, "x", "finish")
    assert steps(found) == ["b.begin", "a.begin", "a.finish", "b.finish"]
    assert [step.evidence for step in found.steps] == [(), (), (PAPER,), (PAPER,)]
    assert found.steps[0].roles == ("clerk",)


def test_what_is_done_is_left_out() -> None:
    """Steps that were taken are no part of the way, and date what follows."""
    course = Course(programme(simple("x", "a.done"), task("a")))
    course.take("a", "begin", on="2014-02-03")
    found = way_out(course.standing, "x", "finish")
    assert steps(found) == ["a.finish"]
    assert (found.steps[0].earliest_on, found.earliest_on) == (date(2014, 2, 3), date(2014, 2, 3))


def test_own_steps() -> None:
    """The machine's own earlier steps, and what they need, are part of the way; the transition itself is not."""
    course = Course(programme(task("x", "a.done"), simple("a")))
    assert steps(way_out(course.standing, "x", "finish")) == ["x.begin", "a.finish"]


def test_waiver_only_when_nothing_else() -> None:
    """A waiver is proposed only where no other way is left, however short it is."""
    course = Course(
        programme(simple("x", "a.done"), task("a"), simple("y", "b.done"), task("b", "z.done"), simple("z", "z.done"))
    )
    assert steps(way_out(course.standing, "x", "finish")) == ["a.begin", "a.finish"]
    found = way_out(course.standing, "y", "finish")
    assert steps(found) == ["b.waive"]
    assert found.steps[0].exceptional


def test_a_marked_step_only_when_nothing_else() -> None:
    """A step marked as exceptional is advised like a waiver: only where there is no ordinary way, and called so."""
    cut = rule("record", "open", "done", by="chief", exceptional=True)
    ordinary = workflow(
        "a", "open working done*", rule("begin", "open", "working"), rule("finish", "working", "done"), cut
    )
    course = Course(programme(simple("x", "a.done"), ordinary, simple("y", "b.done"), workflow("b", "open done*", cut)))
    assert steps(way_out(course.standing, "x", "finish")) == ["a.begin", "a.finish"]
    found = way_out(course.standing, "y", "finish")
    assert steps(found) == ["b.record"]
    assert found.steps[0].exceptional


def test_as_role() -> None:
    """With a role given, the way asks as little as possible of others, even when it is longer."""
    course = Course(
        programme(simple("x", any_of("quick.done", "slow.done")), simple("quick", by="mayor"), task("slow"))
    )
    assert steps(way_out(course.standing, "x", "finish")) == ["quick.finish"]
    assert steps(way_out(course.standing, "x", "finish", as_role="clerk")) == ["slow.begin", "slow.finish"]


def test_smallest_choice() -> None:
    """Of alternatives the cheapest together is chosen: one step that serves two needs beats two that serve one each."""
    course = Course(
        programme(
            simple("x", any_of("a.done", "c.done"), any_of("b.done", "c.done")), simple("a"), simple("b"), simple("c")
        )
    )
    assert steps(way_out(course.standing, "x", "finish")) == ["c.finish"]


def test_at_least_with_some_met() -> None:
    """Of three of which two must hold, the one that is met counts."""
    course = Course(
        programme(simple("x", at_least(2, "a.done", "b.done", "c.done")), task("a"), task("b"), simple("c"))
    )
    course.take("b", "begin")
    course.take("b", "finish", evidence={"paper": "x"})
    assert steps(way_out(course.standing, "x", "finish")) == ["c.finish"]


def test_circle() -> None:
    """Machines that wait for one another have no way out, and the search ends."""
    course = Course(programme(simple("x", "a.done"), simple("a", "b.done"), simple("b", "a.done")))
    assert not way_out(course.standing, "x", "finish").possible


def test_circle_with_another_door() -> None:
    """A choice that the plan's own steps would meet in a circle is settled the other way."""
    course = Course(
        programme(
            workflow(
                "x", "open working done*", rule("begin", "open", "working", needs=[any_of("b.done", "c.done")]),
                rule("finish", "working", "done", needs=["b.done"]),
            ),
            simple("b", "x.working"),
            simple("c"),
        )
    )  # fmt: skip
    assert steps(way_out(course.standing, "x", "finish")) == ["c.finish", "x.begin", "b.finish"]


def test_work_that_goes_round() -> None:
    """Where work may go back without a return, the way may pass a state and come back."""
    round_about = workflow(
        "a", "open side* end*", rule("go", "open", "side"), rule("back", "side", "open"), rule("end", "open", "end")
    )
    course = Course(programme(simple("x", "a.end", "a.side"), round_about))
    assert steps(way_out(course.standing, "x", "finish")) == ["a.go", "a.back", "a.end"]


def test_lost() -> None:
    """What can no longer be reached is named."""
    fork = workflow("a", "open left! right!", rule("left", "open", "left"), rule("right", "open", "right"))
    course = Course(programme(simple("x", "a.left"), fork))
    course.take("a", "right")
    assert way_out(course.standing, "x", "finish") == WayOut(False, lost=("a.left",))
    assert way_out(course.standing, "a", "left") == WayOut(False, lost=("a.open",))


def test_suspended_machine_resumes() -> None:
    """A suspended machine on the way resumes first; suspending is never proposed."""
    halted = workflow(
        "a", "open working done* halted~", rule("begin", "open", "working"), rule("finish", "working", "done"),
        rule("halt", "working", "halted", effect="suspend"), rule("resume", "halted", "working", effect="resume"),
    )  # fmt: skip
    course = Course(programme(simple("x", "a.done"), halted))
    course.take("a", "begin")
    course.take("a", "halt")
    assert steps(way_out(course.standing, "x", "finish")) == ["a.resume", "a.finish"]
    course.take("a", "resume")
    assert not way_out(course.standing, "a", "resume").possible


def test_returned_machine_goes_on() -> None:
    """What was returned has to be reached again, no earlier than it was returned."""
    back = rule("return", "done", "open", effect="return")
    course = Course(programme(simple("x", "a.done"), workflow("a", "open done*", rule("finish", "open", "done"), back)))
    course.take("a", "finish", on="2014-02-01")
    course.take("a", "return", on="2014-03-01")
    found = way_out(course.standing, "x", "finish")
    assert steps(found) == ["a.finish"]
    assert found.earliest_on == date(2014, 3, 1)


REPORT = (
    rule("draft", "due", "drafted", not_before="period_start", outside_span=("after",)),
    rule("submit", "drafted", "submitted", not_before="period_end", outside_span=("after",)),
    rule("note", "submitted", "noted", outside_span=("after",)),
    rule("accept", "noted", "accepted", outside_span=("after",)),
    rule("return", "noted", "drafted", effect="return", outside_span=("after",)),
)


def reports(**close):
    return Course(
        programme(
            workflow("monthly", "due drafted submitted noted* accepted!", *REPORT, series=Series(1)),
            workflow("x", "open done*", rule("close", "open", "done", needs=[every("monthly.accepted")], **close)),
        )
    )


def test_every_report() -> None:
    """Every month's report accepted takes four steps for each, the last no earlier than its month's end."""
    found = way_out(reports(outside_span=("after",)).standing, "x", "close")
    assert len(found.steps) == 36
    assert found.earliest_on == date(2014, 8, 31)
    assert [step.earliest_on for step in found.steps] == sorted(step.earliest_on for step in found.steps)


def test_some_reports() -> None:
    """Three of nine reports take three times four steps."""
    flow = workflow("x", "open done*", rule("close", "open", "done", needs=[every("monthly.accepted", at_least=3)]))
    months = workflow("monthly", "due drafted submitted noted* accepted!", *REPORT, series=Series(1))
    assert len(way_out(Course(programme(months, flow)).standing, "x", "close").steps) == 12


@pytest.mark.parametrize("need", [every("partial.sent"), all_of(every("partial.sent"), "a.done")])
def test_series_without_instances(need) -> None:
    """A series of which the pilot has no instance asks for no step."""
    partial = workflow("partial", "due sent!", rule("send", "due", "sent"), series=Series(2, whole=True))
    course = Course(programme(partial, simple("a"), simple("x", need), end="2013-12-31"))
    assert [step for step in steps(way_out(course.standing, "x", "finish")) if step.startswith("partial")] == []


def test_too_late() -> None:
    """A way whose days lie after the pilot has no earliest day, unless the rule allows that side."""
    for side, expected in (((), None), (("after",), date(2014, 9, 20))):
        course = Course(programme(simple("x", "a.done", outside_span=side), simple("a", outside_span=("after",))))
        course.take("a", "finish", on="2014-09-20")
        assert way_out(course.standing, "x", "finish") == WayOut(True, (), expected)


def test_step_too_late() -> None:
    """A way has no earliest day either when one of its steps would lie after the pilot."""
    course = Course(
        programme(
            simple("x", "b.done", outside_span=("after",)), simple("b", "a.done"), simple("a", outside_span=("after",))
        )
    )
    course.take("a", "finish", on="2014-09-20")
    found = way_out(course.standing, "x", "finish")
    assert steps(found) == ["b.finish"]
    assert found.earliest_on is None


def test_longer_but_in_time() -> None:
    """A way that can still happen within the pilot is preferred to a shorter one that cannot."""
    late = simple("late", outside_span=("after",))
    for flow in (simple("x", any_of("late.done", "a.done")), simple("x", any_of("b.done", "a.done"))):
        course = Course(programme(flow, simple("b", "late.done"), late, task("a")))
        course.take("late", "finish", on="2014-09-20")
        found = way_out(course.standing, "x", "finish")
        assert steps(found) == ["a.begin", "a.finish"]
        assert found.earliest_on == date(2013, 12, 1)


def test_earliest_of_alternatives() -> None:
    """A step that waits for either of two gets the day of the earlier one, wherever that one is in the order."""
    course = Course(
        programme(
            simple("x", "s.done", "slow.done", "fast.done"),
            simple("s", any_of("slow.done", "fast.done")),
            workflow("slow", "open working done*", rule("begin", "open", "working"), rule("finish", "working", "done")),
            simple("fast"),
        )
    )
    course.take("slow", "begin", on="2014-05-01")
    found = way_out(course.standing, "x", "finish")
    days = {step.machine: step.earliest_on for step in found.steps}
    assert days == {"fast": date(2013, 12, 1), "s": date(2013, 12, 1), "slow": date(2014, 5, 1)}
    assert found.earliest_on == date(2014, 5, 1)


def test_gives_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A search that is ended says so instead of calling the transition impossible for certain."""
    monkeypatch.setattr(wayout, "EXPANSIONS_MAX", 2)
    course = Course(programme(simple("x", "a.done", "b.done", "c.done"), task("a"), task("b"), task("c")))
    found = way_out(course.standing, "x", "finish")
    assert (found.possible, found.gave_up) == (False, True)


def test_unknown() -> None:
    """A machine or trigger that does not exist is a KeyError."""
    standing = Course(programme(simple("x"))).standing
    with pytest.raises(KeyError):
        way_out(standing, "y", "finish")
    with pytest.raises(KeyError):
        way_out(standing, "x", "begin")
