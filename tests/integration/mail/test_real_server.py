"""Letters handed to a real mail server."""

from __future__ import annotations

import asyncio
import email
from email import policy
from typing import TYPE_CHECKING, Any

from aiosmtpd.smtp import AuthResult, LoginPassword

from mlw_workflow.notifications.transport import Accepted, Permanent, Temporary, Unknown

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.smtp_transport import SmtpTransport

    MakeTransport = Callable[..., SmtpTransport]
    StartServer = Callable[..., int]

PASSWORD = "tajne-haslo-7"


def login_of(user: str, password: str) -> Callable[..., AuthResult]:
    def check(server: Any, session: Any, envelope: Any, mechanism: str, given: Any) -> AuthResult:
        right = isinstance(given, LoginPassword) and (given.login, given.password) == (user.encode(), password.encode())
        return AuthResult(success=right, handled=False)

    return check


def test_letter_arrives(inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter) -> None:
    """A letter arrives byte for byte, and the answer quotes the server."""
    transport = to_server(mail_server(inbox))
    assert transport.deliver(letter) == Accepted("taken")
    (mail,) = inbox.mails
    assert (mail.mail_from, mail.rcpt_tos) == ("mlw@tluszcz.example", ["lucja@tluszcz.example"])
    assert mail.content == letter.content
    assert inbox.sessions[0].host_name == "client.example"
    read: Any = email.message_from_bytes(mail.content, policy=policy.default)
    assert (read["Subject"], read["Message-ID"]) == ("Przypomnienia: Tłuszcz", letter.message_id)
    assert "Łucja Żółć" in read["To"]
    assert read.get_body(("plain",)).get_content().splitlines() == ["Dzień dobry", ".", "..", ".kropka"]


def test_one_connection_for_a_batch(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """A batch goes over one connection, ended with QUIT; the next batch opens another."""
    quits = []

    async def note(server: Any, session: Any, envelope: Any) -> str:
        quits.append(session)
        return "221 bye"

    inbox.handle_QUIT = note
    transport = to_server(mail_server(inbox))
    assert all(isinstance(transport.deliver(letters(key)), Accepted) for key in "abc")
    transport.close()
    assert (len(inbox.sessions), len(quits)) == (1, 1)
    assert isinstance(transport.deliver(letters("d")), Accepted)
    transport.close()
    transport.close()
    assert (len(inbox.sessions), len(quits), len(inbox.mails)) == (2, 2, 4)


def test_refused_recipient(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """A recipient the server refuses for good is told apart, and the rest of the batch goes on over the same line."""
    refused = []

    async def refuse_first(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if not refused:
            refused.append(address)
            return "550 5.1.1 User unknown"
        envelope.rcpt_tos.append(address)
        return "250 ok"

    inbox.handle_RCPT = refuse_first
    transport = to_server(mail_server(inbox))
    assert transport.deliver(letters("a")) == Permanent("recipient_refused", 550, "5.1.1 User unknown")
    assert isinstance(transport.deliver(letters("b")), Accepted)
    assert (len(inbox.sessions), len(inbox.mails)) == (1, 1)


def test_greylisting(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """A server that says "later" about a recipient is asked later, and only about that one."""

    async def later(server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        return "451 4.7.1 Greylisted, come back"

    inbox.handle_RCPT = later
    transport = to_server(mail_server(inbox))
    assert transport.deliver(letters("a")) == Temporary("recipient_deferred", 451, "4.7.1 Greylisted, come back")


def test_size_limit(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[..., Letter]
) -> None:
    """A letter that is too large for the server is refused for good before it is sent; a smaller one passes."""
    transport = to_server(mail_server(inbox, data_size_limit=5000))
    result = transport.deliver(letters("a", "x\n" * 3000))
    assert isinstance(result, Permanent)
    assert (result.reason, result.code) == ("too_large", 552)
    assert inbox.mails == []
    assert isinstance(transport.deliver(letters("b")), Accepted)


def test_starttls(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """Where the server requires encryption the letter goes encrypted, its certificate verified."""
    port = mail_server(inbox, tls_context=certificates.server, require_starttls=True)
    transport = to_server(port, security="starttls", ca_file=certificates.ca_file)
    assert isinstance(transport.deliver(letter), Accepted)
    assert inbox.sessions[-1].ssl is not None


def test_starttls_if_offered(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[[str], Letter], certificates: Any
) -> None:
    """Encryption "if offered" is used where it is, done without where it is not, and still verifies."""
    encrypting = mail_server(inbox, tls_context=certificates.server)
    chosen = {"security": "starttls_if_offered"}
    assert isinstance(to_server(encrypting, **chosen, ca_file=certificates.ca_file).deliver(letters("a")), Accepted)
    assert inbox.sessions[-1].ssl is not None
    untrusted = to_server(encrypting, **chosen).deliver(letters("b"))
    assert isinstance(untrusted, Temporary)
    assert untrusted.reason == "certificate_refused"
    assert isinstance(to_server(mail_server(inbox), **chosen).deliver(letters("c")), Accepted)
    assert inbox.sessions[-1].ssl is None


def test_starttls_is_missing(inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter) -> None:
    """Where encryption is required and the server has none, no mail goes."""
    result = to_server(mail_server(inbox), security="starttls").deliver(letter)
    assert result == Temporary("tls_missing", server=True)
    assert inbox.mails == []


def test_password_never_goes_in_the_clear(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter
) -> None:
    """Encryption "if offered" becomes a must as soon as there is a password."""
    port = mail_server(inbox, authenticator=login_of("mlw", PASSWORD), auth_require_tls=False)
    result = to_server(port, security="starttls_if_offered", user="mlw", password=PASSWORD).deliver(letter)
    assert result == Temporary("tls_missing", server=True)


def test_implicit_tls(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """A server that is encrypted from the first byte is spoken to that way."""
    port = mail_server(inbox, ssl_context=certificates.server)
    assert isinstance(to_server(port, security="tls", ca_file=certificates.ca_file).deliver(letter), Accepted)


def test_unknown_authority(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """A certificate that nobody we trust has signed ends the attempt, whichever way encryption began."""
    for security, options in (
        ("starttls", {"tls_context": certificates.server}),
        ("tls", {"ssl_context": certificates.server}),
    ):
        result = to_server(mail_server(inbox, **options), security=security).deliver(letter)
        assert isinstance(result, Temporary)
        assert (result.reason, result.server) == ("certificate_refused", True)
    assert inbox.mails == []


def test_certificate_of_another(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """A good certificate of another server is not good enough."""
    port = mail_server(inbox, tls_context=certificates.other_name)
    result = to_server(port, security="starttls", ca_file=certificates.ca_file).deliver(letter)
    assert isinstance(result, Temporary)
    assert result.reason == "certificate_refused"


def test_plain_server_spoken_to_in_tls(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter
) -> None:
    """The wrong port, where nobody speaks TLS, is a failure of TLS and not of the letter."""
    result = to_server(mail_server(inbox), security="tls").deliver(letter)
    assert isinstance(result, Temporary)
    assert result.reason == "tls_failed"


def test_login(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """A server that asks for a login gets it, after encryption."""
    port = mail_server(
        inbox, tls_context=certificates.server, authenticator=login_of("mlw", PASSWORD), auth_required=True
    )
    given = {"security": "starttls", "ca_file": certificates.ca_file}
    assert isinstance(to_server(port, **given, user="mlw", password=PASSWORD).deliver(letter), Accepted)
    without = to_server(port, **given).deliver(letter)
    assert isinstance(without, Temporary)
    assert (without.reason, without.server) == ("login_required", True)


def test_refused_login(
    inbox: Any,
    mail_server: StartServer,
    to_server: MakeTransport,
    letter: Letter,
    certificates: Any,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A wrong password holds every letter up and spoils none, and is written nowhere."""
    port = mail_server(inbox, tls_context=certificates.server, authenticator=login_of("mlw", "other"))
    transport = to_server(
        port, security="starttls", ca_file=certificates.ca_file, user="mlw", password=PASSWORD, timeout=5.0
    )
    result = transport.deliver(letter)
    assert isinstance(result, Temporary)
    assert (result.reason, result.code, result.server) == ("login_refused", 535, True)
    assert PASSWORD not in "".join([repr(result), repr(transport), *capfd.readouterr()])


def test_login_not_offered(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter, certificates: Any
) -> None:
    """A password for a server that asks for none is a mistake in the settings, and is told."""
    port = mail_server(inbox, tls_context=certificates.server, auth_exclude_mechanism=["LOGIN", "PLAIN"])
    transport = to_server(port, security="starttls", ca_file=certificates.ca_file, user="mlw", password=PASSWORD)
    result = transport.deliver(letter)
    assert isinstance(result, Temporary)
    assert (result.reason, result.server) == ("login_not_offered", True)


def test_stall(inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter) -> None:
    """A server that falls silent before it has the letter is left after the timeout; nothing was handed over."""

    async def stall(*_: Any) -> str:
        await asyncio.sleep(60)
        return "250 ok"

    inbox.handle_MAIL = stall
    result = to_server(mail_server(inbox), timeout=0.2).deliver(letter)
    assert isinstance(result, Temporary)
    assert (result.reason, result.server) == ("timed_out", True)


def test_drop_before_the_answer(inbox: Any, mail_server: StartServer, to_server: MakeTransport, letter: Letter) -> None:
    """A connection that ends after the letter and before the answer leaves it open; a second copy is equal."""
    dropped = []

    async def take_and_drop(server: Any, session: Any, envelope: Any) -> str:
        inbox.mails.append(envelope)
        if not dropped:
            dropped.append(True)
            server.transport.abort()
        return "250 taken"

    inbox.handle_DATA = take_and_drop
    transport = to_server(mail_server(inbox))
    assert isinstance(transport.deliver(letter), Unknown)
    assert isinstance(transport.deliver(letter), Accepted)
    first, second = inbox.contents
    assert first == second
    assert letter.message_id.encode() in first


def test_drop_after_the_answer(
    inbox: Any, mail_server: StartServer, to_server: MakeTransport, letters: Callable[[str], Letter]
) -> None:
    """A connection that ends after the answer changes nothing about it, and the next letter takes a new one."""

    async def take(server: Any, session: Any, envelope: Any) -> str:
        inbox.mails.append(envelope)
        server.loop.call_later(0, server.transport.close)
        return "250 taken"

    inbox.handle_DATA = take
    transport = to_server(mail_server(inbox))
    assert [isinstance(transport.deliver(letters(key)), Accepted) for key in "ab"] == [True, True]
    assert (len(inbox.mails), len(inbox.sessions)) == (2, 2)
