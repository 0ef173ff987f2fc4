"""My calendar: addresses for calendar programs, made and switched off on a page, and what a program is answered."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import vobject

from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.feeds import LIVE_MAX, all_feeds
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from conftest import Browser, Panel

_ADDRESS = re.compile(r'id="address">([^<]+)<')


def made(browser: Browser) -> str:
    """Make an address; its path."""
    answer = browser.post("/calendar/new", {}, shown="/calendar")
    found = _ADDRESS.search(answer.text)
    assert found is not None, answer.text
    return "/" + found[1].partition("//")[2].partition("/")[2]


def events(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [event.summary.value for event in vobject.readOne(answer.text).contents.get("vevent", [])]


def test_a_calendar_program_reads_what_its_owner_is_told_of(panel: Panel) -> None:
    """Without a cookie or a session; the same again is answered in one line, and what is new in full."""
    path = made(panel.as_("coordinator.tluszcz"))
    program = panel.browser()
    answer = program.get(path)
    assert {one.partition(": ")[2].partition(":")[0] or one for one in events(answer)}
    assert all("Tłuszcz" in one for one in events(answer))
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    assert "set-cookie" not in answer.headers
    etag = answer.headers["etag"]
    same = program.get(path, headers={"if-none-match": etag})
    assert (same.status_code, same.content, same.headers["etag"]) == (304, b"", etag)
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "tluszcz")
    given = {"date": "2014-08-20", "place": "Tłuszcz"}
    assert advance(panel.desk, Request(pilot, "conference", "announce", "coordinator", None, given)).admitted
    changed = program.get(path, headers={"if-none-match": etag})
    assert changed.headers["etag"] != etag
    assert "DTSTART;VALUE=DATE:20140820" in changed.text
    assert program.client.head(path).status_code == 200


def test_the_address_is_shown_once_and_ends_at_once(panel: Panel) -> None:
    """The page that lists addresses has no secret; who switches one off does not touch those of others."""
    browser, other = panel.as_("coordinator.tluszcz"), panel.as_("animator.tluszcz")
    path, theirs = made(browser), made(other)
    token = path.removeprefix("/feeds/").removesuffix(".ics")
    page = browser.get("/calendar").text
    assert token not in page
    assert "Adresy, które działają" in page
    for feed in all_feeds(panel.desk):
        assert browser.post("/calendar/revoke", {"feed": feed.id}, shown="/calendar").status_code == 303
    assert panel.browser().get(path).status_code == 404
    assert panel.browser().get(theirs).status_code == 200
    assert "Nie ma jeszcze żadnego" in browser.get("/calendar").text


def test_what_is_no_address_of_ours(panel: Panel) -> None:
    """Not found, in words for a program: no page, no cookie, whatever was asked for."""
    for token in ("x", "a" * 43, "a" * 5000, "%00", "%ff", "🗓"):
        answer = panel.browser().get(f"/feeds/{token}.ics")
        assert answer.status_code == 404, token
        assert "set-cookie" not in answer.headers
    assert panel.browser().get("/feeds/aaa.ics").text == "not found\n"
    assert panel.browser().client.post("/feeds/aaa.ics").status_code == 405


def test_nobody_piles_up_addresses(panel: Panel) -> None:
    """More than anybody has calendars are refused in a sentence; switching one off makes room."""
    browser = panel.as_("coordinator.tluszcz")
    for _ in range(LIVE_MAX):
        made(browser)
    answer = browser.post("/calendar/new", {}, shown="/calendar")
    assert answer.status_code == 422
    assert f"najwyżej {LIVE_MAX} adresów" in answer.text
    browser.post("/calendar/revoke", {"feed": all_feeds(panel.desk)[0].id}, shown="/calendar")
    assert made(browser)


def test_the_page_tells_how_and_where(panel: Panel) -> None:
    """Three ways to add it; and that a panel of one computer is read on that computer only. In English too."""
    browser = panel.as_("animator.tluszcz")
    page = browser.get("/calendar").text
    for words in ("Outlook", "Kalendarz Google", "iPhone", "tylko na tym komputerze", 'href="/calendar"'):
        assert words in page, words
    answer = browser.post("/calendar/new", {}, shown="/calendar")
    assert re.search(r'href="webcal://[^"]+/feeds/[^"]+\.ics"', answer.text)
