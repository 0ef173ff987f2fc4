"""The record does not hold."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "integrity_broken": Text(
        "Zapisy się nie zgadzają: {failure} Proszę niczego nie zmieniać, zrobić kopię bazy i powiadomić osobę "
        "prowadzącą audyt.",
        "The record does not hold: {failure} Change nothing, make a copy of the database and tell the auditor.",
    ),
    "definition_broken": Text(
        "Zapisana w bazie definicja {definition} zniknęła albo została zmieniona. Proszę odtworzyć bazę z kopii "
        "zapasowej.",
        "The definition {definition} kept in the database is gone or was changed. Restore the database from a backup.",
    ),
    "position_unreadable": Text(
        "Zapisany stan zadania {machine} jest nieczytelny. Proszę uruchomić mlw audit replay --repair.",
        "The stored state of {machine} cannot be read. Run mlw audit replay --repair.",
    ),
    "entry_unreadable": Text(
        "Wpis {seq} jest nieczytelny. Proszę uruchomić mlw audit verify i odtworzyć bazę z kopii zapasowej.",
        "Entry {seq} cannot be read. Run mlw audit verify and restore the database from a backup.",
    ),
    "entry_newer": Text(
        "Wpis {seq} zapisała nowsza wersja programu. Proszę zaktualizować program.",
        "Entry {seq} was written by a newer version of the program. Update the program.",
    ),
}
