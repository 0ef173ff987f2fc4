"""The panel in a real browser: with JavaScript and without, in both languages, wide and narrow, without a barrier."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUM = os.environ.get("MLW_TEST_CHROMIUM", "/usr/bin/chromium")
RUN = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"
FIND = """async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`)"""


@dataclass
class Served:
    """A panel in a process of its own."""

    process: subprocess.Popen[str]
    address: str
    accounts: list[dict[str, str]]

    def account(self, role: str) -> dict[str, str]:
        """The first account of a role."""
        return next(account for account in self.accounts if account["role"] == role)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Served]:
    """``mlw demo``, on any free port."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MLW_", "LC_", "LANG"))}
    environment = {**clean, "MLW_HOME": str(tmp_path), "MLW_LANG": "pl"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "demo", "--port", "0", "--json"], env=environment, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    decoder, text = json.JSONDecoder(), ""
    for line in process.stdout:
        text += line
        try:
            told, _ = decoder.raw_decode(text)
        except json.JSONDecodeError:
            continue
        break
    else:
        pytest.fail("the demo ended before it opened")
    yield Served(process, told["address"], told["accounts"])
    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=30) == 0
    process.stdout.close()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The system's Chromium."""
    if not Path(CHROMIUM).exists():
        pytest.fail("no Chromium: install it (Debian: apt-get install chromium), or name it in MLW_TEST_CHROMIUM")
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Opens a page of its own; whatever the browser complains of fails the test."""
    complaints: list[str] = []
    contexts: list[Any] = []

    def make(**given: Any) -> Page:
        contexts.append(chromium.new_context(**given))
        opened: Page = contexts[-1].new_page()
        opened.on("pageerror", lambda error: complaints.append(str(error)))
        opened.on("console", lambda message: complaints.append(message.text) if "Policy" in message.text else None)
        return opened

    yield make
    for context in contexts:
        context.close()
    assert complaints == []


def log_in(page: Page, served: Served, role: str) -> None:
    account = served.account(role)
    page.goto(served.address)
    page.get_by_label("Adres e-mail").fill(account["login"])
    page.get_by_label("Hasło").fill(account["password"])
    page.locator("form").filter(has=page.get_by_label("Hasło")).get_by_role("button", name="Zaloguj się").click()
    page.wait_for_url(re.compile(r"/(pilots|matrix)"))


def barriers(page: Page) -> list[str]:
    """What axe-core finds, and a page wider than its window."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(FIND)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{page.url}: {one}" for one in (*found, *(["too wide"] if wide else []))]


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_a_refused_coding_leads_to_the_appointment_and_then_goes(
    demo: Served, page: Callable[..., Page], scripts: bool
) -> None:
    """The coordinator of Tłuszcz tries to code, is led to what is missing, does it and codes: all by clicking."""
    there = page(java_script_enabled=scripts)
    log_in(there, demo, "coordinator")
    expect(there.get_by_role("heading", name="Tłuszcz")).to_be_visible()
    there.get_by_role("link", name="Kodowanie Katalogu Lokalnych Interesariuszy").first.click()
    there.get_by_role("link", name="Zakoduj katalog").click()
    there.get_by_role("button", name="Zapisz").last.click()
    expect(there.get_by_role("heading", name="Nie zapisano tego kroku")).to_be_visible()
    there.get_by_role("link", name="Powołaj zespół").click()
    there.get_by_label("Numer zarządzenia").fill("0050.60.2014")
    there.get_by_role("button", name="Zapisz").last.click()
    expect(there.locator(".govuk-notification-banner")).to_contain_text("Powołaj zespół, 31 maja 2014")
    there.get_by_role("link", name="Tłuszcz").click()
    there.get_by_role("link", name="Kodowanie Katalogu Lokalnych Interesariuszy").first.click()
    there.get_by_role("link", name="Zakoduj katalog").click()
    there.get_by_role("button", name="Zapisz").last.click()
    expect(there.locator(".govuk-summary-list")).to_contain_text("Katalog zakodowany")
    there.get_by_role("button", name="Wyloguj").click()
    expect(there.get_by_role("heading", name="Logowanie")).to_be_visible()


def test_no_page_has_a_barrier(demo: Served, page: Callable[..., Page], tmp_path: Path) -> None:
    """axe-core finds nothing on any page, in both languages, on a desk and on a phone; nothing scrolls sideways."""
    found: list[str] = []
    pictures = Path(os.environ.get("MLW_TEST_PICTURES", tmp_path))
    pictures.mkdir(parents=True, exist_ok=True)
    for width in (1100, 320):
        there = page(viewport={"width": width, "height": 800})

        def look(name: str, there: Page = there, width: int = width) -> None:
            for language in ("en", "pl"):
                there.goto(f"{demo.address}/language/{language}?back=/nowhere")
                answer = there.goto(f"{demo.address}{name}")
                assert answer is not None
                assert answer.status == (404 if name == "/nowhere" else 200), name
                found.extend(barriers(there))
                picture = re.sub(r"\W+", "-", f"{name}-{language}-{width}").strip("-")
                there.screenshot(path=pictures / f"{picture}.png", full_page=True)

        for name in ("/", "/password/forgotten", "/nowhere", "/demo", "/accessibility"):
            look(name)
        log_in(there, demo, "coordinator")
        for name in (
            "/pilots/tluszcz", "/pilots/tluszcz/w01", "/pilots/tluszcz/w07", "/pilots/tluszcz/monthly/2013-12",
            "/pilots/tluszcz/w06?step=code", "/pilots/tluszcz/w01?step=hold_meeting",
            "/pilots/tluszcz/w01?step=complete", "/pilots/tluszcz/w03?step=designate_regular",
            "/pilots/tluszcz/w07?step=correct",
        ):  # fmt: skip
            look(name)
        there.goto(f"{demo.address}/publish/tluszcz")
        there.get_by_role("button", name=re.compile("stronę")).click()
        look("/publish/tluszcz")
        if width == 1100:
            look("/public/tluszcz")
        for name, button in (
            ("/pilots/tluszcz/w06?step=code", "Zapisz"),
            ("/pilots/tluszcz/w01?step=complete", "Zapisz"),
        ):
            there.goto(f"{demo.address}{name}")
            there.get_by_role("button", name=button).last.click()
            expect(there.locator(".govuk-error-summary")).to_be_visible()
            found.extend(barriers(there))
        there.get_by_role("button", name="Wyloguj").click()
        expect(there.get_by_role("heading", name="Logowanie")).to_be_visible()
        log_in(there, demo, "implementing_body")
        for name in ("/pilots", "/matrix", "/matrix?column=w06&on-day=1&on-month=3&on-year=2014&known=then"):
            look(name)
    assert found == []


def test_the_keyboard_reaches_everything(demo: Served, page: Callable[..., Page]) -> None:
    """Tab first shows the way to the content; a refusal takes the focus to its summary; Enter sends the form."""
    there = page()
    log_in(there, demo, "coordinator")
    there.keyboard.press("Tab")
    assert there.evaluate("document.activeElement.className") == "govuk-skip-link"
    there.keyboard.press("Enter")
    assert there.evaluate("document.activeElement.id") == "main-content"
    there.goto(f"{demo.address}/pilots/tluszcz/w07?step=appoint")
    there.get_by_label("Numer zarządzenia").focus()
    there.keyboard.press("Enter")
    there.wait_for_selector(".govuk-error-summary")
    assert "govuk-error-summary" in there.evaluate("document.activeElement.className")
    there.get_by_role("link", name="Brakuje danych").click()
    assert there.evaluate("document.activeElement.id") == "e-order_number"


def test_the_demo_opens_with_an_account_for_each_role(demo: Served) -> None:
    """It says where it is and whom to log in as; it is alive, and ready."""
    assert {account["role"] for account in demo.accounts} >= {"coordinator", "animator", "mayor", "implementing_body"}
    for path in ("/healthz", "/readyz"):
        with urllib.request.urlopen(demo.address + path, timeout=10) as answer:
            assert answer.status == 200
