"""Settings, the data folder, and the clock."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "setting_unknown": Text(
        "W pliku {file} jest nieznane ustawienie „{key}”. {suggestion}",
        "The file {file} has an unknown setting “{key}”. {suggestion}",
    ),
    "setting_invalid": Text(
        "Ustawienie {key} ({origin}) ma wartość „{value}”, a powinno być: {expected}.",
        "The setting {key} ({origin}) has the value “{value}”; it must be: {expected}.",
    ),
    "settings_unreadable": Text(
        "Nie można odczytać ustawień z pliku {file}: {problem}. Proszę poprawić plik albo go usunąć.",
        "The settings in {file} cannot be read: {problem}. Correct the file or remove it.",
    ),
    "home_unusable": Text(
        "Nie można użyć folderu danych {place}: {problem}. Proszę podać inny w zmiennej MLW_HOME albo sprawdzić "
        "uprawnienia.",
        "The data folder {place} cannot be used: {problem}. Name another one in MLW_HOME, or check your permissions.",
    ),
    "demo_folder_not_ours": Text(
        "Folder {place} nie zawiera danych demonstracyjnych, więc nie zostanie zastąpiony. Proszę go przenieść i "
        "powtórzyć "
        "polecenie.",
        "The folder {place} does not hold demo data, so it is left alone. Move it away and run the command again.",
    ),
    "clock_moved_back": Text(
        "Dziś jest {today}, a zegar nie cofa się do dnia {day}: to, co zapisano, już się stało. Aby zacząć od nowa, "
        "proszę jeszcze raz uruchomić polecenie: mlw demo.",
        "Today is {today}, and the clock does not go back to {day}: what was recorded has happened. To begin anew, run "
        "mlw demo again.",
    ),
    "clock_moved_far": Text(
        "Od {today} do {day} jest więcej niż {most} dni. Proszę podać bliższy dzień.",
        "From {today} to {day} is more than {most} days. Choose an earlier day.",
    ),
    "clock_no_day": Text(
        "Proszę podać istniejący dzień, na przykład 10 6 2014.",
        "Give an existing day, such as 10 6 2014.",
    ),
    "demo_missing": Text(
        "Nie ma jeszcze danych demonstracyjnych. Tworzy je polecenie: mlw demo.",
        "There is no demo data yet. Make it with: mlw demo.",
    ),
    "demo_outdated": Text(
        "Dane demonstracyjne pochodzą ze starszej wersji programu. Tworzy je od nowa polecenie: mlw demo.",
        "The demo data comes from an older version of the program. Make it anew with: mlw demo.",
    ),
    "data_missing": Text(
        "Brakuje plików programu ({place}). Proszę zainstalować program ponownie.",
        "Files of the program are missing ({place}). Install the program again.",
    ),
}
