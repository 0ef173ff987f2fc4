"""One sentence for each error, in both languages: what happened, where, and what to do.

Placeholders are the error's facts; ``{suggestion}`` and ``{place}`` are made in ``problems``. Commands are named as
people type them.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS: Mapping[str, Text] = {
    # What was typed
    "bad_input": Text(
        "Nie udało się zrozumieć polecenia. Proszę sprawdzić pisownię; pomoc: mlw --help.",
        "The command was not understood. Check the spelling; for help: mlw --help.",
    ),
    "language_unknown": Text(
        "{origin} podaje nieznany język „{language}”; do wyboru są: pl, en.",
        "{origin} names an unknown language “{language}”; choose one of: pl, en.",
    ),
    "day_invalid": Text(
        "{origin}: „{value}” nie jest istniejącą datą. Datę zapisuje się jak 2014-06-10 albo 10.06.2014.",
        "{origin}: “{value}” is not an existing date. Write a date like 2014-06-10.",
    ),
    "instant_invalid": Text(
        "{origin}: „{value}” nie jest chwilą. Proszę podać datę i godzinę, na przykład 2014-05-31T18:00.",
        "{origin}: “{value}” is not an instant. Give a date and a time, such as 2014-05-31T18:00.",
    ),
    "option_empty": Text(
        "Po {origin} nie ma żadnej wartości. Proszę ją podać albo opuścić {origin}.",
        "There is no value after {origin}. Give one, or leave {origin} out.",
    ),
    "number_invalid": Text(
        "{origin}: „{value}” nie jest liczbą całkowitą od zera w górę.",
        "{origin}: “{value}” is not a whole number from zero upwards.",
    ),
    "as_missing": Text(
        "Brakuje informacji, kto wykonuje krok. Proszę dodać --as i podać osobę albo rolę, na przykład --as {example}.",
        "It is not said who takes the step. Add --as with a person or a role, such as --as {example}.",
    ),
    "reason_missing": Text(
        "Brakuje uzasadnienia. Proszę dodać --reason i krótko napisać, dlaczego.",
        "A reason is missing. Add --reason and say why.",
    ),
    "reason_invalid": Text(
        "Uzasadnienie jest za długie: może mieć najwyżej {maximum} znaków.",
        "The reason is too long: it may have {maximum} characters at most.",
    ),
    "person_missing": Text(
        "Brakuje informacji, czyich przypomnień to dotyczy. Proszę dodać --as i podać osobę.",
        "It is not said whose reminders are meant. Add --as with a person.",
    ),
    "until_missing": Text(
        "Brakuje dnia. Proszę dodać --until i podać datę, na przykład --until 2014-06-10.",
        "The day is missing. Add --until with a date, such as --until 2014-06-10.",
    ),
    "days_backwards": Text(
        "Pierwszy dzień ({first}) jest późniejszy niż ostatni ({last}).",
        "The first day ({first}) is later than the last ({last}).",
    ),
    "remind_everything": Text(
        "Przypomnienia wysyła się wszystkim naraz, na dzisiaj. Aby zobaczyć jedną gminę albo inny dzień, proszę dodać "
        "--dry-run.",
        "Reminders go to everybody at once, for today. To look at one municipality or another day, add --dry-run.",
    ),
    # Reminders
    "deadline_unknown": Text(
        "Zadanie {machine} nie ma takiego terminu („{rule}”). Terminy pokazuje: mlw deadlines.",
        "The task {machine} has no such deadline (“{rule}”). To see them: mlw deadlines.",
    ),
    "deadline_not_open": Text(
        "Termin „{rule}” zadania {machine} nie jest już otwarty ({status}), więc nikt o nim nie przypomina.",
        "The deadline “{rule}” of {machine} is not open any more ({status}), so nobody is reminded of it.",
    ),
    "snooze_day": Text(
        "Następne przypomnienie musi przypaść po dzisiejszym dniu ({today}), a podano {until}.",
        "The next reminder must come after today ({today}); {until} was given.",
    ),
    "snooze_too_long": Text(
        "Przypomnienie można odłożyć najwyżej o {maximum} dni, a podano {until}.",
        "A reminder can be put off by {maximum} days at most; {until} was given.",
    ),
    "snooze_too_often": Text(
        "O terminie „{rule}” zadania {machine} przypominanie odłożono już {maximum} razy, więcej nie można.",
        "Reminders of “{rule}” of {machine} have been put off {maximum} times already, which is all that is allowed.",
    ),
    "deputy_self": Text(
        "Nikt nie może zastępować samego siebie ({person}).",
        "Nobody can be their own deputy ({person}).",
    ),
    "deputy_span": Text(
        "Zastępstwo kończy się ({until}), zanim się zacznie ({since}).",
        "The deputy's time ends ({until}) before it begins ({since}).",
    ),
    "person_without_role": Text(
        "Osoba „{person}” nie pełni dziś żadnej roli w pilotażu {pilot}.",
        "“{person}” holds no role today in the pilot {pilot}.",
    ),
    # Mail
    "mail_not_undelivered": Text(
        "Wiadomość numer {number} nie czeka na taką decyzję. Te, które czekają, pokazuje: mlw outbox list.",
        "Mail number {number} does not wait for such a decision. To see those that do: mlw outbox list.",
    ),
    "mail_sender_missing": Text(
        "Aby wysyłać pocztę przez serwer, trzeba podać nadawcę: mail.sender w pliku config.toml.",
        "To send mail through a server its sender must be set: mail.sender in config.toml.",
    ),
    "address_missing": Text(
        "Brakuje adresu e-mail osoby „{name}”.",
        "There is no e-mail address of “{name}”.",
    ),
    "address_invalid": Text(
        "„{address}” nie jest poprawnym adresem e-mail ({name}).",
        "“{address}” is no valid e-mail address ({name}).",
    ),
    "mail_domain_invalid": Text(
        "„{domain}” nie jest poprawną domeną poczty.",
        "“{domain}” is no valid mail domain.",
    ),
    "unsubscribe_invalid": Text(
        "„{address}” w mail.unsubscribe nie jest adresem strony ani adresem mailto:.",
        "“{address}” in mail.unsubscribe is neither a web address nor a mailto: one.",
    ),
    "smtp_setting_invalid": Text(
        "Ustawienie mail.{setting} jest niepoprawne. Dozwolone: {known}.",
        "The setting mail.{setting} is not valid. Allowed: {known}.",
    ),
    "smtp_login_incomplete": Text(
        "Logowanie do serwera poczty wymaga i nazwy (mail.user), i hasła (MLW_SMTP_PASSWORD).",
        "The mail server's login needs both a name (mail.user) and a password (MLW_SMTP_PASSWORD).",
    ),
    "smtp_login_not_ascii": Text(
        "Nazwa i hasło do serwera poczty mogą zawierać tylko litery bez polskich znaków, cyfry i znaki ASCII.",
        "The mail server's name and password may hold ASCII characters only.",
    ),
    "smtp_login_unprotected": Text(
        "Hasło nie może iść otwartym tekstem. Proszę zmienić mail.security na starttls albo tls.",
        "A password may not go in the clear. Set mail.security to starttls or tls.",
    ),
    "smtp_ca_file_invalid": Text(
        "Nie można użyć pliku z urzędami certyfikacji {file}: {problem}",
        "The file of certificate authorities {file} cannot be used: {problem}",
    ),
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
    "file_unreadable": Text(
        "Nie można odczytać pliku {file}: {problem}. Proszę sprawdzić nazwę i uprawnienia.",
        "The file {file} cannot be read: {problem}. Check its name and your permissions.",
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
    "shell_unknown": Text(
        "Nie udało się rozpoznać powłoki, więc podpowiadanie poleceń nie zostało włączone.",
        "The shell was not recognised, so completion was not set up.",
    ),
    # What does not exist
    "unknown_machine": Text(
        "W pilotażu {pilot} nie ma zadania „{machine}”. {suggestion}",
        "The pilot {pilot} has no task “{machine}”. {suggestion}",
    ),
    "unknown_programme_machine": Text(
        "W programie {programme} nie ma zadania „{machine}”. {suggestion}",
        "The programme {programme} has no task “{machine}”. {suggestion}",
    ),
    "unknown_trigger": Text(
        "Zadanie {machine} nie ma kroku „{trigger}”. {suggestion}",
        "The task {machine} has no step “{trigger}”. {suggestion}",
    ),
    "unknown_pilot": Text(
        "Nie ma pilotażu gminy „{pilot}”. {suggestion}",
        "There is no pilot of “{pilot}”. {suggestion}",
    ),
    "ambiguous_pilot": Text(
        "Nazwa „{pilot}” pasuje do kilku pilotaży. Proszę podać kod: {choices}.",
        "The name “{pilot}” fits several pilots. Give the code: {choices}.",
    ),
    "pilot_not_named": Text(
        "Pilotaży jest kilka, więc trzeba podać gminę: {choices}.",
        "There are several pilots, so name one: {choices}.",
    ),
    "no_pilots": Text(
        "Nie ma jeszcze żadnego pilotażu. Pierwszy otwiera polecenie: mlw pilot open GMINA.",
        "There is no pilot yet. Open the first one with: mlw pilot open MUNICIPALITY.",
    ),
    "unknown_person": Text(
        "Nie ma osoby ani roli „{person}”. {suggestion}",
        "There is no person or role “{person}”. {suggestion}",
    ),
    # Accounts
    "login_refused": Text(
        "Adres e-mail lub hasło się nie zgadzają. Proszę sprawdzić jedno i drugie.",
        "The e-mail address or the password is not right. Check both.",
    ),
    "login_throttled": Text(
        "Za dużo nieudanych prób. Proszę spróbować ponownie za {minutes} min.",
        "Too many attempts failed. Try again in {minutes} min.",
    ),
    "password_length": Text(
        "Hasło powinno mieć od {shortest} do {longest} znaków.",
        "A password has between {shortest} and {longest} characters.",
    ),
    "passwords_differ": Text(
        "Hasła w obu polach różnią się od siebie.",
        "The passwords in the two fields differ.",
    ),
    "link_invalid": Text(
        "Ten odnośnik już nie działa: został użyty, stracił ważność albo jest niepełny. Proszę poprosić o nowy.",
        "This link does not work any more: it was used, it has run out or it is not complete. Ask for a new one.",
    ),
    "account_login_taken": Text(
        "Pod adresem {login} loguje się już „{name}”. Każda osoba potrzebuje własnego adresu.",
        "“{name}” logs in as {login} already. Each person needs an address of their own.",
    ),
    "account_unknown": Text(
        "Osoba „{person}” nie ma konta. Konta pokazuje: mlw account list.",
        "“{person}” has no account. To see the accounts: mlw account list.",
    ),
    "port_taken": Text(
        "Pod adresem {host}:{port} działa już inny program. Proszę podać inny numer: --port.",
        "Another program answers at {host}:{port} already. Give another number: --port.",
    ),
    "ambiguous_person": Text(
        "Nazwa „{person}” pasuje do kilku osób. Proszę podać adres e-mail albo identyfikator z listy: mlw person list.",
        "The name “{person}” fits several people. Give the e-mail address or the id from: mlw person list.",
    ),
    "unknown_role": Text(
        "Program nie ma roli „{role}”. {suggestion}",
        "The programme has no role “{role}”. {suggestion}",
    ),
    "role_only_reads": Text(
        "Rola „{role}” tylko czyta i nie wykonuje kroków. Kroki wykonują: {choices}.",
        "The role “{role}” only reads and takes no steps. Steps are taken by: {choices}.",
    ),
    "unknown_programme": Text(
        "Nie ma programu „{programme}”. {suggestion}",
        "There is no programme “{programme}”. {suggestion}",
    ),
    "unknown_definition": Text(
        "W bazie nie ma definicji {definition}. Proszę ją zainstalować: mlw init.",
        "The database has no definition {definition}. Install it with: mlw init.",
    ),
    "unknown_state": Text(
        "Zadanie {machine} nie ma stanu „{state}”.",
        "The task {machine} has no state “{state}”.",
    ),
    "not_a_series": Text(
        "Zadanie {machine} nie powtarza się, więc ma jedną nazwę.",
        "The task {machine} does not recur, so it has a single name.",
    ),
    # Pilots and people
    "pilot_name_invalid": Text(
        "Nazwa gminy „{name}” nie może zostać użyta: powinna mieć od 1 do 120 zwykłych znaków.",
        "The municipality's name “{name}” will not do: it must have 1 to 120 ordinary characters.",
    ),
    "pilot_span_missing": Text(
        "Program {programme} nie podaje terminów, więc dla pilotażu {pilot} trzeba dodać --start i --end.",
        "The programme {programme} sets no dates, so add --start and --end for the pilot {pilot}.",
    ),
    "pilot_span_invalid": Text(
        "Pilotaż {pilot} nie może trwać od {start} do {end}: koniec musi być po początku, nie później niż po "
        "{years} latach, a lata muszą być od {year_min} do {year_max}.",
        "The pilot {pilot} cannot run from {start} to {end}: its end must follow its start, within {years} years, and "
        "the years must be {year_min} to {year_max}.",
    ),
    "pilot_code_invalid": Text(
        "Kod „{code}” nie może zostać użyty. Proszę podać --code z małych liter a-z, cyfr i łączników, do 60 znaków.",
        "The code “{code}” will not do. Give --code made of small letters a-z, digits and hyphens, up to 60 of them.",
    ),
    "pilot_exists": Text(
        "Pilotaż o kodzie „{pilot}” już istnieje. Jeżeli to inna gmina o tej samej nazwie, proszę podać inny kod: "
        "--code, a w pliku historii klucz code.",
        "There is a pilot with the code “{pilot}” already. If this is another municipality of that name, give "
        "another code: --code, or the key code in a history file.",
    ),
    "person_name_invalid": Text(
        "Imię i nazwisko „{name}” nie może zostać użyte: powinno mieć od 1 do 120 zwykłych znaków.",
        "The name “{name}” will not do: it must have 1 to 120 ordinary characters.",
    ),
    "person_email_invalid": Text(
        "„{email}” nie wygląda na adres e-mail. Proszę poprawić adres albo go pominąć.",
        "“{email}” does not look like an e-mail address. Correct it or leave it out.",
    ),
    "person_exists": Text(
        "Osoba „{name}” jest już na liście. Jeżeli to ktoś inny, proszę dopisać coś do nazwy, na przykład instytucję.",
        "“{name}” is on the list already. If this is somebody else, add something to the name, such as the "
        "institution.",
    ),
    "membership_span": Text(
        "Koniec roli ({until}) nie może być wcześniejszy niż jej początek ({since}).",
        "A role cannot end ({until}) before it begins ({since}).",
    ),
    "membership_unknown": Text(
        "Osoba „{person}” nie pełni roli „{role}” w żadnym z podanych pilotaży. Role pokazuje: mlw member list.",
        "“{person}” does not hold the role “{role}” in any of the pilots given. To see the roles: mlw member list.",
    ),
    # Definitions
    "definition_invalid": Text(
        "Definicja {path} ma błędy ({count}); pierwszy: {first} Wszystkie pokaże: mlw workflow check {path}.",
        "The definition {path} has faults ({count}); the first: {first} To see all: mlw workflow check {path}.",
    ),
    "definition_path_missing": Text(
        "Nie ma folderu definicji {path}. Proszę podać folder, w którym jest plik programme.yaml.",
        "There is no definition folder {path}. Give the folder that holds programme.yaml.",
    ),
    # History files
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
    # Settings
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
    # The database
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
    # The record does not hold
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
    # Ours
    "unexpected": Text(
        "Wystąpił nieoczekiwany błąd programu. Szczegóły zapisano w {place}; proszę przekazać ten plik opiekunowi "
        "programu.",
        "The program failed unexpectedly. The details are in {place}; please pass that file on to whoever maintains "
        "it.",
    ),
    "unexpected.unlogged": Text(
        "Wystąpił nieoczekiwany błąd programu. Proszę powtórzyć polecenie ze zmienną MLW_DEBUG=1 i przekazać wynik "
        "opiekunowi programu.",
        "The program failed unexpectedly. Run the command again with MLW_DEBUG=1 and pass the output on to whoever "
        "maintains it.",
    ),
}

CLOSEST = Text("Czy chodziło o: {choices}?", "Did you mean: {choices}?")
CHOICES = Text("Do wyboru: {choices}.", "Choose one of: {choices}.")
LISTING: Mapping[str, Text] = {
    "unknown_machine": Text("Listę zadań pokaże: mlw status {pilot}.", "To see its tasks: mlw status {pilot}."),
    "unknown_programme_machine": Text(
        "Listę zadań pokaże: mlw workflow show {programme}.", "To see its tasks: mlw workflow show {programme}."
    ),
    "unknown_pilot": Text("Listę pokaże: mlw pilot list.", "To see them: mlw pilot list."),
    "unknown_person": Text("Listę osób pokaże: mlw person list.", "To see the people: mlw person list."),
}
"""Where to look when nothing comes close."""

SYSTEM: Mapping[int, Text] = {
    errno.ENOENT: Text("nie ma takiego pliku ani folderu", "there is no such file or folder"),
    errno.EISDIR: Text("to jest folder, a nie plik", "this is a folder, not a file"),
    errno.ENOTDIR: Text("część ścieżki jest plikiem, a nie folderem", "a part of the path is a file, not a folder"),
    errno.EACCES: Text("brak uprawnień", "permission is missing"),
    errno.EPERM: Text("system na to nie pozwala", "the system does not allow it"),
    errno.EEXIST: Text("taki plik już istnieje", "such a file exists already"),
    errno.EROFS: Text("dysk jest tylko do odczytu", "the disk is read-only"),
    errno.ENOSPC: Text("na dysku nie ma miejsca", "the disk is full"),
    errno.EIO: Text("dysk zgłasza błąd", "the disk reports a fault"),
    errno.ENAMETOOLONG: Text("nazwa jest za długa", "the name is too long"),
    errno.ELOOP: Text("dowiązania prowadzą w kółko", "its links lead in a circle"),
    errno.EMFILE: Text("otwarto za dużo plików", "too many files are open"),
    errno.EBUSY: Text("plik jest w użyciu", "the file is in use"),
}
"""What the operating system says of a file, in our words."""


def system_words(problem: str, language: str) -> str:
    """The operating system's own words (``No such file or directory``) as ours; anything else as it is."""
    for number, words in SYSTEM.items():
        if problem == os.strerror(number):
            return words[language]
    return problem
