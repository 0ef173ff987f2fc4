"""What a program cannot do, whatever it sends: fill the memory, look where its person does not, leave files behind."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import Any

import anyio
import pytest

from mlw_workflow.interfaces.web.security import FORM_MAX
from mlw_workflow.services import uploads
from mlw_workflow.storage import accounts, repositories, statements

ROOT = "/api/v1"
PIECE = 100_000


class At:
    """A clock that stands."""

    def __init__(self, days: int) -> None:
        self.days = days

    def now(self) -> datetime:
        """So many days from now."""
        return datetime.now(UTC) + timedelta(days=self.days)


def pieces_taken(app: Any, method: str, path: str, kind: str, *more: tuple[bytes, bytes]) -> tuple[int, int]:
    """The answer to somebody who never stops sending, without a token unless that is among the headers, and how many
    pieces were read of it.
    """
    taken, status = 0, 0

    async def receive() -> dict[str, Any]:
        nonlocal taken
        taken += 1
        assert taken < 2_000, "it would go on reading"
        return {"type": "http.request", "body": b"x" * PIECE, "more_body": True}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status
        status = message.get("status", status)

    scope = {
        "type": "http", "http_version": "1.1", "method": method, "path": path, "raw_path": path.encode(),
        "root_path": "", "query_string": b"", "headers": [(b"content-type", kind.encode()), *more], "scheme": "http",
        "server": ("panel.test", 80), "client": ("10.0.0.1", 1),
    }  # fmt: skip
    anyio.run(app, scope, receive, send)
    return status, taken


@pytest.mark.parametrize("kind", ["application/json", "multipart/form-data; boundary=b"])
def test_whoever_has_no_token_fills_no_memory(module_panel: Any, kind: str) -> None:
    """A body without an end is let go of: at what a form may hold, and of a file before any of it is read."""
    for method, path in (
        ("GET", f"{ROOT}/pilots"),
        ("DELETE", f"{ROOT}/tokens/{'0' * 12}"),
        ("POST", f"{ROOT}/people"),
    ):
        status, taken = pieces_taken(module_panel.app, method, path, kind)
        assert status in (401, 413), (method, path)
        assert taken <= FORM_MAX // PIECE + 1, (method, path)
    assert pieces_taken(module_panel.app, "POST", f"{ROOT}/files", kind) == (401, 0)


def test_a_file_of_100_mb_is_cut_off(module_panel: Any) -> None:
    """Before any of it is read, where a program says how large it is; else as soon as it is too large."""
    token = (b"authorization", module_panel.program("coordinator.tluszcz").headers["authorization"].encode())
    said = (b"content-length", b"100000000")
    asked = (module_panel.app, "POST", f"{ROOT}/files", "application/pdf", token)
    assert pieces_taken(*asked, said) == (413, 0)
    most = module_panel.settings.file_size_max_mb * 1_000_000
    assert pieces_taken(*asked) == (413, most // PIECE + 1)
    form = (module_panel.app, "POST", "/account/tokens", "application/x-www-form-urlencoded")
    assert pieces_taken(*form, said) == (413, 0)
    assert pieces_taken(module_panel.app, "POST", "/logout", "multipart/form-data; boundary=b",
                        (b"content-length", b"900000000")) == (413, 0)  # fmt: skip
    assert not list(module_panel.settings.files.rglob("*"))


def test_whoever_administers_gives_roles_and_reads_no_record(panel: Any) -> None:
    """A token of every scope of somebody without a role: who holds which role, and nothing of any log."""
    admin = panel.program("admin", "read", "write", "audit", "admin")
    person = panel.holder("admin").person.id
    tluszcz = f"{ROOT}/pilots/tluszcz"
    for path in ("", "/members", "/deputies"):
        assert admin.get(tluszcz + path).status_code == 200, path
    for path in (
        "/status",
        "/board",
        "/entries",
        "/entries/2",
        "/notices",
        "/findings",
        "/export",
        "/pack",
        "/tasks/w06",
    ):
        assert admin.get(tluszcz + path).status_code == 404, path
    role = {"person": panel.holder("mentor.tluszcz").person.id, "role": "animator", "since": "2014-06-01"}
    stale = admin.post(f"{tluszcz}/members", json=role, headers={"if-match": '"1-0000000000000000"'})
    assert (stale.status_code, stale.json()["changed"]) == (412, [])
    given = admin.post(f"{tluszcz}/members", json=role, headers={"if-match": stale.json()["current"]})
    assert given.status_code == 201, given.text
    coordinator = panel.program("coordinator.tluszcz")
    written = coordinator.get(f"{tluszcz}/entries?limit=200").json()["entries"]
    assert max(written, key=lambda entry: entry["seq"])["actor"] == person


def test_a_file_that_becomes_no_evidence_goes_after_two_days(panel: Any) -> None:
    """What was sent and never named is deleted, once nobody touched it for a day; evidence and fresh files stay."""
    program, folder, desk = panel.program("coordinator.tluszcz"), panel.settings.files, panel.desk

    def sent(text: str) -> tuple[str, Any]:
        digest = program.post(f"{ROOT}/files?name=a.txt", content=text.encode()).json()["sha256"]
        return digest, folder / digest[:2] / digest

    _, unused = sent("never used")
    digest, evidence = sent("used as evidence")
    again, touched = sent("about to be used")
    value = b'{"name": "a.txt", "sha256": "' + digest.encode() + b'", "size": 16}'
    with desk.database.work() as work:
        pilot = repositories.pilots(work.connection)[0].id
        work.connection.execute(statements.ADD_EVIDENCE, pilot, 1, "minutes", b"s" * 32, value)
        work.commit()
    long_ago = datetime.now(UTC).timestamp() - 3 * 24 * 3600
    for file in (unused, evidence, touched):
        os.utime(file, (long_ago, long_ago))
    assert uploads.daily(desk, folder, At(1)) == 0
    assert unused.exists()
    store = uploads_store(panel)
    holder = panel.holder("coordinator.tluszcz").person.id
    assert uploads.sent_file(desk, store, holder, again) is not None
    assert uploads.daily(desk, folder, At(3)) == 1
    assert (unused.exists(), evidence.exists(), touched.exists()) == (False, True, True)
    assert uploads.sent_file(desk, store, holder, again) is None
    assert sent("never used")[1].exists()


def uploads_store(panel: Any) -> Any:
    """Where the panel keeps files."""
    from mlw_workflow.services.files import FileStore

    return FileStore(panel.settings.files, panel.settings.file_size_max_mb)


def test_what_is_no_document_is_not_taken(module_panel: Any) -> None:
    """Files that programs send are looked into as those of pages are, whatever they are called."""
    program = module_panel.program("coordinator.tluszcz")
    for content in (b"<html><script>1</script>", b"MZ\x90\x00\x00", b"%PDF-1.4\n<html>", b"PK\x03\x04"):
        answer = program.post(f"{ROOT}/files?name=a.pdf", content=content)
        assert (answer.status_code, answer.json()["code"]) == (400, "file_kind_refused"), content


def test_a_form_in_an_encoding_that_no_browser_sends_is_refused(module_panel: Any) -> None:
    """An encoding of Python's own, in which no text can be made, is the sender's mistake and not ours."""
    browser = module_panel.browser()
    part = b'--b\r\nContent-Disposition: form-data; name="token"\r\n\r\n\\ud800\r\n--b--\r\n'
    for charset in ("undefined", "unicode_escape", "utf-7"):
        kind = f"multipart/form-data; boundary=b; charset={charset}"
        assert browser.client.post("/logout", content=part, headers={"content-type": kind}).status_code == 400, charset


def test_another_password_takes_the_links_back_that_were_sent_before(panel: Any) -> None:
    """Whoever changes the password need not fear a mail with a link for another that lies somewhere."""
    account = panel.holder("mayor.tluszcz")
    now = datetime.now(UTC)
    with panel.desk.database.work() as work:
        accounts.add_link(work.connection, "d" * 64, account.person.id, "reset", now, now + timedelta(hours=1))
        work.commit()
    browser = panel.as_("mayor.tluszcz")
    new = {"old": "wytyczne-2014", "password": "zielony rower 7", "again": "zielony rower 7"}
    assert browser.post("/account/password", new).status_code == 303
    with panel.desk.database.read() as connection:
        link = accounts.link(connection, "d" * 64)
    assert link is not None
    assert link.used_at is not None


def test_an_erased_person_leaves_no_token_no_webhook_and_no_file_name(panel: Any) -> None:
    """What programs had of somebody goes with their account; a digest stays, so that the file itself can go."""
    program, person = panel.program("coordinator.tluszcz"), panel.holder("coordinator.tluszcz").person.id
    assert program.post(f"{ROOT}/files?name=Anna.txt", content=b"text").status_code == 201
    hook = {"url": "https://hooks.gmina.example/anna", "events": ["entry.recorded"]}
    assert program.post(f"{ROOT}/webhooks", json=hook).status_code == 201
    step = f"{ROOT}/pilots/tluszcz/tasks/w06/steps/code"
    assert program.post(step, json={}, headers={"if-match": "*", "idempotency-key": "a"}).status_code == 409
    with panel.desk.database.work() as work:
        accounts.forget(work.connection, person)
        work.commit()
    with panel.desk.database.read() as connection:
        left = {
            name: len(list(connection.rows(f"SELECT 1 FROM {name} WHERE person_id = ?", person)))
            for name in ("account", "api_token", "webhook", "idempotency", "upload_day")
        }
        names = [row[0] for row in connection.rows("SELECT name FROM upload WHERE person_id = ?", person)]
    assert set(left.values()) == {0}, left
    assert names == [""]
    assert program.get(f"{ROOT}/me").status_code == 401
