"""What only a demonstration has: a clock that visitors move, and a mailbox that they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import policy
from email.parser import BytesParser
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import PlayedClock, local_day

if TYPE_CHECKING:
    from datetime import date, datetime
    from email.message import EmailMessage
    from pathlib import Path

    from mlw_workflow.scheduling.embedded import Worker
    from mlw_workflow.settings import Settings

MAILS_MAX = 100
"""Mails on one page of the mailbox, the newest."""
_NAME = re.compile(r"\d{8}T\d{6}Z-[0-9a-f]{40}(\.\d{1,4})?\.eml", re.ASCII)


@dataclass(frozen=True, slots=True)
class DemoMail:
    """A mail that would have gone out."""

    name: str
    """Of its file."""
    to: str
    subject: str
    sent_at: datetime | None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Demonstration:
    """A panel's clock and mailbox, which ``mlw demo`` alone gives it."""

    clock: PlayedClock
    worker: Worker
    """Lives through the days that pass."""
    settings: Settings

    @property
    def today(self) -> date:
        """The simulated day."""
        return local_day(self.clock.now(), self.clock.timezone)

    def move(self, to: date) -> int:
        """Let the days until ``to`` pass, and tell the demo's commands of it. How many mails that made.

        Raises BadInput ``clock_moved_back`` and ``clock_moved_far``.
        """
        from mlw_workflow.scheduling.played import pass_days
        from mlw_workflow.services.demo import clock_file

        try:
            mails = pass_days(self.clock, self.worker, to)
            return mails + self.worker.run_once().delivered.sent  # at noon too, or reminders seem to stand still
        finally:
            self.settings.home.joinpath("config.toml").write_text(clock_file(self.today), "utf-8")

    def mails(self) -> list[DemoMail]:
        """The newest mails, the newest first."""
        folder = self.settings.mail_folder
        names = sorted((file.name for file in folder.glob("*.eml")), reverse=True) if folder.is_dir() else []
        return [_mail(folder / name, whole=False) for name in names[:MAILS_MAX]]

    def mail(self, name: str) -> DemoMail | None:
        """One mail with its text; None for a name that none has."""
        file = self.settings.mail_folder / name
        return _mail(file, whole=True) if _NAME.fullmatch(name) and file.is_file() else None


def _mail(file: Path, *, whole: bool) -> DemoMail:
    read: EmailMessage = BytesParser(policy=policy.default).parsebytes(file.read_bytes(), headersonly=not whole)
    body = read.get_body(("plain",)) if whole else None
    date_header = read["date"]
    return DemoMail(
        file.name,
        str(read["to"] or ""),
        str(read["subject"] or ""),
        date_header.datetime if date_header is not None else None,
        body.get_content() if body is not None else "",
    )
