"""What control finds, on pages: counts that equal their lists, and answers by those who may give them."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conftest import Panel

_STATE = re.compile(r"(otwarte|wyjaśnione|zamknięte|wszystkie) \((\d+)\)")
_ROW = re.compile(r'<a class="govuk-link govuk-!-font-weight-bold" href="(/findings/[^"]+)"')


def counts(page: str) -> dict[str, int]:
    return {name: int(count) for name, count in _STATE.findall(page)}


def test_each_count_equals_its_list(panel: Panel) -> None:
    """Whatever is chosen beside the state: as many findings are listed as the state's link says."""
    browser = panel.as_("implementing-body")
    for chosen in ("", "pilot=tluszcz&", "severity=minor&", "task=partial&", "kind=deadline_missed&"):
        told = counts(browser.get(f"/findings?{chosen}state=all").text)
        for state, name in (
            ("open", "otwarte"),
            ("explained", "wyjaśnione"),
            ("closed", "zamknięte"),
            ("all", "wszystkie"),
        ):
            page = browser.get(f"/findings?{chosen}state={state}").text
            assert len(_ROW.findall(page)) == min(told[name], 50)
            assert counts(page) == told


def test_the_coordinator_explains_and_the_implementing_body_closes(panel: Panel) -> None:
    """Each is offered their own answer only; the trail tells who said what, and the list moves it on."""
    coordinator, body = panel.as_("coordinator.tluszcz"), panel.as_("implementing-body")
    address = unescape(_ROW.findall(coordinator.get("/findings").text)[0])
    page = coordinator.get(address).text
    assert 'value="explained"' in page
    assert 'value="closed"' not in page
    refused = coordinator.post(address, {"answer": "explained", "text": "  "})
    assert refused.status_code == 422
    assert refused.text.count("Proszę napisać, jak doszło do ustalenia albo co z niego wynika.") == 2
    done = coordinator.post(address, {"answer": "explained", "text": "Powódź."})
    assert done.status_code == 303
    told = coordinator.get(done.headers["location"]).text
    assert "Odpowiedź zapisano jako wpis" in told
    assert "Powódź." in told
    assert counts(coordinator.get("/findings").text)["wyjaśnione"] == 1
    assert body.post(address, {"answer": "closed", "text": "Przyjęto."}).status_code == 303
    page = body.get(address).text
    assert page.index("Wyjaśniono") < page.index("Zamknięto")
    assert 'name="answer"' not in page
    assert body.post(address, {"answer": "closed", "text": "x"}, shown="/findings?state=all").status_code == 403


def test_an_answer_that_is_sent_twice_is_recorded_once(panel: Panel) -> None:
    """The second copy of a form leads to the first one's entry, also when nothing more may be said."""
    body = panel.as_("implementing-body")
    address = unescape(_ROW.findall(body.get("/findings").text)[0])
    key = re.findall(r'name="key" value="([^"]+)"', body.get(address).text)[0]
    sent = {"answer": "closed", "text": "Przyjęto.", "key": key}
    first = body.post(address, sent)
    again = body.post(address, sent, shown="/findings")
    assert (first.status_code, again.status_code) == (303, 303)
    assert again.headers["location"] == first.headers["location"] + "&twice=1"
    page = body.get(again.headers["location"]).text
    assert "To było już zapisane, jeden raz" in page
    assert page.count("Przyjęto.") == 1
    assert body.post(address, {**sent, "text": "Inaczej."}, shown="/findings").status_code == 403


def test_who_may_not_answer_is_told_who_may(panel: Panel) -> None:
    """A mentor sees the finding without a form; a form sent all the same is refused, and nothing is recorded."""
    mentor = panel.as_("mentor.tluszcz")
    address = unescape(_ROW.findall(mentor.get("/findings").text)[0])
    page = mentor.get(address).text
    assert "Kto może odpowiedzieć" in page
    assert 'name="answer"' not in page
    before = counts(mentor.get("/findings").text)
    answer = mentor.post(address, {"answer": "explained", "text": "x"}, shown="/findings")
    assert answer.status_code == 403
    assert counts(mentor.get("/findings").text) == before


def test_a_finding_that_is_none_is_no_page(panel: Panel) -> None:
    """Another code, another place, another municipality."""
    browser = panel.as_("coordinator.tluszcz")
    for path in (
        "/findings/tluszcz/four_eyes/3",
        "/findings/tluszcz/no_such/1",
        "/findings/goscieradow/deadline_missed/x",
    ):
        assert browser.get(path).status_code == 404
