"""For whatever watches over the panel: lives, can work, counts; and stops without losing anything."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import structlog
from starlette.testclient import TestClient

from mlw_workflow.services.demo_people import PASSWORD
from mlw_workflow.storage import heartbeat

if TYPE_CHECKING:
    from conftest import Panel

RUN = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"


def beat(panel: Panel) -> None:
    """The worker ran now."""
    with panel.desk.database.work() as work:
        heartbeat.beat(work.connection, "tick", panel.desk.clock.now(), "")
        work.commit()


def test_readiness_says_which_part_fails(panel: Panel) -> None:
    """Reminders that stand still, a database of another revision; whoever watches may leave one out."""
    browser = panel.browser()
    still = browser.get("/readyz")
    assert (still.status_code, still.json()["failing"]) == (503, ["reminders"])
    assert browser.get("/readyz?exclude=reminders").status_code == 200
    beat(panel)
    ready = browser.get("/readyz")
    assert ready.status_code == 200
    assert ready.json() == {
        "status": "ready", "failing": [], "database": "ok", "migrations": "ok", "reminders": "ok",
    }  # fmt: skip
    with panel.desk.database.work() as work:
        work.connection.execute("PRAGMA user_version = 4")
        work.commit()
    other = browser.get("/readyz?exclude=reminders")
    assert (other.status_code, other.json()["failing"]) == (503, ["migrations"])
    assert other.json()["migrations"] == "storage_outdated"


def test_a_panel_that_reminds_by_itself_is_given_time_for_its_first_run(panel: Panel) -> None:
    """Just begun, it is ready; once the time is over, it is not."""
    office = panel.app.state.office
    panel.app.state.office = replace(office, reminds=True)
    assert panel.browser().get("/readyz").json()["reminders"] == "starting"
    panel.app.state.office = replace(office, reminds=True, started=office.started - 10_000)
    assert panel.browser().get("/readyz").status_code == 503


def test_metrics_count_without_naming_anybody(panel: Panel) -> None:
    """Requests by route, logins, mails, the worker's last run, entries; no name, code or one-time link."""
    beat(panel)
    browser = panel.as_("coordinator.tluszcz")
    browser.get("/pilots/tluszcz")
    browser.get("/password?link=secret-of-somebody")
    browser.client.request("BREW", "/pilots/tluszcz")
    panel.browser().log_in("nobody@demo.invalid", "wrong")
    near = TestClient(panel.app, base_url="http://panel.test", client=("127.0.0.1", 5))
    text = near.get("/metrics").text
    assert 'mlw_requests_total{method="GET",route="/pilots/{code}",status="200"} 1.0' in text
    assert 'mlw_request_seconds_bucket{le="0.015",method="GET",route="/pilots/{code}"}' in text
    assert 'mlw_logins_total{outcome="ok"} 1.0' in text
    assert 'mlw_logins_total{outcome="failed"} 1.0' in text
    assert 'method="other"' in text
    assert "mlw_database_up 1.0" in text
    assert "mlw_reminders_last_run_age_seconds 0.0" in text
    assert 'mlw_mails{status="dead"} 0.0' in text
    entries = re.search(r"mlw_ledger_entries (\d+)", text)
    assert entries is not None
    assert int(entries[1]) > 20
    for secret in ("tluszcz", "secret-of-somebody", "nobody", "demo.invalid", "Tłuszcz"):
        assert secret not in text


def test_metrics_are_for_this_computer_or_whoever_knows_the_token(open_panel: Callable[..., Panel]) -> None:
    """Nobody else, nor a stranger who comes by way of a program here."""
    from mlw_workflow.settings.server import ServerSettings

    panel = open_panel(server=ServerSettings(metrics_token="the token"))

    def ask(host: str, **headers: str) -> int:
        client = TestClient(panel.app, base_url="http://panel.test", client=(host, 5))
        return client.get(
            "/metrics", headers={name.replace("_", "-"): value for name, value in headers.items()}
        ).status_code

    assert ask("127.0.0.1") == ask("::1") == 200
    assert ask("192.0.2.7") == 401
    assert ask("192.0.2.7", authorization="Bearer wrong") == 401
    assert ask("192.0.2.7", authorization="Bearer the token") == 200
    assert ask("127.0.0.1", x_forwarded_for="192.0.2.7") == 401


def test_every_line_of_the_log_has_the_number_of_its_request(panel: Panel) -> None:
    """Also those that services write, in another thread; nobody's name is among them."""
    with structlog.testing.capture_logs(processors=[structlog.contextvars.merge_contextvars]) as lines:
        browser = panel.browser()
        token = browser.token("/")
        lines.clear()
        form = {"token": token, "login": "mayor.tluszcz@demo.invalid", "password": PASSWORD, "next": "/"}
        answer = browser.client.post("/", data=form, follow_redirects=False)
    assert {line["event"] for line in lines} == {"login", "answered"}
    assert {line["request"] for line in lines} == {answer.headers["x-request-id"]}
    assert "mayor" not in str(lines)


@pytest.mark.slow
def test_stopping_loses_no_request(tmp_path: Path, demo_template: Path) -> None:
    """SIGTERM comes while a form is half sent: it is answered, nobody new is let in, and the process ends in peace."""
    import shutil

    home = tmp_path / "home"
    shutil.copytree(demo_template, home)
    clean = {key: value for key, value in os.environ.items() if not key.startswith("MLW_")}
    environment = {**clean, "MLW_HOME": str(home), "MLW_LOG": "off", "MLW_LANG": "pl"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "--port", "0", "--json"],
        env=environment,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    try:
        port = int(address_told(process.stdout).rpartition(":")[2])
        page = http.client.HTTPConnection("127.0.0.1", port)
        page.request("GET", "/")
        shown = page.getresponse()
        cookie = (shown.headers["set-cookie"] or "").partition(";")[0]
        found = re.search(r'name="token" value="([0-9a-f]{64})"', shown.read().decode())
        assert found is not None
        body = f"token={found[1]}&login=a%40b.pl&password=wrong&next=/".encode()
        page.close()
        with socket.create_connection(("127.0.0.1", port)) as slow, closing(page):
            slow.sendall(
                b"POST / HTTP/1.1\r\nHost: panel.test\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                + f"Cookie: {cookie}\r\nContent-Length: {len(body)}\r\n\r\n".encode()
                + body[:20]
            )
            page.request("GET", "/healthz")  # by a later connection: once it is answered, the half form was read
            assert page.getresponse().read() == b"ok\n"
            process.send_signal(signal.SIGTERM)
            refused = until_refused(port)
            slow.sendall(body[20:])
            with slow.makefile("rb") as answer:
                assert answer.readline().startswith(b"HTTP/1.1 422")
        assert refused
        assert process.wait(timeout=30) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def address_told(stream: Any) -> str:
    text = ""
    for line in stream:
        text += line
        try:
            return str(json.JSONDecoder().raw_decode(text)[0]["address"])
        except json.JSONDecodeError:
            continue
    pytest.fail("the panel ended before it opened")


def until_refused(port: int) -> bool:
    """Knock until nobody opens any more."""
    import time

    for _ in range(200):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=5).close()
        except ConnectionRefusedError:
            return True
        time.sleep(0.05)
    return False
