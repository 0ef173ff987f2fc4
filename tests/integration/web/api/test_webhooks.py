"""Programs are told of events over HTTP: signed, once each, within somebody's reach, never inside our network."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
import trustme

from mlw_workflow import bootstrap
from mlw_workflow.interfaces.wording.webhooks import why_not
from mlw_workflow.notifications.webhook_post import AddressRefused, Poster
from mlw_workflow.services import webhooks as service
from mlw_workflow.services.accounts.manage import disable as disable_account
from mlw_workflow.services.announce import announce
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.post_events import PAUSES, post_events
from mlw_workflow.services.webhooks import Webhooks

ROOT = "/api/v1"
STEP = f"{ROOT}/pilots/tluszcz/tasks/w06/steps/code"


@dataclass
class Receiver:
    """Somebody else's server: what it got, and how it answers."""

    server: ThreadingHTTPServer
    got: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answers: str = "204"

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/hook?a=1"


class _Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver  # type: ignore[attr-defined]
        body = self.rfile.read(int(self.headers["content-length"]))
        receiver.got.append((dict(self.headers), body))
        match receiver.answers:
            case "stall":
                for _ in range(100):  # a byte now and then, so that no single wait is long
                    self.wfile.write(b"H")
                    time.sleep(0.05)
                return
            case "redirect":
                self.send_response(302)
                self.send_header("location", "http://169.254.169.254/latest/meta-data/")
            case status:
                self.send_response(int(status))
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Keep silent."""


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    """A real server on this computer."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.receiver = made = Receiver(server)  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield made
    server.shutdown()
    server.server_close()


class Later:
    """A clock that is moved."""

    def __init__(self) -> None:
        self.at = datetime.now(UTC) + timedelta(minutes=10)

    def now(self) -> datetime:
        return self.at


def hooks_of(panel: Any, **given: Any) -> Webhooks:
    vault = bootstrap.open_webhooks(panel.settings).vault
    return Webhooks("http://panel.test", vault, Poster(loopback=True, timeout=1.0, **given))


def refused_step(panel: Any) -> Any:
    client = panel.program("coordinator.tluszcz")
    return client.post(STEP, json={}, headers={"if-match": "*"})


@pytest.mark.both_databases
def test_an_entry_is_told_of_once_signed_and_within_reach(panel: Any, receiver: Receiver) -> None:
    """A CloudEvent with the entry, its HMAC right; a second run sends nothing; elsewhere it is not told of, nor to an
    auditor, whose looking would have to be written down.
    """
    hooks, clock = hooks_of(panel), Later()
    person = panel.holder("coordinator.tluszcz").person.id
    other = panel.holder("coordinator.goscieradow").person.id
    made, secret = service.new_webhook(panel.desk, hooks, person, receiver.url, service.EVENTS)
    service.new_webhook(panel.desk, hooks, other, receiver.url, service.EVENTS)
    panel.as_auditor()
    service.new_webhook(panel.desk, hooks, panel.holder("auditor").person.id, receiver.url, service.EVENTS)
    announce(panel.desk, hooks)
    receiver.got.clear()
    done = refused_step(panel).json()
    assert announce(panel.desk, hooks) == 1
    assert announce(panel.desk, hooks) == 0
    assert post_events(panel.desk, hooks, clock=clock).sent == 1
    assert post_events(panel.desk, hooks, clock=clock).sent == 0
    ((headers, body),) = receiver.got
    told = json.loads(body)
    assert (told["specversion"], told["type"]) == ("1.0", "pl.mlw.entry.refused")
    assert told["data"]["seq"] == done["entry"]["seq"]
    assert told["data"]["hash"] == done["entry"]["hash"]
    assert person not in body.decode(), "no person is named"
    assert headers["content-type"].startswith("application/cloudevents+json")
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    assert headers["webhook-signature"] == f"v1,{expected}"
    assert headers["webhook-id"] == told["id"] == f"tluszcz/{done['entry']['seq']}"
    with panel.desk.database.read() as connection:
        stored = connection.rows("SELECT * FROM webhook")
    assert secret not in str(stored), "the database does not hold the secret"
    service.disable(panel.desk, made.id)
    refused_step(panel)
    assert announce(panel.desk, hooks) == 0


@pytest.mark.both_databases
def test_two_workers_share_the_messages(panel: Any, receiver: Receiver) -> None:
    """Each event is sent by one of those who send at the same time, and none is left."""
    hooks, clock = hooks_of(panel), Later()
    person = panel.holder("coordinator.tluszcz").person.id
    made, _ = service.new_webhook(panel.desk, hooks, person, receiver.url, ["entry.refused"])
    refused = [refused_step(panel).json()["entry"]["seq"] for _ in range(8)]
    assert announce(panel.desk, hooks) == len(refused)
    with ThreadPoolExecutor(3) as workers:
        done = list(workers.map(lambda _: post_events(panel.desk, hooks, clock=clock), range(3)))
    assert sorted(json.loads(body)["data"]["seq"] for _, body in receiver.got) == refused
    assert sum(one.sent for one in done) == len(refused)
    assert {message.status for message in service.deliveries(panel.desk, made.id, 9)} == {"sent"}


def test_checkpoints_findings_and_deadlines_are_told_of(panel: Any, receiver: Receiver) -> None:
    """Each by its own type, and once, though the worker runs again."""
    from mlw_workflow.services.signing import new_key

    hooks = hooks_of(panel)
    person = panel.holder("implementing-body").person.id
    service.new_webhook(panel.desk, hooks, person, receiver.url, ("checkpoint.made", "finding.opened", "deadline.due"))
    new_key(panel.desk)
    make_checkpoint(panel.desk)
    announce(panel.desk, hooks)
    assert announce(panel.desk, hooks) == 0
    post_events(panel.desk, hooks, clock=Later())
    types = [json.loads(body)["type"] for _, body in receiver.got]
    assert types.count("pl.mlw.checkpoint.made") == 1
    assert set(types) <= {"pl.mlw.checkpoint.made", "pl.mlw.finding.opened", "pl.mlw.deadline.due"}


def test_an_address_that_fails_is_tried_with_growing_pauses_and_given_up(panel: Any, receiver: Receiver) -> None:
    """5xx, a redirect to a metadata service, a stall, a closed port: tried again later; dead at last; others go on."""
    hooks, clock = hooks_of(panel), Later()
    person = panel.holder("coordinator.tluszcz").person.id
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        nobody = f"http://127.0.0.1:{closed.getsockname()[1]}/"
    bad, _ = service.new_webhook(panel.desk, hooks, person, receiver.url, ["entry.refused"])
    service.new_webhook(panel.desk, hooks, person, nobody, ["entry.refused"])
    refused_step(panel)
    assert announce(panel.desk, hooks) == 2
    for answers, error in (("503", "status 503"), ("redirect", "redirected 302"), ("stall", "timeout")):
        receiver.answers = answers
        started = time.monotonic()
        post_events(panel.desk, hooks, clock=clock)
        assert time.monotonic() - started < 30, "a stall is bounded"
        assert service.deliveries(panel.desk, bad.id, 1)[0].last_error == error
        assert post_events(panel.desk, hooks, clock=clock).sent == 0, "not again at once"
        clock.at += PAUSES[-1]
    assert len(receiver.got) == 3, "redirects are not followed"
    receiver.answers = "503"
    for _ in PAUSES:
        post_events(panel.desk, hooks, clock=clock)
        clock.at += PAUSES[-1]
    (message,) = service.deliveries(panel.desk, bad.id, 5)
    assert (message.status, message.attempts) == ("dead", len(PAUSES) + 1)
    service.disable(panel.desk, bad.id)
    gone, _ = service.new_webhook(panel.desk, hooks, person, receiver.url, ["entry.refused"])
    refused_step(panel)
    announce(panel.desk, hooks)
    disable_account(panel.desk, person)
    receiver.answers, before = "204", len(receiver.got)
    post_events(panel.desk, hooks, clock=clock)
    assert len(receiver.got) == before, "nobody is told for an account that is shut"
    assert service.deliveries(panel.desk, gone.id, 1)[0].status == "dead"


@pytest.mark.parametrize(
    "address",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.0", "224.0.0.1",
     "255.255.255.255", "::1", "::", "fe80::1", "fd00::1", "ff02::1", "::ffff:127.0.0.1", "::ffff:169.254.169.254",
     "64:ff9b::7f00:1", "2002:7f00:1::", "fec0::1", "::ffff:0:7f00:1", "64:ff9b:1::7f00:1", "4000::1"],
)  # fmt: skip
def test_nothing_is_sent_inside(address: str) -> None:
    """Names that lead to this computer, its network or a metadata service are refused, however they are written."""
    asked: list[str] = []
    poster = Poster(resolve=lambda host, _: asked.append(host) or [address], timeout=2)
    assert poster.post("https://hooks.example/", b"{}", {}).reason == "address"
    assert asked == ["hooks.example"], "the name is asked for once"
    mixed = Poster(resolve=lambda *_: ["93.184.215.14", address], timeout=2)
    assert mixed.post("https://hooks.example/", b"{}", {}).reason == "address"
    literal = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        poster.target(f"https://{literal}/")


def test_a_demonstration_sends_nothing(panel: Any, receiver: Receiver) -> None:
    """Anybody may administer one, so it is no way to reach others; it says why."""
    hooks = bootstrap.open_webhooks(replace(panel.settings, is_demo=True, webhooks_to_this_computer=True))
    person = panel.holder("coordinator.tluszcz").person.id
    made, _ = service.new_webhook(panel.desk, hooks, person, receiver.url, ["entry.refused"])
    tried = service.try_out(panel.desk, hooks, made.id)
    assert (tried.ok, tried.reason, why_not(tried.reason, "", "en")) == (False, "demo", "a demonstration sends nothing")
    assert receiver.got == []


@pytest.mark.parametrize(
    "url",
    ["http://hooks.example/", "ftp://hooks.example/", "https://u:p@hooks.example/", "https:///x", "https://a b/",
     "https://localhost/", "https://hooks.localhost./", "https://127.1/", "https://2130706433/", "https://0x7f000001/",
     "https://hooks.example/\r\nX: 1", "file:///etc/passwd", "https://hooks.example:0/", "https://[::1", "x"],
)  # fmt: skip
def test_an_address_of_another_form_is_refused(panel: Any, url: str) -> None:
    """Only https, no password in it, no signs that end a line, not this computer however it is written; also by API."""
    with pytest.raises(AddressRefused):
        Poster().target(url)
    body = {"url": url, "events": ["entry.recorded"]}
    answer = panel.program("coordinator.tluszcz").post(f"{ROOT}/webhooks", json=body)
    assert answer.status_code in (400, 422), answer.text


def test_the_connection_goes_to_the_address_that_was_looked_at(receiver: Receiver) -> None:
    """The second answer of a name that changes is never asked for; TLS and Host still go by the name."""
    authority = trustme.CA()
    import ssl

    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("hooks.example").configure_cert(served)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.socket = served.wrap_socket(server.socket, server_side=True)
    server.receiver = got = Receiver(server)  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    answers = iter([["127.0.0.1"], ["169.254.169.254"]])
    poster = Poster(loopback=True, timeout=5, context=trusting, resolve=lambda *_: next(answers))
    port = server.server_address[1]
    try:
        assert poster.post(f"https://hooks.example:{port}/x", b"{}", {}).ok
        assert got.got[0][0]["Host"] == f"hooks.example:{port}"
        assert poster.post(f"https://hooks.example:{port}/x", b"{}", {}).reason == "address"
        other = Poster(loopback=True, timeout=5, resolve=lambda *_: ["127.0.0.1"])
        assert other.post(f"https://hooks.example:{port}/x", b"{}", {}).reason == "tls"
        assert other.post(receiver.url, b"{}", {}).ok
    finally:
        server.shutdown()
        server.server_close()


def test_webhooks_over_the_api(panel: Any) -> None:
    """Made with a secret that is shown once, listed without it, tried out, ended; somebody else's is not there."""
    client, other = panel.program("coordinator.tluszcz"), panel.program("mayor.tluszcz")
    body = {"url": "https://hooks.invalid/x", "events": ["entry.recorded"], "pilot": "tluszcz"}
    made = client.post(f"{ROOT}/webhooks", json=body)
    assert made.status_code == 201
    assert made.json()["secret"].startswith("whsec_")
    number = made.json()["webhook"]
    listed = client.get(f"{ROOT}/webhooks").json()["webhooks"]
    assert [hook["webhook"] for hook in listed] == [number]
    assert "secret" not in listed[0]
    assert client.post(f"{ROOT}/webhooks", json={**body, "pilot": "goscieradow"}).status_code == 404
    for method, path in (("GET", ""), ("DELETE", ""), ("GET", "/deliveries"), ("POST", "/test")):
        given = {"json": {}} if method == "POST" else {}
        assert other.request(method, f"{ROOT}/webhooks/{number}{path}", **given).status_code == 404
    assert client.delete(f"{ROOT}/webhooks/{number}").status_code == 204
    assert client.get(f"{ROOT}/webhooks/{number}").json()["disabled_at"] is not None
