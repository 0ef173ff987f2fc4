"""The mail that tells auditors that no checkpoint was signed, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.document import Heading, Paragraph, Signature, as_html, as_text
from mlw_workflow.notifications.values import Composed
from mlw_workflow.notifications.words import day_words

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.notifications.values import Language

SUBJECT = Text("Nie podpisano punktu kontrolnego z {day}", "The checkpoint of {day} was not signed")
ABOUT = Text(
    "Program odmówił podpisania punktu kontrolnego z {day}. {why} "
    "To może znaczyć, że ktoś zmienił dziennik poza programem. Proszę zachować ostatni punkt kontrolny i poprosić "
    "biuro o wynik polecenia: mlw audit verify.",
    "The program refused to sign the checkpoint of {day}. {why} "
    "It may mean that somebody changed the record behind the program's back. Keep the last checkpoint, and ask the "
    "office what this command says: mlw audit verify.",
)
WHY_LIMIT = 1_000


def refused_mail(why: str, day: date, language: Language, office: str = "") -> Composed:
    """The mail. ``why`` is a sentence in that language."""
    when = day_words(day, language)
    subject = SUBJECT[language].format(day=when)
    about = ABOUT[language].format(day=when, why=one_line(why, WHY_LIMIT))
    parts = (Heading(1, subject), Paragraph(about), Signature(office))
    return Composed(one_line(subject, 250), as_text(parts), as_html(parts, language), language)
