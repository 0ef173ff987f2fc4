"""The database."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "storage_unavailable": Text(
        "Baza danych {place} nie odpowiada ({problem}). Niczego nie zapisano; proszę spróbować za chwilę.",
        "The database {place} does not answer ({problem}). Nothing was recorded; try again in a moment.",
    ),
    "storage_missing": Text(
        "Nie ma jeszcze bazy danych ({place}). Tworzy ją polecenie: mlw init.",
        "There is no database yet ({place}). Make it with: mlw init.",
    ),
    "storage_folder_impossible": Text(
        "Nie można tam utworzyć folderu z bazą danych ({place}): {problem}. Proszę wybrać inny folder w zmiennej "
        "MLW_HOME.",
        "The folder for the database cannot be made there ({place}): {problem}. Choose another folder in MLW_HOME.",
    ),
    "storage_not_ours": Text(
        "{place} nie jest bazą danych tego programu. Pliku nie zmieniono; proszę podać inny folder w MLW_HOME albo "
        "inną bazę "
        "w MLW_DATABASE_URL.",
        "{place} is not a database of this program. It was left as it is; name another folder in MLW_HOME or another "
        "database in MLW_DATABASE_URL.",
    ),
    "storage_read_only": Text(
        "Nie można zapisywać w {place}. Niczego nie zapisano; proszę sprawdzić uprawnienia do pliku i folderu.",
        "{place} cannot be written to. Nothing was recorded; check the permissions of the file and its folder.",
    ),
    "storage_busy": Text(
        "Baza danych {place} jest teraz zajęta przez inną osobę lub inne polecenie. Niczego nie zapisano; proszę "
        "spróbować "
        "za chwilę.",
        "The database {place} is in use by somebody else or another command. Nothing was recorded; try again in a "
        "moment.",
    ),
    "storage_full": Text(
        "Na dysku z {place} nie ma miejsca. Niczego nie zapisano; proszę zwolnić miejsce i powtórzyć polecenie.",
        "The disk that holds {place} is full. Nothing was recorded; make room and run the command again.",
    ),
    "storage_unreachable": Text(
        "Nie można otworzyć bazy danych {place} ({problem}). Niczego nie zapisano; proszę sprawdzić, czy dysk lub "
        "serwer "
        "jest dostępny.",
        "The database {place} cannot be opened ({problem}). Nothing was recorded; see whether its disk or server is "
        "there.",
    ),
    "storage_corrupt": Text(
        "Plik bazy danych {place} jest uszkodzony. Niczego nie zapisano; proszę odtworzyć go z kopii zapasowej i "
        "uruchomić "
        "mlw audit verify.",
        "The database file {place} is damaged. Nothing was recorded; restore it from a backup and run mlw audit "
        "verify.",
    ),
    "storage_outdated": Text(
        "Baza danych {place} pochodzi ze starszej wersji programu. Proszę zrobić kopię zapasową i uruchomić: mlw init.",
        "The database {place} comes from an older version of the program. Make a backup and run: mlw init.",
    ),
    "storage_newer": Text(
        "Baza danych {place} pochodzi z nowszej wersji programu. Proszę zaktualizować program.",
        "The database {place} comes from a newer version of the program. Update the program.",
    ),
    "storage_address": Text(
        "MLW_DATABASE_URL nie jest adresem bazy danych. Powinno to być {problem}.",
        "MLW_DATABASE_URL is not the address of a database. It must be {problem}.",
    ),
    "storage_driver_missing": Text(
        "Do bazy PostgreSQL ({place}) brakuje sterownika. Proszę go doinstalować: pip install "
        '"mlw-workflow[postgres]".',
        'The driver for PostgreSQL ({place}) is missing. Install it with: pip install "mlw-workflow[postgres]".',
    ),
    "clock_backwards": Text(
        "Zegar pokazuje {now}, a ostatni zapis jest z {last}. Proszę sprawdzić datę w komputerze (albo MLW_TODAY) "
        "i powtórzyć polecenie. Niczego nie zapisano.",
        "The clock shows {now}, and the last record is of {last}. Check the computer's date (or MLW_TODAY) and run the "
        "command again. Nothing was recorded.",
    ),
}
