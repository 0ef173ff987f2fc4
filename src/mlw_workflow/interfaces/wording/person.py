"""All that is held of a person as a text that the person can read, in the person's language."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.dates import day_short, instant_short
from mlw_workflow.interfaces.wording.deadlines import rung_words, skip_words
from mlw_workflow.interfaces.wording.entries import KIND
from mlw_workflow.interfaces.wording.notices import OF_MAIL, ON_ITS_WAY, WAITS
from mlw_workflow.interfaces.wording.titles import Titles

if TYPE_CHECKING:
    from collections.abc import Mapping

HEADING = Text(
    "Dane osoby: {name}\nZebrano {made_at}. Te same dane w postaci dla programów: person.json.",
    "Data of the person: {name}\nCollected {made_at}. The same data for programs: person.json.",
)
YES, NO = Text("tak", "yes"), Text("nie", "no")
NONE = Text("(nic)", "(nothing)")
SECTIONS: Mapping[str, Text] = {
    "person": Text("Kim jest ta osoba", "Who the person is"),
    "roles": Text("Role w pilotażach", "Roles in pilots"),
    "audits": Text("Prawo do audytu programów", "The right to audit programmes"),
    "entries": Text(
        "Wpisy w dziennikach, które wymieniają tę osobę (są trwałe i wymieniają ją tylko numerem)",
        "Entries of the logs that name the person (they stay, and name the person by number only)",
    ),
    "evidence_given": Text("Dane, które ta osoba podała", "Evidence that the person gave"),
    "evidence_naming": Text(
        "Dane podane przez innych, w których prawdopodobnie mowa o tej osobie",
        "Evidence given by others that seems to speak of the person",
    ),
    "notices": Text("Przypomnienia dla tej osoby", "Reminders to the person"),
    "mails": Text("Wiadomości do tej osoby", "Mails to the person"),
    "calendar_feeds": Text("Adresy kalendarza", "Calendar addresses"),
    "access": Text("Co ta osoba oglądała i kto zbierał jej dane", "What the person looked at, and who collected these"),
    "files": Text("Pliki (w folderze files)", "Files (in the folder files)"),
}
FIELDS: Mapping[str, Text] = {
    "about": Text("kogo dotyczy", "about"),
    "certain": Text("na pewno", "certain"),
    "created_at": Text("utworzono", "created"),
    "due_on": Text("termin", "due"),
    "email": Text("adres e-mail", "e-mail address"),
    "entry": Text("wpis", "entry"),
    "field": Text("pole", "field"),
    "id": Text("numer", "id"),
    "kind": Text("rodzaj", "kind"),
    "language": Text("język", "language"),
    "machine": Text("zadanie", "task"),
    "name": Text("nazwa", "name"),
    "named_as": Text("jako", "as"),
    "number": Text("numer", "number"),
    "pilot": Text("pilotaż", "pilot"),
    "programme": Text("program", "programme"),
    "recorded_at": Text("zapisano", "recorded"),
    "revoked_at": Text("unieważniono", "revoked"),
    "role": Text("rola", "role"),
    "rule": Text("termin (numer)", "deadline"),
    "rung": Text("stopień", "rung"),
    "send_on": Text("wysłać", "to be sent"),
    "sent_at": Text("wysłano", "sent"),
    "seq": Text("wpis", "entry"),
    "since": Text("od", "since"),
    "skipped_because": Text("dlaczego", "why"),
    "status": Text("stan", "state"),
    "subject": Text("temat", "subject"),
    "text": Text("treść", "text"),
    "trigger": Text("krok", "step"),
    "until": Text("do", "until"),
    "value": Text("wartość", "value"),
    "what": Text("co", "what"),
    "who": Text("kto", "who"),
    "at": Text("kiedy", "when"),
}
NAMED_AS: Mapping[str, Text] = {
    "actor": Text("kto zapisał", "who recorded it"),
    "person": Text("osoba, której dotyczy", "whom it is about"),
    "deputy": Text("osoba zastępująca", "the deputy"),
}
WHO: Mapping[str, Text] = {
    "person": Text("ta osoba", "the person"),
    "somebody_else": Text("ktoś inny", "somebody else"),
}
STATUS: Mapping[str, Text] = {
    "waiting": WAITS,
    "queued": Text("jest w wiadomości", "is in a mail"),
    "skipped": Text("pominięte", "left out"),
    "withdrawn": Text("wycofane", "taken back"),
}
STATUS_OF_MAIL: Mapping[str, Text] = {
    **OF_MAIL, "waiting": ON_ITS_WAY, "leased": ON_ITS_WAY, "sent": Text("wysłana", "sent"),
}  # fmt: skip
KIND_OF_MAIL: Mapping[str, Text] = {
    "digest": Text("przypomnienia", "reminders"),
    "urgent": Text("pilne przypomnienia", "urgent reminders"),
    "checkpoint": Text("punkt kontrolny", "checkpoint"),
    "invitation": Text("zaproszenie", "invitation"),
    "reset": Text("nowe hasło", "new password"),
}
_IS_TIME = re.compile("^at$|_at$|_on$|^since$|^until$")
_OF_ENTRY = ("seq", "kind", "recorded_at", "machine", "trigger", "role", "since", "until")


def person_text(held: Mapping[str, Any], language: str, titles: Mapping[str, Titles]) -> str:
    """The whole export, section by section. ``titles``: of each municipality's programme."""
    heading = HEADING[language].format(name=held["person"]["name"], made_at=_time(held["made_at"], language))
    parts = [heading]
    for name, title in SECTIONS.items():
        content = held[name]
        items = [content] if isinstance(content, dict) else content
        known = (titles.get(item.get("pilot") or "", Titles(None, language)) for item in items)
        lines = [_line(item, of) for item, of in zip(items, known, strict=True)] or [NONE[language]]
        parts.append("\n".join([title[language], "-" * len(title[language]), *lines]))
    return "\n\n".join(parts) + "\n"


def _line(item: Mapping[str, Any], titles: Titles) -> str:
    language, told = titles.language, dict(item)
    sealed = told.get("entry")
    if isinstance(sealed, dict):
        told = {"pilot": told["pilot"], "named_as": told["named_as"]}
        told |= {key: sealed[key] for key in _OF_ENTRY if key in sealed}
    told |= _in_words(told, titles)
    told = {
        key: YES[language] if value is True else NO[language] if value is False else value
        for key, value in told.items()
    }
    shown = [f"{_name(key, language)}: {_value(value)}" for key, value in told.items() if value not in (None, "", [])]
    return "- " + "; ".join(shown)


def _in_words(told: Mapping[str, Any], titles: Titles) -> dict[str, Any]:
    """What a person would not understand as it is: ids of roles, tasks and steps, and the codes beside them."""
    language, machine = titles.language, str(told.get("machine") or "")
    words: dict[str, Any] = {
        key: _time(value, language) for key, value in told.items() if value and _IS_TIME.search(key)
    }
    if told.get("role"):
        words["role"] = titles.role(str(told["role"]))
    if machine:
        words["machine"] = titles.machine(machine)
    if told.get("trigger"):
        words["trigger"] = titles.plain_trigger(machine, str(told["trigger"]))
    if "named_as" in told:
        words["named_as"] = [NAMED_AS[name][language] for name in told["named_as"]]
        words["kind"] = KIND[told["kind"]][language] if told.get("kind") in KIND else told.get("kind")
    if told.get("rung"):
        due = told.get("due_on")
        words["rung"] = rung_words(str(told["rung"]), language, date.fromisoformat(due) if due else None)
        words["status"] = STATUS[told["status"]][language]
        words["skipped_because"] = skip_words(told["skipped_because"] or "", language)
    if "subject" in told:
        words["status"] = STATUS_OF_MAIL[told["status"]][language]
        words["kind"] = KIND_OF_MAIL[told["kind"]][language] if told["kind"] in KIND_OF_MAIL else told["kind"]
    if told.get("who") in WHO:
        words["who"] = WHO[told["who"]][language]
    return words


def _name(key: str, language: str) -> str:
    return FIELDS[key][language] if key in FIELDS else key


def _time(text: str, language: str) -> str:
    """A day, or an instant on the clocks of Poland."""
    if len(text) == len("2014-05-31"):
        return day_short(date.fromisoformat(text), language)
    return instant_short(datetime.fromisoformat(text), language)


def _value(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_value, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} = {_value(member)}" for key, member in value.items())
    return str(value).replace("\n", "\n    ")
