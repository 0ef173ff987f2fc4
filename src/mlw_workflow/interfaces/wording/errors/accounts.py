"""Accounts, passwords and logging in."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
}
