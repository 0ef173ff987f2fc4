"""The words of the access log: what was done, and what was asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.access import AccessEntry

KINDS: Mapping[str, Text] = {
    "grant": Text("dostęp nadany", "let look"),
    "revoke": Text("dostęp ograniczony", "right ended"),
    "read": Text("odczyt", "looked"),
    "erasure": Text("dane osoby usunięte", "person erased"),
    "change": Text("dane osoby zmienione", "person changed"),
}
WHAT: Mapping[str, Text] = {
    "evidence": Text("dane wpisu", "evidence"),
    "history": Text("historia", "history"),
    "status": Text("stan", "status"),
    "verify": Text("sprawdzenie zapisów", "verification"),
    "replay": Text("ponowne rozstrzygnięcie", "replay"),
    "findings": Text("ustalenia kontroli", "findings"),
    "compliance": Text("zgodność", "compliance"),
    "diff": Text("różnice między dniami", "differences"),
    "pack": Text("paczka audytowa", "audit pack"),
    "export": Text("eksport", "export"),
    "deadlines": Text("terminy", "deadlines"),
    "forecast": Text("prognoza", "forecast"),
    "next": Text("możliwe kroki", "what can be done"),
    "calendar": Text("kalendarz", "calendar"),
    "notices": Text("wysłane przypomnienia", "notices"),
    "audit reminders": Text("sprawdzenie przypomnień", "check of reminders"),
    "audit access": Text("dziennik dostępu", "access log"),
    "pilot list": Text("lista pilotaży", "list of pilots"),
    "member list": Text("lista ról", "list of roles"),
    "person list": Text("lista osób", "list of people"),
    "audit proof": Text("dowód", "proof"),
    "board": Text("tablica gminy", "board"),
    "task": Text("zadanie", "task"),
    "timeline": Text("oś czasu", "timeline"),
    "graph": Text("kolejność zadań", "order of tasks"),
    "matrix": Text("wszystkie gminy", "all municipalities"),
    "past": Text("stan w innym dniu", "another day"),
    "requests": Text("wnioski", "requests"),
    "deputies": Text("zastępstwa", "deputies"),
    "audit": Text("lista wpisów", "list of entries"),
    "entry": Text("wpis", "an entry"),
    "files": Text("plik", "a file"),
    "checkpoints": Text("punkty kontrolne", "checkpoints"),
    "home": Text("lista gmin", "list of municipalities"),
    "public": Text("strona publiczna", "public page"),
    "person_export": Text("dane osoby", "a person's data"),
    "added": Text("dodanie osoby", "added"),
    "name": Text("imię i nazwisko", "name"),
    "address": Text("adres e-mail", "e-mail address"),
    "address_given": Text("dodany adres e-mail", "e-mail address added"),
    "address_taken": Text("usunięty adres e-mail", "e-mail address removed"),
    "language": Text("język", "language"),
}
"""What commands and pages call themselves in the access log (a page by its module), and what changed of a person."""


def entry_words(entry: AccessEntry, language: str) -> str:
    """What an entry of the access log says was done."""
    kind = KINDS[entry.kind][language]
    if not entry.what:
        return kind
    return f"{kind}: {WHAT[entry.what][language] if entry.what in WHAT else entry.what}"
