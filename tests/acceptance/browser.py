"""The panel in a browser: ``mlw demo`` in a process of its own, and the system's Chromium."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
AXE = ROOT / "frontend" / "node_modules" / "axe-core" / "axe.min.js"
CHROMIUMS = ("chromium-headless-shell", "chromium", "google-chrome")
"""The first is Chromium without a window's own pages, which cost a quarter of the time."""
CHROMIUM = os.environ.get("MLW_TEST_CHROMIUM") or next(filter(None, map(shutil.which, CHROMIUMS)), "")
expect.set_options(timeout=30_000)  # a slow machine is no reason to fail
RUN = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"
FIND = """async () => (await axe.run()).violations.map(v => `${v.id}: ${v.nodes.map(n => n.html).join(' ')}`)"""

TABLES = """() => [...document.querySelectorAll('.mlw-scroll')].flatMap(box => {
  const hint = box.previousElementSibling, table = box.querySelector('.mlw-stack');
  const told = hint && hint.matches('.mlw-sideways') && hint.offsetHeight > 0;
  const heads = table ? [...table.tHead.rows[0].cells].map(head => head.textContent.trim()) : [];
  const rows = table ? [...table.tBodies].flatMap(body => [...body.rows]) : [];
  const said = rows.filter(row => !row.querySelector('[colspan]'))
    .map(row => [...row.cells].map(cell => cell.dataset.label || ''));
  return [
    ...(box.scrollWidth > box.clientWidth && !told ? ['scrolls without a word'] : []),
    ...(box.scrollWidth > box.clientWidth && table && innerWidth < 640 ? ['a table of records scrolls'] : []),
    ...said.filter(names => names.join() !== heads.join()).map(names => `cells named ${names}, columns ${heads}`),
  ];
})"""


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
    with served(tmp_path) as panel:
        yield panel


@pytest.fixture(scope="module")
def common_demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """The same for all tests of a module that only look."""
    with served(tmp_path_factory.mktemp("demo")) as panel:
        yield panel


@contextmanager
def served(home: Path) -> Iterator[Served]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("MLW_", "LC_", "LANG"))}
    environment = {**clean, "MLW_HOME": str(home), "MLW_LANG": "pl"}
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
    if not Path(CHROMIUM).is_file():
        pytest.fail("no Chromium: install it (Debian: chromium-headless-shell), or name it in MLW_TEST_CHROMIUM")
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
    expect(page.get_by_role("button", name="Wyloguj")).to_be_visible()


def barriers(page: Page) -> list[str]:
    """What axe-core finds, a page wider than its window, what scrolls in it unannounced, and cells named wrongly."""
    page.evaluate(AXE.read_text("utf-8"))
    found: list[str] = page.evaluate(FIND) + page.evaluate(TABLES)
    wide = page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    return [f"{page.url}: {one}" for one in (*found, *(["too wide"] if wide else []))]
