"""The signing key, and public keys that somebody typed."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
    "key_name_invalid": Text(
        "„{name}” nie może być nazwą klucza ({problem}).",
        "“{name}” cannot be the name of a key ({problem}).",
    ),
    "verifier_key_invalid": Text(
        "{origin}: „{key}” nie jest kluczem publicznym w postaci NAZWA+1a2b3c4d+AbCd… ({problem}).",
        "{origin}: “{key}” is no public key of the form NAME+1a2b3c4d+AbCd… ({problem}).",
    ),
}
