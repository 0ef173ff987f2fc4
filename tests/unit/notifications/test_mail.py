"""The bytes of a mail."""

import email
import re
from datetime import UTC, datetime
from email import policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.utils import parseaddr

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.address import Mailbox, mailbox
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.mail import Letter, compose, message_id
from mlw_workflow.notifications.values import Composed

WRITTEN = datetime(2014, 5, 2, 5, 0, tzinfo=UTC)
HEADERS = [
    "Content-Type",
    "MIME-Version",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Date",
    "Message-ID",
    "Content-Language",
    "Auto-Submitted",
    "Precedence",
    "X-Auto-Response-Suppress",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
]
FRAGMENTS = [
    "\r\nBcc: x@example.org\r\n",
    "\n\nbody",
    "\r",
    "\0",
    "\u202e",
    "\u2028",
    "\x85",
    "=?utf-8?q?=0d=0aBcc=3a_x=40example=2eorg?=",
    "=?",
    "?=",
    "<x@example.org>",
    '"',
    "\\",
    ",",
    ";",
    ":",
    "(",
    ")",
    "@",
    "%s",
    "{x}",
    " ",
    "Łucja Żółć",
    "Jan",
    "😀",
    "a" * 90,
    "ż" * 90,
    "\ud800",
]
NASTY = st.lists(st.sampled_from(FRAGMENTS) | st.text(max_size=5), max_size=8).map("".join)


def letter(
    name: str = "Jan",
    subject: str = "Przypomnienia",
    text: str = "Dzień dobry\n",
    html: str = "<p>Dzień dobry</p>\n",
    sender: str = "Urząd",
    unsubscribe: tuple[str, ...] = ("https://mlw.example.org/u/" + "t" * 100, "mailto:stop@example.org"),
) -> Letter:
    return compose(
        Composed(subject, text, html, "pl"),
        sender=mailbox(sender, "mlw@example.org"),
        recipient=mailbox(name, "jan@example.org"),
        key="digest/p1/2014-05-02",
        domain="mlw.example.org",
        date=WRITTEN,
        reply_to=mailbox(sender, "biuro@example.org"),
        list_unsubscribe=unsubscribe,
    )


def read(content: bytes) -> EmailMessage:
    message = email.message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message


def decoded(header: str) -> str:
    """A header without its encoded words. (The newer parser keeps the space between two of them, which is no space.)"""
    return str(make_header(decode_header("".join(header.splitlines()))))


def test_headers() -> None:
    """A mail says that a program wrote it, how to be rid of it, and who it is."""
    message = read(letter().content)
    assert message["Message-ID"] == message_id("digest/p1/2014-05-02", "mlw.example.org")
    assert message["Date"] == "Fri, 02 May 2014 05:00:00 +0000"
    assert message["Auto-Submitted"] == "auto-generated"
    assert message["Precedence"] == "bulk"
    assert message["Content-Language"] == "pl"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]


def test_long_links_are_not_rewritten() -> None:
    """A long link and a long Message-ID stand in the headers as they are, for servers look for them there."""
    content = letter().content
    assert b"\r\nList-Unsubscribe: \r\n <https://mlw.example.org/u/" + b"t" * 100 + b">,\r\n <mailto:stop@e" in content
    long = message_id("k", "d" * 60 + ".example.org")
    other = compose(
        Composed("s", "t", "h", "en"),
        sender=mailbox("", "a@example.org"),
        recipient=mailbox("", "b@example.org"),
        key="k",
        domain="d" * 60 + ".example.org",
        date=WRITTEN,
    )
    assert long.encode() + b"\r\n" in other.content


def test_one_click_needs_https() -> None:
    """Without a web address there is no one-click header, and without any address no header at all."""
    by_mail = read(letter(unsubscribe=("mailto:stop@example.org",)).content)
    assert by_mail["List-Unsubscribe"] == "<mailto:stop@example.org>"
    assert by_mail["List-Unsubscribe-Post"] is None
    assert read(letter(unsubscribe=()).content)["List-Unsubscribe"] is None


def test_copies_are_equal() -> None:
    """The same mail is the same bytes each time, with a Message-ID that depends on its key alone."""
    assert letter() == letter()
    assert letter(subject="other").message_id == letter().message_id
    assert message_id("a", "example.org") != message_id("b", "example.org")
    assert re.fullmatch(r"<[0-9a-f]{40}@example\.org>", message_id("a", "Example.ORG"))


@given(NASTY, NASTY, NASTY)
@example("Kowalski, Łukasz", "=?utf-8?q?x?=", '"Urząd" (Gmina)')
def test_no_header_can_be_added(name: str, subject: str, sender: str) -> None:
    """Whatever names and subject hold, the headers are ours and read back as what was typed, on one line."""
    content = letter(name, subject, sender=sender).content
    head, _, _ = content.partition(b"\r\n\r\n")
    names = [line.partition(b":")[0].decode() for line in head.split(b"\r\n") if not line.startswith(b" ")]
    assert names == HEADERS
    message = read(content)
    older = email.message_from_bytes(content)
    for header, typed, address in (
        ("From", sender, "mlw@example.org"),
        ("To", name, "jan@example.org"),
        ("Reply-To", sender, "biuro@example.org"),
    ):
        (found,) = message[header].addresses
        assert found.addr_spec == address
        shown, spec = parseaddr("".join(older[header].splitlines()))
        assert (decoded(shown), spec) == (one_line(typed, 100), address)
    assert decoded(older["Subject"]).strip() == one_line(subject, 250)


@given(NASTY, NASTY)
def test_wire_format(text: str, html: str) -> None:
    """Every byte is ASCII, every line ends in CRLF and is short, and the body reads back."""
    content = letter(text=text, html=html).content
    content.decode("ascii")
    lines = content.split(b"\r\n")
    assert all(len(line) <= 200 and b"\n" not in line and b"\r" not in line for line in lines)
    plain, page = read(content).iter_parts()
    for part, written in ((plain, text), (page, html)):
        expected = "\n".join(written.encode("utf-8", "replace").decode().splitlines()) + "\n"
        assert part.get_content().replace("\r\n", "\n") == expected


def test_from_line_is_left_alone() -> None:
    """A line that begins with "From " stays as it is."""
    plain, _ = read(letter(text="From here on\n.\nFrom there\n").content).iter_parts()
    assert plain.get_content().replace("\r\n", "\n") == "From here on\n.\nFrom there\n"


def test_lookalike_of_an_encoded_word() -> None:
    """A name that looks like an encoded word is shown as it was typed, not decoded."""
    message = read(letter(name="=?utf-8?q?burmistrz?=").content)
    assert message["To"].addresses[0].display_name == "=?utf-8?q?burmistrz?="


@pytest.mark.parametrize(
    "address", ["http//x", "https://example.org/a,b", "mailto:a", "mailto:a@example.org?bcc=b@example.org", "tel:1"]
)
def test_bad_unsubscribe(address: str) -> None:
    """An address to unsubscribe that no mail program would follow is refused."""
    with pytest.raises(BadInput):
        letter(unsubscribe=(address,))


def test_envelope_is_checked_again() -> None:
    """A mailbox that was made by hand does not carry a second command into the envelope."""
    with pytest.raises(BadInput):
        compose(
            Composed("s", "t", "h", "en"),
            sender=Mailbox("", "a@example.org"),
            recipient=Mailbox("", "b@example.org>\r\nRCPT TO:<c@example.org"),
            key="k",
            domain="example.org",
            date=WRITTEN,
        )
