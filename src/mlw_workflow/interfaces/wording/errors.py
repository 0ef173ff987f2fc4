"""One sentence for each error, in both languages: what happened, where, and what to do.

Placeholders are the error's facts; ``{suggestion}`` and ``{place}`` are made in ``problems``. Commands are named as
people type them.
"""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.exports import EXPORT_ERRORS
from mlw_workflow.interfaces.wording.pack import PACK_ERRORS
from mlw_workflow.interfaces.wording.reminder_errors import REMINDER_ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

ERRORS: Mapping[str, Text] = {
    **EXPORT_ERRORS,
    **PACK_ERRORS,
    **REMINDER_ERRORS,
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
    "day_far": Text(
        "{origin}: {value} jest za daleko. Proszę podać dzień między rokiem {year_min} a {year_max}.",
        "{origin}: {value} is too far away. Give a day between the years {year_min} and {year_max}.",
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
    "feed_of_nothing": Text(
        "Proszę podać gminę, osobę (--person) albo jedno i drugie.",
        "Give a municipality, a person (--person), or both.",
    ),
    "feed_unknown": Text(
        "Nie ma kalendarza „{feed}”. Listę pokazuje: mlw feed list.",
        'There is no feed "{feed}". See mlw feed list.',
    ),
    "feed_ambiguous": Text(
        "Kilka kalendarzy zaczyna się od „{feed}”. Proszę podać więcej znaków.",
        'Several feeds begin with "{feed}". Give more of the id.',
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
    # Findings
    "finding_text_missing": Text(
        "Brakuje uzasadnienia. Proszę dodać --text i napisać, jak doszło do ustalenia albo co z niego wynika.",
        "The text is missing. Add --text and say how the finding came about or what follows from it.",
    ),
    "finding_text_too_long": Text(
        "Uzasadnienie jest za długie: może mieć najwyżej {maximum} znaków.",
        "The text is too long: it may have {maximum} characters at most.",
    ),
    "finding_unknown": Text(
        "Nie ma ustalenia „{kind}”. {suggestion}",
        "There is no finding “{kind}”. {suggestion}",
    ),
    "finding_not_looked_after": Text(
        "Program {programme} nie kontroluje tego ({kind}), więc nie ma na co odpowiadać.",
        "The programme {programme} does not look after that ({kind}), so there is nothing to answer.",
    ),
    "finding_not_confirmed": Text(
        "Ustalenia „{kind}” nie potwierdza się: można je wyjaśnić (explain) albo zamknąć (close).",
        "A finding “{kind}” is not confirmed: explain it, or close it.",
    ),
    "finding_not_there": Text(
        "W pilotażu {pilot} nie ma dziś ustalenia „{kind}” w miejscu „{place}”. Wszystkie pokazuje: "
        "mlw audit findings.",
        "The pilot {pilot} has no finding “{kind}” at “{place}” today. To see all of them: mlw audit findings.",
    ),
    "finding_ambiguous": Text(
        "W miejscu „{place}” jest kilka ustaleń „{kind}”. Proszę wybrać termin opcją --rule: {choices}.",
        "There are several findings “{kind}” at “{place}”. Choose the deadline with --rule: {choices}.",
    ),
    "finding_closed": Text(
        "Ustalenie „{kind}” w miejscu „{place}” jest już zamknięte (wpis {seq}).",
        "The finding “{kind}” at “{place}” is closed already (entry {seq}).",
    ),
    "finding_role": Text(
        "Odpowiedź „{answer}” nie należy do podanej osoby lub roli. Może jej udzielić: {choices}.",
        "The answer “{answer}” is not for this person or role to give. It is for: {choices}.",
    ),
    "finding_own": Text(
        "Ustalenie „{kind}” (wpis {place}) dotyczy kroku, który zapisała ta sama osoba ({person}). Może je wyjaśnić, "
        "ale potwierdza je lub zamyka ktoś inny.",
        "The finding “{kind}” (entry {place}) is about a step that the same person took ({person}). They may explain "
        "it; confirming or closing it is for somebody else.",
    ),
    "finding_unnamed": Text(
        "Ustalenie „{kind}” mówi, że jedna osoba zrobiła to, co należy do dwóch. Po samej roli ({person}) nie widać, "
        "kto odpowiada: proszę podać osobę, np. --as jan@example.org.",
        "The finding “{kind}” says that one person did what is for two. The role alone ({person}) does not tell who "
        "answers: name the person, e.g. --as jan@example.org.",
    ),
    "severity_unknown": Text(
        "Nie ma wagi „{value}”; do wyboru są: {choices}.",
        "There is no severity “{value}”; choose one of: {choices}.",
    ),
    "state_unknown": Text(
        "Nie ma stanu „{value}”; do wyboru są: {choices}.",
        "There is no state “{value}”; choose one of: {choices}.",
    ),
    # Reminders
    "person_without_role": Text(
        "Osoba „{person}” nie pełni dziś żadnej roli w pilotażu {pilot}.",
        "“{person}” holds no role today in the pilot {pilot}.",
    ),
    # Who may look, and erasure
    "access_refused": Text(
        "Osoba „{person}” nie ma do tego prawa.",
        "“{person}” has no right to this.",
    ),
    "auditor_only_reads": Text(
        "Osoba „{person}” jest do {until} audytorem programu {programme}, a audytor tylko czyta: kto ocenia zapisy, "
        "nie może ich tworzyć. Niczego nie zapisano.",
        "“{person}” is an auditor of the programme {programme} until {until}, and auditors only read: whoever judges "
        "the record may not write it. Nothing was recorded.",
    ),
    "auditor_out_of_scope": Text(
        "Pilotaż {pilot} należy do programu {programme}, którego audytor „{person}” nie obejmuje. {suggestion}",
        "The pilot {pilot} belongs to the programme {programme}, which the auditor “{person}” does not cover. "
        "{suggestion}",
    ),
    "auditor_expired": Text(
        "Dostęp audytora „{person}” do programu {programme} skończył się {until}. Nowy nadaje: mlw auditor add.",
        "The access of the auditor “{person}” to the programme {programme} ended on {until}. To give it anew: "
        "mlw auditor add.",
    ),
    "auditor_not_yet": Text(
        "Dostęp audytora „{person}” do programu {programme} zaczyna się dopiero {since}.",
        "The access of the auditor “{person}” to the programme {programme} begins only on {since}.",
    ),
    "reader_without_role": Text(
        "Osoba „{person}” nie pełni dziś żadnej roli w pilotażu {pilot} ani nie jest jego audytorem.",
        "“{person}” holds no role today in the pilot {pilot}, and is no auditor of it.",
    ),
    "auditor_holds_role": Text(
        "Osoba „{person}” pełni w tym czasie rolę „{role}” w pilotażu {pilot}, a nikt nie audytuje własnej pracy. "
        "Proszę wskazać inną osobę albo najpierw zakończyć rolę: mlw member end.",
        "“{person}” holds the role “{role}” in the pilot {pilot} within that time, and nobody audits their own work. "
        "Name somebody else, or end the role first: mlw member end.",
    ),
    "role_of_auditor": Text(
        "Osoba „{person}” jest do {until} audytorem tego programu, więc nie może pełnić roli „{role}”. Dostęp kończy: "
        "mlw auditor end.",
        "“{person}” audits this programme until {until}, and so cannot hold the role “{role}”. To end that: "
        "mlw auditor end.",
    ),
    "auditor_span": Text(
        "Dostęp audytora musi zaczynać się ({since}) najpóźniej w dniu, w którym się kończy ({until}), i trwać "
        "najwyżej {years} lat.",
        "An auditor's access must begin ({since}) no later than it ends ({until}), and last {years} years at most.",
    ),
    "auditor_unknown": Text(
        "Osoba „{person}” nie ma dostępu audytora do programu {programme}, który trwałby po tym dniu. Listę pokazuje: "
        "mlw auditor list.",
        "“{person}” has no access as an auditor to the programme {programme} that goes on after that day. To see all: "
        "mlw auditor list.",
    ),
    "repair_as_reader": Text(
        "Kto tylko czyta (--as), nie może niczego naprawiać. Proszę opuścić --as albo --repair.",
        "Whoever reads (--as) mends nothing. Leave out --as or --repair.",
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
    # The signing key
    "key_none": Text(
        "Nie ma jeszcze klucza do podpisywania. Tworzy go: mlw audit key new.",
        "There is no signing key yet. To make one: mlw audit key new.",
    ),
    "key_exists": Text(
        "Klucz do podpisywania już jest ({place}). Nowy w jego miejsce wprowadza: mlw audit key rotate.",
        "There is a signing key already ({place}). To put a new one in its place: mlw audit key rotate.",
    ),
    "key_clock_simulated": Text(
        "Zegar jest ustawiony na {day} (MLW_TODAY albo clock.today). Nowy klucz obowiązuje od chwili, którą pokazuje "
        "zegar, więc z takim zegarem go się nie wprowadza. Niczego nie zmieniono.",
        "The clock is set to {day} (MLW_TODAY or clock.today). A new key is in force from the instant that the clock "
        "shows, so it is not put in force under such a clock. Nothing was changed.",
    ),
    "clock_before_key": Text(
        "Zegar pokazuje {now}, a klucz do podpisywania obowiązuje dopiero od {last}. Podpis byłby nieważny. Proszę "
        "sprawdzić datę w komputerze (albo MLW_TODAY) i powtórzyć polecenie. Niczego nie zapisano.",
        "The clock shows {now}, and the signing key is in force only from {last}. The signature would not hold. Check "
        "the computer's date (or MLW_TODAY) and run the command again. Nothing was recorded.",
    ),
    "key_exists_elsewhere": Text(
        "Wpisy w tej bazie są już podpisane, a w {place} nie ma klucza. Nowy klucz zacząłby dziennik od nowa i "
        "wyglądałby na fałszerstwo. Proszę odtworzyć folder z kluczem z kopii.",
        "Entries in this database are signed already, and there is no key in {place}. A new key would begin another "
        "log and look like a forgery. Restore the folder with the key from a copy.",
    ),
    "key_missing": Text(
        "Brakuje klucza do podpisywania: {place}. Bez niego nic nie zostanie zapisane. Proszę go odtworzyć z kopii.",
        "The signing key is missing: {place}. Nothing is recorded without it. Restore it from a copy.",
    ),
    "keyring_missing": Text(
        "Obok klucza do podpisywania brakuje wykazu kluczy: {place}. Proszę go odtworzyć z kopii; jeśli to nowy klucz, "
        "proszę użyć: mlw audit key new.",
        "Beside the signing key its keyring is missing: {place}. Restore it from a copy; for a new key: "
        "mlw audit key new.",
    ),
    "keyring_broken": Text(
        "Wykaz kluczy {place} został zmieniony albo uszkodzony ({problem}). Proszę go odtworzyć z kopii.",
        "The keyring {place} was changed or damaged ({problem}). Restore it from a copy.",
    ),
    "key_permissions": Text(
        "Klucz {place} może odczytać ktoś oprócz właściciela, więc nie jest używany. Proszę ograniczyć prawa: "
        "plik 0600, folder {folder} 0700.",
        "Others than its owner can read the key {place}, so it is not used. Restrict it: the file to 0600, the folder "
        "{folder} to 0700.",
    ),
    "key_unreadable": Text(
        "Nie można odczytać pliku {place}: {problem}.",
        "The file {place} cannot be read: {problem}.",
    ),
    "key_malformed": Text(
        "{place} nie zawiera klucza we właściwej postaci ({problem}).",
        "{place} does not hold a key in the right form ({problem}).",
    ),
    "key_not_current": Text(
        "Klucz z {place} nie jest tym, którym teraz się podpisuje. Obowiązuje: {key}.",
        "The key in {place} is not the one in force. That is: {key}.",
    ),
    "key_from_environment": Text(
        "Klucz pochodzi ze zmiennej MLW_SIGNING_KEY. Aby go wymienić, proszę najpierw zapisać go w pliku "
        "(audit.key_file) i usunąć zmienną.",
        "The key comes from the variable MLW_SIGNING_KEY. To replace it, first put it into the file "
        "(audit.key_file) and "
        "take the variable away.",
    ),
    # Checkpoints
    "checkpoint_refused": Text(
        "Punkt kontrolny nie został podpisany. {failure} Proszę niczego nie zmieniać, zrobić kopię bazy i "
        "powiadomić osobę "
        "prowadzącą audyt.",
        "No checkpoint was signed. {failure} Change nothing, make a copy of the database and tell the auditor.",
    ),
    "checkpoint_none": Text(
        "Nie ma jeszcze punktu kontrolnego. Tworzy go: mlw audit checkpoint.",
        "There is no checkpoint yet. To make one: mlw audit checkpoint.",
    ),
    "entry_not_sequenced": Text(
        "Wpisu {seq} pilotażu {pilot} nie obejmuje jeszcze żaden punkt kontrolny. Nowy tworzy: mlw audit checkpoint.",
        "No checkpoint covers entry {seq} of the pilot {pilot} yet. To make one: mlw audit checkpoint.",
    ),
    "checkpoint_unknown": Text(
        "Nie ma punktu kontrolnego o {size} wpisach. Ostatnie mają: {choices}.",
        "There is no checkpoint of {size} entries. The last ones have: {choices}.",
    ),
    "checkpoints_backwards": Text(
        "Wcześniejszy punkt kontrolny ({old}) nie może być większy niż późniejszy ({new}).",
        "The earlier checkpoint ({old}) cannot be larger than the later one ({new}).",
    ),
    "proof_malformed": Text(
        "{file} nie zawiera dowodu we właściwej postaci ({problem}).",
        "{file} does not hold a proof in the right form ({problem}).",
    ),
    "proof_old_unused": Text(
        "Opcja --old dotyczy tylko dowodu ciągłości, a {file} jest dowodem jednego wpisu. Proszę ją pominąć.",
        "--old is for consistency proofs only, and {file} proves a single entry. Leave it out.",
    ),
    "proof_needs_old": Text(
        "Dowód ciągłości sprawdza się z zachowanym punktem kontrolnym. Proszę dodać --old i podać jego plik.",
        "A consistency proof is checked against a checkpoint that you kept. Add --old with its file.",
    ),
    "verifier_key_invalid": Text(
        "Podany klucz publiczny nie ma właściwej postaci ({problem}).",
        "The public key that was given is not in the right form ({problem}).",
    ),
    "timestamp_not_set": Text(
        "Nie podano urzędu znacznika czasu. Proszę ustawić audit.timestamp_url i audit.timestamp_ca_file "
        "w config.toml.",
        "No time-stamping authority is set. Set audit.timestamp_url and audit.timestamp_ca_file in config.toml.",
    ),
    "timestamp_address": Text(
        "audit.timestamp_url nie jest adresem http ani https: {url}.",
        "audit.timestamp_url is neither an http nor an https address: {url}.",
    ),
    "timestamp_unreachable": Text(
        "Urząd znacznika czasu {url} nie odpowiada: {problem}.",
        "The time-stamping authority {url} does not answer: {problem}.",
    ),
    "timestamp_invalid": Text(
        "Odpowiedź urzędu znacznika czasu {url} nie jest poprawna: {problem}.",
        "The answer of the time-stamping authority {url} is not valid: {problem}.",
    ),
    # Witnesses
    "witness_key_exists": Text(
        "Plik {place} już jest; klucz świadka zapisuje się w nowym pliku.",
        "The file {place} is there already; a witness's key goes into a new one.",
    ),
    "witness_key_kind": Text(
        "To nie jest klucz świadka. Tworzy go: mlw audit witness key new.",
        "This is no witness's key. To make one: mlw audit witness key new.",
    ),
    "witness_setting": Text(
        "Ustawienie audit.witnesses zawiera „{value}”, co nie jest kluczem publicznym świadka ({problem}).",
        "The setting audit.witnesses holds “{value}”, which is no witness's public key ({problem}).",
    ),
    "witness_request_malformed": Text(
        "Prośba o podpis nie ma właściwej postaci ({problem}). Tworzy ją: mlw audit witness request.",
        "The request is not in the right form ({problem}). The agency makes one with: mlw audit witness request.",
    ),
    "witness_log_unknown": Text(
        "Dziennik {origin} nie jest jeszcze znany temu świadkowi. Proszę dodać --log-key z kluczem publicznym "
        "dziennika, "
        "otrzymanym inną drogą niż ta prośba.",
        "This witness does not know the log {origin} yet. Add --log-key with the log's public key, received by another "
        "way than this request.",
    ),
    "witness_other_log": Text(
        "Prośba dotyczy dziennika {origin}, a podany klucz należy do {key}.",
        "The request is about the log {origin}, and the key that was given belongs to {key}.",
    ),
    "witness_old_size": Text(
        "Świadek podpisał ostatnio {size} wpisów, a prośba nie jest ich dalszym ciągiem (zaczyna się od: {old}). Taka "
        "prośba mogła długo iść. Proszę poprosić biuro o nową: mlw audit witness request --old {size}.",
        "This witness signed {size} entries last, and the request does not go on from there (it begins at {old}). It "
        "may have been long on its way. Ask the office for a new one: mlw audit witness request --old {size}.",
    ),
    "witness_key_unknown": Text(
        "Punkt kontrolny podpisano kluczem, którego ten świadek nie zna. Jeżeli biuro ma nowy klucz, proszę poprosić "
        "o jego plik keys/keyring.json i dodać --keyring PLIK: dawny klucz poręcza w nim za nowy.",
        "The checkpoint is signed with a key that this witness does not know. If the office has a new key, ask for its "
        "file keys/keyring.json and add --keyring FILE: there the old key vouches for the new one.",
    ),
    "witness_keyring_unknown": Text(
        "W podanym pęku kluczy dziennika {origin} nie ma żadnego klucza, który ten świadek zna. Nowy klucz publiczny "
        "proszę potwierdzić w biurze inną drogą i podać w --log-key.",
        "The keyring of the log {origin} that was given holds no key that this witness knows. Have the office confirm "
        "its public key by another way, and give it with --log-key.",
    ),
    "keyring_file_malformed": Text(
        "Plik {file} nie jest spójnym pękiem kluczy ({problem}). Biuro ma go w keys/keyring.json.",
        "The file {file} is no keyring that holds together ({problem}). The office has it in keys/keyring.json.",
    ),
    "witness_state_broken": Text(
        "Plik ze stanem świadka {place} jest uszkodzony ({problem}). Proszę go odtworzyć z kopii; bez niego "
        "świadek nie "
        "wie, co podpisał.",
        "The witness's state {place} is damaged ({problem}). Restore it from a copy; without it the witness does "
        "not know "
        "what it signed.",
    ),
    "witness_refused": Text(
        "Świadek nie podpisuje. {failure}",
        "The witness does not sign. {failure}",
    ),
    "witness_none": Text(
        "W ustawieniach nie ma żadnego świadka. Jego klucz publiczny proszę dodać w [audit] witnesses.",
        "The settings name no witness. Add its public key to [audit] witnesses.",
    ),
    "witness_no_line": Text(
        "W odpowiedzi nie ma podpisu żadnego ze znanych świadków. Znani: {choices}.",
        "The answer holds no signature of a known witness. Known: {choices}.",
    ),
    "witness_line_wrong": Text(
        "Podpis świadka {witness} nie pasuje do żadnego punktu kontrolnego ({problem}).",
        "The signature of the witness {witness} fits no checkpoint ({problem}).",
    ),
    "checkpoint_busy": Text(
        "Ktoś inny tworzy właśnie punkt kontrolny. Proszę spróbować ponownie za chwilę.",
        "Somebody else is making a checkpoint just now. Try again in a moment.",
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
