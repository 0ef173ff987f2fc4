"""One sentence for each reason of a refusal, in both languages: what is in the way, where, and what to do.

A key with a dot is the same reason told of a special case (``sentence`` chooses). Titles stand in quotes and in the
nominative, so that no Polish ending depends on them.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.definition import DONE
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.numbers import number_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.interfaces.wording.titles import Titles

REASONS: Mapping[str, Text] = {
    "role_not_allowed": Text(
        "Krok {trigger} w zadaniu {machine} nie należy do podanej osoby lub roli. Liczą się role,"
        " które osoba ma w dniu zapisu.",
        "The step {trigger} of {machine} is not for this person or role to take. What counts are the roles held"
        " on the day of recording.",
    ),
    "prerequisite_unmet": Text(
        "Najpierw {machine} musi osiągnąć stan {needed}; teraz jest to stan {state}.",
        "First {machine} must reach the state {needed}; it is now in {state}.",
    ),
    "prerequisite_unmet.done": Text(
        "Najpierw trzeba ukończyć zadanie {machine}; teraz jest ono w stanie {state}.",
        "First {machine} must be finished; it is now in {state}.",
    ),
    "prerequisite_later": Text(
        "Stan {needed} w zadaniu {machine} został osiągnięty dopiero {reached_on}, a podany dzień to {day}. "
        "Proszę podać dzień nie wcześniejszy niż {reached_on}.",
        "{machine} reached the state {needed} only on {reached_on}, and the day given is {day}. "
        "Give a day no earlier than {reached_on}.",
    ),
    "prerequisite_later.done": Text(
        "Zadanie {machine} ukończono dopiero {reached_on}, a podany dzień to {day}. "
        "Proszę podać dzień nie wcześniejszy niż {reached_on}.",
        "{machine} was finished only on {reached_on}, and the day given is {day}. "
        "Give a day no earlier than {reached_on}.",
    ),
    "wrong_state": Text(
        "Zadanie {machine} jest od {since} w stanie {state}, a krok {trigger} jest możliwy tylko ze stanu: {expected}.",
        "Since {since} {machine} has been in {state}, and the step {trigger} is possible only from: {expected}.",
    ),
    "wrong_state.unmoved": Text(
        "Zadanie {machine} jest w stanie {state}, a krok {trigger} jest możliwy tylko ze stanu: {expected}.",
        "{machine} is in {state}, and the step {trigger} is possible only from: {expected}.",
    ),
    "wrong_state.recorded": Text(
        "Krok {trigger} w zadaniu {machine} jest już zapisany z dniem {since} (wpis {seq}); teraz jest to stan {state},"
        " a krok jest możliwy tylko ze stanu: {expected}.",
        "The step {trigger} of {machine} is recorded already, for {since} (entry {seq}); it is now in {state}, and the "
        "step is possible only from: {expected}.",
    ),
    "changed_meanwhile": Text(
        "W międzyczasie w zadaniu {machine} zapisano krok {last_trigger} z dnia {since}; teraz jest to stan {state}. "
        "Proszę sprawdzić, czy zmiana jest nadal potrzebna, i spróbować ponownie z --seen {seq}.",
        "Meanwhile the step {last_trigger} of {since} was recorded for {machine}; it is now in {state}. "
        "See whether your change is still needed, and try again with --seen {seq}.",
    ),
    "changed_meanwhile.unmoved": Text(
        "W międzyczasie cofnięto zapis w zadaniu {machine}; teraz jest to stan {state}. "
        "Proszę sprawdzić, czy zmiana jest nadal potrzebna, i spróbować ponownie z --seen {seq}.",
        "Meanwhile a record of {machine} was taken back; it is now in {state}. "
        "See whether your change is still needed, and try again with --seen {seq}.",
    ),
    "relied_upon": Text(
        "Na tym zapisie opiera się krok {relying} z dnia {day} w zadaniu {machine} (wpis {seq}). "
        "Najpierw trzeba skorygować tamten krok.",
        "The step {relying} of {day} in {machine} (entry {seq}) relies on this record. Correct that step first.",
    ),
    "nothing_to_correct": Text(
        "W zadaniu {machine} nie ma zapisu, który można by cofnąć.",
        "There is no record of {machine} that could be taken back.",
    ),
    "date_in_future": Text(
        "Dzień {day} jeszcze nie nastąpił, dziś jest {today}. Proszę zapisać krok dopiero, gdy się odbędzie, "
        "albo poprawić datę.",
        "The day {day} is still ahead, today is {today}. Record the step once it has happened, or correct the date.",
    ),
    "date_before_pilot": Text(
        "Dzień {day} jest wcześniejszy niż pierwszy dzień pilotażu, czyli {start}. Proszę poprawić datę.",
        "The day {day} is before the pilot's first day, {start}. Correct the date.",
    ),
    "date_after_pilot": Text(
        "Dzień {day} jest późniejszy niż ostatni dzień pilotażu, czyli {end}. Proszę poprawić datę.",
        "The day {day} is after the pilot's last day, {end}. Correct the date.",
    ),
    "date_before_last_step": Text(
        "W zadaniu {machine} jest już zapisany krok z dnia {last} (wpis {seq}, stan {state}), a podany dzień to {day}. "
        "Proszę podać dzień nie wcześniejszy niż {last} albo najpierw skorygować tamten zapis.",
        "{machine} already has a step of {last} (entry {seq}, state {state}), and the day given is {day}. "
        "Give a day no earlier than {last}, or correct that record first.",
    ),
    "date_too_early": Text(
        "Krok {trigger} w zadaniu {machine} jest możliwy najwcześniej {earliest}, a podany dzień to {day}.",
        "The step {trigger} of {machine} is possible on {earliest} at the earliest, and the day given is {day}.",
    ),
    "evidence_missing": Text(
        "Brakuje danych: {field}. Proszę je podać.",
        "Something is missing: {field}. Please give it.",
    ),
    "evidence_unknown_field": Text(
        "Ten krok nie ma pola {field}. Pola tego kroku: {fields}.",
        "This step has no field {field}. Its fields are: {fields}.",
    ),
    "evidence_unknown_field.none": Text(
        "Ten krok nie przyjmuje żadnych danych, a podano {field}. Proszę je pominąć.",
        "This step takes no evidence, and {field} was given. Leave it out.",
    ),
    "evidence_not_text": Text(
        "W polu {field} powinien być zwykły tekst.",
        "The field {field} takes plain text.",
    ),
    "evidence_too_long": Text(
        "Tekst w polu {field} jest za długi: może mieć najwyżej {maximum} znaków.",
        "The text in {field} is too long: it may have {maximum} characters at most.",
    ),
    "evidence_too_short": Text(
        "Tekst w polu {field} jest za krótki: powinien mieć co najmniej {minimum} znaków.",
        "The text in {field} is too short: it must have {minimum} characters at least.",
    ),
    "evidence_not_date": Text(
        "W polu {field} powinna być istniejąca data zapisana jak 2014-06-10.",
        "The field {field} takes an existing date, written like 2014-06-10.",
    ),
    "evidence_day_far": Text(
        "Data w polu {field} jest za daleko. Proszę podać dzień między rokiem {year_min} a {year_max}.",
        "The date in {field} is too far away. Give a day between the years {year_min} and {year_max}.",
    ),
    "evidence_not_number": Text(
        "W polu {field} powinna być liczba, na przykład {sample}.",
        "The field {field} takes a number, such as {sample}.",
    ),
    "evidence_not_integer": Text(
        "W polu {field} powinna być liczba całkowita, na przykład 12.",
        "The field {field} takes a whole number, such as 12.",
    ),
    "evidence_too_small": Text(
        "Liczba w polu {field} jest za mała: najmniejsza możliwa to {minimum}.",
        "The number in {field} is too small: the smallest possible is {minimum}.",
    ),
    "evidence_too_large": Text(
        "Liczba w polu {field} jest za duża: największa możliwa to {maximum}.",
        "The number in {field} is too large: the largest possible is {maximum}.",
    ),
    "evidence_one_choice": Text(
        "W polu {field} można wybrać tylko jedną odpowiedź.",
        "Only one answer can be chosen in {field}.",
    ),
    "evidence_not_option": Text(
        "W polu {field} podano odpowiedź spoza listy. Możliwe odpowiedzi: {options}.",
        "The answer given in {field} is not on the list. Possible answers: {options}.",
    ),
    "evidence_not_option.recorded": Text(
        "W polu {field} trzeba podać jedną z nazw zapisanych wcześniej w zadaniu {other}, dokładnie tak samo napisaną.",
        "The field {field} takes one of the names recorded earlier in {other}, spelt in exactly the same way.",
    ),
    "evidence_too_few": Text(
        "Za mało pozycji w polu {field}: potrzeba co najmniej {minimum}, a jest {given}.",
        "Too few items in {field}: {minimum} are needed at least, and there are {given}.",
    ),
    "evidence_too_few_of": Text(
        "W polu {field} brakuje pozycji rodzaju {option}: potrzeba co najmniej {minimum}, a jest {given}.",
        "In {field} items of the kind {option} are missing: {minimum} are needed at least, and there are {given}.",
    ),
    "evidence_too_many": Text(
        "Za dużo pozycji w polu {field}: może ich być najwyżej {maximum}, a jest {given}.",
        "Too many items in {field}: there may be {maximum} at most, and there are {given}.",
    ),
    "evidence_not_records": Text(
        "W polu {field} powinna być lista pozycji. Na przykład: {example}.",
        "The field {field} takes a list of items. For example: {example}.",
    ),
    "evidence_not_record": Text(
        "Pozycja {field} powinna składać się z nazwanych pól.",
        "The item {field} must be made of named fields.",
    ),
    "evidence_not_file": Text(
        "W polu {field} powinien być plik. Na przykład: {example}.",
        "The field {field} takes a file. For example: {example}.",
    ),
}

ON_PAGE: Mapping[str, Text] = {
    **REASONS,
    "changed_meanwhile": Text(
        "W międzyczasie w zadaniu {machine} zapisano krok {last_trigger} z dnia {since}; teraz jest to stan {state}. "
        "Proszę sprawdzić, czy zmiana jest nadal potrzebna. Wpisane dane są poniżej.",
        "Meanwhile the step {last_trigger} of {since} was recorded for {machine}; it is now in {state}. "
        "See whether your change is still needed. What you typed is below.",
    ),
    "changed_meanwhile.unmoved": Text(
        "W międzyczasie cofnięto zapis w zadaniu {machine}; teraz jest to stan {state}. "
        "Proszę sprawdzić, czy zmiana jest nadal potrzebna. Wpisane dane są poniżej.",
        "Meanwhile a record of {machine} was taken back; it is now in {state}. "
        "See whether your change is still needed. What you typed is below.",
    ),
    "role_not_allowed": Text(
        "Krok {trigger} w zadaniu {machine} nie należy do ról tego konta.",
        "The step {trigger} of {machine} is not for the roles of this account to take.",
    ),
    "evidence_not_date": Text(
        "W polu {field} powinna być istniejąca data, na przykład 10 6 2014.",
        "The field {field} takes an existing date, such as 10 6 2014.",
    ),
    "evidence_not_option": Text(
        "W polu {field} trzeba wybrać jedną z podanych odpowiedzi.",
        "Choose one of the answers shown in {field}.",
    ),
    "evidence_not_option.recorded": Text(
        "W polu {field} trzeba wybrać jedną z nazw zapisanych wcześniej w zadaniu {other}.",
        "Choose one of the names recorded earlier in {other} for the field {field}.",
    ),
    "evidence_not_records": Text("Proszę wypełnić pole {field}.", "Fill in {field}."),
    "evidence_not_file": Text("W polu {field} trzeba wybrać plik.", "Choose a file for {field}."),
    "evidence_unknown_field": Text(
        "Formularz zmienił się w międzyczasie: pola {field} już w nim nie ma.",
        "The form has changed meanwhile: it has no field {field} any more.",
    ),
}
"""The same for pages, where nobody types commands or ids."""

WHO = Text("Może to zrobić: {who}.", "This can be done by: {who}.")
"""Added where somebody else's step clears the reason."""
CLEARED_BY_OTHERS = frozenset({"role_not_allowed", "prerequisite_unmet", "relied_upon"})


def sentence(reason: Reason, titles: Titles, trigger: str, texts: Mapping[str, Text] = REASONS) -> str:
    """The reason in words; ``trigger`` is the step that was refused. Ends with who can clear it, where that helps."""
    text = texts[variant(reason, titles, trigger)][titles.language].format_map(values(reason, titles, trigger))
    if reason.code in CLEARED_BY_OTHERS and reason.who:
        text += " " + WHO[titles.language].format(who=titles.roles(reason.who))
    return text


def variant(reason: Reason, titles: Titles, trigger: str) -> str:
    """The key of the wording: the code, or one of its special cases."""
    fact, code = reason.fact, reason.code
    special = ""
    match code:
        case "prerequisite_unmet" | "prerequisite_later":
            special = ".done" if reason.needs.endswith(DONE) else ""
        case "wrong_state" if trigger and fact.get("last_trigger") == trigger and "since" in fact:
            special = ".recorded"
        case "wrong_state" | "changed_meanwhile":
            special = "" if "since" in fact else ".unmoved"
        case "evidence_not_option":
            special = "" if fact.get("options") else ".recorded"
        case "evidence_unknown_field":
            special = "" if _field_names(reason, titles, trigger) else ".none"
        case _:
            pass
    return code + special


def values(reason: Reason, titles: Titles, trigger: str) -> dict[str, Any]:
    """What the placeholders stand for."""
    fact, machine = reason.fact, reason.machine
    found: dict[str, Any] = {
        **fact,
        "machine": titles.machine(machine),
        "trigger": titles.trigger(machine, trigger),
        "needed": titles.state(machine, reason.needs.rpartition(".")[2]),
        "field": titles.field(machine, trigger, reason.field),
        "example": f"--evidence {_example(reason.field, reason.code)}",
        "fields": _field_names(reason, titles, trigger),
        "other": _other(reason, titles, trigger),
        "sample": number_words(1234.5, titles.language) if _fractional(reason, titles, trigger) else "12",
    }
    for name in ("minimum", "maximum"):
        if isinstance(fact.get(name), str):  # not a whole number
            found[name] = number_words(float(fact[name]), titles.language)
    for name in ("day", "today", "start", "end", "last", "earliest", "reached_on", "since"):
        if name in fact:
            found[name] = titles.day(fact[name])
    if "state" in fact:
        found["state"] = titles.state(machine, str(fact["state"]))
    if "expected" in fact:
        states = str(fact["expected"]).split(", ")
        found["expected"] = ", ".join(titles.state(machine, state) for state in states)
    if "last_trigger" in fact:
        found["last_trigger"] = titles.trigger(machine, str(fact["last_trigger"]))
    if "trigger" in fact:
        found["relying"] = titles.trigger(machine, str(fact["trigger"]))
    if "option" in fact:
        column, option = str(fact.get("column", "")), str(fact["option"])
        found["option"] = titles.option(machine, trigger, reason.field, column, option)
    return found


def _example(place: str, code: str) -> str:
    name = place or "…"
    return f"{name}=@plik.pdf" if code == "evidence_not_file" else f"'{name}[]=…'"


def _field_names(reason: Reason, titles: Titles, trigger: str) -> str:
    fields = titles.fields(reason.machine, trigger)
    head, dot, _ = reason.field.rpartition(".")
    if dot:
        fields = next((field.fields for field in fields if field.id == head.partition("[")[0]), ())
    return ", ".join(field.id for field in fields)


def _fractional(reason: Reason, titles: Titles, trigger: str) -> bool:
    """Whether the field takes numbers that are not whole."""
    name, _, column = re.sub(r"\[\d+\]", "", reason.field).partition(".")
    fields = [field for field in titles.fields(reason.machine, trigger) if field.id == name]
    if column:
        fields = [field for one in fields for field in one.fields if field.id == column]
    return any(field.type == "number" and not field.integer for field in fields)


def _other(reason: Reason, titles: Titles, trigger: str) -> str:
    name = reason.field.partition("[")[0]
    for field in titles.fields(reason.machine, trigger):
        for column in (field, *field.fields):
            if field.id == name and column.among is not None:
                return titles.machine(column.among.machine)
    return titles.machine(reason.machine)
