"""All settings together, and their reading."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mlw_workflow.settings.accessibility import AccessibilitySettings, accessibility_settings
from mlw_workflow.settings.accounts import AccountsSettings, ProviderSettings, accounts_settings, provider_settings
from mlw_workflow.settings.audit import AuditSettings, audit_settings
from mlw_workflow.settings.layers import InForce, Layers
from mlw_workflow.settings.mail import MailSettings, mail_settings
from mlw_workflow.settings.places import DATABASE, LOG_FILE, data_folder, home_folder, sqlite_url
from mlw_workflow.settings.server import ServerSettings, server_settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.definitions.law import SchoolHolidays
    from mlw_workflow.domain.clock import Clock


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
    file_day_max_mb: int
    demo_day: date
    demo_histories: tuple[str, ...]
    demo_kind: str
    demo_closer_look: str
    demo_year: tuple[str, ...]
    is_demo: bool = False
    mail: MailSettings = field(default_factory=MailSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    school_holidays: tuple[SchoolHolidays, ...] = ()
    legal_holds: Mapping[str, str] = field(default_factory=dict)
    """Pilots' codes (or ``*``) in which nothing may be erased, and why."""
    audit: AuditSettings = field(default_factory=AuditSettings)
    accounts: AccountsSettings = field(default_factory=AccountsSettings)
    provider: ProviderSettings = field(default_factory=ProviderSettings)
    in_force: tuple[InForce, ...] = ()
    """Everything that is set and where it comes from, for whoever administers the panel."""
    accessibility: AccessibilitySettings = field(default_factory=AccessibilitySettings)

    webhooks_to_this_computer: bool = False
    """Whether events may also go to this computer and without TLS: for trying things out."""

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

    @property
    def accounts_key_file(self) -> Path:
        """The key that second factors are sealed with."""
        return self.home / (self.accounts.key_file or "keys/accounts.key")

    @cached_property
    def log_file(self) -> Path:
        """Where the program's own log is."""
        return self.home / "log" / LOG_FILE

    @cached_property
    def demo_accounts(self) -> Path:
        """Where the demo keeps the accounts that its login page shows; there is none but in a demo's folder."""
        return self.home / "accounts.json"

    @cached_property
    def known_verdicts(self) -> Path:
        """Where a panel that stops writes down what it had derived. It may be deleted at any time."""
        return self.home / "known-verdicts.json"

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
    found = Layers(data_folder("config") / "default.toml")
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
        file_day_max_mb=found.size("files.day_max_mb"),
        demo_day=found.day("demo.day") or date(2014, 5, 31),
        demo_histories=tuple(found.values["demo.histories"]),
        demo_kind=found.text("demo.kind"),
        demo_closer_look=found.text("demo.closer_look"),
        demo_year=found.lines("demo.year"),
        is_demo=demo,
        mail=mail_settings(found, environment.get("MLW_SMTP_PASSWORD", "")),
        server=server_settings(found, environment.get("MLW_METRICS_TOKEN", "")),
        school_holidays=tuple(_school_holiday(found, line) for line in found.lines("calendar.school_holidays")),
        legal_holds=dict(_legal_hold(found, line) for line in found.lines("erasure.legal_hold")),
        audit=audit_settings(found, "" if demo else environment.get("MLW_SIGNING_KEY", "")),
        accounts=accounts_settings(found),
        webhooks_to_this_computer=found.choice("webhooks.to_this_computer", "no", "yes") == "yes",
        provider=provider_settings(found, environment.get("MLW_OIDC_SECRET", "")),
        in_force=found.in_force(environment),
        accessibility=accessibility_settings(found),
    )


_HOLIDAY = re.compile(r"(?:([^:]+):\s*)?(\d{4}-\d\d-\d\d)\.\.(\d{4}-\d\d-\d\d)\s+(\S.*)")


def _school_holiday(found: Layers, line: str) -> SchoolHolidays:
    """``mazowieckie: 2014-02-03..2014-02-16 ferie zimowe``; without a voivodeship they are the whole country's."""
    given = _HOLIDAY.fullmatch(line.strip())
    try:
        if given is not None:
            first, last = date.fromisoformat(given[2]), date.fromisoformat(given[3])
            if first <= last:
                return (given[1] or "").strip(), first, last, given[4].strip()
    except ValueError:
        pass
    raise found.invalid("calendar.school_holidays", line, "mazowieckie: 2014-02-03..2014-02-16 ferie zimowe")


def _legal_hold(found: Layers, line: str) -> tuple[str, str]:
    """``tluszcz: proceedings II SA/Wa 12/14``; with ``*`` for the code, of all pilots."""
    code, _, why = line.partition(":")
    if not code.strip() or not why.strip():
        raise found.invalid("erasure.legal_hold", line, "tluszcz: II SA/Wa 12/14")
    return code.strip(), why.strip()
