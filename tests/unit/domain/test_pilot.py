"""The periods of a series, and the machines of a pilot."""

from datetime import date

import pytest

from mlw_workflow.domain.definition import Need, Series
from mlw_workflow.domain.pilot import periods, roster
from mlw_workflow.testing import Course, every, programme, rule, workflow


def found(series: Series, start: str, end: str) -> dict[str, tuple[str, str]]:
    return {
        key: (period.start.isoformat(), period.end.isoformat())
        for key, period in periods(series, date.fromisoformat(start), date.fromisoformat(end))
    }


def test_monthly() -> None:
    """A pilot from December 2013 to August 2014 has nine months, across New Year."""
    months = found(Series(1), "2013-12-01", "2014-08-31")
    assert list(months) == ["2013-12", *(f"2014-0{month}" for month in range(1, 9))]
    assert months["2013-12"] == ("2013-12-01", "2013-12-31")
    assert months["2014-02"] == ("2014-02-01", "2014-02-28")


def test_two_months_whole() -> None:
    """Of two-month periods the pilot has four; August alone is no whole one."""
    assert found(Series(2, key="number", whole=True), "2013-12-01", "2014-08-31") == {
        "1": ("2013-12-01", "2014-01-31"),
        "2": ("2014-02-01", "2014-03-31"),
        "3": ("2014-04-01", "2014-05-31"),
        "4": ("2014-06-01", "2014-07-31"),
    }


def test_two_months_with_a_rest() -> None:
    """Where periods need not be whole, the last one ends with the pilot."""
    found_all = found(Series(2), "2013-12-01", "2014-08-31")
    assert list(found_all) == ["2013-12", "2014-02", "2014-04", "2014-06", "2014-08"]
    assert found_all["2014-08"] == ("2014-08-01", "2014-08-31")


def test_span_within_months() -> None:
    """A first period begins with the pilot and a last one ends with it."""
    assert found(Series(1), "2014-01-15", "2014-03-10") == {
        "2014-01": ("2014-01-15", "2014-01-31"),
        "2014-02": ("2014-02-01", "2014-02-28"),
        "2014-03": ("2014-03-01", "2014-03-10"),
    }
    assert list(found(Series(1, whole=True), "2014-01-15", "2014-03-10")) == ["2014-01", "2014-02"]


@pytest.mark.parametrize(("end", "number"), [("2014-01-30", 0), ("2014-01-31", 1)])
def test_whole_period_ends_within_the_span(end: str, number: int) -> None:
    """A period is whole when its last day still belongs to the pilot."""
    assert len(found(Series(2, whole=True), "2013-12-01", end)) == number


def test_a_day() -> None:
    """A pilot of one day has one month, which is that day."""
    assert found(Series(1), "2014-05-20", "2014-05-20") == {"2014-05": ("2014-05-20", "2014-05-20")}


SENT = rule("send", "due", "sent")
PROGRAMME = programme(
    workflow("first", "open done*", rule("finish", "open", "done")),
    workflow("monthly", "due sent!", SENT, series=Series(1)),
    workflow("partial", "due sent!", SENT, series=Series(2, key="number", whole=True)),
    workflow("last", "open done*", rule("finish", "open", "done")),
    start="2014-01-01",
    end="2014-03-31",
)


def test_roster() -> None:
    """A pilot's machines come in the order of the definition, a series with its instances in order."""
    expected = ["first", "monthly/2014-01", "monthly/2014-02", "monthly/2014-03", "partial/1", "last"]
    assert list(roster(PROGRAMME, date(2014, 1, 1), date(2014, 3, 31))) == expected


def test_roster_of_each_programme_and_span() -> None:
    """Another span, or another programme, has its own machines."""
    other = programme(*PROGRAMME.workflows[:1])
    assert len(roster(PROGRAMME, date(2014, 1, 1), date(2014, 1, 31))) == 3
    assert len(roster(PROGRAMME, date(2014, 1, 1), date(2014, 3, 31))) == 6
    assert len(roster(other, date(2014, 1, 1), date(2014, 3, 31))) == 1


def test_expand() -> None:
    """A need on every instance becomes a group of needs on each; one on a series without instances asks nothing."""
    standing = Course(PROGRAMME).standing
    months = tuple(Need(f"monthly/2014-0{month}", "sent") for month in (1, 2, 3))
    assert standing.expand(every("monthly.sent")) == Need(at_least=3, of=months)
    assert standing.expand(every("monthly.sent", at_least=2)) == Need(at_least=2, of=months)
    short = Course(PROGRAMME, end="2014-01-31").standing
    assert short.expand(every("partial.sent")) == Need()
    assert list(short.expand(every("partial.sent")).leaves()) == []


def test_unknown_machine_has_no_position() -> None:
    """A machine the pilot does not have stands nowhere."""
    with pytest.raises(KeyError):
        Course(PROGRAMME).standing.position("monthly/2014-04")


def test_the_last_month_of_all() -> None:
    """Where the calendar ends, so do the periods."""
    assert list(found(Series(1), "9999-11-01", "9999-12-31")) == ["9999-11", "9999-12"]
