"""The links above each page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Panel

LINK = re.compile(r'service-navigation__link" href="([^"]*)"\s*(?:aria-current="(\w+)")?')


def links(page: str) -> dict[str, str]:
    """The links by address, with how each is marked."""
    return dict(LINK.findall(page))


def test_people_of_one_municipality_are_led_to_their_board(panel: Panel) -> None:
    """The link to the board is marked on the board, and on the pages below it."""
    coordinator = panel.as_("coordinator.tluszcz")
    assert links(coordinator.get("/pilots/tluszcz").text)["/pilots/tluszcz"] == "page"
    assert links(coordinator.get("/pilots/tluszcz/w01").text)["/pilots/tluszcz"] == "true"


def test_work_begins_where_there_is_some(panel: Panel) -> None:
    """An administrator without a role lands on the administration; whoever takes no steps is led to none of their own,
    and what waits for them is nothing, on the right day.
    """
    admin = panel.as_("admin")
    assert admin.get("/").headers["location"] == "/admin"
    assert set(links(admin.get("/admin").text)) == {"/admin"}
    mentor = panel.as_("mentor.tluszcz")
    assert "/my" not in links(mentor.get("/pilots/tluszcz").text)
    assert "31\u00a0maja 2014" in mentor.get("/my").text.split("<main")[1]


def test_links_are_for_those_who_may_follow_them(panel: Panel) -> None:
    """Each link that somebody is shown opens; a visitor who is not logged in is shown none."""
    assert links(panel.browser().get("/").text) == {}
    for login in ("coordinator.tluszcz", "animator.tluszcz", "mayor.tluszcz", "implementing-body"):
        browser = panel.as_(login)
        home = browser.get("/pilots")
        shown = links(browser.get(home.headers.get("location", "/pilots")).text)
        assert shown, login
        for href in shown:
            assert browser.get(href).status_code in (200, 303), (login, href)


def test_an_address_that_is_none_is_told_with_the_menu(panel: Panel) -> None:
    """Whoever mistyped an address gets on from there; also while the database is away."""
    coordinator = panel.as_("coordinator.tluszcz")
    lost = coordinator.get("/nowhere")
    assert lost.status_code == 404
    assert "/pilots/tluszcz" in links(lost.text)
    database = panel.settings.home / "mlw.sqlite3"
    database.rename(database.with_name("elsewhere"))
    assert coordinator.get("/nowhere").status_code == 404
