"""What waits for the implementing body: its list, one thing with its evidence, and many accepted at once."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.control import findings_of
from mlw_workflow.services.people import give_role
from mlw_workflow.services.standing import AsOf, history, standing_of
from mlw_workflow.storage import access, repositories

if TYPE_CHECKING:
    from conftest import Browser, Panel
    from mlw_workflow.domain.pilot import Pilot

TODAY = date(2014, 5, 31)
BOX = re.compile(r'name="item" value="([^"]*)"')


def pilot(panel: Panel, code: str = "tluszcz") -> Pilot:
    with panel.desk.database.read() as connection:
        return next(one for one in repositories.pilots(connection) if one.code == code)


def state(panel: Panel, machine: str) -> str:
    return standing_of(panel.desk, pilot(panel), AsOf(TODAY)).position(machine).state


def boxes(page: str) -> list[str]:
    return BOX.findall(page)


def machines(values: list[str]) -> list[str]:
    return [value.split(":")[1] for value in values]


def body(panel: Panel) -> Browser:
    return panel.as_("implementing-body")


def plain(page: str) -> str:
    return " ".join(re.sub(r"<[^>]*>", " ", page).split())


def look_at(browser: Browser, *names: str) -> None:
    for name in names:
        assert browser.get(f"/queue/tluszcz/{name}").status_code == 200


def send(browser: Browser, values: list[str]) -> str:
    """Confirm a preview; the address of the page that tells what became of it."""
    answer = browser.post("/queue", {"item": values}, shown="/queue")
    assert answer.status_code == 303
    return str(answer.headers["location"])


def test_the_queue_holds_what_waits_the_oldest_first(panel: Panel) -> None:
    """The finished guidelines of Tłuszcz, since when and how long beyond the usual time; others see nothing."""
    page = body(panel).get("/queue").text
    found = machines(boxes(page))
    assert set(found) == {"w02", "w03", "w04", "w05"}
    standing = standing_of(panel.desk, pilot(panel), AsOf(TODAY))
    days = [step.occurred_on for step in (standing.position(name).entered for name in found) if step]
    assert days == sorted(days)
    assert "Na decyzję czekają 4 zadania." in plain(page)
    assert "dni roboczych dłużej niż zwykle" in plain(page)
    assert boxes(panel.as_("coordinator.tluszcz").get("/queue").text) == []


def test_looking_at_the_evidence_is_written_down(panel: Panel) -> None:
    """Opening a thing shows what it rests on, enters each reading into the access log, and the list says so."""
    browser = body(panel)
    assert "zapoznać się z danymi" in plain(browser.get("/queue").text)
    page = plain(browser.get("/queue/tluszcz/w05").text)
    assert "Na czym się opiera" in page
    with panel.desk.database.read() as connection:
        read = [entry for entry in access.entries(connection) if entry.kind == "read"]
    steps = standing_of(panel.desk, pilot(panel), AsOf(TODAY)).position("w05").steps
    assert {entry.entry for entry in read} <= {step.seq for step in steps}
    assert read
    assert "dane już obejrzane" in plain(browser.get("/queue?task=w05").text)


def test_nobody_accepts_what_they_have_not_looked_at(panel: Panel) -> None:
    """Unread evidence keeps an acceptance, in the preview and when sent all the same; nothing is recorded."""
    browser = body(panel)
    values = [value for value in boxes(browser.get("/queue").text) if ":w05:" in value]
    preview = browser.get(f"/queue/preview?item={values[0]}").text
    assert boxes(preview) == []
    assert "trzeba zapoznać się z danymi" in plain(preview)
    before = len(history(panel.desk, pilot(panel)))
    assert "trzeba zapoznać się z danymi" in plain(browser.get(send(browser, values)).text)
    assert len(history(panel.desk, pilot(panel))) == before


def test_whoever_recorded_it_does_not_accept_it(panel: Panel) -> None:
    """Somebody who holds both roles is told before, and kept from it when they send the form all the same; another
    person may."""
    with panel.desk.database.read() as connection:
        person = next(one for one in repositories.people(connection) if one.email.startswith("coordinator.tl"))
        every = list(repositories.pilots(connection))
    guidelines = [{"guideline": "w01", "done": "Spotkanie."}]
    report: dict[str, object] = {"guidelines": guidelines, "problems": "brak", "planned_next": "Spotkania."}
    for trigger, evidence in (("draft", {}), ("submit", report)):
        request = Request(pilot(panel), "partial/1", trigger, person.id, None, evidence)
        assert advance(panel.desk, request).admitted
    give_role(panel.desk, person.id, "implementing_body", every)
    both = panel.as_("coordinator.tluszcz")
    look_at(both, "partial/1")
    page = plain(both.get("/queue?task=partial").text)
    assert "musi zaakceptować inna osoba" in page
    assert "Zaakceptować je musi inna osoba." in plain(both.get("/queue/tluszcz/partial/1").text)
    values = boxes(both.get("/queue?task=partial").text)
    assert boxes(both.get("/queue/preview", params={"item": values}).text) == []
    before = len(history(panel.desk, pilot(panel)))
    assert "Zaakceptować je musi inna osoba." in plain(both.get(send(both, values)).text)
    assert len(history(panel.desk, pilot(panel))) == before
    another = body(panel)
    look_at(another, "partial/1")
    assert "Zapisano: 1" in plain(another.get(send(another, values)).text)
    assert state(panel, "partial/1") == "accepted"


def test_the_task_page_keeps_from_accepting_what_the_queue_keeps_from(panel: Panel) -> None:
    """Its form says so at once and when sent all the same, with a link to the evidence; once read, it is recorded."""
    browser, address = body(panel), "/pilots/tluszcz/w05?step=accept"
    page = browser.get(address).text
    assert "trzeba zapoznać się z danymi" in plain(page)
    assert 'href="/queue/tluszcz/w05"' in page
    assert 'name="on-day"' not in page
    before = len(history(panel.desk, pilot(panel)))
    form = {"seen": "", "on-day": "31", "on-month": "5", "on-year": "2014"}
    refused = browser.post(address, form)
    assert refused.status_code == 422
    assert "trzeba zapoznać się z danymi" in plain(refused.text)
    assert len(history(panel.desk, pilot(panel))) == before
    look_at(browser, "w05")
    assert browser.post(address, form).status_code == 303
    assert state(panel, "w05") == "accepted"


@pytest.mark.both_databases
def test_many_are_accepted_at_once_and_a_bad_one_stops_no_other(panel: Panel) -> None:
    """The preview says of each what would happen, the result what did; a stale one is told and changes nothing."""
    browser = body(panel)
    look_at(browser, "w02", "w03", "w04")
    values = boxes(browser.get("/queue").text)
    ticked = [value for value in values if value.split(":")[1] in ("w02", "w03", "w05")]
    stale = next(value for value in values if ":w04:" in value).rpartition(":")[0] + ":1"
    ticked.insert(1, stale)
    preview = browser.get("/queue/preview", params={"item": ticked})
    assert sorted(machines(boxes(preview.text))) == ["w02", "w03"]
    assert "2 zadania nie zostaną zaakceptowane" in plain(preview.text)
    assert state(panel, "w02") != "accepted"
    told = plain(browser.get(send(browser, ticked)).text)
    assert "Zapisano: 2" in told
    assert "Niezaakceptowane: 2" in told
    assert [state(panel, name) == "accepted" for name in ("w02", "w03", "w04", "w05")] == [True, True, False, False]
    assert [
        f.code for f in findings_of(panel.desk, pilot(panel), AsOf(TODAY)) if f.code in ("accepted_unread", "four_eyes")
    ] == []


def test_the_same_confirmation_sent_twice_counts_once(panel: Panel) -> None:
    """The second copy is told that it was recorded before, and leaves no entry."""
    browser = body(panel)
    look_at(browser, "w02")
    values = [value for value in boxes(browser.get("/queue").text) if ":w02:" in value]
    send(browser, values)
    entries = len(history(panel.desk, pilot(panel)))
    told = plain(browser.get(send(browser, values)).text)
    assert "Było już zapisane wcześniej, jeden raz." in told
    assert "Zapisano: 1" in told
    assert len(history(panel.desk, pilot(panel))) == entries


def test_the_result_says_only_what_the_log_says(panel: Panel) -> None:
    """An address that somebody made up accepts nothing: not with another's entry, nor with a reason that is none."""
    browser = body(panel)
    for seq in (step.seq for step in standing_of(panel.desk, pilot(panel), AsOf(TODAY)).position("w04").steps):
        told = plain(browser.get(f"/queue/result?item=tluszcz:w04:{seq}:done").text)
        assert "Zapisano:" not in told
        assert "Niezaakceptowane: 1" in told
    look_at(browser, "w04")
    told = plain(browser.get("/queue/result?item=tluszcz:w04:0:own&item=tluszcz:w04:0:unread").text)
    assert "inna osoba" not in told
    assert "zapoznać się" not in told
    location = send(browser, [value for value in boxes(browser.get("/queue").text) if ":w04:" in value])
    assert "Zapisano: 1" in plain(browser.get(location).text)
    other = panel.as_("coordinator.tluszcz")
    assert "Zapisano:" not in plain(other.get(location).text)


def test_one_thing_is_returned_with_its_reason(panel: Panel) -> None:
    """Without a reason nothing moves and the field says so; with one the task goes back."""
    browser, place = body(panel), "/queue/tluszcz/w02"
    seen = browser.get(place).text.split('name="seen" value="')[1].split('"')[0]
    empty = browser.post(place, {"seen": seen, "do": "back", "e-reason": ""})
    assert empty.status_code == 422
    assert 'id="e-reason-error"' in empty.text
    assert state(panel, "w02") == "available"
    done = browser.post(place, {"seen": seen, "do": "back", "e-reason": "Brakuje spisu książek."})
    assert done.status_code == 303
    assert "Zwróć do poprawy" in plain(browser.get(done.headers["location"]).text)
    assert state(panel, "w02") == "collecting"
    assert "nie czeka teraz na akceptację" in plain(browser.get(place).text)


def test_only_who_judges_opens_a_thing(panel: Panel) -> None:
    """A coordinator is refused, and another municipality's or no task is not there."""
    coordinator = panel.as_("coordinator.tluszcz")
    assert coordinator.get("/queue/tluszcz/w02").status_code == 403
    assert coordinator.get("/queue/goscieradow/w02").status_code == 404
    assert coordinator.post("/queue", {"item": "goscieradow:w02:1"}, shown="/pilots/tluszcz").status_code == 404
    assert body(panel).get("/queue/preview?item=nowhere:w02:1").status_code == 404
    assert body(panel).get("/queue/result?item=tluszcz:w99:7:done&item=x").status_code == 200
