"""The composition root: settings → clock, database, keys → the desk that every use case is given; and mail."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from mlw_workflow.notifications.transport import Transport
    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.services.accounts.vault import Vault
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.keystore import KeyStore
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.services.refused_checkpoint import Words
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
    return Worker(desk, mailroom, open_transport(settings), settings.audit.recipients, authority, words)


class _Layers:
    """Settings by dotted name, each with where its value comes from."""

    def __init__(self, defaults: Path) -> None:
        self.values = _flat(_toml(defaults))
        self.origin = dict.fromkeys(self.values, defaults.name)

    def overlay(self, file: Path) -> None:
        """Take what a file of the office's own sets."""
        for key, value in _flat(_toml(file) if file.exists() else {}).items():
            if key not in self.values:
                raise BadInput("setting_unknown", file=str(file), key=key, known=tuple(self.values))
            given = value.isoformat() if isinstance(value, date) else value
            if type(given) is not type(self.values[key]):
                kind = {str: "text", int: "number", list: "list"}.get(type(self.values[key]), "text")
                raise BadInput("setting_invalid", key=key, origin=str(file), value=str(given)[:80], expected=kind)
            self.values[key] = given
            self.origin[key] = str(file)

    def take(self, environment: Mapping[str, str], names: Mapping[str, str]) -> None:
        """Take what the environment sets; an empty variable sets nothing."""
        for variable, key in names.items():
            if environment.get(variable):
                self.values[key] = environment[variable]
                self.origin[key] = variable

    def text(self, key: str) -> str:
        return str(self.values[key]).strip()

    def choice(self, key: str, *options: str) -> str:
        value = self.text(key).lower()
        if value not in options:
            expected = ", ".join(options)
            raise BadInput("setting_invalid", key=key, origin=self.origin[key], value=value[:80], expected=expected)
        return value

    def size(self, key: str) -> int:
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000:
            raise BadInput(
                "setting_invalid", key=key, origin=self.origin[key], value=str(value)[:80], expected="1–100000"
            )
        return value

    def lines(self, key: str) -> tuple[str, ...]:
        return tuple(str(line) for line in self.values[key])

    def day(self, key: str) -> date | None:
        value = self.text(key)
        if not value:
            return None
        try:
            if len(value) == 10:
                return bounded(date.fromisoformat(value), self.origin[key])
        except ValueError:
            pass
        raise BadInput("day_invalid", origin=self.origin[key], value=value[:40])


def _toml(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput("settings_unreadable", file=str(file), problem=problem) from error


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found


# The log


def configure_log(settings: Settings) -> None:
    """Send the program's own log where the settings say. Called by what may write to it, never by a reading command."""
    import logging

    import structlog

    level = logging.getLevelNamesMapping()[settings.log_level.upper()]
    if settings.log_to == "console":
        render: Any = structlog.dev.ConsoleRenderer(colors=False)
    else:
        render = structlog.processors.JSONRenderer(ensure_ascii=False)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            render,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=_sinks(settings),
        cache_logger_on_first_use=False,
    )


def _sinks(settings: Settings) -> Callable[..., Any]:
    import sys

    import structlog

    if settings.log_to == "console":
        return structlog.PrintLoggerFactory(sys.stderr)
    sink = _Sink(settings.log_file if settings.log_to == "file" else None, settings.log_size_max_mb)
    return lambda *_: sink


class _Sink:
    """Appends lines to a file. A log that cannot be written is no reason to fail what was done."""

    def __init__(self, file: Path | None, size_max_mb: int) -> None:
        self.file = file
        self.size_max = size_max_mb * 1_000_000

    def msg(self, line: str) -> None:
        """Append one line."""
        append_line(self.file, line, self.size_max)

    debug = info = warning = error = critical = exception = msg


def append_line(file: Path | None, line: str, size_max: int) -> bool:
    """Append a line to a log file, which is set aside when it has grown large. Whether it could be written."""
    if file is None:
        return False
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if file.exists() and file.stat().st_size > size_max:
            file.replace(file.with_name(file.name + ".1"))
        with file.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")
    except OSError:
        return False
    return True
    return Worker(desk, mailroom, open_transport(settings), settings.audit.recipients, authority)
