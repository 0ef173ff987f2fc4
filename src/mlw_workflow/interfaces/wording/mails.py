"""What became of a mail, in words: why a server did not take it, and where it went."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.messages import REASONS

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS: Mapping[str, Text] = {
    **REASONS,
    "unreachable": Text("nie ma połączenia z serwerem poczty", "there is no connection to the mail server"),
    "timed_out": Text("serwer poczty zbyt długo milczał", "the mail server was silent for too long"),
    "connection_lost": Text("połączenie z serwerem poczty przerwało się", "the connection to the mail server was lost"),
    "server_busy": Text("serwer poczty prosi o późniejszą próbę", "the mail server asks to try again later"),
    "server_refused": Text("serwer poczty odmówił rozmowy", "the mail server refused to talk"),
    "tls_missing": Text("serwer poczty nie oferuje szyfrowania", "the mail server offers no encryption"),
    "tls_failed": Text("nie udało się zaszyfrować połączenia", "the connection could not be encrypted"),
    "certificate_refused": Text("certyfikat serwera poczty jest niewiarygodny", "the mail server's certificate failed"),
    "login_required": Text("serwer poczty wymaga logowania", "the mail server wants a login"),
    "login_not_offered": Text("serwer poczty nie pozwala się zalogować", "the mail server offers no login"),
    "login_refused": Text("serwer poczty odrzucił logowanie", "the mail server refused the login"),
    "sender_refused": Text("serwer poczty nie przyjmuje adresu nadawcy", "the mail server does not take the sender"),
    "recipient_deferred": Text("serwer poczty prosi o późniejszą próbę", "the mail server asks to try again later"),
    "content_deferred": Text("serwer poczty prosi o późniejszą próbę", "the mail server asks to try again later"),
    "folder_unwritable": Text("nie można pisać w folderze poczty", "the mail folder cannot be written to"),
    "address_missing": Text("osoba nie ma adresu e-mail", "the person has no e-mail address"),
    "person_unknown": Text("tej osoby już nie ma w programie", "the person is not known any more"),
    "lease_lapsed": Text("program przerwał pracę w trakcie wysyłania", "the program stopped while sending"),
}
HANDED_OVER: Mapping[str, Text] = {
    "file": Text("zapisano w folderze poczty", "written to the mail folder"),
    "smtp": Text("przekazano serwerowi poczty", "handed to the mail server"),
}


def error_words(error: str, language: str) -> str:
    """Why a mail was not taken, with the server's own words in brackets."""
    code, _, said = error.partition(":")
    words = ERRORS[code][language] if code in ERRORS else code
    return f"{words} ({said.strip()})" if said.strip() else words


def handed_over_words(transport: str, language: str) -> str:
    """Where mail went."""
    return HANDED_OVER.get(transport, HANDED_OVER["smtp"])[language]
