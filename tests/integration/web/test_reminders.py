"""The reminders on record: what was sent to whom and why, what was not, and whether that was right."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from html import unescape
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.services import reminded
from mlw_workflow.services.remind import tick

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from conftest import Browser, Panel

_ROW = re.compile(r'<tr class="govuk-table__row" role="row">\s*<td(.*?)</tr>', re.DOTALL)


@pytest.fixture
def told(panel: Panel) -> Panel:
    """A panel whose reminders of 31 May 2014 were considered."""
    tick(panel.desk, datetime(2014, 5, 31, 10, 0, tzinfo=UTC))
    return panel


def rows(browser: Browser, path: str = "/reminders") -> list[str]:
    """The rows of the list as text."""
    page = browser.get(path).text.partition('id="list"')[2]
    return [" ".join(unescape(re.sub(r"<[^>]*>", " ", "<td" + row)).split()) for row in _ROW.findall(page)]


def test_each_reminder_says_whom_why_and_what_became_of_it(told: Panel) -> None:
    """Sent ones and left-out ones, each with its reason; a coordinator sees those of their own municipality."""
    body, coordinator = told.as_("implementing-body"), told.as_("coordinator.tluszcz")
    everything = rows(body)
    assert any("pominięte: nikt nie pełni tej roli" in row for row in everything)
    assert any("czeka na wiadomość" in row and "rola: Koordynator MLW" in row for row in everything)
    skipped = rows(body, "/reminders?became=skipped")
    assert skipped
    assert all("pominięte" in row for row in skipped)
    own = rows(coordinator)
    assert own
    assert not any("Gościeradów" in row for row in own)
    assert all("Animator MLW, Tłuszcz" in row for row in rows(coordinator, "/reminders?who=animator"))
    assert rows(body, "/reminders?to=2013-11-30") == []
    assert body.get("/reminders?from=wczoraj").status_code == 400


def test_the_list_of_reminders_goes_on(told: Panel, monkeypatch: pytest.MonkeyPatch) -> None:
    """Page by page each reminder comes once."""
    browser = told.as_("coordinator.tluszcz")
    whole = rows(browser)
    monkeypatch.setattr(reminded, "PAGE", 3)
    found, path = [], "/reminders"
    while path:
        found += rows(browser, path)
        following = re.search(r'href="(/reminders\?[^"]*below=[^"]+)" rel="next"', browser.get(path).text)
        path = unescape(following[1]) if following else ""
    assert found == whole
    assert len(found) > 3


def test_the_second_reading_finds_what_was_not_sent(
    told: Panel, open_panel: Callable[..., Panel], tmp_path: Path
) -> None:
    """Everything holds where reminders were considered; two weeks later, with nobody sending any, they are missing."""
    browser = told.as_("coordinator.tluszcz")
    assert "nikt tu jeszcze nie sprawdzał" in browser.get("/reminders").text
    browser.post("/reminders", {})
    assert "wszystko się zgadza" in browser.get("/reminders").text
    (tmp_path / "home").rename(tmp_path / "before")
    browser = open_panel(today=date(2014, 6, 14)).as_("coordinator.tluszcz")
    browser.post("/reminders", {})
    page = browser.get("/reminders").text
    assert "coś się nie zgadza" in page
    assert "Koordynator MLW, Tłuszcz" in page.partition("Brakujące")[2]
