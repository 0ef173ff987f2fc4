"""A pilot on another day: its board as it stood then, and what changed between two days."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.domain.pilot import Position
from mlw_workflow.services.control import Span, difference_of, end_of
from mlw_workflow.services.standing import AsOf, standing_of
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from conftest import Panel
    from mlw_workflow.domain.pilot import Pilot

MARCH = "on-day=1&on-month=3&on-year=2014"
TASK = re.compile(r'task-list__link" href="/pilots/tluszcz/(w\d\d)".*?<li>W\d\d\. ([^<]*)</li>', re.DOTALL)


def tluszcz(panel: Panel) -> Pilot:
    with panel.desk.database.read() as connection:
        return next(one for one in repositories.pilots(connection) if one.code == "tluszcz")


@pytest.mark.parametrize("known", ["", "&known=then"])
def test_the_board_of_a_day_shows_each_task_as_it_stood(panel: Panel, known: str) -> None:
    """Its state is that of `mlw status --as-of`, by all that is known or by what was known then; no step is offered."""
    pilot, day = tluszcz(panel), date(2014, 3, 1)
    page = panel.as_("coordinator.tluszcz").get(f"/past/tluszcz?{MARCH}{known}").text
    instant = end_of(day, "Europe/Warsaw") - timedelta(microseconds=1) if known else None
    standing = standing_of(panel.desk, pilot, AsOf(day, instant))
    shown = dict(TASK.findall(page))
    assert len(shown) == 13
    for machine, text in shown.items():
        state = standing.position(machine).state
        assert text.startswith(standing.programme.workflow[machine].state[state].title["pl"]), machine
    moved = [machine for machine in shown if standing.position(machine) != Position(machine, "not_started")]
    assert bool(moved) is not bool(known)
    assert 'id="next"' not in page
    assert "1\u00a0marca 2014" in page


def test_today_is_the_board_itself(panel: Panel) -> None:
    """Without a day, or with today's, one lands on the board; a day to come is told."""
    browser = panel.as_("coordinator.tluszcz")
    for query in ("", "?on-day=31&on-month=5&on-year=2014"):
        assert browser.get(f"/past/tluszcz{query}").headers["location"] == "/pilots/tluszcz"
    late = browser.get("/past/tluszcz?on-day=1&on-month=6&on-year=2014")
    assert late.status_code == 422
    assert "Ten dzień jeszcze nie nadszedł." in late.text


def test_the_difference_is_the_one_of_the_command_line(panel: Panel) -> None:
    """Every state, verdict, deadline and finding that changed has a row, in each way of looking."""
    browser, pilot = panel.as_("implementing-body"), tluszcz(panel)
    for query, recorded in (("", False), ("&known=then", True)):
        page = browser.get(f"/difference/tluszcz?from=2014-03-01&to=2014-05-31{query}")
        found = difference_of(panel.desk, pilot, Span(date(2014, 3, 1), date(2014, 5, 31), recorded=recorded))
        tables = {
            name: part.count('<th scope="row"')
            for name, part in re.findall(r'id="changed-(\w+)"(.*?)</table>', page.text, re.DOTALL)
        }
        expected = {"states": found.states, "verdicts": found.verdicts, "deadlines": found.deadlines,
                    "findings": found.findings}  # fmt: skip
        assert tables == {name: len(rows) for name, rows in expected.items() if rows}
        assert ("Co zapisano między" in page.text, "Co wydarzyło się między" in page.text) == (recorded, not recorded)
        assert page.text.count("<strong>") >= len([entry for entry in found.entries if entry.machine])


def test_days_in_the_wrong_order_are_told(panel: Panel) -> None:
    """As are days that are none; nothing is compared."""
    browser = panel.as_("coordinator.tluszcz")
    for query in ("from=2014-05-01&to=2014-03-01", "from-day=31&from-month=2&from-year=2014", "to=2014-06-30"):
        page = browser.get(f"/difference/tluszcz?{query}")
        assert page.status_code == 422, query
        assert "govuk-error-summary" in page.text
    assert panel.as_("coordinator.goscieradow").get("/difference/tluszcz").status_code == 404
