"""The page of one's own account."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlw_workflow.services.accounts import manage
from mlw_workflow.services.demo_people import PASSWORD

if TYPE_CHECKING:
    from conftest import Panel

WHO = "mayor.tluszcz"
LOGIN = f"{WHO}@demo.invalid"
NEW = "zielony rower 7"


def test_the_header_leads_to_ones_own_account(panel: Panel) -> None:
    """The name above every page is the link."""
    assert 'href="/account"' in panel.as_(WHO).get("/pilots/tluszcz").text


def test_a_password_is_changed_by_whoever_knows_the_old_one(panel: Panel) -> None:
    """Others sessions end, this one stays; a wrong old one, a short new one, two that differ change nothing."""
    other, browser = panel.as_(WHO), panel.as_(WHO)
    page = "/account/password"
    for form in (
        {"old": "wrong", "password": NEW, "again": NEW},
        {"old": PASSWORD, "password": "krótkie", "again": "krótkie"},
        {"old": PASSWORD, "password": NEW, "again": "inny rower 7"},
    ):
        answer = browser.post(page, form)
        assert answer.status_code == 422
        assert PASSWORD not in answer.text
    assert other.get("/account").status_code == 200
    assert browser.post(page, {"old": PASSWORD, "password": NEW, "again": NEW}).status_code == 303
    assert other.get("/account").status_code == 303
    assert browser.get("/account").status_code == 200
    assert panel.browser().log_in(LOGIN, PASSWORD).status_code == 422
    assert panel.browser().log_in(LOGIN, NEW).status_code == 303


def test_guessing_the_old_password_is_slowed_down(panel: Panel) -> None:
    """A session that somebody left open is no way to learn the password."""
    browser = panel.as_(WHO)
    form = {"old": "wrong", "password": NEW, "again": NEW}
    told = [browser.post("/account/password", form).text for _ in range(7)]
    assert "Za dużo nieudanych prób" in told[-1]
    right = browser.post("/account/password", {**form, "old": PASSWORD})
    assert right.status_code == 422


def test_sessions_are_shown_and_ended_one_by_one_or_all(panel: Panel) -> None:
    """Each with its browser and address; ending one logs it out, nobody else's can be ended."""
    browser = panel.as_(WHO)
    others = []
    for agent in ("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0", "Mozilla/5.0 (Linux; Android 15) Chrome/140 Safari/1"):
        another = panel.browser(headers={"user-agent": agent})
        another.log_in(LOGIN, PASSWORD)
        others.append(another)
    page = browser.get("/account").text
    assert "Firefox, Windows" in page
    assert "Chrome, Android" in page
    assert "z adresu testclient" in page
    assert browser.client.cookies["mlw_session"] not in page
    stranger = panel.as_("coordinator.tluszcz")
    for handle in re.findall(r'name="session" value="([0-9a-f]+)"', page):
        stranger.post("/account/sessions", {"session": handle}, shown="/account")
    assert all(one.get("/account").status_code == 200 for one in (browser, *others))
    newest = re.findall(r'name="session" value="([0-9a-f]+)"', page)[0]
    assert browser.post("/account/sessions", {"session": newest}, shown="/account").status_code == 303
    assert [one.get("/account").status_code for one in others] == [200, 303]
    browser.post("/account/sessions", {"all": "1"}, shown="/account")
    assert [one.get("/account").status_code for one in (browser, *others)] == [200, 303, 303]


def test_a_language_is_chosen_for_the_panel_and_its_mails(panel: Panel) -> None:
    """It is kept with the person: another browser speaks it at once; one that there is not is refused."""
    browser = panel.as_(WHO)
    assert browser.post("/account/language", {"language": "en"}, shown="/account").status_code == 303
    assert '<html lang="en"' in panel.as_(WHO).get("/account").text
    assert next(one for one in manage.list_accounts(panel.desk) if one.login == LOGIN).person.language == "en"
    assert browser.post("/account/language", {"language": "xx"}, shown="/account").status_code == 400
