"""Handing a letter over: the four answers there are, and what every transport promises."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from mlw_workflow.notifications.mail import Letter

TemporaryReason = Literal[
    "unreachable",  # no connection to the server
    "timed_out",  # it was silent for too long
    "connection_lost",  # before it had the whole mail
    "server_busy",  # 4xx before a recipient was named, or 421
    "server_refused",  # 5xx before any mail was spoken of, or no SMTP at all
    "tls_missing",  # the settings require encryption and the server offers none
    "tls_failed",
    "certificate_refused",
    "login_required",  # the server takes mail only after a login, and the settings have none
    "login_not_offered",  # the settings have a password, and the server offers no way to give it
    "login_refused",
    "sender_refused",  # the office's address or its rights are wrong, not this mail
    "recipient_deferred",  # 4xx, greylisting for instance
    "content_deferred",
    "folder_unwritable",
]
PermanentReason = Literal["recipient_refused", "content_refused", "too_large"]
UnknownReason = Literal["no_answer_after_data"]


@dataclass(frozen=True, slots=True)
class Accepted:
    """Handed to the mail server (or written to the folder). What becomes of it after that, nobody tells us."""

    detail: str = ""
    """What the server said, or the file's name."""


@dataclass(frozen=True, slots=True)
class Temporary:
    """Certainly not handed over; to be tried again later."""

    reason: TemporaryReason
    code: int = 0
    """The server's three digits; 0: there were none."""
    detail: str = ""
    """What the server said, without any secret."""
    server: bool = False
    """The next letter would meet the same: a batch had better stop here."""


@dataclass(frozen=True, slots=True)
class Permanent:
    """Certainly not handed over, and this letter never will be as it is."""

    reason: PermanentReason
    code: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was sent whole and the answer is missing: the server may have it or not."""

    reason: UnknownReason
    detail: str = ""
    server: bool = True


Result = Accepted | Temporary | Permanent | Unknown


class Transport(Protocol):
    """A way out for letters. One object serves one thread; it never raises for what the other side does."""

    def deliver(self, letter: Letter) -> Result:
        """Hand one letter over."""
        ...

    def close(self) -> None:
        """End of the batch: say goodbye. The next ``deliver`` begins anew."""
        ...
