"""A mail server that fails at each step of the conversation, in each way there is."""

from __future__ import annotations

import base64
import socket
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.notifications.transport import Accepted, Permanent, Temporary, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.smtp_transport import SmtpTransport

    MakeTransport = Callable[..., SmtpTransport]
    StartFaulty = Callable[..., Any]

STEPS = ("greeting", "EHLO", "MAIL", "RCPT", "DATA", "content")


def summary(result: object) -> object:
    """What an answer means, without the server's words."""
    match result:
        case Temporary(reason, code, _, server):
            return ("again", reason, code, server)
        case Permanent(reason, code, _):
            return ("never", reason, code)
        case Unknown(reason, _):
            return ("unknown", reason)
        case _:
            return "accepted"


@pytest.mark.parametrize(
    ("step", "fault", "meaning"),
    [
        ("greeting", "421 busy", ("again", "server_busy", 421, True)),
        ("greeting", "450 later", ("again", "server_busy", 450, True)),
        ("greeting", "554 no mail here", ("again", "server_refused", 554, True)),
        ("greeting", "SSH-2.0-OpenSSH", ("again", "server_refused", -1, True)),
        ("EHLO", "421 busy", ("again", "server_busy", 421, True)),
        ("EHLO", "502 what is that?", "accepted"),
        ("MAIL", "421 busy", ("again", "server_busy", 421, True)),
        ("MAIL", "452 disk full", ("again", "server_busy", 452, True)),
        ("MAIL", "530 log in", ("again", "login_required", 530, True)),
        ("MAIL", "550 not you", ("again", "sender_refused", 550, True)),
        ("MAIL", "552 too large", ("never", "too_large", 552)),
        ("MAIL", "rubbish", ("again", "server_refused", -1, True)),
        ("RCPT", "421 busy", ("again", "server_busy", 421, True)),
        ("RCPT", "451 greylisted", ("again", "recipient_deferred", 451, False)),
        ("RCPT", "530 log in", ("again", "login_required", 530, True)),
        ("RCPT", "550 unknown", ("never", "recipient_refused", 550)),
        ("RCPT", "552 mailbox full", ("again", "recipient_deferred", 552, False)),
        ("RCPT", "251 will forward", "accepted"),
        ("RCPT", "rubbish", ("again", "server_refused", -1, True)),
        ("DATA", "421 busy", ("again", "server_busy", 421, True)),
        ("DATA", "451 not now", ("again", "content_deferred", 451, False)),
        ("DATA", "554 no", ("never", "content_refused", 554)),
        ("DATA", "rubbish", ("again", "server_refused", -1, True)),
        ("DATA", "250 what?", ("again", "server_refused", 250, True)),
        ("content", "421 busy", ("again", "server_busy", 421, True)),
        ("content", "451 not now", ("again", "content_deferred", 451, False)),
        ("content", "554 looks like spam", ("never", "content_refused", 554)),
        ("content", "552 too large", ("never", "too_large", 552)),
        ("content", "552 5.2.2 mailbox full", ("again", "recipient_deferred", 552, False)),
        ("content", "rubbish", ("unknown", "no_answer_after_data")),
        ("content", "354 what?", ("unknown", "no_answer_after_data")),
        ("content", "2" * 10_000, ("unknown", "no_answer_after_data")),
        ("content", "drop", ("unknown", "no_answer_after_data")),
        ("content", "silence", ("unknown", "no_answer_after_data")),
        *((step, "drop", ("again", "connection_lost", 0, True)) for step in STEPS[:-1]),
        *((step, "silence", ("again", "timed_out", 0, True)) for step in STEPS[:-1]),
        *((step, "2" * 10_000, ("again", "server_refused", 500, True)) for step in STEPS[:-1]),
    ],
)
def test_fault(
    faulty: StartFaulty, to_server: MakeTransport, letter: Letter, step: str, fault: str, meaning: object
) -> None:
    """Each fault has its meaning: try again, never, unknown; and once it is over, the same transport delivers."""
    server = faulty(faults={step: fault}, times=1)
    transport = to_server(server.port, timeout=0.3 if fault == "silence" else 10.0)
    result = transport.deliver(letter)
    assert summary(result) == meaning
    if step != "content" and meaning != "accepted":
        assert server.contents == []
    assert isinstance(transport.deliver(letter), Accepted)


@pytest.mark.parametrize("step", ["QUIT", "RSET"])
@pytest.mark.parametrize("fault", ["drop", "silence", "421 bye", "rubbish"])
def test_fault_after_the_answer(
    faulty: StartFaulty, to_server: MakeTransport, letters: Callable[[str], Letter], step: str, fault: str
) -> None:
    """What goes wrong in goodbyes and clearing up changes no answer, and is over with the next letter."""
    server = faulty(faults={step: fault} | ({"RCPT": "550 unknown"} if step == "RSET" else {}), times=2)
    transport = to_server(server.port, timeout=0.3)
    first = transport.deliver(letters("a"))
    transport.close()
    second = transport.deliver(letters("b"))
    assert isinstance(first, Accepted if step == "QUIT" else Permanent)
    assert isinstance(second, Accepted)


def test_lost_connection_between_letters(
    faulty: StartFaulty, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """A server that ended the connection between two letters gets the second over a new one, at once."""
    server = faulty(faults={})
    transport = to_server(server.port)
    assert isinstance(transport.deliver(letters("a")), Accepted)
    server.faults = {"MAIL": "421 too long idle"}
    server.times = 1
    assert isinstance(transport.deliver(letters("b")), Accepted)
    assert (server.connections, len(server.contents)) == (2, 2)


def test_a_doubtful_letter_is_not_repeated_by_itself(
    faulty: StartFaulty, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """When the answer to a letter is missing, the transport sends no second copy on its own."""
    server = faulty(faults={})
    transport = to_server(server.port)
    transport.deliver(letters("a"))
    server.faults = {"content": "drop"}
    assert isinstance(transport.deliver(letters("b")), Unknown)
    assert len(server.contents) == 2


def test_nobody_listens(to_server: MakeTransport, letter: Letter) -> None:
    """A server that is not there is unreachable, for this letter and the next."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    result = to_server(port).deliver(letter)
    assert isinstance(result, Temporary)
    assert (result.reason, result.server) == ("unreachable", True)


def test_starttls_refused(faulty: StartFaulty, to_server: MakeTransport, letter: Letter) -> None:
    """A server that offers encryption and then cannot do it is left, not spoken to in the clear."""
    for security in ("starttls", "starttls_if_offered"):
        server = faulty(faults={"STARTTLS": "454 not now"}, extensions=("STARTTLS",))
        result = to_server(server.port, security=security).deliver(letter)
        assert summary(result) == ("again", "tls_failed", 454, True)
        assert not any(command.startswith("MAIL") for command in server.commands)


def test_words_smuggled_before_tls(faulty: StartFaulty, to_server: MakeTransport, letter: Letter) -> None:
    """Words slipped in before the encryption are not taken for the server's."""
    server = faulty(faults={"STARTTLS": "220 go\r\n250 smuggled"}, extensions=("STARTTLS",))
    result = to_server(server.port, security="starttls", timeout=5.0).deliver(letter)
    assert isinstance(result, Temporary)
    assert result.reason in ("tls_failed", "connection_lost")
    assert server.contents == []


def test_a_server_that_repeats_the_password(
    faulty: StartFaulty, to_server: MakeTransport, letter: Letter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that repeats the login in its answer is not quoted."""
    monkeypatch.setattr("mlw_workflow.notifications.smtp_transport.SmtpTransport._secured", lambda *_: None)
    for echoed in ("hunter22", base64.b64encode(b"\0mlw\0hunter22").decode()):
        server = faulty(faults={"AUTH": f"535 no such login: {echoed}"}, extensions=("AUTH PLAIN",))
        transport = to_server(server.port, security="starttls", user="mlw", password="hunter22")
        result = transport.deliver(letter)
        assert summary(result) == ("again", "login_refused", 535, True)
        assert echoed not in repr(result)


def test_dots_are_doubled(faulty: StartFaulty, to_server: MakeTransport, letter: Letter) -> None:
    """A line of a letter that is a dot does not end it."""
    server = faulty(faults={})
    to_server(server.port).deliver(letter)
    (content,) = server.contents
    assert content.endswith(b"\r\n.\r\n")
    lines = content.removesuffix(b".\r\n").split(b"\r\n")
    assert b"\r\n".join(line.removeprefix(b".") for line in lines) == letter.content
    assert {b"..", b"...", b"..kropka"} <= set(lines)
