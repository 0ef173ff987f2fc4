"""The panel in a real browser: with JavaScript and without, in both languages, wide and narrow, without a barrier."""

from __future__ import annotations

import os
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.acceptance.browser import Served, barriers, log_in

pytestmark = pytest.mark.slow


PAGES = {
    "": ("/", "/password/forgotten", "/nowhere", "/demo", "/accessibility"),
    "coordinator": (
        "/pilots/tluszcz", "/pilots/tluszcz/w01", "/pilots/tluszcz/w07", "/pilots/tluszcz/monthly/2013-12",
        "/pilots/tluszcz/w06?step=code", "/pilots/tluszcz/w01?step=hold_meeting", "/pilots/tluszcz/w01?step=complete",
        "/pilots/tluszcz/w03?step=designate_regular", "/pilots/tluszcz/w07?step=correct",
        "/pilots/tluszcz/w07?step=suspend", "/pilots/tluszcz/budget_shift?step=ask",
        "/pilots/tluszcz/w01?step=hold_meeting&kept=1", "/requests/tluszcz", "/deputies/tluszcz", "/publish/tluszcz",
    ),
    "animator": ("/my", "/my/reminders/tluszcz/submit/monthly/2014-04", "/account", "/account/tokens", "/calendar"),
    "implementing_body": (
        "/pilots", "/matrix", "/matrix?column=w06&on-day=1&on-month=3&on-year=2014&known=then",
        "/queue", "/queue/tluszcz/w05", "/queue/preview?item=tluszcz:w05:1", "/queue/result?item=tluszcz:w05:1:moved",
        "/past/tluszcz?on-day=1&on-month=3&on-year=2014", "/difference/tluszcz?from=2014-03-01",
        "/graph/tluszcz", "/timeline/tluszcz", "/audit?pilot=tluszcz", "/audit/tluszcz/12", "/findings?state=all",
        "/findings/tluszcz/deadline_missed/monthly/2013-12", "/checkpoints", "/reminders",
    ),
    "auditor": ("/pilots", "/pilots/tluszcz"),
    "admin": ("/admin", "/admin/people", "/admin/programmes", "/admin/settings", "/admin/health", "/admin/webhooks"),
}  # fmt: skip
"""What each role is shown; what needs a click first is clicked to below."""


@pytest.mark.parametrize("role", PAGES)
def test_no_page_has_a_barrier(common_demo: Served, page: Callable[..., Page], tmp_path: Path, role: str) -> None:
    """axe-core finds nothing on any page: in both languages on a desk, in the longer one on a phone, where nothing
    scrolls sideways.
    """
    found: list[str] = []
    pictures = Path(os.environ.get("MLW_TEST_PICTURES", tmp_path))
    pictures.mkdir(parents=True, exist_ok=True)
    for width, languages in ((1100, ("en", "pl")), (320, ("pl",))):
        there = page(viewport={"width": width, "height": 800})
        if role:
            log_in(there, common_demo, role)
        for language in languages:
            there.goto(f"{common_demo.address}/language/{language}?back=/nowhere")
            for name in PAGES[role]:
                answer = there.goto(f"{common_demo.address}{name}")
                assert answer is not None
                assert answer.status == (404 if name == "/nowhere" else 200), name
                found.extend(barriers(there))
                picture = re.sub(r"\W+", "-", f"{name}-{language}-{width}").strip("-") or "login"
                there.screenshot(path=pictures / f"{picture}.png", full_page=True)
    assert found == []


def test_what_a_click_shows_has_no_barrier_either(demo: Served, page: Callable[..., Page]) -> None:
    """A refusal, a public page, a mail of the demonstration."""
    there = page()
    log_in(there, demo, "coordinator")
    found: list[str] = []
    for name in ("/pilots/tluszcz/w06?step=code", "/pilots/tluszcz/w01?step=complete"):
        there.goto(f"{demo.address}{name}")
        there.get_by_role("button", name="Zapisz", exact=True).last.click()
        expect(there.locator(".govuk-error-summary")).to_be_visible()
        found.extend(barriers(there))
    there.goto(f"{demo.address}/publish/tluszcz")
    there.get_by_role("button", name="Włącz stronę").click()
    there.goto(f"{demo.address}/public/tluszcz")
    found.extend(barriers(there))
    there.goto(f"{demo.address}/demo")
    there.get_by_role("button", name="Tydzień dalej").click()
    expect(there.locator(".govuk-notification-banner")).to_be_visible()
    there.locator(".mlw-history a").first.click()
    expect(there.locator(".mlw-letter")).to_be_visible()
    found.extend(barriers(there))
    assert found == []


def test_the_keyboard_reaches_everything(common_demo: Served, page: Callable[..., Page]) -> None:
    """Tab first shows the way to the content; a refusal takes the focus to its summary; Enter sends the form."""
    there = page()
    log_in(there, common_demo, "coordinator")
    there.keyboard.press("Tab")
    assert there.evaluate("document.activeElement.className") == "govuk-skip-link"
    there.keyboard.press("Enter")
    assert there.evaluate("document.activeElement.id") == "main-content"
    there.goto(f"{common_demo.address}/pilots/tluszcz/w07?step=appoint")
    there.get_by_label("Numer zarządzenia").focus()
    there.keyboard.press("Enter")
    there.wait_for_selector(".govuk-error-summary")
    assert "govuk-error-summary" in there.evaluate("document.activeElement.className")
    there.get_by_role("link", name="Brakuje danych").click()
    assert there.evaluate("document.activeElement.id") == "e-order_number"


def test_the_demo_opens_with_an_account_for_each_role(common_demo: Served) -> None:
    """It says where it is and whom to log in as; it is alive, and ready."""
    assert {account["role"] for account in common_demo.accounts} >= {
        "coordinator",
        "animator",
        "mayor",
        "implementing_body",
        "auditor",
    }
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(common_demo.address + path, timeout=10) as answer:
            assert answer.status == 200


def test_the_matrix_shows_every_guideline_at_1280_px(common_demo: Served, page: Callable[..., Page]) -> None:
    """W01 to W13 stand side by side in the window, unmoved; and a line says that there is more to the right."""
    there = page(viewport={"width": 1280, "height": 800})
    log_in(there, common_demo, "implementing_body")
    there.goto(f"{common_demo.address}/matrix")
    box = there.locator("#matrix .mlw-scroll").bounding_box()
    last = there.locator("#sort-w13").locator("xpath=..").bounding_box()
    assert box
    assert last
    assert last["x"] + last["width"] <= box["x"] + box["width"] <= 1280
    expect(there.get_by_text("Tabelę można przesuwać w bok.")).to_be_visible()


def test_the_matrix_changes_without_another_page(common_demo: Served, page: Callable[..., Page]) -> None:
    """A changed filter changes the table and the address in the same page; the slider fills in a day, and shows it."""
    there = page()
    log_in(there, common_demo, "implementing_body")
    there.goto(f"{common_demo.address}/matrix")
    expect(there.locator(".mlw-matrix tbody tr")).to_have_count(4)
    there.evaluate("window.samePage = true")
    there.get_by_label("Województwo").select_option("mazowieckie")
    expect(there.locator(".mlw-matrix tbody tr")).to_have_count(1)
    expect(there).to_have_url(re.compile("voivodeship=mazowieckie"))
    there.get_by_text("Pokaż inny dzień").click()
    slider = there.locator("#on-slider")
    slider.focus()
    with there.expect_response(re.compile(r"/matrix\?.*on-day=1&on-month=12&on-year=2013")):
        there.keyboard.press("Home")
    expect(there.locator("#matrix .govuk-inset-text")).to_contain_text("1 grudnia 2013")
    assert there.evaluate("window.samePage")
