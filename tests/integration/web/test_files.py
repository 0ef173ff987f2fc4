"""Files that people hand in, and who gets them back."""

from __future__ import annotations

import tracemalloc
from collections.abc import AsyncIterator, Callable
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import anyio
import httpx
import pytest

from mlw_workflow.services import access
from mlw_workflow.services.standing import history
from mlw_workflow.storage import repositories

if TYPE_CHECKING:
    from conftest import Browser, Panel

ON = {"on-day": "31", "on-month": "5", "on-year": "2014"}
APPOINT = "/pilots/tluszcz/w07?step=appoint"
CODE = "/pilots/tluszcz/w06?step=code"
APPROVE = "/pilots/tluszcz/w06?step=approve"
CONTENT = b"%PDF-1.4 tekst"
DIGEST = sha256(CONTENT).hexdigest()


def seen(browser: Browser, path: str) -> str:
    return browser.get(path).text.split('name="seen" value="')[1].split('"')[0]


def kept(panel: Panel) -> list[str]:
    return [file.name for file in panel.settings.files.rglob("*") if file.is_file()]


def approving(panel: Panel) -> tuple[Browser, dict[str, str]]:
    """The coordinator before the form that takes a file, and what it holds beside the file."""
    mayor, browser = panel.as_("mayor.tluszcz"), panel.as_("coordinator.tluszcz")
    mayor.post(APPOINT, {**ON, "seen": seen(mayor, APPOINT), "e-order_number": "0050.60.2014"})
    browser.post(CODE, {**ON, "seen": seen(browser, CODE)})
    return browser, {**ON, "seen": seen(browser, APPROVE), "e-resolution_number": "1/2014"}


def with_file(panel: Panel, name: str = "uchwała.pdf") -> tuple[Browser, int]:
    """A file of the evidence; the coordinator, and the number of its entry."""
    browser, form = approving(panel)
    answer = browser.post(APPROVE, form, files={"e-file": (name, CONTENT, "text/html")})
    assert answer.status_code == 303, answer.text
    return browser, int(answer.headers["location"].partition("recorded=")[2])


def reads(panel: Panel) -> list[Any]:
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "tluszcz")
        return list(access.reads(connection, pilot.id))


def test_a_file_is_fetched_from_the_history_as_an_attachment(panel: Panel) -> None:
    """The history links to it; it is kept, never shown, whatever it was sent as; and who looked is written down."""
    browser, seq = with_file(panel)
    href = f"/files/tluszcz/{seq}/{DIGEST}"
    assert f'<a class="govuk-link" href="{href}">uchwała.pdf</a>' in browser.get("/pilots/tluszcz/w06").text
    before = len(reads(panel))
    answer = panel.as_("implementing-body").get(href)
    assert (answer.status_code, answer.content) == (200, CONTENT)
    assert answer.headers["content-disposition"] == (
        "attachment; filename=\"uchwala.pdf\"; filename*=UTF-8''uchwa%C5%82a.pdf"
    )
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-security-policy"] == "default-src 'none'; sandbox"
    assert answer.headers["cache-control"] == "private, no-store"
    read = reads(panel)[before:]
    assert [(one.seq, one.field) for one in read] == [(seq, "file")]
    with panel.desk.database.read() as connection:
        body = repositories.find_person(connection, "implementing-body@demo.invalid")
    assert body is not None
    assert read[0].person == body.id


def test_a_name_that_lies_gets_an_ending_that_does_not(panel: Panel) -> None:
    """A PDF sent as a page of the web is given away as a PDF."""
    browser, seq = with_file(panel, "../../strona.html")
    answer = browser.get(f"/files/tluszcz/{seq}/{DIGEST}")
    assert 'filename="strona.html.pdf"' in answer.headers["content-disposition"]


def test_a_file_is_nobody_elses(panel: Panel) -> None:
    """Another municipality, another entry, another digest, no number: as if it were not there, and nothing is read."""
    browser, seq = with_file(panel)
    before = len(reads(panel))
    stranger = panel.as_("coordinator.goscieradow")
    for who, path in (
        (stranger, f"/files/tluszcz/{seq}/{DIGEST}"),
        (stranger, f"/files/goscieradow/{seq}/{DIGEST}"),
        (stranger, f"/files/goscieradow/1/{DIGEST}"),
        (browser, f"/files/tluszcz/{seq - 1}/{DIGEST}"),
        (browser, f"/files/tluszcz/{seq}/{'0' * 64}"),
        (browser, f"/files/tluszcz/{seq}/{DIGEST.upper()}"),
        (browser, f"/files/tluszcz/{seq}/{DIGEST}%00"),
        (browser, f"/files/tluszcz/{seq}/..%2F..%2Fmlw.sqlite3"),
        (browser, f"/files/tluszcz/{seq}/%2e%2e%2f%2e%2e%2fconfig.toml"),
        (browser, f"/files/tluszcz/0/{DIGEST}"),
        (browser, f"/files/tluszcz/-1/{DIGEST}"),
        (browser, f"/files/tluszcz/٣/{DIGEST}"),
        (browser, f"/files/tluszcz/99999999999999/{DIGEST}"),
        (browser, f"/files/nowhere/{seq}/{DIGEST}"),
    ):
        answer = who.get(path)
        assert answer.status_code == 404, path
        assert CONTENT not in answer.content
    assert panel.browser().get(f"/files/tluszcz/{seq}/{DIGEST}").status_code == 303
    assert len(reads(panel)) == before


def test_a_file_that_is_gone_is_told_in_plain_words(panel: Panel) -> None:
    """Missing from the disk, changed on it, erased by law: each has its page, and none gives anything away."""
    browser, seq = with_file(panel)
    href = f"/files/tluszcz/{seq}/{DIGEST}"
    copy = panel.settings.files / DIGEST[:2] / DIGEST
    copy.write_bytes(b"%PDF-1.4 inny")
    assert browser.get(href).status_code == 500
    copy.unlink()
    missing = browser.get(href)
    assert (missing.status_code, "nie ma na dysku" in missing.text) == (410, True)
    with panel.desk.database.work() as work:
        work.connection.execute(
            "UPDATE evidence SET value = NULL, salt = NULL, erased_at = '2014-06-02T10:00:00.000000Z'"
            " WHERE seq = ? AND field = 'file'", seq,
        )  # fmt: skip
        work.commit()
    erased = browser.get(href)
    assert erased.status_code == 410
    assert "usunięto 2 czerwca 2014" in erased.text


@pytest.mark.parametrize(
    "content", [b"<html><script>alert(1)</script>", b"<svg onload='alert(1)'/>", b"MZ\x90\x00" + bytes(99), b""]
)
def test_what_is_no_document_is_refused_and_the_form_kept(panel: Panel, content: bytes) -> None:
    """A page called uchwała.pdf: told beside the field, with all that was typed; nothing is kept or recorded."""
    browser, form = approving(panel)
    answer = browser.post(APPROVE, form, files={"e-file": ("uchwała.pdf", content, "application/pdf")})
    assert answer.status_code == 422
    assert '<a href="#e-file">' in answer.text
    assert 'value="1/2014"' in answer.text
    assert kept(panel) == []


def test_a_file_that_is_too_large_costs_nothing_that_was_typed(open_panel: Callable[..., Panel]) -> None:
    """One beyond the limit, two beyond it together, one beyond any: a page says so, and the text is still there."""
    panel = open_panel(file_size_max_mb=1)
    browser, form = approving(panel)
    entries = len(entries_of(panel))
    for size in (1_000_001, 3_900_000):
        answer = browser.post(APPROVE, form, files={"e-file": ("duży.pdf", b"%PDF-" + bytes(size), "application/pdf")})
        assert answer.status_code == 413
        assert "duży.pdf" in answer.text
        assert "1 MB" in answer.text
        assert 'value="1/2014"' in answer.text
    assert kept(panel) == []
    two = [("e-file", ("a.pdf", CONTENT + bytes(600_000), "")), ("e-other", ("b.pdf", CONTENT + bytes(600_000), ""))]
    assert browser.post(APPROVE, form, files=two).status_code == 303  # the second is no field of this form
    beyond = browser.post(APPROVE, form, files={"e-file": ("a.pdf", bytes(25_000_000), "")}, shown="/pilots/tluszcz")
    assert beyond.status_code == 413
    assert "Niczego nie zapisano" in beyond.text
    assert len(entries_of(panel)) == entries + 1


@pytest.mark.parametrize("says_how_large", [True, False])
def test_100_mb_cost_nothing_that_was_typed(panel: Panel, says_how_large: bool) -> None:
    """They are let go by as they come, whether or not the browser says how many they are: no memory, no file."""
    browser, form = approving(panel)
    texts = {**form, "token": browser.token(APPROVE)}
    entries = len(entries_of(panel))
    head = "".join(f'--b\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in texts.items())
    head += '--b\r\nContent-Disposition: form-data; name="e-file"; filename="duzy.pdf"\r\n\r\n'
    pieces, end, most = 100, b"\r\n--b--\r\n", 0

    async def sent() -> AsyncIterator[bytes]:
        nonlocal most
        yield head.encode()
        for _ in range(pieces):
            yield bytes(1_000_000)
            most = max(most, tracemalloc.get_traced_memory()[0])
        yield end

    async def answered() -> Any:
        headers = {"content-type": "multipart/form-data; boundary=b"}
        if says_how_large:
            headers["content-length"] = str(len(head.encode()) + pieces * 1_000_000 + len(end))
        transport = httpx.ASGITransport(panel.app)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://panel.test", cookies=dict(browser.client.cookies), headers=headers
        ) as client:
            return await client.post(APPROVE, content=sent())

    tracemalloc.start()
    try:
        answer = anyio.run(answered)
    finally:
        tracemalloc.stop()
    assert answer.status_code == 413, answer.text
    assert "duzy.pdf" in answer.text
    assert 'value="1/2014"' in answer.text
    assert most < 20_000_000
    assert kept(panel) == []
    assert len(entries_of(panel)) == entries


def test_nobody_sends_more_on_a_day_than_is_allowed(open_panel: Callable[..., Panel]) -> None:
    """By the panel and the API together: told with what was typed still there; others are free."""
    panel = open_panel(file_day_max_mb=1)
    browser, form = approving(panel)
    program, entries = panel.program("coordinator.tluszcz"), len(entries_of(panel))
    sent = program.post("/api/v1/files?name=a.pdf", content=CONTENT + bytes(600_000))
    assert sent.status_code == 201
    large = ("duży.pdf", CONTENT + bytes(500_000), "application/pdf")
    answer = browser.post(APPROVE, form, files={"e-file": large})
    assert answer.status_code == 429
    assert "Pliku duży.pdf nie przyjęto i niczego nie zapisano: jedna osoba może przesłać 1 MB" in answer.text
    assert 'value="1/2014"' in answer.text
    assert '<a href="#e-file">' in answer.text
    refused = program.post("/api/v1/files?name=b.pdf", content=CONTENT + bytes(500_000))
    assert (refused.status_code, refused.json()["code"]) == (429, "upload_quota")
    assert 0 < int(refused.headers["retry-after"]) <= 24 * 3600
    assert (len(kept(panel)), len(entries_of(panel))) == (1, entries)
    assert panel.program("mayor.tluszcz").post("/api/v1/files?name=a.txt", content=b"text").status_code == 201
    assert browser.post(APPROVE, form, files={"e-file": ("mały.pdf", CONTENT, "")}).status_code == 303


def entries_of(panel: Panel) -> list[Any]:
    with panel.desk.database.read() as connection:
        pilot = next(one for one in repositories.pilots(connection) if one.code == "tluszcz")
    return history(panel.desk, pilot)


def test_texts_have_a_limit_of_their_own(panel: Panel) -> None:
    """Many large texts are no way around the limit of what is kept in memory."""
    browser = panel.as_("mayor.tluszcz")
    form = {f"e-{number}": "x" * 900_000 for number in range(4)}
    answer = browser.post(APPOINT, form, files={"e-file": ("a.pdf", CONTENT, "")})
    assert answer.status_code == 413
    plain = "/pilots/tluszcz/w01?step=hold_meeting"
    for texts in ({"e-place": "x" * 2_000_001}, form | {"e-place": "x" * 900_000}):
        answer = panel.as_("animator.tluszcz").post(plain, texts)
        assert answer.status_code == 413
        assert "Formularz albo plik jest za duży" in answer.text


def test_what_is_wrong_with_a_file_is_said_as_it_is(panel: Panel) -> None:
    """One with nothing in it is empty; another is no document, with every kind that is taken."""
    browser, form = approving(panel)
    empty = browser.post(APPROVE, form, files={"e-file": ("pusty.pdf", b"", "application/pdf")})
    assert empty.status_code == 422
    assert "Pliku pusty.pdf nie przyjęto, bo jest pusty." in empty.text
    other = browser.post(APPROVE, form, files={"e-file": ("a.exe", b"MZ\0\0", "")})
    assert "TXT, CSV, EML" in other.text
