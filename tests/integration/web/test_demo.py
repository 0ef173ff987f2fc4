"""The demonstration's clock and mailbox, which no other panel has."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.settings import load_settings

if TYPE_CHECKING:
    from conftest import Panel


@pytest.fixture
def demo(open_panel: Callable[..., Panel]) -> Panel:
    """The panel as ``mlw demo`` opens it."""
    return open_panel(is_demo=True)


def test_days_that_pass_bring_the_mail_that_was_due_on_them(demo: Panel) -> None:
    """A week on, each mail has the date of a day in between, and can be read."""
    browser = demo.browser()
    answer = browser.post("/demo/clock", {"days": "7", "back": "/"}, shown="/demo")
    assert answer.status_code == 303
    assert browser.get("/readyz").json()["reminders"] == "ok"
    page = browser.get(answer.headers["location"]).text
    assert "Dziś jest 7\u00a0czerwca 2014." in page
    days = {date(int(y), int(m), int(d)) for d, m, y in re.findall(r"(\d\d)\.(\d\d)\.(\d{4}) 09:00", page)}
    assert days
    assert all(date(2014, 5, 31) < day <= date(2014, 6, 7) for day in days)
    mail = re.search(r'href="(/demo/mail/[^"]+)"', page)
    assert mail is not None
    assert "Terminy:" in browser.get(mail[1]).text


def test_what_is_recorded_afterwards_has_the_new_day(demo: Panel) -> None:
    """The board tells the day that the clock was moved to, and the demo's commands go by it."""
    browser = demo.as_("coordinator.tluszcz")
    moved = browser.post("/demo/clock", {"days": "1", "back": "/pilots/tluszcz"}, shown="/pilots/tluszcz")
    assert moved.headers["location"] == "/pilots/tluszcz"
    assert "Dziś jest 1\u00a0czerwca 2014." in browser.get("/pilots/tluszcz").text
    (demo.settings.home / "demo").mkdir()
    (demo.settings.home / "config.toml").rename(demo.settings.home / "demo" / "config.toml")
    commands = load_settings({"MLW_HOME": str(demo.settings.home)}, demo=True)
    assert commands.today == date(2014, 6, 1)


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"to-day": "30", "to-month": "5", "to-year": "2014"}, "zegar nie cofa się do dnia"),
        ({"to-day": "1", "to-month": "1", "to-year": "2016"}, "więcej niż 366 dni"),
        ({"to-day": "31", "to-month": "6", "to-year": "2014"}, "Proszę podać istniejący dzień"),
        ({"days": "999"}, "więcej niż 366 dni"),
    ],
)
def test_the_clock_goes_only_where_it_can(demo: Panel, typed: dict[str, str], told: str) -> None:
    """Not back, not years on, not to a day that is none: the page says so, and no day passes."""
    browser = demo.browser()
    answer = browser.post("/demo/clock", {"back": "/demo", **typed}, shown="/demo")
    assert answer.status_code == 422
    assert told in answer.text
    assert "Dziś jest 31\u00a0maja 2014." in browser.get("/demo").text


def test_an_office_has_neither(panel: Panel) -> None:
    """Where real people work, no page moves a clock or shows anybody's mail."""
    for path in ("/demo", "/demo/mail/20140606T070000Z-" + "0" * 40 + ".eml"):
        assert panel.browser().get(path).status_code == 404
    assert panel.browser().post("/demo/clock", {"days": "1"}, shown="/").status_code in (404, 405)


@pytest.mark.parametrize("name", ["..%2F..%2Fkeys%2Fsigning.key", "x.eml", "20140606T070000Z-" + "f" * 40 + ".eml"])
def test_only_mails_are_shown(demo: Panel, name: str) -> None:
    """No other file can be read that way."""
    assert demo.browser().get(f"/demo/mail/{name}").status_code == 404


def test_a_task_is_where_it_is_since_it_came_there(demo: Panel) -> None:
    """Suspended for a week and resumed, it stands on task, board and public page since the day before all that."""
    browser = demo.as_("coordinator.tluszcz")
    browser.post("/publish/tluszcz", {"do": "show"})
    for step, days, day in (("suspend", "1", "1"), ("resume", "6", "7")):
        browser.post("/demo/clock", {"days": days, "back": "/"}, shown="/demo")
        path = f"/pilots/tluszcz/w07?step={step}"
        typed = {"on-day": day, "on-month": "6", "on-year": "2014", "e-reason": "Choroba w zespole."}
        assert browser.post(path, {**browser.form(path), **typed}).status_code == 303
    for page in ("/pilots/tluszcz/w07", "/pilots/tluszcz", "/public/tluszcz"):
        text = " ".join(re.sub(r"<[^>]+>", " ", browser.get(page).text).split())
        assert "Skład zaproponowany, od 31 maja 2014" in text, page
