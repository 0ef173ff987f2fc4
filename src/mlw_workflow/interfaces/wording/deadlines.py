"""Deadlines in words: their state, how their day was found, what a reminder rests on, and why one was not sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.deadline import Deadline, Derived
    from mlw_workflow.interfaces.wording.titles import Titles

STATUS: Mapping[str, Text] = {
    "open": Text("do zrobienia", "open"),
    "late": Text("po terminie", "late"),
    "done": Text("wykonane", "done"),
    "withdrawn": Text("odwołane", "withdrawn"),
}
BASIS: Mapping[str, Text] = {
    "statute": Text("przepisy", "law"),
    "agreement": Text("umowa", "agreement"),
    "programme": Text("zasady programu", "rules of the programme"),
}
SOURCE: Mapping[str, Text] = {
    "stated": Text("tak mówi źródło", "stated by a source"),
    "assumed": Text("przyjęte, bo źródła milczą", "assumed where the sources are silent"),
}
ANCHORS: Mapping[str, Text] = {
    "day": Text("stały dzień", "a fixed day"),
    "pilot_start": Text("pierwszy dzień pilotażu", "the pilot's first day"),
    "pilot_end": Text("ostatni dzień pilotażu", "the pilot's last day"),
    "period_start": Text("pierwszy dzień okresu", "the period's first day"),
    "period_end": Text("ostatni dzień okresu", "the period's last day"),
    "skipped": Text(
        "{why}: takiego dnia nie ma, więc reguła go pomija", "{why}: there is no such day, so it is skipped"
    ),
    "reached": Text("dzień osiągnięcia {why}", "the day on which {why} was reached"),
    "evidence": Text("data podana w {why}", "the date given in {why}"),
    "no_date": Text(
        "daty jeszcze nie ustalono; sam jej brak jest powodem przypomnień",
        "no date is set yet, and its absence is itself reminded of",
    ),
}
UNITS: Mapping[str, Text] = {
    "days": Text("dni", "days"),
    "weeks": Text("tygodnie", "weeks"),
    "months": Text("miesiące", "months"),
    "working_days": Text("dni robocze", "working days"),
}
RECURS = Text("dzień {number}. według reguły {rule}", "day {number} by the rule {rule}")
AFTER = Text("później, {unit}: {number}", "{number} {unit} later")
BEFORE = Text("wcześniej, {unit}: {number}", "{number} {unit} earlier")
MOVED = Text("dzień wolny ({why}), więc termin się przesuwa", "a day off ({why}), so the deadline moves")
WEEKEND: Mapping[str, Text] = {
    "saturday": Text("sobota", "Saturday"),
    "sunday": Text("niedziela", "Sunday"),
}
DAY_OFF: Mapping[str, Text] = {
    "next_working_day": Text("następny dzień roboczy", "the next working day"),
    "next_working_day_not_saturday": Text(
        "następny dzień roboczy, przy czym sobota liczy się jako roboczy",
        "the next working day, Saturdays counted as working days",
    ),
    "previous_working_day": Text("poprzedni dzień roboczy", "the working day before"),
    "none": Text("dzień wolny nie przesuwa terminu", "a day off does not move it"),
}
STAYS = Text("dzień wolny ({why}), ale termin się nie przesuwa", "a day off ({why}), but the deadline stays")
RESTS_ON = Text("podstawa: {basis} ({source})", "basis: {basis} ({source})")
IN_SCHOOL_HOLIDAYS = Text("uwaga: ferie lub wakacje ({name})", "note: school holidays ({name})")

SKIPS: Mapping[str, Text] = {
    "superseded": Text("zastąpiło je późniejsze", "a later one took its place"),
    "acknowledged": Text("osoba potwierdziła, że wie", "the person has acknowledged it"),
    "snoozed": Text("osoba prosiła o przypomnienie później", "the person asked to be reminded later"),
    "no_holder": Text("nikt nie pełni tej roli", "nobody holds the role"),
    "no_address": Text("osoba nie ma adresu e-mail", "the person has no e-mail address"),
    # Why a notice that waited was taken back
    "erased": Text("dane osoby usunięto", "the person's data were erased"),
    "moved": Text("termin się zmienił", "the deadline changed"),
    "done": Text("wykonano", "it was done"),
    "withdrawn": Text("termin odwołano", "the deadline was withdrawn"),
    "not_counted_yet": Text("cofnięto to, od czego liczono termin", "what the deadline counted from was undone"),
    "policy": Text("zmieniono zasady przypominania", "the rules of reminding changed"),
    "acknowledgement": Text("osoba potwierdziła, że wie", "the person has acknowledged it"),
    "snooze": Text("osoba prosiła o przypomnienie później", "the person asked to be reminded later"),
}
ROLE = Text("rola: {role}", "role: {role}")
DEPUTY = Text("zastępstwo za: {person}; rola: {role}", "deputy for {person}; role: {role}")
HANDED_ON = Text("nikt nie pełni roli {other}; następna: {role}", "nobody can be told as {other}; next: {role}")
MISSED = Text("pominięte wcześniej: {count}", "left out before: {count}")
AUDIT: Mapping[str, Text] = {
    "no_notice": Text("brak śladu przypomnienia", "there is no trace of the reminder"),
    "not_sent": Text("wiadomość nie wyszła", "the mail has not left"),
    "dead": Text("wiadomości nie udało się doręczyć", "the mail could not be delivered"),
    "skipped": Text("pominięto bez powodu", "left out without a reason"),
    "twice": Text("wysłano dwa razy", "sent twice"),
    "not_due": Text("wysłano, choć nie było czego", "sent although nothing was due"),
    "sent_late": Text("wysłano za późno", "sent too late"),
    "superseded": Text("zamiast niego wysłano późniejsze", "a later one was sent instead"),
    "settled": Text("program nie działał, zanim sprawa się zakończyła", "nothing ran before it was settled"),
}


def status_of(deadline: Deadline, today: date) -> str:
    """``open``, ``late``, ``done`` or ``withdrawn``."""
    return "late" if deadline.late(today) else deadline.status


def status_words(status: str, language: str) -> str:
    """The state of a deadline."""
    return STATUS[status][language]


def off_words(why: str, language: str) -> str:
    """Why nobody works on a day: a weekday's name, or the holiday's."""
    return WEEKEND[why][language] if why in WEEKEND else why


def step_words(step: Derived, titles: Titles) -> str:
    """One step of a derivation."""
    language = titles.language
    match step.step:
        case "offset":
            number, _, unit = step.why.partition(" ")
            words = BEFORE if number.startswith("-") else AFTER
            return words[language].format(number=number.lstrip("-"), unit=UNITS[unit][language])
        case "recurs":
            number, _, rule = step.why.partition(" ")
            return RECURS[language].format(number=number, rule=rule)
        case "moved":
            return MOVED[language].format(why=off_words(step.why, language))
        case "due":
            return DAY_OFF[step.why][language]
        case anchor:
            return ANCHORS[anchor][language].format(why=step.why)


def derivation_words(deadline: Deadline, titles: Titles, calendar: WorkCalendar) -> list[str]:
    """How a deadline's day was found, one line a step, then what it rests on and what is remarkable about the day."""
    language = titles.language
    lines = []
    for step in deadline.derivation:
        day = f"{titles.day(step.day)}: " if step.day is not None else ""
        lines.append(day + step_words(step, titles))
    due_on = deadline.due_on
    if due_on is not None:
        why = calendar.why_off(due_on, saturdays_work=deadline.rule.day_off == "next_working_day_not_saturday")
        if why is not None:
            lines.append(f"{titles.day(due_on)}: {STAYS[language].format(why=off_words(why, language))}")
        school = calendar.school_holiday(due_on)
        if school is not None:
            lines.append(IN_SCHOOL_HOLIDAYS[language].format(name=school))
    rule = deadline.rule
    basis = RESTS_ON[language].format(basis=BASIS[rule.basis][language], source=SOURCE[rule.source][language])
    lines.append(f"{basis}. {rule.basis_note[language]}".rstrip())
    return lines


def skip_words(code: str, language: str) -> str:
    """Why a reminder was not sent."""
    return SKIPS[code][language] if code in SKIPS else code


def audit_words(code: str, language: str) -> str:
    """What was not as it should be with a reminder."""
    return AUDIT[code][language] if code in AUDIT else code
