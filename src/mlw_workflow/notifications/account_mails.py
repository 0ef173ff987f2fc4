"""The mails of accounts: an invitation to the panel, and a link for a new password."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.document import Entry, Fact, Heading, Paragraph, Signature, as_html, as_text
from mlw_workflow.notifications.values import Composed
from mlw_workflow.notifications.words import day_words

if TYPE_CHECKING:
    from datetime import datetime

    from mlw_workflow.notifications.values import Language

INVITED = Text("Zaproszenie do panelu wytycznych", "Invitation to the panel of guidelines")
INVITED_ABOUT = Text(
    "{name}: założono dla tego adresu konto w panelu, w którym widać postęp gminy. Proszę otworzyć odnośnik i wybrać "
    "hasło.",
    "{name}: an account was made for this address in the panel that shows a municipality's progress. Open the link and "
    "choose a password.",
)
RESET = Text("Nowe hasło do panelu wytycznych", "A new password for the panel of guidelines")
RESET_ABOUT = Text(
    "{name}: ktoś poprosił o nowe hasło do konta z tym adresem. Jeżeli to pomyłka, nie trzeba nic robić: dotychczasowe "
    "hasło pozostaje.",
    "{name}: somebody asked for a new password for the account with this address. If that was a mistake there is "
    "nothing to do: the password stays as it is.",
)
LINK = Text("Odnośnik działa raz, do dnia: {day}", "The link works once, until {day}")
OPEN = Text("Wybierz hasło", "Choose a password")


def invitation(name: str, url: str, until: datetime, office: str, language: Language) -> Composed:
    """To somebody who has just been let in."""
    return _composed(INVITED, INVITED_ABOUT, name, url, until, office, language)


def reset(name: str, url: str, until: datetime, office: str, language: Language) -> Composed:
    """To somebody who asked for a new password."""
    return _composed(RESET, RESET_ABOUT, name, url, until, office, language)


def _composed(
    title: Text, about: Text, name: str, url: str, until: datetime, office: str, language: Language
) -> Composed:
    day = day_words(local_day(until), language)
    blocks = (
        Heading(1, title[language]),
        Paragraph(about[language].format(name=name)),
        Entry(LINK[language].format(day=day), (Fact(OPEN[language], url=url),)),
        Signature(office),
    )
    return Composed(title[language], as_text(blocks), as_html(blocks, language), language)
