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

KIND = "checkpoint"
SUBJECT = Text("Punkt kontrolny dziennika z {day} ({entries})", "Checkpoint of the log, {day} ({entries})")
ABOUT = Text(
    "To jest podpisany punkt kontrolny dziennika {origin}. Obejmuje {entries} we wszystkich pilotażach do tej chwili. "
    "Proszę zachować tę wiadomość. Jeżeli ktoś później zmieni którykolwiek z tych wpisów, nie będzie się on zgadzał "
    "z tym punktem kontrolnym.",
    "This is a signed checkpoint of the log {origin}. It covers {entries} of all pilots up to now. Please keep this "
    "mail. If anybody changes one of these entries later, it will no longer agree with this checkpoint.",
)
HOW = Text(
    "Punkt kontrolny jest też w załączniku; można zapisać załącznik, całą wiadomość albo sam tekst między liniami. "
    "Dowód, że nowszy punkt kontrolny jest dalszym ciągiem tego, podaje biuro poleceniem: {command}. Sprawdza się go "
    "bez bazy danych: mlw audit proof-check DOWÓD --old PLIK --key KLUCZ.",
    "The checkpoint is attached, too; save the attachment, the whole mail, or the text between the lines. The office "
    "proves that a newer checkpoint continues this one with: {command}. To check that without a database: mlw audit "
    "proof-check PROOF --old FILE --key VKEY.",
)
_LINE = "-" * 20


def entry_words(count: int, language: Language) -> str:
    """``7 wpisów`` or ``7 entries``."""
    if language == "en":
        return f"{count} {'entry' if count == 1 else 'entries'}"
    few = 2 <= count % 10 <= 4 and not 12 <= count % 100 <= 14
    return f"{count} {'wpis' if count == 1 else 'wpisy' if few else 'wpisów'}"


def attached_note(text: str) -> tuple[str, str] | None:
    """The name and content of the file that goes with a mail of ``checkpoint_mail``, from its text."""
    from mlw_workflow.audit.handed import handed_note
    from mlw_workflow.audit.note import Checkpoint, NoteInvalid

    try:
        note = handed_note(text.encode())
    except NoteInvalid:
        return None
    return f"checkpoint-{Checkpoint.parse(note.text).size}.txt", str(note)


def checkpoint_mail(origin: str, size: int, note: str, day: date, language: Language, office: str = "") -> Composed:
    """The mail. Of the text's lines those of the note are left as they are."""
    command = f"mlw audit consistency {size}"
    entries = entry_words(size, language)
    subject = SUBJECT[language].format(day=day_words(day, language), entries=entries)
    above = (Heading(1, subject), Paragraph(ABOUT[language].format(origin=origin, entries=entries)))
    below = (Paragraph(HOW[language].format(command=command)), Signature(office))
    text = f"{as_text(above)}\n{_LINE}\n{note}{_LINE}\n\n{as_text(below)}"
    page = as_html((*above, Paragraph("NOTE-BELONGS-HERE"), *below), language)
    html = page.replace("<p>NOTE-BELONGS-HERE</p>", f'<pre style="white-space: pre-wrap">{escape(note)}</pre>', 1)
    return Composed(one_line(subject, 250), text, html, language)
