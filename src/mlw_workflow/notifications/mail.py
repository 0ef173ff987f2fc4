"""A composed mail as the bytes that go over the wire: the same bytes for the same mail, whichever Python writes them.

The headers are written with ``email.header`` (the older interface): the newer one rewrites long links as encoded words,
in which no mail server recognises them any more.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.message import Message
from email.mime.multipart import MIMEMultipart
from email.mime.nonmultipart import MIMENonMultipart
from email.policy import compat32
from email.utils import format_datetime, quote
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.address import Mailbox, mail_domain, mailbox
from mlw_workflow.notifications.clean import one_line, web_address

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.notifications.values import Composed

SUBJECT_LIMIT = 250
_ATOMS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~ -]*")
_WIRE = compat32.clone(linesep="\r\n", max_line_length=76)  # a line break, and encoded words of up to 75


@dataclass(frozen=True, slots=True)
class Letter:
    """A mail ready to be handed over: the envelope and the content."""

    message_id: str
    """With its angle brackets; the same for every copy."""
    sender: str
    """An address, for the envelope."""
    recipient: str
    written_at: datetime
    """The content's Date."""
    content: bytes
    """RFC 5322, ASCII, CRLF."""


def message_id(key: str, domain: str) -> str:
    """The Message-ID of the mail with this key, for ever. Raises BadInput ``mail_domain_invalid``."""
    return f"<{hashlib.sha256(key.encode()).hexdigest()[:40]}@{mail_domain(domain)}>"


def compose(  # noqa: PLR0913 - a letter's headers, each by its name
    composed: Composed,
    *,
    sender: Mailbox,
    recipient: Mailbox,
    key: str,
    domain: str,
    date: datetime,
    reply_to: Mailbox | None = None,
    list_unsubscribe: tuple[str, ...] = (),
    attached: tuple[str, str] | None = None,
) -> Letter:
    """The letter of a mail. ``attached``: a file's name (in ASCII) and its text, which arrives byte for byte.

    ``date`` is the instant the mail was written, not sent: so a second copy is equal to the first, byte for byte.
    ``list_unsubscribe`` holds web addresses and ``mailto:`` ones. Raises BadInput: ``mail_domain_invalid``,
    ``unsubscribe_invalid`` (facts: address), and for addresses ``address_missing`` and ``address_invalid``.
    """
    assert date.tzinfo is not None
    # Checked once more: a Mailbox made by hand must not reach a header or the envelope as it is.
    sender, recipient = mailbox(sender.name, sender.address), mailbox(recipient.name, recipient.address)
    identity = message_id(key, domain)
    # No line of quoted-printable can begin with this: in it an underscore never follows an equals sign.
    message = MIMEMultipart("alternative", boundary=f"=_{identity[1:41]}", policy=_WIRE)
    whole = message
    if attached is not None:
        whole = MIMEMultipart("mixed", boundary=f"=_{identity[1:40]}_", policy=_WIRE)
        whole.attach(message)
        del message["MIME-Version"]
    unsubscribe = ", ".join(f"<{_unsubscribe(address)}>" for address in list_unsubscribe)
    headers: dict[str, Any] = {
        "From": _mailbox(sender, "From"),
        "To": _mailbox(recipient, "To"),
        "Reply-To": "" if reply_to is None else _mailbox(mailbox(reply_to.name, reply_to.address), "Reply-To"),
        "Subject": _text(one_line(composed.subject, SUBJECT_LIMIT), "Subject"),
        "Date": format_datetime(date),
        "Message-ID": identity,
        "Content-Language": composed.language,
        "Auto-Submitted": "auto-generated",
        "Precedence": "bulk",
        "X-Auto-Response-Suppress": "OOF, AutoReply",  # Exchange does not read the standard's headers
        "List-Unsubscribe": unsubscribe,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click" if "<https://" in unsubscribe else "",
    }
    for name, value in headers.items():
        if value:
            whole[name] = value
    message.attach(_part("plain", composed.text))
    message.attach(_part("html", composed.html))
    if attached is not None:
        whole.attach(_file(*attached))
    return Letter(identity, sender.address, recipient.address, date, whole.as_bytes(policy=_WIRE))


def _mailbox(box: Mailbox, header: str) -> str | Header:
    name, address = box.name, box.address
    if not name:
        return address
    if name.isascii() and "=?" not in name:
        shown = name if _ATOMS.fullmatch(name) else f'"{quote(name)}"'
        return Header(f"{shown} <{address}>", header_name=header)
    value = Header(name, "utf-8", header_name=header)
    value.append(f"<{address}>", "us-ascii")
    return value


def _text(text: str, header: str) -> Header:
    # What looks like an encoded word is written as one, so that the reader sees what was typed.
    plain = text.isascii() and "=?" not in text
    return Header(text, "us-ascii" if plain else "utf-8", header_name=header)


def _unsubscribe(address: str) -> str:
    if address.startswith("mailto:"):
        return f"mailto:{mailbox('', address.removeprefix('mailto:')).address}"
    checked = web_address(address)
    if not checked or "," in checked:
        raise BadInput("unsubscribe_invalid", address=one_line(address, 100))
    return checked


def _file(name: str, text: str) -> Message:
    """In base64, so that no mail program ends its lines otherwise."""
    charset = Charset("utf-8")
    charset.body_encoding = BASE64
    part = MIMENonMultipart("text", "plain", charset="utf-8", policy=_WIRE)
    del part["MIME-Version"]
    part.set_payload(text, charset)
    part.add_header("Content-Disposition", "attachment", filename=name)
    return part


def _part(subtype: str, content: str) -> Message:
    charset = Charset("utf-8")
    charset.body_encoding = QP
    part = MIMENonMultipart("text", subtype, charset="utf-8", policy=_WIRE)
    del part["MIME-Version"]
    part.set_payload("\n".join(content.encode("utf-8", "replace").decode().splitlines()) + "\n", charset)
    return part
