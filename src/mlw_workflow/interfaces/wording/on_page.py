"""Errors as pages and the API say them: without commands and options, which nobody types there, and without places on a
disk, which help only whoever runs the server.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import StorageUnavailable
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.problems import sentence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.errors import WorkflowError

STORAGE: Mapping[str, Text] = {
    "storage_read_only": Text(
        "Do bazy danych nie można teraz zapisywać, można tylko czytać. Niczego nie zapisano.",
        "The database can only be read at the moment. Nothing was recorded.",
    ),
    "storage_full": Text(
        "Na dysku serwera zabrakło miejsca. Niczego nie zapisano.",
        "The server's disk is full. Nothing was recorded.",
    ),
    "storage_busy": Text(
        "Ktoś inny właśnie zapisuje. Niczego nie zapisano; proszę spróbować za chwilę.",
        "Somebody else is recording at this moment. Nothing was recorded; try again in a moment.",
    ),
}
ON_PAGE: Mapping[str, Text] = {
    "auditor_expired": Text(
        "Dostęp audytora „{person}” do programu {programme} skończył się {until}.",
        "The right of “{person}” to audit the programme {programme} ended on {until}.",
    ),
    "role_of_auditor": Text(
        "Osoba „{person}” jest do {until} audytorem tego programu, więc nie może pełnić roli „{role}”.",
        "“{person}” audits this programme until {until} and therefore cannot hold the role “{role}”.",
    ),
    "account_unknown": Text("Osoba „{person}” nie ma konta.", "“{person}” has no account."),
    "account_without_address": Text(
        "„{name}” loguje się do panelu swoim adresem, więc adres można tylko zmienić na inny.",
        "“{name}” logs in to the panel by this address, so it can only be changed for another.",
    ),
    "checkpoint_none": Text("Nie ma jeszcze punktu kontrolnego.", "There is no checkpoint yet."),
    "entry_not_sequenced": Text(
        "Wpisu {seq} pilotażu {pilot} nie obejmuje jeszcze żaden punkt kontrolny.",
        "No checkpoint covers entry {seq} of the pilot {pilot} yet.",
    ),
    "finding_text_missing": Text(
        "Proszę napisać, jak doszło do ustalenia albo co z niego wynika.",
        "Write how the finding came about, or what follows from it.",
    ),
    "finding_not_there": Text(
        "W pilotażu {pilot} nie ma już dziś takiego ustalenia.", "The pilot {pilot} has no such finding today."
    ),
    "key_none": Text("Nie ma jeszcze klucza do podpisywania.", "There is no signing key yet."),
    "keyring_missing": Text(
        "Na serwerze brakuje wykazu kluczy. Proszę zawiadomić administratora panelu.",
        "The list of keys is missing on the server. Tell whoever runs the panel.",
    ),
    "mail_not_undelivered": Text(
        "Wiadomość numer {number} nie czeka na taką decyzję.", "Mail number {number} waits for no such decision."
    ),
    "pack_refused": Text(
        "Paczki nie zapisano, bo zapisy się nie zgadzają. {failure} Proszę niczego nie zmieniać i zawiadomić "
        "administratora panelu.",
        "The pack was not made, because the record does not hold. {failure} Change nothing, and tell whoever runs the "
        "panel.",
    ),
    "membership_unknown": Text(
        "Osoba „{person}” nie pełni roli „{role}” w żadnym z podanych pilotaży.",
        "“{person}” holds the role “{role}” in none of these pilots.",
    ),
    "token_refused": Text(
        "Ten token jest nieznany, wycofany albo wygasł, albo konto jest zamknięte.",
        "This token is not known, was withdrawn or has run out, or the account is shut.",
    ),
    "token_unknown": Text("Nie ma tokenu „{token}”.", "There is no token “{token}”."),
    "webhook_unknown": Text("Nie ma webhooka „{webhook}”.", "There is no webhook “{webhook}”."),
    "position_unreadable": Text(
        "Zapisany stan zadania {machine} jest nieczytelny. Proszę zawiadomić administratora panelu.",
        "The stored state of the task {machine} cannot be read. Tell whoever runs the panel.",
    ),
    "entry_unreadable": Text(
        "Wpis {seq} jest nieczytelny. Proszę zawiadomić administratora panelu.",
        "Entry {seq} cannot be read. Tell whoever runs the panel.",
    ),
    "person_missing": Text("Proszę wybrać osobę.", "Choose a person."),
    "until_missing": Text("Proszę podać ostatni dzień.", "Give the last day."),
    "feed_unknown": Text("Tego kalendarza już nie ma.", "This calendar is not there any more."),
    "deadline_unknown": Text(
        "Zadanie {machine} nie ma terminu „{rule}”.", "The task {machine} has no deadline “{rule}”."
    ),
    "deputy_twice": Text(
        "Osobę {person} zastępuje już {deputy}, od {since} do {until}. Najpierw trzeba zakończyć tamto zastępstwo.",
        "{deputy} already stands in for {person}, from {since} to {until}. End that first.",
    ),
    "reason_missing": Text("Proszę krótko napisać, dlaczego.", "Write briefly why."),
    "bad_input": Text("Nie udało się tego zrozumieć. Proszę sprawdzić dane.", "This was not understood. Check it."),
}
"""Of the errors whose sentences name commands, those that somebody can meet here."""
LOOKING = Text(
    "Otwarcie tej strony trzeba odnotować, a do bazy danych nie można teraz zapisywać. Inne strony są dostępne.",
    "Who opens this page has to be written down, and the database can only be read now. Other pages are there.",
)
AWAY = Text("Baza danych jest teraz niedostępna.", "The database cannot be reached at the moment.")


def page_sentence(error: WorkflowError, language: str, *, looking: bool = False) -> str:
    """What is wrong, for somebody in an office; ``looking``: they sent nothing."""
    if isinstance(error, StorageUnavailable):
        if looking and error.code == "storage_read_only":
            return LOOKING[language]
        return STORAGE.get(error.code, AWAY)[language]
    return sentence(error, language, ON_PAGE)
