"""Deadlines in words: their state, how their day was found, what a reminder rests on, and why one was not sent."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from mlw_workflow.domain.deadline import explained
from mlw_workflow.domain.no_return import NO_SLACK
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.dates import day_words
from mlw_workflow.notifications.words import BASES, counted

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.calendar import WorkCalendar
    from mlw_workflow.domain.deadline import Deadline, Derived
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.notifications.values import Language

STATUS: Mapping[str, Text] = {
    "open": Text("do zrobienia", "open"),
    "late": Text("po terminie", "late"),
    "done": Text("wykonane", "done"),
    "withdrawn": Text("odwołane", "withdrawn"),
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
    "reached": Text("wtedy osiągnięto stan: {why}", "the day on which this was reached: {why}"),
    "evidence": Text("data podana w kroku {why}", "the date given in the step {why}"),
    "no_date": Text(
        "daty jeszcze nie ustalono; sam jej brak jest powodem przypomnień",
        "no date is set yet, and its absence is itself reminded of",
    ),
}
RECURS = Text("dzień {number}. według reguły {rule}", "day {number} by the rule {rule}")
AFTER = Text("{amount} później", "{amount} later")
BEFORE = Text("{amount} wcześniej", "{amount} earlier")
BEFORE_DUE = Text("{amount} przed terminem", "{amount} before")
AFTER_DUE = Text("{amount} po terminie", "{amount} after")
ON_THE_DAY = Text("w dniu terminu", "on the day")
UNDATED = Text("nie ma jeszcze daty", "no date yet")
REPEATED = Text("po raz {number}.", "number {number}")
AGAIN = Text("ponownie {day}", "again on {day}")
LAST_MOMENT = Text("ostatni moment na rozpoczęcie", "last moment to begin")
SLACK_LEFT = Text("zapas: {amount}", "{amount} in hand")
_RUNG = re.compile(r"([+-]?\d+)(d|wd|w)?")
_MARKS = {"d": "days", "wd": "working_days", "w": "weeks"}
_NOUNS = {"days": "day", "weeks": "week", "months": "month", "working_days": "working_day"}
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
NOT_COUNTED = Text("dni wolne, których nie policzono: {days}", "days off that were not counted: {days}")
IN_SCHOOL_HOLIDAYS = Text("uwaga: ferie lub wakacje ({name})", "note: school holidays ({name})")

SKIPS: Mapping[str, Text] = {
    "superseded": Text("zastąpiło je późniejsze", "a later one took its place"),
    "acknowledged": Text("osoba potwierdziła, że wie", "the person has acknowledged it"),
    "snoozed": Text("osoba prosiła o przypomnienie później", "the person asked to be reminded later"),
    "no_holder": Text("nikt nie pełni tej roli", "nobody holds the role"),
    "no_address": Text("osoba nie ma adresu e-mail", "the person has no e-mail address"),
    "just_told": Text("osoba dowiedziała się o tym tuż wcześniej", "the person had been told of it just before"),
    # Why a notice that waited was taken back
    "erased": Text("dane osoby usunięto", "the person's data were erased"),
    "moved": Text("termin się zmienił", "the deadline changed"),
    "done": Text("wykonano", "it was done"),
    "withdrawn": Text("termin odwołano", "the deadline was withdrawn"),
    "not_counted_yet": Text("cofnięto to, od czego liczono termin", "what the deadline counted from was undone"),
    "policy": Text("zmieniono zasady przypominania", "the rules of reminding changed"),
    "slack_regained": Text("zapas czasu wrócił", "there is time in hand again"),
    "acknowledgement": Text("osoba potwierdziła, że wie", "the person has acknowledged it"),
    "snooze": Text("osoba prosiła o przypomnienie później", "the person asked to be reminded later"),
}
BECAUSE_OF_DEADLINE = Text(
    "Zadanie {task}, {what}: termin {day}, przypomnienie: {rung}",
    "{task}, {what}: due on {day}, reminder: {rung}",
)
BECAUSE_OF_NO_DATE = Text(
    "Zadanie {task}, {what}: nie ustalono jeszcze daty, a sam jej brak jest powodem przypomnienia",
    "{task}, {what}: no date is set yet, which is itself reminded of",
)
BECAUSE_OF_SLACK = Text(
    "Zadanie {task} trzyma całą drogę do celu: następny krok trzeba rozpocząć najpóźniej {day} ({rung})",
    "The whole way to the goal waits for {task}: its next step must begin by {day} ({rung})",
)
ROLE = Text("rola: {role}", "role: {role}")
DEPUTY = Text("zastępstwo za: {person}; rola: {role}", "deputy for {person}; role: {role}")
HANDED_ON = Text(
    "nikogo w roli {other} nie można powiadomić; następna: {role}", "nobody can be told as {other}; next: {role}"
)
MOVED_FROM = Text("termin przesunięto z dnia {day}", "moved from {day}")
MISSED = Text("pominięte wcześniej: {count}", "left out before: {count}")
AUDIT: Mapping[str, Text] = {
    "no_notice": Text("brak śladu przypomnienia", "there is no trace of the reminder"),
    "not_sent": Text("wiadomość nie wyszła", "the mail has not left"),
    "dead": Text("wiadomości nie udało się doręczyć", "the mail could not be delivered"),
    "skipped": Text("pominięto bez powodu", "left out without a reason"),
    "twice": Text("wysłano dwa razy", "sent twice"),
    "not_due": Text("wysłano, choć nie było czego", "sent although nothing was due"),
    "just_told": Text("osoba dowiedziała się o tym tuż wcześniej", "the person had been told of it just before"),
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


def step_words(step: Derived, machine: str, titles: Titles) -> str:  # noqa: PLR0911 - one for each kind of step
    """One step of a machine's derivation."""
    language = titles.language
    match step.step:
        case "offset":
            number, _, unit = step.why.partition(" ")
            return offset_words(int(number), unit, language)
        case "recurs":
            number, _, rule = step.why.partition(" ")
            return RECURS[language].format(number=number, rule=rule)
        case "moved":
            return MOVED[language].format(why=off_words(step.why, language))
        case "stays":
            return STAYS[language].format(why=off_words(step.why, language))
        case "school_holiday":
            return IN_SCHOOL_HOLIDAYS[language].format(name=step.why)
        case "due":
            return DAY_OFF[step.why][language]
        case "reached":
            other, _, state = step.why.partition(".")
            other = machine if other == machine.partition("/")[0] else other
            return ANCHORS["reached"][language].format(why=f"{titles.machine(other)}, {titles.state(other, state)}")
        case "evidence":
            trigger, _, field = step.why.partition(".")
            where = titles.quoted(titles.plain_trigger(machine, trigger))
            return f"{ANCHORS['evidence'][language].format(why=where)}: {titles.field(machine, trigger, field)}"
        case anchor:
            return ANCHORS[anchor][language].format(why=step.why)


def offset_words(number: int, unit: str, language: str) -> str:
    """``5 dni roboczych później``."""
    amount = counted(abs(number), _NOUNS[unit], "en" if language == "en" else "pl")
    return (BEFORE if number < 0 else AFTER)[language].format(amount=amount)


def basis_words(deadline: Deadline, language: str) -> str:
    """What a deadline rests on, who says so, and the remark on it."""
    rule = deadline.rule
    basis = RESTS_ON[language].format(basis=BASES[rule.basis][language], source=SOURCE[rule.source][language])
    return f"{basis}. {rule.basis_note[language]}".rstrip()


def derivation_words(deadline: Deadline, titles: Titles, calendar: WorkCalendar) -> list[str]:
    """How a deadline's day was found, one line a step, then what it rests on and what is remarkable about the day."""
    language = titles.language
    lines: list[str] = []
    crossed: list[str] = []
    for step in explained(deadline, calendar):
        if step.step == "not_counted":
            crossed.append(f"{titles.day(step.day)} ({off_words(step.why, language)})")
            continue
        day = f"{titles.day(step.day)}: " if step.day is not None and step.step != "school_holiday" else ""
        lines.append(day + step_words(step, deadline.machine, titles))
        if crossed:
            lines.append(NOT_COUNTED[language].format(days=", ".join(crossed)))
            crossed = []
    return [*lines, basis_words(deadline, language)]


def rung_words(rung: str, language: str, due_on: date | None) -> str:
    """When a warning comes, seen from its deadline: ``5 dni roboczych przed terminem``, ``w dniu terminu``.

    Without a date it comes because there is none.
    """
    lang: Language = "en" if language == "en" else "pl"
    if rung == NO_SLACK:
        return LAST_MOMENT[language]
    if rung.startswith(f"{NO_SLACK}-"):
        days = int(rung.removeprefix(f"{NO_SLACK}-").removesuffix("wd"))
        return SLACK_LEFT[language].format(amount=counted(days, "working_day", lang))
    name, _, again = rung.partition("@")
    name, _, repeat = name.partition("#")
    found = _RUNG.fullmatch(name)
    if found is None:
        return rung
    number, unit = int(found[1]), _MARKS.get(found[2] or "d", "days")
    if due_on is None:
        words = UNDATED[language]
    elif number == 0:
        words = ON_THE_DAY[language]
    else:
        amount = counted(abs(number), _NOUNS[unit], lang)
        words = (BEFORE_DUE if number < 0 else AFTER_DUE)[language].format(amount=amount)
    if repeat:
        words += ", " + REPEATED[language].format(number=repeat)
    if again:
        words += ", " + AGAIN[language].format(day=day_words(again, language))
    return words


def skip_words(code: str, language: str) -> str:
    """Why a reminder was not sent."""
    return SKIPS[code][language] if code in SKIPS else code


def audit_words(code: str, language: str) -> str:
    """What was not as it should be with a reminder."""
    return AUDIT[code][language] if code in AUDIT else code
