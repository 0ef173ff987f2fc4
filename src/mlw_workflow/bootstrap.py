"""The composition root: settings → clock, database, keys → the desk that every use case is given; and mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from mlw_workflow.notifications.transport import Transport
    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.services.accounts.provider import Provider
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.keystore import KeyStore
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.services.refused_checkpoint import Words
    from mlw_workflow.services.webhooks import Webhooks
    from mlw_workflow.settings import Settings

NO_SENDER = "reminders@mlw.invalid"
"""The sender of mails that only go to files."""


def open_desk(settings: Settings, *, create: bool = False) -> Desk:
    """The desk on the database of the settings. Raises StorageUnavailable."""
    from mlw_workflow.definitions.law import Calendars
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.database import Database

    database = Database.open(settings.database_url, create=create)
    return Desk(database, settings.clock, calendar=Calendars(settings.school_holidays), signer=open_keys(settings))


def open_keys(settings: Settings) -> KeyStore:
    """The office's key; it is not read before it is used."""
    from mlw_workflow.services.keystore import KeyStore

    return KeyStore(settings.key_file, settings.audit.signing_key, settings.audit.origin)


def open_vault(settings: Settings) -> Vault:
    """What seals second factors; its key is not read before it is used."""
    from mlw_workflow.services.accounts.vault import Vault

    return Vault(settings.accounts_key_file)


def open_provider(settings: Settings) -> Provider | None:
    """The OpenID provider of the settings, not asked yet; None: there is none. A file's secret is read when needed."""
    given = settings.provider
    if not given.issuer:
        return None
    from mlw_workflow.services.accounts.provider import Provider

    def secret() -> str:
        return given.client_secret or secret_in(settings, given.client_secret_file)

    return Provider(given.issuer, given.client_id, secret, given.scopes)


def secret_in(settings: Settings, file: str) -> str:
    """The line in a file of secrets that the settings name; empty where they name none.

    Raises BadInput ``key_permissions`` for one that others can read, ``key_unreadable``.
    """
    from mlw_workflow.services.keystore import read_secret

    return read_secret(settings.home / file).strip() if file else ""


def open_mailroom(settings: Settings, panel: str = "") -> Mailroom:
    """What the office's mails have in common; they lead to the ``panel``, by default the one that the settings name.

    Raises BadInput for an address that is none.
    """
    from mlw_workflow.notifications.address import mail_domain, mailbox
    from mlw_workflow.services.mailroom import Mailroom

    mail = settings.mail
    if mail.transport == "smtp" and not mail.sender:
        raise BadInput("mail_sender_missing")
    sender = mailbox(mail.sender_name, mail.sender or NO_SENDER)
    return Mailroom(
        sender=sender,
        domain=mail_domain(mail.domain or sender.address.rpartition("@")[2]),
        name=mail.office,
        reply_to=mailbox("", mail.reply_to) if mail.reply_to else None,
        unsubscribe=(mail.unsubscribe,) if mail.unsubscribe else (),
        program="mlw --demo" if settings.is_demo else "mlw",
        panel=(panel or settings.server.address).rstrip("/"),
    )


def open_transport(settings: Settings) -> Transport:
    """The way out for mail. Raises BadInput for a server that cannot be one; it is not connected yet."""
    mail = settings.mail
    if mail.transport == "file":
        from mlw_workflow.notifications.file_transport import FileTransport

        return FileTransport(settings.mail_folder)
    from typing import cast

    from mlw_workflow.notifications.smtp_settings import Security, SmtpSettings
    from mlw_workflow.notifications.smtp_transport import SmtpTransport

    return SmtpTransport(
        SmtpSettings(
            mail.host,
            mail.port,
            cast("Security", mail.security),
            mail.user,
            mail.password,
            float(mail.timeout),
            mail.local_hostname,
            ca_file=Path(mail.ca_file) if mail.ca_file else None,
        )
    )


def open_worker(settings: Settings, desk: Desk, mailroom: Mailroom, words: Words) -> Worker:
    """What sends reminders and makes the day's checkpoint; whoever runs it closes its transport. Raises BadInput.

    ``words``: how it is said that a checkpoint was refused.
    """
    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.services.stamping import Authority

    authority = Authority(settings.audit.timestamp_url, settings.audit.timestamp_ca_file)
    return Worker(
        desk, mailroom, open_transport(settings), settings.audit.recipients, authority, words, open_webhooks(settings),
        settings.files,
    )  # fmt: skip


def open_webhooks(settings: Settings) -> Webhooks:
    """What telling others of events needs. No key is read before it is used."""
    from mlw_workflow.notifications.webhook_post import Poster
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.webhooks import Webhooks

    poster = Poster(loopback=settings.webhooks_to_this_computer, silent=settings.is_demo)
    return Webhooks(settings.server.url, Vault(settings.accounts_key_file), poster)
