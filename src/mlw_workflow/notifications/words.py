"""Days, spans and numbers as people say them, and what a deadline rests on, in Polish and English."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.notifications.values import Language

BASES: Mapping[str, Text] = {
    "statute": Text("przepisy", "law"),
    "agreement": Text("umowa", "agreement"),
    "programme": Text("zasady programu", "rules of the programme"),
}
"""What a deadline rests on."""
_MONTHS: dict[Language, tuple[str, ...]] = {
    "pl": (
        "stycznia", "lutego", "marca", "kwietnia", "maja", "czerwca",
        "lipca", "sierpnia", "września", "października", "listopada", "grudnia",
    ),
    "en": (
        "January", "February", "March", "April", "May", "June",
        "July", "August", "September", "October", "November", "December",
    ),
}  # fmt: skip

MONTHS_ALONE = (
    "styczeń", "luty", "marzec", "kwiecień", "maj", "czerwiec",
    "lipiec", "sierpień", "wrzesień", "październik", "listopad", "grudzień",
)  # fmt: skip
"""Polish months without a day."""
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

_NOUNS: dict[Language, dict[str, tuple[str, str, str]]] = {
    "pl": {
        "day": ("dzień", "dni", "dni"),
        "week": ("tydzień", "tygodnie", "tygodni"),
        "month": ("miesiąc", "miesiące", "miesięcy"),
        "working_day": ("dzień roboczy", "dni robocze", "dni roboczych"),
        "deadline": ("termin", "terminy", "terminów"),
        "warning": ("wcześniejsze przypomnienie", "wcześniejsze przypomnienia", "wcześniejszych przypomnień"),
        "attempt": ("próba", "próby", "prób"),
        "mail": ("niedoręczona wiadomość", "niedoręczone wiadomości", "niedoręczonych wiadomości"),
    },
    "en": {
        "day": ("day", "days", "days"),
        "week": ("week", "weeks", "weeks"),
        "month": ("month", "months", "months"),
        "working_day": ("working day", "working days", "working days"),
        "deadline": ("deadline", "deadlines", "deadlines"),
        "warning": ("earlier reminder", "earlier reminders", "earlier reminders"),
        "attempt": ("attempt", "attempts", "attempts"),
        "mail": ("undelivered mail", "undelivered mails", "undelivered mails"),
    },
}


def day_words(day: date, language: Language) -> str:
    """``12 maja 2014`` or ``12 May 2014``."""
    return f"{day.day} {_MONTHS[language][day.month - 1]} {day.year}"


def of_period(title: str, key: str, language: Language) -> str:
    """A title with the period it is about: ``Raport miesięczny, kwiecień 2014``, ``Raport cząstkowy 2``."""
    month = _MONTH.fullmatch(key)
    if month is not None:
        number = int(month[2]) - 1
        return f"{title}, {MONTHS_ALONE[number] if language == 'pl' else _MONTHS['en'][number]} {month[1]}"
    if _DAY.fullmatch(key):
        return f"{title}, {day_words(date.fromisoformat(key), language)}"
    return f"{title} {key}".strip()


def span_words(first: date, last: date, language: Language) -> str:
    """``od 3 do 9 maja 2014`` or ``from 3 to 9 May 2014``; ``3 maja 2014`` when it is one day."""
    if first == last:
        return day_words(first, language)
    whole = day_words(first, language)
    same_month = (first.year, first.month) == (last.year, last.month)
    begin = str(first.day) if same_month else whole.rpartition(" ")[0] if first.year == last.year else whole
    words = ("from", "to") if language == "en" else ("od", "do")
    return f"{words[0]} {begin} {words[1]} {day_words(last, language)}"


def counted(number: int, noun: str, language: Language) -> str:
    """The number with its noun: ``1 dzień roboczy``, ``22 dni robocze``, ``25 dni roboczych``."""
    one, few, many = _NOUNS[language][noun]
    if number == 1:
        return f"1 {one}"
    # Polish: 2–4, 22–24, 32–34 … but not 12–14.
    return f"{number} {few if number % 10 in (2, 3, 4) and number % 100 not in (12, 13, 14) else many}"


def distance(day: date, today: date, working_days: int, language: Language) -> str:
    """How far a day is from today: ``za 5 dni roboczych``, ``jutro``, ``3 dni robocze temu``.

    Counted in days where no working day lies between, as on a Saturday after a Friday.
    """
    polish = language == "pl"
    days = (day - today).days
    near = {
        -1: ("wczoraj", "yesterday"),
        0: ("dzisiaj", "today"),
        1: ("jutro", "tomorrow"),
    }.get(days)
    if near is not None:
        return near[0] if polish else near[1]
    ahead = days > 0
    by_working_days = working_days != 0 and (working_days > 0) == ahead
    amount = (
        counted(abs(working_days), "working_day", language) if by_working_days else counted(abs(days), "day", language)
    )
    if ahead:
        return f"za {amount}" if polish else f"in {amount}"
    return f"{amount} temu" if polish else f"{amount} ago"


def with_note(words: str, note: str) -> str:
    """A remark after some words: after a comma, or as a sentence of its own if it begins like one."""
    if not note:
        return words
    return f"{words}. {note}" if note[0].isupper() else f"{words}, {note}"
