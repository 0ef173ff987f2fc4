"""A person or an office as mail knows them: a display name, and an address that is certainly one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.clean import one_line

NAME_LIMIT = 100
_LOCAL = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name to show (may be empty) and an ASCII address. Made by ``mailbox``."""

    name: str
    address: str


def mailbox(name: str, address: str) -> Mailbox:
    """The mailbox of an address as a person typed it; letters beyond ASCII in its domain are written as the DNS does.

    Raises BadInput: ``address_missing`` (facts: name) or ``address_invalid`` (facts: name, address).
    """
    name = one_line(name, NAME_LIMIT)
    typed = address.strip(" ")
    if not typed:
        raise BadInput("address_missing", name=name)
    local, at, domain = typed.rpartition("@")
    try:
        domain = mail_domain(domain)
    except BadInput:
        at = ""
    if not at or len(local) > 64 or not _LOCAL.fullmatch(local) or len(local) + len(domain) > 253:
        raise BadInput("address_invalid", name=name, address=one_line(address, 100))
    return Mailbox(name, f"{local}@{domain}")


def mail_domain(domain: str) -> str:
    """A domain as the DNS writes it, of two labels at least.

    Raises BadInput ``mail_domain_invalid`` (facts: domain).
    """
    try:
        written = domain[:254].encode("idna").decode("ascii").lower()
    except UnicodeError:
        written = ""
    labels = written.split(".")
    named = all(map(_LABEL.fullmatch, labels)) and not labels[-1].isdigit()
    if len(labels) < 2 or len(written) > 253 or not named:
        raise BadInput("mail_domain_invalid", domain=one_line(domain, 100))
    return written
