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
    "upload_too_large": Text(
        "Plik {file} jest za duży i nie został zapisany: pliki w jednym formularzu mogą mieć razem najwyżej "
        "{megabytes} MB. Proszę wybrać mniejszy.",
        "The file {file} is too large and was not saved: the files of one form may have {megabytes} MB together. "
        "Choose a smaller one.",
    ),
    "upload_quota": Text(
        "Pliku {file} nie przyjęto i niczego nie zapisano: jedna osoba może przesłać {megabytes} MB plików dziennie, a "
        "dziś przesłano już {used} MB. Można wybrać mniejszy plik, przesłać ten jutro albo poprosić administratora "
        "panelu o większy limit.",
        "The file {file} was not taken and nothing was saved: one person may send {megabytes} MB of files a day, and "
        "{used} MB were sent today. Choose a smaller file, send this one tomorrow, or ask whoever administers the "
        "panel for more.",
    ),
    "upload_empty": Text(
        "Pliku {file} nie przyjęto, bo jest pusty. Proszę sprawdzić, czy to właściwy plik, i wybrać go jeszcze raz.",
        "The file {file} was not taken, because it is empty. See whether it is the right one, and choose it again.",
    ),
    "file_kind_refused": Text(
        "Pliku {file} nie przyjęto, bo jego zawartość nie jest dokumentem znanym panelowi. Przyjmujemy: {kinds}. "
        "Proszę zapisać dokument w jednym z tych formatów, na przykład jako PDF, bez makr.",
        "The file {file} was not taken, because its content is no document that the panel knows. It takes: {kinds}. "
        "Save the document as one of these, for example as PDF, without macros.",
    ),
    "file_erased": Text(
        "Ten plik usunięto {day} na podstawie przepisów o ochronie danych. Zapis, że był, zostaje; jego treści nie ma "
        "już nigdzie w panelu.",
        "This file was erased on {day} under the law on personal data. The record that it was there stays; its content "
        "is nowhere in the panel any more.",
    ),
    "file_missing": Text(
        "Pliku {file} nie ma na dysku panelu. Zapis o nim jest nienaruszony. Plik można odtworzyć z kopii zapasowej; "
        "proszę powiadomić administratora panelu.",
        "The file {file} is not on the panel's disk. The record of it is untouched. The file can be restored from a "
        "backup; tell whoever administers the panel.",
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
