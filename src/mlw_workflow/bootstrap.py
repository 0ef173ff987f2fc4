"""The composition root: settings → clock, log, database → the desk that every use case is given.

Settings come from four places, each before the one above it: ``config/default.toml`` (which also says what there is to
set), ``config.toml`` in the data folder, the environment, the command line. Read with the standard library alone,
because a quick command may not wait for a validation library (docs/decisions names the figures).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.door import bounded
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mlw_workflow.definitions.law import SchoolHolidays
    from mlw_workflow.domain.clock import Clock
    from mlw_workflow.notifications.transport import Transport
    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.keystore import KeyStore
    from mlw_workflow.services.mailroom import Mailroom

DATABASE = "mlw.sqlite3"
LOG_FILE = "mlw.jsonl"
DEMO_MARK = ".mlw-demo"
"""The file by which a folder of demo data is known, so that no other folder is ever replaced."""


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


@dataclass(frozen=True)
class AuditSettings:
    """How the record is proved to others."""

    origin: str = ""
    """The name that a new log gets; empty: one that no other log has."""
    key_file: str = ""
    signing_key: str = field(default="", repr=False)
    witnesses: tuple[str, ...] = ()
    quorum: int = 0
    quorum_days: int = 7
    """Under checkpoints younger than that nobody asks for witnesses yet."""
    recipients: tuple[str, ...] = ()
    timestamp_url: str = ""
    timestamp_ca_file: str = ""


@dataclass(frozen=True)
class ServerSettings:
    """Where the panel is reached."""

    host: str = "127.0.0.1"
    port: int = 8014
    address: str = ""
    """As people type it, ``https://panel.gmina.pl``; empty: made of host and port."""

    @property
    def url(self) -> str:
        """The address that mails name, without a slash at its end."""
        return self.address.rstrip("/") or f"http://{self.host}:{self.port}"

    @property
    def encrypted(self) -> bool:
        """Whether people reach it by TLS."""
        return self.url.startswith("https://")


@dataclass(frozen=True)
class Settings:
    """Everything that can be set, checked."""

    home: Path
    """The data folder."""
    database_url: str
    language: str
    """Empty: the locale decides."""
    today: date | None
    programme: str
    log_to: str
    log_level: str
    log_size_max_mb: int
    file_size_max_mb: int
    demo_day: date
    demo_histories: tuple[str, ...]
    demo_kind: str
    demo_closer_look: str
    demo_year: tuple[str, ...]
    is_demo: bool = False
    mail: MailSettings = MailSettings()
    server: ServerSettings = ServerSettings()
    school_holidays: tuple[SchoolHolidays, ...] = ()
    legal_holds: Mapping[str, str] = field(default_factory=dict)
    """Pilots' codes (or ``*``) in which nothing may be erased, and why."""
    audit: AuditSettings = AuditSettings()

    @cached_property
    def reminders_folder(self) -> Path:
        """Where the files of municipalities that are reminded otherwise lie."""
        return self.home / "reminders"

    @cached_property
    def mail_folder(self) -> Path:
        """Where mails are written as files."""
        return self.home / "mail"

    @property
    def key_file(self) -> Path:
        """The private key that entries and checkpoints are signed with."""
        return self.home / (self.audit.key_file or "keys/signing.key")

    @cached_property
    def log_file(self) -> Path:
        """Where the program's own log is."""
        return self.home / "log" / LOG_FILE

    @cached_property
    def demo_accounts(self) -> Path:
        """Where the demo keeps the accounts that its login page shows; there is none but in a demo's folder."""
        return self.home / "accounts.json"

    @cached_property
    def files(self) -> Path:
        """Where copies of evidence files are kept, by digest."""
        return self.home / "files"

    @property
    def clock(self) -> Clock:
        """The clock of this run: the computer's, or a simulated day."""
        from mlw_workflow.domain.clock import FixedDayClock, SystemClock

        return SystemClock() if self.today is None else FixedDayClock(self.today)


def load_settings(environment: Mapping[str, str], *, demo: bool = False) -> Settings:
    """The settings in force. Raises BadInput naming the place of what is wrong.

    With ``demo`` the data folder is the demo's own and its database the file in it, whatever the environment says, so
    that real data cannot be touched.
    """
    home = home_folder(environment)
    if demo:
        home = home / "demo"
    found = _Layers(data_folder("config") / "default.toml")
    found.overlay(home / "config.toml")
    found.take(environment, {"MLW_LANG": "language", "MLW_TODAY": "clock.today", "MLW_LOG": "log.to"})
    if not demo:
        found.take(environment, {"MLW_DATABASE_URL": "database.url"})
    url = "" if demo else found.text("database.url")
    return Settings(
        home=home,
        database_url=url or sqlite_url(home / DATABASE),
        language=found.text("language"),
        today=found.day("clock.today"),
        programme=found.text("programme"),
        log_to=found.choice("log.to", "file", "console", "off"),
        log_level=found.choice("log.level", "debug", "info", "warning", "error"),
        log_size_max_mb=found.size("log.size_max_mb"),
        file_size_max_mb=found.size("files.size_max_mb"),
        demo_day=found.day("demo.day") or date(2014, 5, 31),
        demo_histories=tuple(found.values["demo.histories"]),
        demo_kind=found.text("demo.kind"),
        demo_closer_look=found.text("demo.closer_look"),
        demo_year=found.lines("demo.year"),
        is_demo=demo,
        mail=_mail_settings(found, environment.get("MLW_SMTP_PASSWORD", "")),
        server=ServerSettings(found.text("server.host"), found.size("server.port"), _address(found)),
        school_holidays=tuple(_school_holiday(found, line) for line in found.lines("calendar.school_holidays")),
        legal_holds=dict(_legal_hold(found, line) for line in found.lines("erasure.legal_hold")),
        audit=_audit_settings(found, "" if demo else environment.get("MLW_SIGNING_KEY", "")),
    )


def _address(found: _Layers) -> str:
    """An address of the web, or nothing."""
    key, value = "server.address", found.text("server.address")
    if value and not re.fullmatch(r"https?://[\w.:\[\]-]{1,250}/?", value, re.ASCII):
        expected = "https://panel.example.pl"
        raise BadInput("setting_invalid", key=key, origin=found.origin[key], value=value[:80], expected=expected)
    return value


def _mail_settings(found: _Layers, password: str) -> MailSettings:
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


def _audit_settings(found: _Layers, signing_key: str) -> AuditSettings:
    witnesses = found.lines("audit.witnesses")
    quorum = found.values["audit.quorum"]
    if not 0 <= quorum <= len(witnesses):
        origin, expected = found.origin["audit.quorum"], f"0–{len(witnesses)}"
        raise BadInput("setting_invalid", key="audit.quorum", origin=origin, value=str(quorum)[:80], expected=expected)
    return AuditSettings(
        origin=found.text("audit.origin"),
        key_file=found.text("audit.key_file"),
        signing_key=signing_key.strip(),
        witnesses=witnesses,
        quorum=quorum,
        quorum_days=found.size("audit.quorum_days"),
        recipients=found.lines("audit.recipients"),
        timestamp_url=found.text("audit.timestamp_url"),
        timestamp_ca_file=found.text("audit.timestamp_ca_file"),
    )


_HOLIDAY = re.compile(r"(?:([^:]+):\s*)?(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)\s+(\S.*)")


def _school_holiday(found: _Layers, line: str) -> SchoolHolidays:
    """``mazowieckie: 2014-02-03..2014-02-16 ferie zimowe``; without a voivodeship they are the whole country's."""
    key = "calendar.school_holidays"
    given = _HOLIDAY.fullmatch(line.strip())
    try:
        if given is not None:
            first, last = date.fromisoformat(given[2]), date.fromisoformat(given[3])
            if first <= last:
                return (given[1] or "").strip(), first, last, given[4].strip()
    except ValueError:
        pass
    expected = "mazowieckie: 2014-02-03..2014-02-16 ferie zimowe"
    raise BadInput("setting_invalid", key=key, origin=found.origin[key], value=line[:80], expected=expected)


def _legal_hold(found: _Layers, line: str) -> tuple[str, str]:
    """``tluszcz: proceedings II SA/Wa 12/14``; with ``*`` for the code, of all pilots."""
    code, _, why = line.partition(":")
    if not code.strip() or not why.strip():
        key, expected = "erasure.legal_hold", "tluszcz: II SA/Wa 12/14"
        raise BadInput("setting_invalid", key=key, origin=found.origin[key], value=line[:80], expected=expected)
    return code.strip(), why.strip()


def home_folder(environment: Mapping[str, str]) -> Path:
    """The data folder: ``MLW_HOME``, else the place this system has for a user's data."""
    given = environment.get("MLW_HOME", "")
    if given:
        return Path(given).expanduser().absolute()
    import platformdirs

    return platformdirs.user_data_path("mlw-workflow", appauthor=False)


def data_folder(name: str) -> Path:
    """``config`` or ``workflows``: inside the installed package, else in the checkout the package is run from."""
    package = Path(__file__).resolve().parent
    for folder in (package / "_data" / name, package.parents[1] / name):
        if folder.is_dir():
            return folder
    raise BadInput("data_missing", place=str(package / "_data" / name))


def sqlite_url(file: Path) -> str:
    """The address of a SQLite file."""
    from urllib.parse import quote

    return "sqlite:///" + quote(file.as_posix(), safe="/:")


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


NO_SENDER = "reminders@mlw.invalid"
"""The sender of mails that only go to files."""


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


def open_worker(settings: Settings, desk: Desk, mailroom: Mailroom) -> Worker:
    """What sends reminders and makes the day's checkpoint; whoever runs it closes its transport. Raises BadInput."""
    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.services.stamping import Authority

    authority = Authority(settings.audit.timestamp_url, settings.audit.timestamp_ca_file)
    return Worker(desk, mailroom, open_transport(settings), settings.audit.recipients, authority)


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
