"""The mail in which a checkpoint leaves the office: its note byte for byte, so that the reader can keep it."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.document import Heading, Paragraph, Signature, as_html, as_text
from mlw_workflow.notifications.values import Composed
from mlw_workflow.notifications.words import day_words

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.notifications.values import Language

SUBJECT = Text("Punkt kontrolny z {day}: {size}", "Checkpoint of {day}: {size}")
ABOUT = Text(
    "To jest podpisany punkt kontrolny dziennika {origin}. Obejmuje wszystkie zapisy pilotaży do tej chwili: {size}. "
    "Proszę zachować tę wiadomość. Jeżeli ktoś później zmieni którykolwiek z tych zapisów, nie będzie się on zgadzał "
    "z tym punktem kontrolnym.",
    "This is a signed checkpoint of the log {origin}. It covers every record of the pilots up to now: {size}. Please "
    "keep this mail. If anybody changes one of these records later, it will no longer agree with this checkpoint.",
)
HOW = Text(
    "Tekst między liniami proszę zapisać w pliku. Dowód, że nowszy punkt kontrolny jest dalszym ciągiem tego, podaje "
    "biuro poleceniem: {command}. Sprawdza się go bez bazy danych: mlw audit proof-check DOWÓD --old PLIK --key KLUCZ.",
    "Save the text between the lines to a file. The office proves that a newer checkpoint continues this one with: "
    "{command}. To check that without a database: mlw audit proof-check PROOF --old FILE --key VKEY.",
)
_LINE = "-" * 20


def checkpoint_mail(origin: str, size: int, note: str, day: date, language: Language, office: str = "") -> Composed:
    """The mail. Of the text's lines those of the note are left as they are."""
    command = f"mlw audit consistency {size}"
    subject = SUBJECT[language].format(day=day_words(day, language), size=size)
    above = (Heading(1, subject), Paragraph(ABOUT[language].format(origin=origin, size=size)))
    below = (Paragraph(HOW[language].format(command=command)), Signature(office))
    text = f"{as_text(above)}\n{_LINE}\n{note}{_LINE}\n\n{as_text(below)}"
    page = as_html((*above, Paragraph("NOTE-BELONGS-HERE"), *below), language)
    html = page.replace("<p>NOTE-BELONGS-HERE</p>", f'<pre style="white-space: pre-wrap">{escape(note)}</pre>', 1)
    return Composed(one_line(subject, 250), text, html, language)
