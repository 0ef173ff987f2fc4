"""Erasure, and the export of what is known of a person."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "export_not_allowed": Text(
        "Osoba „{person}” może pobrać tylko własne dane; cudze pobiera osoba prowadząca bazę, bez --as.",
        "“{person}” may export their own data only; those of others are exported by whoever runs the database, "
        "without --as.",
    ),
    "export_suffix": Text(
        "Plik {file} powinien mieć końcówkę .zip (dane, tekst do czytania i pliki) albo .json (same dane).",
        "The file {file} must end in .zip (data, a text to read, and files) or .json (the data alone).",
    ),
    "erase_nothing": Text(
        "Nie powiedziano, co usunąć. Proszę dodać --person OSOBA albo --evidence PILOTAŻ:NUMER[:POLE].",
        "It is not said what to erase. Add --person PERSON or --evidence PILOT:NUMBER[:FIELD].",
    ),
    "erase_place": Text(
        "„{given}” nie wskazuje danych wpisu. Powinno wyglądać tak: Tłuszcz:12 albo Tłuszcz:12:members.",
        "“{given}” does not name an entry's evidence. It must look like this: Tłuszcz:12 or Tłuszcz:12:members.",
    ),
    "erase_not_allowed": Text(
        "Osoba „{person}” nie może usuwać danych w pilotażu {pilot}: robi to jednostka wdrażająca ({roles}) albo osoba "
        "prowadząca bazę, bez --as. Niczego nie usunięto.",
        "“{person}” may not erase data in the pilot {pilot}: the implementing body does ({roles}), or whoever runs the "
        "database, without --as. Nothing was erased.",
    ),
    "legal_hold": Text(
        "Nie wolno teraz niczego usuwać ({pilot}): {why}. Tak mówi ustawienie erasure.legal_hold w pliku config.toml. "
        "Niczego nie usunięto.",
        "Nothing may be erased now ({pilot}): {why}. So says the setting erasure.legal_hold in config.toml. Nothing "
        "was erased.",
    ),
    "roles_open": Text(
        "Osoba „{person}” ma jeszcze role: {roles}. Proszę je najpierw zakończyć (mlw member end, mlw auditor end) "
        "albo dodać --end-roles. Niczego nie usunięto.",
        "“{person}” still holds roles: {roles}. End them first (mlw member end, mlw auditor end) or add --end-roles. "
        "Nothing was erased.",
    ),
    "mail_being_sent": Text(
        "Wiadomość numer {number} jest właśnie wysyłana. Proszę spróbować za chwilę; niczego nie usunięto.",
        "Mail number {number} is being sent just now. Try again in a moment; nothing was erased.",
    ),
}
