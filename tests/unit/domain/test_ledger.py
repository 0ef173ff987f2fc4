"""From entries to positions and memberships."""

from datetime import UTC, date, datetime

import pytest

from mlw_workflow.domain.ledger import Entry, Membership, fold, memberships, roles_on

INITIAL = {"a": "open", "b": "open"}
AT = datetime(2014, 6, 1, tzinfo=UTC)


def moved(seq: int, machine: str, came: str, went: str, day: int = 1, effect: str = "advance") -> Entry:
    return Entry(
        "p", seq, "0" * 64, "transition", AT, "x",
        machine=machine, trigger="t", from_state=came, to_state=went, effect=effect, occurred_on=date(2014, 6, day),
    )  # fmt: skip


def corrected(seq: int, machine: str, undoes: int) -> Entry:
    return Entry("p", seq, "0" * 64, "correction", AT, "x", machine=machine, trigger="correct", undoes=undoes)


def other(seq: int, kind: str) -> Entry:
    return Entry("p", seq, "0" * 64, kind, AT, "x", machine="a", person="x", role="r", since=date(2014, 1, 1))


def test_fold() -> None:
    """Transitions move their machine; openings, refusals and memberships move nothing."""
    course = [other(1, "opening"), other(2, "membership"), moved(3, "a", "open", "on"), other(4, "refusal")]
    course += [moved(5, "a", "on", "done", day=3)]
    found = fold(INITIAL, course)
    assert list(found) == ["a"]
    assert found["a"].state == "done"
    assert [(step.seq, step.occurred_on.day) for step in found["a"].steps] == [(3, 1), (5, 3)]


def test_fold_of_a_correction() -> None:
    """A correction takes back the step it names; what stands in its initial state again is left out."""
    course = [
        moved(1, "a", "open", "on"),
        moved(2, "a", "on", "done"),
        moved(3, "b", "open", "on"),
        corrected(4, "a", 2),
    ]
    assert fold(INITIAL, course)["a"].state == "on"
    course += [corrected(5, "b", 3), moved(6, "a", "on", "done")]
    assert {machine: position.state for machine, position in fold(INITIAL, course).items()} == {"a": "done"}


@pytest.mark.parametrize(
    ("course", "entry"),
    [
        ([moved(1, "a", "on", "done")], 1),
        ([moved(1, "a", "open", "on"), moved(2, "a", "open", "on")], 2),
        ([moved(1, "x", "open", "on")], 1),
        ([moved(1, "a", "open", "on", day=5), moved(2, "a", "on", "done", day=4)], 2),
        ([corrected(1, "a", 1)], 1),
        ([moved(1, "a", "open", "on"), moved(2, "a", "on", "done"), corrected(3, "a", 1)], 3),
        ([moved(1, "a", "open", "on"), corrected(2, "b", 1)], 2),
        ([moved(1, "a", "open", "on"), corrected(2, "a", 1), corrected(3, "a", 1)], 3),
    ],
    ids=["wrong start", "twice", "unknown machine", "back in time", "nothing", "not the last", "of another", "again"],
)
def test_fold_refuses_what_does_not_fit(course: list[Entry], entry: int) -> None:
    """An entry that does not fit the course before it is named."""
    with pytest.raises(ValueError, match=f"^entry {entry}:"):
        fold(INITIAL, course)


def member(seq: int, person: str, role: str, since: str, until: str | None = None) -> Entry:
    end = date.fromisoformat(until) if until else None
    return Entry(
        "p", seq, "0" * 64, "membership", AT, "x", person=person, role=role, since=date.fromisoformat(since), until=end
    )


def test_last_word_on_a_membership_counts() -> None:
    """Giving the same role from the same day again sets another end."""
    course = [member(1, "x", "clerk", "2014-01-01"), member(2, "x", "clerk", "2014-01-01", "2014-03-31")]
    assert memberships(course) == (Membership("x", "clerk", date(2014, 1, 1), date(2014, 3, 31)),)


def test_roles_on_a_day() -> None:
    """Both ends of a membership belong to it; roles come in the order in which they were given, each once."""
    held = memberships(
        [
            member(1, "x", "mayor", "2014-02-01"),
            member(2, "x", "clerk", "2014-01-01", "2014-03-31"),
            member(3, "x", "clerk", "2014-03-01"),
            member(4, "y", "chief", "2014-01-01"),
        ]
    )
    expected = {
        "2013-12-31": (),
        "2014-01-01": ("clerk",),
        "2014-02-01": ("mayor", "clerk"),
        "2014-03-31": ("mayor", "clerk"),
        "2014-04-01": ("mayor", "clerk"),
    }
    assert {day: roles_on(held, "x", date.fromisoformat(day)) for day in expected} == expected
    ended = held[:2]
    assert roles_on(ended, "x", date(2014, 3, 31)) == ("mayor", "clerk")
    assert roles_on(ended, "x", date(2014, 4, 1)) == ("mayor",)
    assert roles_on(held, "z", date(2014, 4, 1)) == ()
