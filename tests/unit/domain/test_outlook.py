"""What is blocked and since when, what can be done, and what that would free."""

from datetime import UTC, date, datetime

import pytest

from mlw_workflow.domain.definition import Series
from mlw_workflow.domain.outlook import Open, blocked, open_now
from mlw_workflow.testing import Course, any_of, at_least, every, field, programme, rule, workflow

TODAY = date(2014, 5, 31)
NOW = datetime(2014, 5, 31, 12, tzinfo=UTC)


def simple(name, *needs, **given):
    return workflow(name, "open done*", rule("finish", "open", "done", needs=needs, **given))


def since(course: Course, machine: str = "x", today: date = TODAY) -> str:
    (item,) = blocked(course.standing, machine, today)
    return item.since.isoformat()


def opened(course: Course) -> dict[tuple[str, str], Open]:
    return {(item.machine, item.trigger): item for item in open_now(course.standing, TODAY, NOW)}


def test_blocked() -> None:
    """A step onwards whose prerequisite is unmet is blocked, by what and since when."""
    course = Course(programme(simple("x", "a.done", evidence=[field("paper")]), simple("a")))
    (item,) = blocked(course.standing, "x", TODAY)
    assert (item.machine, item.trigger, item.since) == ("x", "finish", date(2013, 12, 1))
    assert [(reason.code, reason.needs) for reason in item.reasons] == [("prerequisite_unmet", "a.done")]
    assert blocked(course.standing, "a", TODAY) == ()


def test_only_steps_onwards_are_blocked() -> None:
    """Returns, suspensions and waivers are not told as blocked."""
    flow = workflow("x", "open waived!", rule("waive", "open", "waived", effect="waive", needs=["a.done"]))
    assert blocked(Course(programme(flow, simple("a"))).standing, "x", TODAY) == ()


def test_since_the_machine_stands_there() -> None:
    """A step is blocked no longer than its machine has stood where it is."""
    flow = workflow(
        "x", "open working done*", rule("begin", "open", "working"), rule("finish", "working", "done", needs=["a.done"])
    )
    course = Course(programme(flow, simple("a")))
    course.take("x", "begin", on="2014-02-03")
    assert since(course) == "2014-02-03"


def test_since_all_else_was_met() -> None:
    """A step is blocked since the last of its other prerequisites was met."""
    course = Course(programme(simple("x", "a.done", "b.done"), simple("a"), simple("b")))
    course.take("a", "finish", on="2014-03-04")
    assert since(course) == "2014-03-04"


def test_since_the_first_of_alternatives() -> None:
    """Of alternatives the one that was met first counts; what was met in vain later does not."""
    course = Course(programme(simple("x", any_of("a.done", "b.done"), "c.done"), simple("a"), simple("b"), simple("c")))
    course.take("a", "finish", on="2014-01-10")
    course.take("b", "finish", on="2014-04-10")
    assert since(course) == "2014-01-10"


def test_since_a_part_was_met() -> None:
    """Of an unmet group the last part that was met counts."""
    need = at_least(3, "a.done", "b.done", "c.done")
    course = Course(programme(simple("x", need), simple("a"), simple("b"), simple("c")))
    course.take("a", "finish", on="2014-01-10")
    course.take("b", "finish", on="2014-04-10")
    assert since(course) == "2014-04-10"


def test_since_is_never_ahead() -> None:
    """A report that waits for its period is not blocked since a day that is still to come."""
    flow = workflow("m", "due sent!", rule("send", "due", "sent", not_before="period_end"), series=Series(1))
    course = Course(programme(flow))
    (item,) = blocked(course.standing, "m/2014-06", TODAY)
    assert [reason.code for reason in item.reasons] == ["date_too_early"]
    assert item.since == date(2013, 12, 1)
    assert since(course, "m/2014-06", date(2013, 11, 1)) == "2013-11-01"


def test_series_without_instances() -> None:
    """A need on a series without instances blocks nothing, and has no day."""
    partial = workflow("partial", "due sent!", rule("send", "due", "sent"), series=Series(2, whole=True))
    course = Course(programme(partial, simple("a"), simple("x", every("partial.sent"), "a.done"), end="2013-12-31"))
    assert since(course, today=date(2013, 12, 15)) == "2013-12-01"


def test_open_now() -> None:
    """What can be done is told in the order of the definition, with what it frees and what it leads to."""
    course = Course(programme(simple("x", "b.done"), simple("b", "a.done"), simple("a"), simple("free")))
    found = opened(course)
    assert list(found) == [("a", "finish"), ("free", "finish")]
    assert found["a", "finish"].unblocks == (("b", "finish"),)
    assert found["a", "finish"].leads_to == (("b", "finish"), ("x", "finish"))
    assert (found["free", "finish"].unblocks, found["free", "finish"].leads_to) == ((), ())


def test_free_beside_the_shortest_way() -> None:
    """A step that frees another is told so, even when the shortest way to it is a different one."""
    course = Course(programme(simple("x", any_of("a.done", "b.done")), simple("a"), simple("b")))
    found = opened(course)
    assert [found[machine, "finish"].unblocks for machine in "ab"] == [(("x", "finish"),)] * 2
    assert [found[machine, "finish"].leads_to for machine in "ab"] == [(("x", "finish"),), ()]


@pytest.mark.parametrize("both", [False, True])
def test_one_step_of_two_frees_nothing(both: bool) -> None:
    """A step frees another only when nothing else is missing."""
    course = Course(programme(simple("x", "a.done", "b.done"), simple("a"), simple("b")))
    if both:
        course.take("b", "finish")
    assert opened(course)["a", "finish"].unblocks == ((("x", "finish"),) if both else ())


def test_evidence_does_not_close() -> None:
    """What only waits for its evidence is open."""
    assert ("a", "finish") in opened(Course(programme(simple("a", evidence=[field("paper")]))))


def test_suspended_machine_can_resume_where_it_left() -> None:
    """Of the ways back only the one the machine will take is open."""
    flow = workflow(
        "x", "open one two halted~", rule("begin", "open", "one"), rule("halt", "one", "halted", effect="suspend"),
        rule("resume", "halted", "one", effect="resume"), rule("resume", "halted", "two", effect="resume"),
    )  # fmt: skip
    course = Course(programme(flow))
    course.take("x", "begin")
    course.take("x", "halt")
    assert [item.rule.to_state for item in open_now(course.standing, TODAY, NOW)] == ["one"]
