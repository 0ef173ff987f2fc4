"""The panel as browsers ask it: a real ``mlw serve`` process with 20 municipalities, beside a bare JSON route.

``python -m benchmarks.bench_panel [--seconds 5] [--connections 16] [--municipalities 20]``

Times "at the server" are those of its own log, one request at a time. Rates are those of one client, which
shares the cores with the server; so rates are compared with a bare JSON route asked by the same client.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import os
import re
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from mlw_workflow import bootstrap
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.services.demo_people import PASSWORD, people_demo
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.settings import load_settings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.domain.pilot import Pilot

ROOT = Path(__file__).resolve().parents[1]
DAY = "2014-05-31"
ENVIRONMENT = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
RUN = "import sys; from mlw_workflow.interfaces.cli import main; sys.exit(main())"
BARE = """
import sys, uvicorn
from fastapi import FastAPI
app = FastAPI(openapi_url=None)
@app.get("/")
async def bare():
    return {"ok": True}
uvicorn.run(app, port=int(sys.argv[1]), log_config=None, access_log=False)
"""


def filled(home: Path, municipalities: int) -> None:
    """As many municipalities as asked for, each as far as Tłuszcz in May 2014, and the demonstration's people."""
    settings = load_settings({"MLW_HOME": str(home), "MLW_TODAY": DAY, "MLW_LOG": "off"})
    desk = bootstrap.open_desk(settings, create=True)
    loaded = load_programme(ROOT / "workflows" / "mlw-pilot")
    install_definition(desk, loaded)
    told = (ROOT / "workflows" / "_cases" / "tluszcz.yaml").read_text("utf-8")
    pilots: list[Pilot] = []
    for number in range(municipalities):
        name = "Tłuszcz" if number == 0 else f"Gmina {number}"
        file = home / "history.yaml"
        file.write_text(told.replace("municipality: Tłuszcz", f"municipality: {name}", 1), "utf-8")
        done = import_history(
            desk, file, definition_of=lambda _programme: loaded.content_hash, only_until=date.fromisoformat(DAY),
            programmes=frozenset({loaded.programme.id}),
        )  # fmt: skip
        pilots += [item.pilot for item in done]
    people_demo(desk, loaded.programme, pilots, "Tłuszcz", "pl")
    desk.database.close()


@contextlib.contextmanager
def served(home: Path) -> Iterator[str]:
    """``mlw serve`` on those data; its address."""
    environment = {**ENVIRONMENT, "MLW_HOME": str(home), "MLW_TODAY": DAY, "MLW_LOG": "file"}
    process = subprocess.Popen(
        [sys.executable, "-c", RUN, "serve", "--port", "0", "--json"],
        env=environment, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    text, decoder = "", json.JSONDecoder()
    for line in process.stdout:
        text += line
        with contextlib.suppress(json.JSONDecodeError):
            yield decoder.raw_decode(text)[0]["address"]
            break
    process.send_signal(signal.SIGTERM)
    process.wait(30)


@contextlib.contextmanager
def bare_route(port: int) -> Iterator[str]:
    """A JSON route with nothing behind it, in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", BARE, str(port)], env=ENVIRONMENT)
    address = f"http://127.0.0.1:{port}"
    for _ in range(100):
        with contextlib.suppress(httpx.TransportError):
            httpx.get(address)
            break
        time.sleep(0.1)
    yield address
    process.terminate()
    process.wait(10)


def logged_in(address: str, login: str) -> httpx.Client:
    """A browser with a session."""
    client = httpx.Client(base_url=address, timeout=60)
    token = re.search(r'name="token" value="(\w+)"', client.get("/").text)
    assert token is not None
    form = {"token": token[1], "login": f"{login}@demo.invalid", "password": PASSWORD, "next": "/"}
    assert client.post("/", data=form).status_code == 303
    return client


def took(home: Path, client: httpx.Client, paths: list[str], times: int) -> list[float]:
    """Milliseconds at the server of so many requests, one after the other, for each of the paths in turn."""
    for number in range(times + 3):
        path = paths[number % len(paths)]
        answer = client.get(path, headers={"x-request-id": f"bench-panel-{number:06}"})
        assert answer.status_code == 200, (path, answer.status_code)
    lines = [json.loads(line) for line in (home / "log" / "mlw.jsonl").read_text("utf-8").splitlines()]
    found = [line["duration_ms"] for line in lines if line.get("event") == "answered"
             and str(line.get("request", "")).startswith("bench-panel-")]  # fmt: skip
    return found[-times:]


def transfer(client: httpx.Client, path: str) -> int:
    """Bytes that a browser without a cache fetches for a page: itself, its style, its scripts and its picture."""
    page = client.get(path)
    names = set(re.findall(r'(?:href|src)="(/static/[^"]+)"', page.text))
    scripts = {name for name in names if name.endswith(".js")}
    for name in scripts:
        imported = re.findall(r'import[^"]*"\./([^"]+)"', client.get(name).text)
        names |= {f"{name.rpartition('/')[0]}/{found}" for found in imported}
    got = [client.get(name) for name in sorted(names)]
    return page.num_bytes_downloaded + sum(int(answer.headers["content-length"]) for answer in got)


def judged(client: httpx.Client) -> float:
    """Seconds until the matrix shows the verdict on every municipality; those of many are worked out behind it."""
    begun = time.perf_counter()
    while 'id="pending"' in client.get("/matrix").text:
        time.sleep(0.5)
    return time.perf_counter() - begun


async def rate(address: str, paths: list[str], headers: dict[str, str], connections: int, seconds: float) -> float:
    """Answers a second over so many connections that stay open; written out, so that the client costs little."""
    host, port = address.removeprefix("http://").split(":")
    until, done = time.perf_counter() + seconds, 0
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    requests = [f"GET {path} HTTP/1.1\r\nhost: {host}\r\n{lines}\r\n".encode() for path in paths]

    async def visitor(offset: int) -> None:
        nonlocal done
        reader, writer = await asyncio.open_connection(host, int(port))
        number = offset
        while time.perf_counter() < until:
            writer.write(requests[number % len(requests)])
            head = (await reader.readuntil(b"\r\n\r\n")).lower()
            status = int(head[9:12])
            assert status in (200, 304), head
            length = re.search(rb"content-length: (\d+)", head)
            if length:
                await reader.readexactly(int(length[1]))
            number += 1
            done += 1
        writer.close()

    await asyncio.gather(*(visitor(number) for number in range(connections)))
    return done / seconds


def summary(times: list[float]) -> str:
    """``p50 … p99 … ms``."""
    ordered = sorted(times)
    p99 = ordered[min(len(ordered) - 1, round(len(ordered) * 0.99))]
    return f"p50 {statistics.median(ordered):6.1f} ms   p99 {p99:6.1f} ms"


def cookies(client: httpx.Client) -> str:
    """What the browser sends."""
    return "; ".join(f"{name}={value}" for name, value in client.cookies.items())


def measure(home: Path, seconds: float, connections: int, times: int) -> None:
    """Print all figures."""
    with served(home) as address, bare_route(int(address.rsplit(":", 1)[1]) + 1) as bare:
        coordinator, body = logged_in(address, "coordinator.tluszcz"), logged_in(address, "implementing-body")
        board = "/pilots/tluszcz"
        print(f"The first matrix is complete after {judged(body):.1f} s")
        # No two of these are alike, so that none is shown as it was drawn before.
        narrowed = [f"/matrix?column=w06&verdict=on_course&sort=w{at % 13 + 1:02}&order=down&text=g&page={at}"
                    for at in range(1, times + 4)]  # fmt: skip
        asked_for = [
            ("board", coordinator, [board]), ("task", coordinator, [f"{board}/w01"]), ("matrix", body, ["/matrix"]),
            ("matrix, narrowed and sorted", body, narrowed),
        ]  # fmt: skip
        print("One at a time, at the server")
        for name, client, found in asked_for:
            print(f"  {name:28} {summary(took(home, client, found, times))}   "
                  f"transfer {transfer(client, found[0]) / 1000:.0f} kB")  # fmt: skip
        print(f"\n{connections} connections, {seconds:g} s each")
        codes = re.findall(r'href="(/pilots/[\w-]+)"', body.get("/pilots").text) or [board]
        cookie = {"cookie": cookies(coordinator)}
        tag = coordinator.get(board).headers["etag"]
        json_rate = asyncio.run(rate(bare, ["/"], {}, connections, seconds))
        asked: list[tuple[str, list[str], dict[str, Any]]] = [
            ("the same board", [board], cookie),
            ("all boards in turn", sorted(set(codes)), {"cookie": cookies(body)}),
            ("unchanged board (304)", [board], {**cookie, "if-none-match": tag}),
        ]
        print(f"  {'bare JSON route':24} {json_rate:7.0f}/s")
        for name, paths, headers in asked:
            found = asyncio.run(rate(address, paths, headers, connections, seconds))
            print(f"  {name:24} {found:7.0f}/s   {found / json_rate:.2f} of the bare route")


def main() -> None:
    """Fill a database, serve it, ask it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=16)
    parser.add_argument("--municipalities", type=int, default=20)
    parser.add_argument("--times", type=int, default=200, help="requests one at a time")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        filled(home, given.municipalities)
        measure(home, given.seconds, given.connections, given.times)


if __name__ == "__main__":
    main()
