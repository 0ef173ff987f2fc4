"""Evidence, and the files that hold it."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "evidence_syntax": Text(
        "Nie udało się odczytać danych „{given}”. Proszę podać pole=wartość albo plik YAML lub JSON, na przykład "
        "--evidence order_number=0050.1.2014.",
        "The evidence “{given}” was not understood. Give field=value or a YAML or JSON file, such as "
        "--evidence order_number=0050.1.2014.",
    ),
    "evidence_conflict": Text(
        "Pole „{field}” podano dwa razy na różne sposoby. Proszę zostawić jeden z nich.",
        "The field “{field}” was given twice in different ways. Keep one of them.",
    ),
    "evidence_rows": Text(
        "Pozycje listy „{field}” trzeba numerować po kolei od 1, a brakuje pozycji {missing}.",
        "The items of the list “{field}” must be numbered from 1 on, and item {missing} is missing.",
    ),
    "evidence_unreadable": Text(
        "Plik z danymi {file} jest nieczytelny (wiersz {line}): {problem}",
        "The evidence file {file} cannot be read (line {line}): {problem}",
    ),
    "evidence_not_mapping": Text(
        'Plik z danymi {file} powinien zawierać pola z wartościami, na przykład order_number: "0050.1.2014".',
        'The evidence file {file} must hold fields with values, such as order_number: "0050.1.2014".',
    ),
    "entry_unknown": Text(
        "W pilotażu {pilot} nie ma wpisu {seq}; ostatni ma numer {last}.",
        "The pilot {pilot} has no entry {seq}; the last is number {last}.",
    ),
    "evidence_field_unknown": Text(
        "Wpis {seq} w pilotażu {pilot} nie ma pola „{field}”. {suggestion}",
        "Entry {seq} of the pilot {pilot} has no field “{field}”. {suggestion}",
    ),
    "evidence_without_file": Text(
        "Wśród danych wpisu {seq} nie ma żadnego pliku.",
        "There is no file among the evidence of entry {seq}.",
    ),
    "evidence_file_missing": Text(
        "Nie ma już kopii pliku „{file}” ({place}): usunięto ją albo nie skopiowano jej na ten komputer.",
        "The copy of the file “{file}” is not there any more ({place}): it was erased, or never brought to this "
        "computer.",
    ),
    "file_unreadable": Text(
        "Nie można odczytać pliku {file}: {problem}. Proszę sprawdzić nazwę i uprawnienia.",
        "The file {file} cannot be read: {problem}. Check its name and your permissions.",
    ),
    "file_unwritable": Text(
        "Pliku {file} nie da się zapisać: {problem}. Niczego nie zapisano.",
        "The file {file} cannot be written: {problem}. Nothing was written.",
    ),
    "file_too_large": Text(
        "Plik {file} jest za duży: może mieć najwyżej {megabytes} MB. Limit zmienia files.size_max_mb w pliku "
        "config.toml.",
        "The file {file} is too large: it may have {megabytes} MB at most. files.size_max_mb in config.toml sets "
        "the limit.",
    ),
    "file_not_stored": Text(
        "Nie można zapisać kopii pliku {file} w {place}: {problem}. Niczego nie zapisano; proszę zwolnić miejsce albo "
        "sprawdzić uprawnienia i powtórzyć polecenie.",
        "A copy of {file} cannot be kept in {place}: {problem}. Nothing was recorded; make room or check your "
        "permissions, and run the command again.",
    ),
}
