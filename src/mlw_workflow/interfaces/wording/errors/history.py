"""Files of history that are read in."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "history_unreadable": Text(
        "Pliku {file} nie można odczytać (wiersz {line}): {problem} Niczego nie zapisano.",
        "The file {file} cannot be read (line {line}): {problem} Nothing was recorded.",
    ),
    "history_empty": Text(
        "Plik {file} nie opisuje żadnego pilotażu. Niczego nie zapisano.",
        "The file {file} describes no pilot. Nothing was recorded.",
    ),
    "history_too_long": Text(
        "Plik {file}, wiersz {line}: za dużo zdarzeń, najwyżej {maximum}. Proszę podzielić plik. Niczego nie zapisano.",
        "The file {file}, line {line}: too many events, {maximum} at most. Split the file. Nothing was recorded.",
    ),
    "history_too_large": Text(
        "Plik {file} jest za duży: może mieć najwyżej {mebibytes} MiB i {nodes} elementów. Proszę podzielić plik. "
        "Niczego nie zapisano.",
        "The file {file} is too large: it may have {mebibytes} MiB and {nodes} nodes at most. Split the file. "
        "Nothing was recorded.",
    ),
    "history_not_mapping": Text(
        "Plik {file}, wiersz {line}: tu powinny być nazwane pola (klucz: wartość). Niczego nie zapisano.",
        "The file {file}, line {line}: named fields (key: value) are expected here. Nothing was recorded.",
    ),
    "history_key_missing": Text(
        "Plik {file}, wiersz {line}: brakuje pola „{key}” albo jest puste. Niczego nie zapisano.",
        "The file {file}, line {line}: the field “{key}” is missing or empty. Nothing was recorded.",
    ),
    "history_key_unknown": Text(
        "Plik {file}, wiersz {line}: nieznane pole „{key}”; zdarzenie może mieć pola: {choices}. Niczego nie zapisano.",
        "The file {file}, line {line}: unknown field “{key}”; an event may have: {choices}. Nothing was recorded.",
    ),
    "history_not_list": Text(
        "Plik {file}, wiersz {line}: „{key}” powinno być listą. Niczego nie zapisano.",
        "The file {file}, line {line}: “{key}” must be a list. Nothing was recorded.",
    ),
    "history_precision": Text(
        "Plik {file}, wiersz {line}: dokładność daty (precision) to jedno z: {choices}. Niczego nie zapisano.",
        "The file {file}, line {line}: the precision of a date is one of: {choices}. Nothing was recorded.",
    ),
    "history_not_text": Text(
        "Plik {file}, wiersz {line}: pole „{key}” powinno być tekstem; liczbę proszę ująć w cudzysłów. Niczego nie "
        "zapisano.",
        "The file {file}, line {line}: the field “{key}” must be text; put a number in quotes. Nothing was recorded.",
    ),
    "history_day_far": Text(
        "Plik {file}, wiersz {line}: dzień {value} w polu „{key}” jest za daleko. Proszę podać dzień między rokiem "
        "{year_min} a {year_max}. Niczego nie zapisano.",
        "The file {file}, line {line}: the day {value} in the field “{key}” is too far away. Give a day between the "
        "years {year_min} and {year_max}. Nothing was recorded.",
    ),
    "history_not_date": Text(
        "Plik {file}, wiersz {line}: „{value}” w polu „{key}” nie jest istniejącą datą zapisaną jak 2014-06-10. "
        "Niczego nie zapisano.",
        "The file {file}, line {line}: “{value}” in the field “{key}” is not an existing date written like 2014-06-10. "
        "Nothing was recorded.",
    ),
    "history_refused": Text(
        "Plik {file}, wiersz {line}: w pilotażu {pilot} nie można zapisać kroku {step} w zadaniu {title} z dnia {day}. "
        "Niczego z pliku nie zapisano.",
        "The file {file}, line {line}: in the pilot {pilot} the step {step} of {title} on {day} cannot be recorded. "
        "Nothing of the file was recorded.",
    ),
    "history_invalid": Text(
        "Plik {file}, wiersz {line}: nie można go zaimportować. Niczego nie zapisano.",
        "The file {file}, line {line}: it cannot be imported. Nothing was recorded.",
    ),
}
