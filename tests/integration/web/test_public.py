"""Pages for anybody. The public page: off until the coordinator switches it on, and without a word of any person."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from mlw_workflow.settings.accessibility import AccessibilitySettings
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from conftest import Panel

ATOM = "{http://www.w3.org/2005/Atom}"


def switch_on(panel: Panel) -> None:
    answer = panel.as_("coordinator.tluszcz").post("/publish/tluszcz", {"do": "show"})
    assert answer.status_code == 303


def test_nobody_reads_a_page_that_is_off(panel: Panel) -> None:
    """Before it is switched on, and after it is switched off, it is as if there were none."""
    coordinator, anyone = panel.as_("coordinator.tluszcz"), panel.browser()
    for path in ("/public/tluszcz", "/public/tluszcz/feed.atom", "/public/nowhere"):
        assert anyone.get(path).status_code == 404
    assert "Strona jest wyłączona" in coordinator.get("/publish/tluszcz").text
    switch_on(panel)
    assert anyone.get("/public/tluszcz").status_code == 200
    assert anyone.get("/public/goscieradow").status_code == 404
    coordinator.post("/publish/tluszcz", {"do": "hide"})
    assert anyone.get("/public/tluszcz").status_code == 404


def test_only_the_coordinator_switches_it(panel: Panel) -> None:
    """The mayor reads that the coordinator does it; a form sent all the same changes nothing."""
    mayor = panel.as_("mayor.tluszcz")
    assert "koordynator gminy" in mayor.get("/publish/tluszcz").text
    assert mayor.post("/publish/tluszcz", {"do": "show"}, shown="/pilots/tluszcz").status_code == 403
    assert panel.browser().get("/public/tluszcz").status_code == 404


def test_it_tells_what_is_done_what_is_planned_and_what_took_place(panel: Panel) -> None:
    """The meetings of Tłuszcz stand there with their place and audience, the reports as a count."""
    switch_on(panel)
    page = panel.browser().get("/public/tluszcz").text
    assert "Co zrobiono" in page
    assert "Co przed nami" in page
    assert re.search(r"gotowe: \d+ z 9", page)
    assert "Grupa odbiorców: " in page
    told = re.compile(r"Zrobiono \d+ z \d+ zada")
    assert told.findall(page) == told.findall(panel.as_("coordinator.tluszcz").get("/pilots/tluszcz").text) != []
    assert "termin minął 14\u00a0lutego 2014" in page
    assert "termin: 31\u00a0sierpnia 2014" in page


def test_whoever_types_what_it_shows_is_told(panel: Panel) -> None:
    """The place of a meeting says so, and asks for no names; what is not public says nothing."""
    form = panel.as_("coordinator.tluszcz").get("/pilots/tluszcz/w01?step=hold_meeting").text
    hints = dict(re.findall(r'id="(e-\w+)-hint" class="govuk-hint">\s*(.*?)\s*</div>', form, re.DOTALL))
    assert hints["e-place"].endswith("Może być widoczne na stronie publicznej; proszę nie wpisywać nazwisk.")
    assert sorted(name for name, hint in hints.items() if "stronie publicznej" in hint) == ["e-audience", "e-place"]


def test_no_value_that_is_not_public_is_shown(panel: Panel) -> None:
    """Of everything that was recorded, and of all names, only what the definition marks public is on page and feed."""
    switch_on(panel)
    told = panel.browser().get("/public/tluszcz").text + panel.browser().get("/public/tluszcz/feed.atom").text
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "tluszcz")
        programme = panel.desk.programme(pilot.definition)
        public = {field.id for workflow in programme.workflows for rule in workflow.rules
                  for field in rule.evidence if field.public}  # fmt: skip
        kept = list(repositories.evidence_of(connection, pilot.id))
        names = [person.name for person in repositories.people(connection)]
    assert public >= {"place", "audience", "parties"}
    hidden = [json.loads(item.value) for item in kept if item.field not in public and item.value is not None]
    texts = {text for text in hidden if isinstance(text, str) and len(text) > 7 and not text[:4].isdecimal()}
    assert len(texts) > 5
    assert [text for text in texts if text in told] == []
    assert [name for name in names if name in told] == []


def test_the_feed_is_atom_and_is_not_sent_twice(panel: Panel) -> None:
    """Every entry has an id of its own; a reader that has the feed already is told so."""
    switch_on(panel)
    reader = panel.browser()
    answer = reader.get("/public/tluszcz/feed.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = ET.fromstring(answer.text)
    ids = [entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry")]
    assert len(ids) == len(set(ids)) > 3
    titles = [entry.findtext(f"{ATOM}title") or "" for entry in feed.iter(f"{ATOM}entry")]
    assert "Prezentacja i promocja MLW: Sulejów, 28 maja 2014" in titles
    assert feed.findtext(f"{ATOM}updated")
    again = panel.browser().get("/public/tluszcz/feed.atom", headers={"if-none-match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_the_accessibility_statement_says_what_the_office_told(open_panel: Callable[..., Panel]) -> None:
    """Anybody reads it; what the settings leave empty is left out, its parts have the ids that the ministry asks."""
    told = AccessibilitySettings(office="OPS w Tłuszczu", email="dostepnosc@example.pl", reviewed_on=date(2026, 3, 31))
    page = open_panel(accessibility=told).browser().get("/accessibility").text
    for part in ("podmiot", "url", "data-aktualizacja", "status", "ocena", "kontakt", "email", "procedura"):
        assert f'id="a11y-{part}"' in page
    assert "OPS w Tłuszczu" in page
    assert "31\u00a0marca 2026" in page
    assert 'id="a11y-telefon"' not in page
