"""What control found, in words: the sentence of each finding, what to do about it, its severity and its state."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.interfaces.wording.titles import Titles

FINDINGS: Mapping[str, Text] = {
    "recorded_late": Text(
        "Krok z dnia {day} zapisano dopiero {recorded}; program dopuszcza zapis najpóźniej {latest}.",
        "A step of {day} was not recorded before {recorded}; the programme allows it until {latest}.",
    ),
    "before_reliance": Text(
        "Krok ma datę {day}, a to, na czym się opiera ({needs}), po korekcie (wpis {by}) nastąpiło dopiero {later}.",
        "The step is dated {day}, and what it relies on ({needs}) came only on {later}, since the correction of entry "
        "{by}.",
    ),
    "suspect": Text(
        "Krok opiera się na wpisie {other} ({needs}), który później zwrócono do poprawy (zadanie {by_machine}, wpis "
        "{by}).",
        "The step relies on entry {other} ({needs}), which was given back later ({by_machine}, entry {by}).",
    ),
    "suspect.corrected": Text(
        "Krok opiera się na wpisie {other} ({needs}), który później cofnięto korektą (zadanie {by_machine}, wpis "
        "{by}).",
        "The step relies on entry {other} ({needs}), which was corrected later ({by_machine}, entry {by}).",
    ),
    "suspect.follows": Text(
        "Krok następuje po wpisie {other}, którego podstawę później podważono (zadanie {by_machine}, wpis {by}).",
        "The step follows entry {other}, whose footing was taken away later ({by_machine}, entry {by}).",
    ),
    "four_eyes": Text(
        "{actor}: ta sama osoba zapisała wcześniejszy krok tego zadania (wpis {other}) i podjęła decyzję o jego "
        "przyjęciu.",
        "{actor} recorded an earlier step of this task (entry {other}) and also decided on its acceptance.",
    ),
    "accepted_unread": Text(
        "{actor}: decyzję podjęto bez odczytania danych z wpisów: {entries}.",
        "{actor} decided without having read the evidence of these entries: {entries}.",
    ),
    "waiver_expired": Text(
        "Zwolnienie z dnia {day} było ważne do {until} i nikt go nie potwierdził.",
        "The release of {day} held until {until}, and nobody has confirmed it.",
    ),
    "deadline_missed": Text(
        "Termin „{rule}” minął {due}, a zadania nie wykonano.",
        "The deadline “{rule}” passed on {due}, and the task is not done.",
    ),
    "deadline_missed.done": Text(
        "Termin „{rule}” minął {due}; zadanie wykonano dopiero {done}.",
        "The deadline “{rule}” passed on {due}; the task was done only on {done}.",
    ),
    "role_outside_dates": Text(
        "{actor}: w dniu zapisu ({day}) ta osoba nie miała roli „{role}”.",
        "{actor} did not hold the role “{role}” on the day of recording ({day}).",
    ),
    "role_outside_dates.occurred": Text(
        "{actor}: w dniu zdarzenia ({day}) ta osoba nie miała roli „{role}”.",
        "{actor} did not hold the role “{role}” on the day it happened ({day}).",
    ),
}
ACTIONS: Mapping[str, Text] = {
    "recorded_late": Text(
        "Koordynator wyjaśnia przyczynę; kolejne kroki proszę zapisywać na bieżąco.",
        "Let the coordinator explain why; record further steps as they happen.",
    ),
    "before_reliance": Text(
        "Proszę sprawdzić daty. Błędną skorygować; jeśli krok mimo to zachowuje ważność, potwierdzić go.",
        "Check the dates. Correct a wrong one; if the step stands nevertheless, confirm it.",
    ),
    "suspect": Text(
        "Proszę sprawdzić, czy krok zachowuje ważność: potwierdzić go albo zwrócić zadanie do poprawy.",
        "See whether the step still stands: confirm it, or return the task for improvement.",
    ),
    "four_eyes": Text(
        "Decyzję powinna sprawdzić druga osoba; dopiero ona zamyka ustalenie.",
        "Have a second person check the decision; that person closes the finding.",
    ),
    "accepted_unread": Text(
        "Proszę odczytać dane i albo zamknąć ustalenie, albo zwrócić zadanie do poprawy.",
        "Read the evidence, then close the finding or return the task for improvement.",
    ),
    "waiver_expired": Text(
        "Proszę sprawdzić, czy zwolnienie nadal ma podstawy, i je potwierdzić albo skorygować.",
        "See whether the release still has its grounds; confirm or correct it.",
    ),
    "deadline_missed": Text(
        "Proszę wykonać zadanie i wyjaśnić przyczynę opóźnienia.",
        "Carry the task out, and explain the delay.",
    ),
    "deadline_missed.done": Text(
        "Koordynator wyjaśnia przyczynę opóźnienia.",
        "Let the coordinator explain the delay.",
    ),
    "role_outside_dates": Text(
        "Proszę uzupełnić daty roli, jeśli są niepełne, albo powtórzyć krok w ważnej roli.",
        "Complete the dates of the role if they are wanting, or have the step repeated by whoever holds it.",
    ),
}
SEVERITY: Mapping[str, Text] = {
    "minor": Text("mała", "minor"),
    "major": Text("duża", "major"),
    "critical": Text("krytyczna", "critical"),
}
STATE: Mapping[str, Text] = {
    "open": Text("otwarte", "open"),
    "explained": Text("wyjaśnione", "explained"),
    "closed": Text("zamknięte", "closed"),
}
TITLES: Mapping[str, Text] = {
    "recorded_late": Text("Zapis po terminie", "Recorded late"),
    "before_reliance": Text("Krok wcześniejszy niż jego podstawa", "A step before what it relies on"),
    "suspect": Text("Krok wymaga potwierdzenia", "A step in doubt"),
    "four_eyes": Text("Jedna osoba zamiast dwóch", "One person in place of two"),
    "accepted_unread": Text("Decyzja bez odczytania danych", "Decided without reading the evidence"),
    "waiver_expired": Text("Zwolnienie straciło ważność", "A release that has run out"),
    "deadline_missed": Text("Termin minął", "A missed deadline"),
    "role_outside_dates": Text("Krok poza okresem roli", "A step outside the dates of a role"),
}
"""What findings are called; the code stands behind in brackets, for commands."""
ANSWER: Mapping[str, Text] = {
    "explained": Text("wyjaśniono ustalenie „{title}”", "the finding “{title}” was explained"),
    "confirmed": Text("potwierdzono krok mimo ustalenia „{title}”", "the step was confirmed despite “{title}”"),
    "closed": Text("zamknięto ustalenie „{title}”", "the finding “{title}” was closed"),
}
ANSWER_NAME: Mapping[str, Text] = {
    "explained": Text("wyjaśnienie", "explain"),
    "confirmed": Text("potwierdzenie", "confirm"),
    "closed": Text("zamknięcie", "close"),
}
ANSWER_DONE: Mapping[str, Text] = {
    "explained": Text("Wyjaśniono", "Explained"),
    "confirmed": Text("Potwierdzono, że krok zachowuje ważność", "Confirmed that the step stands"),
    "closed": Text("Zamknięto", "Closed"),
}
"""What was said of a finding, on its page."""
ANSWER_OFFER: Mapping[str, Text] = {
    "explained": Text("Wyjaśniam, skąd się to wzięło", "I explain how it came about"),
    "confirmed": Text("Potwierdzam, że krok mimo to zachowuje ważność", "I confirm that the step stands nevertheless"),
    "closed": Text("Zamykam: nic więcej nie trzeba robić", "I close it: nothing more is to be done"),
}
"""What may be said of it."""
CHOOSE = Text("Proszę wybrać, co zapisać.", "Choose what to record.")
CODE = Text(" ({code})", " ({code})")
CODE_ABOUT = Text(" ({code}, wpis {seq})", " ({code}, entry {seq})")
_DAYS = ("day", "recorded", "latest", "later", "until", "due", "done")


def message(finding: Finding, titles: Titles, names: Mapping[str, str]) -> str:
    """What was found, in one sentence. ``names``: people's names by id."""
    facts: dict[str, object] = defaultdict(lambda: "–", finding.fact)
    for name in _DAYS:
        if facts.get(name):
            facts[name] = titles.day(facts[name])
    if "actor" in facts:
        facts["actor"] = actor_words(str(facts["actor"]), titles, names)
    if "role" in facts:
        facts["role"] = titles.role(str(facts["role"]))
    if finding.place.rule:
        facts["rule"] = rule_words(finding.place.machine, finding.place.rule, titles)
    return FINDINGS[_variant(finding, FINDINGS)][titles.language].format_map(facts)


def action(finding: Finding, language: str) -> str:
    """What to do about it."""
    return ACTIONS[_variant(finding, ACTIONS)][language]


def _variant(finding: Finding, known: Mapping[str, Text]) -> str:
    """The key of the wording: some findings are told in special words."""
    facts, code = finding.fact, finding.code
    special = {
        "suspect": "follows" if not facts.get("needs") else str(facts.get("why", "")),
        "role_outside_dates": str(facts.get("when", "")),
        "deadline_missed": "done" if "done" in facts else "",
    }.get(code, "")
    return f"{code}.{special}" if f"{code}.{special}" in known else code


def actor_words(actor: str, titles: Titles, names: Mapping[str, str]) -> str:
    """Who an entry's actor is."""
    if actor.startswith("role:"):
        return titles.role(actor.removeprefix("role:"))
    return names.get(actor, actor)


def rule_words(machine: str, rule: str, titles: Titles) -> str:
    """A deadline's title."""
    workflow = titles.workflow(machine)
    found = next((r for r in workflow.deadlines if r.id == rule), None) if workflow else None
    return found.title[titles.language] if found else rule


def answer_words(code: str, seq: int, state: str, language: str) -> str:
    """What an entry says of a finding, for the history."""
    wording = ANSWER.get(state)
    if wording is None:
        return code
    told = wording[language].format(title=title(code, language))
    return told + (CODE_ABOUT if seq else CODE)[language].format(code=code, seq=seq)


def title(code: str, language: str) -> str:
    """What findings of a code are called."""
    return TITLES[code][language] if code in TITLES else code
