"""Entries of the log, each in a sentence: what happened, who recorded it, on which day it happened."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.dates import day_short
from mlw_workflow.interfaces.wording.findings import answer_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.wording.titles import Titles

REMINDING: Mapping[str, Text] = {
    "acknowledgement": Text(
        "{machine}: potwierdzono termin {rule}; bez dalszych przypomnień dla osoby: {person}",
        "{machine}: {rule} acknowledged; no more reminders to {person}",
    ),
    "snooze": Text(
        "{machine}: przypomnienie o terminie {rule} odłożono do {until} dla osoby: {person}",
        "{machine}: the reminder of {rule} was put off until {until} for {person}",
    ),
    "deputy": Text(
        "Zastępstwo: {deputy} za osobę {person}, od {since} do {until}",
        "Deputy: {deputy} for {person}, from {since} to {until}",
    ),
    "deputy.taken_back": Text(
        "Odwołano zastępstwo: {deputy} za osobę {person}, od {since}",
        "Deputy taken back: {deputy} for {person}, from {since}",
    ),
    "policy": Text(
        "Zmieniono zasady przypominania w tym pilotażu", "The rules of reminding were changed for this pilot"
    ),
    "policy.programme": Text(
        "Przywrócono zasady przypominania z programu", "The programme's rules of reminding are back"
    ),
}


OPENED = Text("Otwarto pilotaż.", "The pilot was opened.")
MEMBERSHIP = Text("Rola: {role} – {person}", "Role: {role} – {person}")
UNTIL = Text(" do {day}", " until {day}")
VALUES_ERASED = Text("Usunięto dane ({values}).", "Evidence was erased ({values}).")
NAME_ERASED = Text("Usunięto dane osoby ({person}).", "The name of a person was erased ({person}).")
UNDOES = Text("{step} (wpis {seq})", "{step} (entry {seq})")
NOBODY: Mapping[str, Text] = {
    "import": Text("z pliku", "from a file"),
    "operator": Text("obsługa serwera", "whoever runs the server"),
}
"""Actors that are no person."""
KIND: Mapping[str, Text] = {
    "opening": Text("otwarcie pilotażu", "opening of the pilot"),
    "transition": Text("krok", "step"),
    "refusal": Text("odmowa", "refused attempt"),
    "correction": Text("korekta", "correction"),
    "membership": Text("rola", "role"),
    "acknowledgement": Text("potwierdzenie terminu", "acknowledged deadline"),
    "snooze": Text("odłożone przypomnienie", "reminder put off"),
    "deputy": Text("zastępstwo", "deputy"),
    "policy": Text("zasady przypominania", "rules of reminding"),
    "finding": Text("odpowiedź na ustalenie kontroli", "answer to a finding"),
    "erasure": Text("usunięcie danych", "erasure"),
}
"""What kinds of entries are called."""
OWN_FIELDS: Mapping[str, Text] = {
    "text": Text("Uzasadnienie", "Why"),
    "$source": Text("Skąd to wiadomo", "Where this is known from"),
}
"""Values that no definition asks for, and that entries have all the same."""
COLUMNS: tuple[Text, ...] = (
    Text("Gmina", "Municipality"),
    Text("Wpis", "Entry"),
    Text("Zdarzyło się", "Happened"),
    Text("Zapisano", "Recorded"),
    Text("Zapis po terminie", "Recorded late"),
    Text("Rodzaj", "Kind"),
    Text("Zadanie", "Task"),
    Text("Krok", "Step"),
    Text("Co", "What"),
    Text("Kto", "Who"),
    Text("Skrót", "Hash"),
)
"""The heads of a table of entries."""
LATE = Text("tak", "yes")
CUT = Text(
    "Lista jest za długa i urywa się w tym miejscu. Proszę ją zawęzić.",
    "The list is too long and ends here. Narrow it down.",
)
FILE = Text("wpisy", "entries")
"""What a table of entries is called as a file."""


def sentence(entry: Entry, titles: Titles, names: Mapping[str, str]) -> str:
    """What an entry records; of a refusal the step, without the reasons. ``names``: people's names by id."""
    language = titles.language
    match entry.kind:
        case "opening":
            return OPENED[language]
        case "membership":
            person = names.get(entry.person, entry.person)
            until = UNTIL[language].format(day=titles.day(entry.until)) if entry.until else ""
            return MEMBERSHIP[language].format(role=titles.role(entry.role), person=person) + until
        case "acknowledgement" | "snooze" | "deputy" | "policy":
            return reminding(entry, titles, names)
        case "erasure":
            values = ", ".join(f"{item['seq']}: {item['field']}" for item in entry.erased)
            told = VALUES_ERASED[language].format(values=values) if values else ""
            name = NAME_ERASED[language].format(person=entry.person) if entry.person else ""
            return f"{told} {name}".strip()
        case "finding":
            said, seq = entry.finding, entry.finding.get("seq")
            state, about = str(said.get("state")), seq if isinstance(seq, int) else 0
            return f"{titles.place(entry.machine)}: {answer_words(str(said.get('code')), about, state, language)}"
        case _:
            return f"{titles.place(entry.machine)}: {_step(entry, titles)}"


def _step(entry: Entry, titles: Titles) -> str:
    step = titles.plain_trigger(entry.machine, entry.trigger)
    if entry.kind == "correction":
        step = UNDOES[titles.language].format(step=step, seq=entry.undoes)
    return step if entry.kind == "refusal" else f"{step} → {titles.state(entry.machine, entry.to_state)}"


def who(entry: Entry, titles: Titles, names: Mapping[str, str]) -> str:
    """Who recorded it, with the role."""
    if entry.actor in NOBODY:
        return NOBODY[entry.actor][titles.language]
    if entry.actor.startswith("role:"):
        return titles.role(entry.actor.removeprefix("role:"))
    name = names.get(entry.actor, entry.actor)
    return f"{name} ({titles.role(entry.role)})" if entry.role else name


def happened(entry: Entry, language: str) -> str:
    """The day it happened, for a column of a table; only as exact as the source was."""
    day = entry.occurred_on or entry.since
    if day is None:
        return ""
    if entry.precision == "year":
        return f"{day.year}"
    if entry.precision == "month":
        return f"{day:%m.%Y}" if language == "pl" else f"{day:%Y-%m}"
    return day_short(day, language)


def reminding(entry: Entry, titles: Titles, names: Mapping[str, str]) -> str:
    """An acknowledgement, a snooze, a deputy or a policy, with who and until when."""
    key: str = entry.kind
    if entry.kind == "deputy" and entry.since and entry.until and entry.until < entry.since:
        key = "deputy.taken_back"
    if entry.kind == "policy" and not entry.policy:
        key = "policy.programme"
    workflow = titles.workflow(entry.machine) if entry.machine else None
    rules = workflow.deadlines if workflow else ()
    rule = next((rule.title[titles.language] for rule in rules if rule.id == entry.trigger), entry.trigger)
    return REMINDING[key][titles.language].format(
        machine=titles.place(entry.machine) if entry.machine else "",
        rule=titles.quoted(rule),
        person=names.get(entry.person, entry.person),
        deputy=names.get(entry.deputy, entry.deputy),
        since=titles.day(entry.since) if entry.since else "",
        until=titles.day(entry.until) if entry.until else "",
    )
