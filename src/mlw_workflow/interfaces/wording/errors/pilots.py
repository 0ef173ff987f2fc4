"""Pilots, people and their roles."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
    "pilot_code_reserved": Text(
        "Kod „{code}” ma już dziennik dostępu. Proszę podać inny: --code.",
        "The code “{code}” is the access log's. Give another one: --code.",
    ),
    "pilot_exists": Text(
        "Pilotaż o kodzie „{pilot}” już istnieje. Jeżeli to inna gmina o tej samej nazwie, proszę podać inny kod: "
        "--code, a w pliku historii klucz code.",
        "There is a pilot with the code “{pilot}” already. If this is another municipality of that name, give "
        "another code: --code, or the key code in a history file.",
    ),
    "unknown_person": Text(
        "Nie ma osoby ani roli „{person}”. {suggestion}",
        "There is no person or role “{person}”. {suggestion}",
    ),
    "ambiguous_person": Text(
        "Nazwa „{person}” pasuje do kilku osób. Proszę podać adres e-mail albo identyfikator z listy: mlw person list.",
        "The name “{person}” fits several people. Give the e-mail address or the id from: mlw person list.",
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
    "person_without_role": Text(
        "Osoba „{person}” nie pełni dziś żadnej roli w pilotażu {pilot}.",
        "“{person}” holds no role today in the pilot {pilot}.",
    ),
    "person_change_nothing": Text(
        "Nie powiedziano, co zmienić. Proszę dodać --name, --email albo --language.",
        "It is not said what to change. Add --name, --email or --language.",
    ),
    "membership_span": Text(
        "Koniec roli ({until}) nie może być wcześniejszy niż jej początek ({since}).",
        "A role cannot end ({until}) before it begins ({since}).",
    ),
    "membership_unknown": Text(
        "Osoba „{person}” nie pełni roli „{role}” w żadnym z podanych pilotaży. Role pokazuje: mlw member list.",
        "“{person}” does not hold the role “{role}” in any of the pilots given. To see the roles: mlw member list.",
    ),
}
