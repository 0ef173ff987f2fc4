"""What an office's mails have in common: who sends them, the domain of their identifiers, what they offer to do."""

from __future__ import annotations

from dataclasses import dataclass, field
from shlex import quote
from typing import TYPE_CHECKING

from mlw_workflow.notifications.address import Mailbox
from mlw_workflow.notifications.values import Action

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.pilot import Pilot


@dataclass(frozen=True, slots=True)
class Mailroom:
    """From the settings. The commands are those that the mails tell people to type."""

    sender: Mailbox = field(default_factory=lambda: Mailbox("", "reminders@mlw.invalid"))
    domain: str = "mlw.invalid"
    """Of the Message-IDs; a mail keeps the one it was written with."""
    name: str = ""
    """The mails' last line."""
    reply_to: Mailbox | None = None
    unsubscribe: tuple[str, ...] = ()
    program: str = "mlw"
    panel: str = ""
    """The panel's address, without a slash at its end; empty for an office that has none: its mails name commands."""

    def acknowledge(self, pilot: Pilot, machine: str, person: str) -> Action:
        """How a reader says that they know."""
        return Action(f"{self.program} ack {quote(pilot.code)} {quote(machine)} --as {quote(person)}", self._own_page)

    def snooze(self, pilot: Pilot, machine: str, person: str, until: date) -> Action:
        """How a reader asks to be reminded later."""
        return Action(
            f"{self.program} snooze {quote(pilot.code)} {quote(machine)} --as {quote(person)} --until {until} "
            '--reason "…"',
            self._own_page,
        )

    @property
    def _own_page(self) -> str:
        """The page of what waits for whoever opens it, where a notice is acknowledged or put off."""
        return self.panel and f"{self.panel}/my"
