"""Two mail servers for the tests: a real one (aiosmtpd), and one that misbehaves at a step of one's choice."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pytest
import trustme
from aiosmtpd.controller import Controller

from mlw_workflow.notifications.address import mailbox
from mlw_workflow.notifications.mail import Letter, compose
from mlw_workflow.notifications.smtp_settings import SmtpSettings
from mlw_workflow.notifications.smtp_transport import SmtpTransport
from mlw_workflow.notifications.values import Composed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOST = "127.0.0.1"


@dataclass
class Inbox:
    """A handler that takes every mail, and remembers what came over how many connections."""

    sessions: list[object] = field(default_factory=list)
    mails: list[Any] = field(default_factory=list)

    async def handle_EHLO(  # noqa: N802 (its name for the server)
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> Any:
        session.host_name = hostname
        if session not in self.sessions:
            self.sessions.append(session)
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        self.mails.append(envelope)
        return "250 taken"

    @property
    def contents(self) -> list[bytes]:
        """The mails as they came."""
        return [envelope.content for envelope in self.mails]


@pytest.fixture
def inbox() -> Inbox:
    """A handler that takes every mail; a test may set a hook of its own on it."""
    return Inbox()


class _Server(Controller):
    """On a port that was bound before anybody else could take it."""

    def __init__(self, handler: Any, **options: Any) -> None:
        self.bound = socket.create_server((HOST, 0))
        super().__init__(handler, hostname=HOST, port=self.bound.getsockname()[1], **options)

    def _create_server(self) -> Any:
        return self.loop.create_server(self._factory_invoker, sock=self.bound, ssl=self.ssl_context)


class StartServer(Protocol):
    """Starts a mail server for the length of a test, and tells its port."""

    def __call__(self, handler: Any, **options: Any) -> int: ...


@pytest.fixture
def mail_server() -> Iterator[StartServer]:
    """A real mail server around a handler."""
    with ExitStack() as stack:

        def start(handler: Any, **options: Any) -> int:
            server = _Server(handler, **options)
            server.start()
            stack.callback(server.stop)
            return server.port

        yield start


@dataclass
class FaultyServer:
    """Speaks just enough SMTP, and at one step does something else.

    Steps: ``greeting``, the commands, ``content`` (after the final dot). Faults: ``drop``, ``silence``, or a line to
    answer. A fault happens on the first ``times`` connections that come to it.
    """

    faults: dict[str, str]
    times: int = 10**6
    extensions: tuple[str, ...] = ("SIZE 1000000",)
    commands: list[str] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    connections: int = 0

    def __post_init__(self) -> None:
        self.listener = socket.create_server((HOST, 0))
        self.port: int = self.listener.getsockname()[1]
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def stop(self) -> None:
        with suppress(OSError):
            self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()
        self.thread.join(5)
        assert not self.thread.is_alive()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.connections += 1
            with connection, suppress(OSError), connection.makefile("rb") as lines:
                self._talk(connection, lines)

    def _talk(self, connection: socket.socket, lines: Any) -> None:
        if not self._answer(connection, "greeting", "220 ready"):
            return
        while line := lines.readline():
            command = line.decode(errors="replace").strip()
            self.commands.append(command)
            verb = command.split(" ")[0].upper()
            replies = {"EHLO": self._hello(), "DATA": "354 go on", "QUIT": "221 bye"}
            if not self._answer(connection, verb, replies.get(verb, "250 ok")) or verb == "QUIT":
                return
            if verb == "DATA" and self.answered.startswith("354"):
                content = b""
                while not content.endswith(b"\r\n.\r\n"):
                    content += lines.readline()
                self.contents.append(content)
                if not self._answer(connection, "content", "250 taken"):
                    return

    def _hello(self) -> str:
        words = ["faulty.example", *self.extensions]
        return "\r\n".join(f"250{' ' if word is words[-1] else '-'}{word}" for word in words)

    def _answer(self, connection: socket.socket, step: str, usual: str) -> bool:
        fault = self.faults.get(step) if self.times > 0 else None
        self.times -= fault is not None
        if fault == "drop":
            return False
        if fault == "silence":
            connection.recv(1)  # until the other side gives up
            return False
        self.answered = fault or usual
        connection.sendall(self.answered.encode() + b"\r\n")
        return not self.answered.startswith("421")


@pytest.fixture
def faulty() -> Iterator[Callable[..., FaultyServer]]:
    """A server that misbehaves."""
    with ExitStack() as stack:

        def start(**given: Any) -> FaultyServer:
            server = FaultyServer(**given)
            stack.callback(server.stop)
            return server

        yield start


@pytest.fixture
def to_server() -> Iterator[Callable[..., SmtpTransport]]:
    """A transport to a local port, closed at the end. Its settings are the test's, in the clear if none are named."""
    with ExitStack() as stack:

        def make(port: int, **settings: Any) -> SmtpTransport:
            given = {"security": "none", "timeout": 10.0, "local_hostname": "client.example"} | settings
            transport = SmtpTransport(SmtpSettings(HOST, port, **given))
            stack.callback(transport.close)
            return transport

        yield make


@dataclass
class Certificates:
    """An authority of the test's own, and a server's certificate from it."""

    ca_file: Path
    server: ssl.SSLContext
    other_name: ssl.SSLContext
    """For a server of another name."""


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Certificates that nothing but the test trusts."""
    authority = trustme.CA()
    ca_file = tmp_path_factory.mktemp("ca") / "ca.pem"
    authority.cert_pem.write_to_path(str(ca_file))
    contexts = []
    for name in (HOST, "other.example"):
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        authority.issue_cert(name).configure_cert(context)
        contexts.append(context)
    return Certificates(ca_file, *contexts)


@pytest.fixture
def letter() -> Letter:
    """A letter with Polish names, and lines that begin with a dot."""
    return write("1")


def write(key: str, text: str = "Dzień dobry\n.\n..\n.kropka\n") -> Letter:
    """A letter for a key."""
    return compose(
        Composed("Przypomnienia: Tłuszcz", text, "<p>Dzień dobry</p>\n", "pl"),
        sender=mailbox("Urząd Miejski w Tłuszczu", "mlw@tluszcz.example"),
        recipient=mailbox("Łucja Żółć", "lucja@tluszcz.example"),
        key=key,
        domain="mlw.tluszcz.example",
        date=datetime(2014, 5, 2, 5, tzinfo=UTC),
    )


@pytest.fixture
def letters() -> Callable[[str], Letter]:
    """Writes a letter for a key."""
    return write
