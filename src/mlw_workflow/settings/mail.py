"""How mail leaves."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlw_workflow.settings.layers import Layers


@dataclass(frozen=True)
class MailSettings:
    """How mail leaves, as the settings say it. Addresses and server are checked when mail is about to leave."""

    transport: str = "file"
    sender: str = ""
    sender_name: str = ""
    domain: str = ""
    reply_to: str = ""
    office: str = ""
    unsubscribe: str = ""
    host: str = ""
    port: int = 587
    security: str = "starttls"
    user: str = ""
    password: str = field(default="", repr=False)
    timeout: int = 30
    local_hostname: str = ""
    ca_file: str = ""


def mail_settings(found: Layers, password: str) -> MailSettings:
    """As the settings say it; the password comes from the environment."""
    return MailSettings(
        transport=found.choice("mail.transport", "file", "smtp"),
        sender=found.text("mail.sender"),
        sender_name=found.text("mail.sender_name"),
        domain=found.text("mail.domain"),
        reply_to=found.text("mail.reply_to"),
        office=found.text("mail.office"),
        unsubscribe=found.text("mail.unsubscribe"),
        host=found.text("mail.host"),
        port=found.size("mail.port"),
        security=found.choice("mail.security", "starttls", "starttls_if_offered", "tls", "none"),
        user=found.text("mail.user"),
        password=password,
        timeout=found.size("mail.timeout"),
        local_hostname=found.text("mail.local_hostname"),
        ca_file=found.text("mail.ca_file"),
    )
