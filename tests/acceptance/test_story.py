"""Tłuszcz from May 2014 to the signed Pact, by clicking alone: everybody in their role, days passing in between."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect
from tests.acceptance.browser import Served, log_in

pytestmark = pytest.mark.slow
REPORT = "Raport miesięczny, maj 2014"
CATALOGUE = "Kodowanie Katalogu Lokalnych Interesariuszy"
PACT = "Przygotowanie wstępnego Paktu na rzecz MLW"
PROMOTION = "Prezentacja i promocja MLW"
CONFERENCE = "Konferencja zamykająca pilotaż"


@dataclass
class Town:
    """The demonstration, with a window for each role that has logged in."""

    served: Served
    window: Callable[..., Page]
    scripts: bool
    windows: dict[str, Page] = field(default_factory=dict)

    def as_(self, role: str) -> Page:
        """The window of a role."""
        if role not in self.windows:
            self.windows[role] = self.window(java_script_enabled=self.scripts)
            log_in(self.windows[role], self.served, role)
        return self.windows[role]

    def task(self, role: str, title: str) -> Page:
        """A task, reached from the board of Tłuszcz."""
        there = self.as_(role)
        there.goto(f"{self.served.address}/pilots/tluszcz")
        there.locator("a.govuk-task-list__link").get_by_text(title, exact=True).click()
        expect(there.get_by_role("heading", level=1, name=title)).to_be_visible()
        return there

    def step(self, role: str, title: str, step: str) -> Page:
        """The form of a step, reached from its task."""
        there = self.task(role, title)
        link = there.get_by_role("link", name=step, exact=True).first
        if not link.is_visible():  # among the exceptional steps, which stand folded
            there.get_by_text("Inne kroki").click()
        link.click()
        expect(there.get_by_role("heading", level=1, name=step)).to_be_visible()
        return there

    def record(self, role: str, title: str, step: str, typed: Mapping[str, str] = {}, *, day: str = "") -> Page:
        """Take a step; the banner says that it was recorded."""
        there = self.step(role, title, step)
        if day:
            for part, value in zip(("day", "month", "year"), day.split("."), strict=True):
                there.locator(f"#on-{part}").fill(value)
        for name, value in typed.items():
            there.locator(f"[name='{name}']").first.fill(value)
        save(there)
        expect(there.locator(".govuk-notification-banner--success")).to_be_visible()
        return there

    def read_before(self, title: str, step: str) -> None:
        """The implementing body is kept from a step until it has looked at the evidence, to which a link leads."""
        there = self.step("implementing_body", title, step)
        expect(there.locator("main")).to_contain_text("trzeba zapoznać się z danymi")
        there.get_by_role("link", name="Pokaż", exact=True).click()
        expect(there.get_by_role("heading", name="Na czym się opiera")).to_be_visible()

    def on(self, day: str) -> None:
        """Days pass until that one, by the demonstration's own clock."""
        there = self.as_("coordinator")
        there.goto(f"{self.served.address}/demo")
        for part, value in zip(("day", "month", "year"), day.split("."), strict=True):
            there.locator(f"#to-{part}").fill(value)
        there.get_by_role("button", name="Przesuń zegar").click()
        expect(there.locator(".govuk-notification-banner")).to_be_visible()


def save(there: Page) -> None:
    there.get_by_role("button", name="Zapisz", exact=True).last.click()


def state(there: Page) -> str:
    return there.locator(".govuk-summary-list").first.inner_text()


@pytest.mark.parametrize("scripts", [True, False], ids=["with JavaScript", "without"])
def test_from_may_to_the_signed_pact(demo: Served, page: Callable[..., Page], scripts: bool) -> None:
    """A refused coding, a returned report and a correction on the way; at the end the public page names the parties."""
    town = Town(demo, page, scripts)

    # The catalogue cannot be coded before the team is appointed: the refusal leads to the appointment.
    there = town.step("coordinator", CATALOGUE, "Zakoduj katalog")
    save(there)
    expect(there.get_by_role("heading", name="Nie zapisano tego kroku")).to_be_visible()
    there.get_by_role("link", name="Powołaj zespół").first.click()
    there.get_by_label("Numer zarządzenia").fill("0050.60.2014")
    save(there)
    expect(there.locator(".govuk-notification-banner")).to_contain_text("Powołaj zespół, 31 maja 2014")
    town.record("coordinator", CATALOGUE, "Zakoduj katalog")
    assert "Katalog zakodowany" in state(there)

    # A meeting entered for the wrong day is taken back, and entered as it was.
    there = town.step("animator", PROMOTION, "Zapisz spotkanie")
    there.get_by_label("Miejsce", exact=True).fill("Jasienica")
    there.get_by_label("Mieszkańcy", exact=False).first.check()
    save(there)
    expect(there.locator(".govuk-notification-banner--success")).to_be_visible()
    there = town.task("coordinator", PROMOTION)
    there.get_by_text("Inne kroki").click()
    there.get_by_role("link", name="Cofnij ostatni zapis, bo był pomyłką").click()
    there.get_by_label("Na czym polegała pomyłka").fill("To spotkanie odbyło się w innej gminie.")
    save(there)
    expect(there.locator(".govuk-notification-banner--success")).to_be_visible()
    expect(there.locator(".mlw-history")).to_contain_text("później cofnięte")

    # The report for May: handed in, returned, improved, noted, accepted.
    town.on("5.6.2014")
    town.record("animator", REPORT, "Rozpocznij opracowanie raportu")
    town.record("animator", REPORT, "Złóż raport", {"e-summary": "Powołano zespół."})
    town.record("implementing_body", REPORT, "Zwróć raport do poprawy", {"e-reason": "Brakuje spotkań."})
    town.record("animator", REPORT, "Złóż raport", {"e-summary": "Powołano zespół, odbyły się dwa spotkania."})
    town.record("mayor", REPORT, "Przyjmij raport do wiadomości")
    town.read_before(REPORT, "Zaakceptuj raport")
    there = town.record("implementing_body", REPORT, "Zaakceptuj raport")
    assert "Zaakceptowany" in state(there)

    # The team approves the catalogue and drafts the Pact; the conference is announced and held.
    town.on("20.6.2014")
    town.record("zsl_member", CATALOGUE, "Zatwierdź katalog", {"e-resolution_number": "1/2014"})
    town.record("zsl_member", PACT, "Rozpocznij pracę nad Paktem")
    town.on("31.7.2014")
    town.record("zsl_member", PACT, "Zapisz projekt Paktu", {"e-document": "Pakt na rzecz MLW, projekt"})
    announced = {"e-date-day": "27", "e-date-month": "8", "e-date-year": "2014", "e-place": "Tłuszcz"}
    town.record("coordinator", CONFERENCE, "Ogłoś konferencję", announced)
    town.on("27.8.2014")
    parties = {"e-parties-1-name": "Gmina Tłuszcz", "e-parties-2-name": "Stowarzyszenie Kastor"}
    held = {"e-attendance": "98", **parties}
    there = town.record("coordinator", CONFERENCE, "Zapisz konferencję i podpisanie Paktu", held)
    assert "Odbyła się" in state(there)

    # Whoever has no account reads of it once the coordinator has switched the public page on.
    there.get_by_role("link", name="Strona publiczna").first.click()
    there.get_by_role("button", name="Włącz stronę").click()
    expect(there.get_by_role("button", name="Wyłącz stronę")).to_be_visible()
    anyone = page(java_script_enabled=scripts)
    anyone.goto(f"{demo.address}/public/tluszcz")
    expect(anyone.locator("main")).to_contain_text("Strony Paktu: Gmina Tłuszcz; Stowarzyszenie Kastor")
