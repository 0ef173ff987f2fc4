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
    "account_without_address": Text(
        "„{name}” loguje się do panelu swoim adresem, więc adres można tylko zmienić na inny. Dane odchodzącej osoby "
        "usuwa: mlw erase --person.",
        "“{name}” logs in to the panel with the address, so it can only be changed for another. To erase somebody who "
        "leaves: mlw erase --person.",
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
    "password_wrong": Text(
        "To nie jest obecne hasło tego konta.",
        "This is not the present password of this account.",
    ),
    "own_language_unknown": Text(
        "Panel nie zna języka „{language}”. Proszę wybrać polski albo angielski.",
        "The panel does not know the language “{language}”. Choose Polish or English.",
    ),
    "code_refused": Text(
        "Ten kod się nie zgadza. Każdy kod działa tylko raz i tylko przez chwilę. Proszę przepisać kod, który telefon "
        "pokazuje teraz, i sprawdzić, czy telefon ma dobrą godzinę.",
        "This code is not right. Each code works only once, and only for a moment. Type the one that the telephone "
        "shows now, and check that the telephone has the right time.",
    ),
    "second_factor_on": Text(
        "Kody z telefonu są już włączone albo nie ma czego potwierdzić. Proszę wrócić na stronę „Moje konto”.",
        "Codes from a telephone are on already, or there is nothing to confirm. Go back to “My account”.",
    ),
    "half_login_over": Text(
        "Minęło za dużo czasu od podania hasła. Proszę zalogować się od początku.",
        "Too much time has passed since the password. Log in from the beginning.",
    ),
    "accounts_key_missing": Text(
        "Brakuje pliku z kluczem do kodów z telefonu: {place}. Proszę odtworzyć go z kopii zapasowej; bez niego nie "
        "zaloguje się nikt, kto ma włączone kody.",
        "The file with the key of the codes from telephones is missing: {place}. Restore it from a backup; without it "
        "nobody who has codes turned on can log in.",
    ),
    "accounts_key_other": Text(
        "Plik {place} nie zawiera klucza, którym zabezpieczono kody z telefonu. Proszę odtworzyć właściwy z kopii "
        "zapasowej.",
        "The file {place} does not hold the key that secured the codes from telephones. Restore the right one from a "
        "backup.",
    ),
    "provider_failed": Text(
        "Strona logowania {issuer} teraz nie odpowiada. Proszę spróbować za kilka minut albo zalogować się hasłem.",
        "The login page {issuer} does not answer now. Try again in a few minutes, or log in with a password.",
    ),
    "provider_refused": Text(
        "Logowanie na stronie {issuer} zostało przerwane. Proszę spróbować jeszcze raz albo zalogować się hasłem.",
        "Logging in at {issuer} was broken off. Try once more, or log in with a password.",
    ),
    "provider_untrusted": Text(
        "Odpowiedzi strony logowania {issuer} nie można zaufać, więc nikogo nie zalogowano. Proszę zalogować się "
        "hasłem i powiadomić administratora panelu.",
        "The answer of the login page {issuer} cannot be trusted, so nobody was logged in. Log in with a password, and "
        "tell whoever administers the panel.",
    ),
    "provider_other_browser": Text(
        "To logowanie zaczęło się w innej przeglądarce albo trwało za długo. Proszę zacząć od nowa.",
        "This login was begun in another browser, or it took too long. Begin anew.",
    ),
    "abroad_unknown": Text(
        "W panelu nie ma konta z adresem e-mail, którym się Państwo tam zalogowali. Konta zakłada administrator.",
        "The panel has no account with the e-mail address that you logged in with there. Whoever administers the "
        "panel makes accounts.",
    ),
    "abroad_unverified": Text(
        "Strona logowania nie potwierdziła, że adres e-mail należy do Państwa. Proszę zalogować się hasłem.",
        "The login page did not confirm that the e-mail address is yours. Log in with a password.",
    ),
    "abroad_other": Text(
        "Konto z tym adresem e-mail należy na stronie logowania do kogoś innego. Administrator panelu może to "
        "powiązanie usunąć.",
        "The account with this e-mail address belongs to somebody else at the login page. Whoever administers the "
        "panel can take that link away.",
    ),
    "abroad_disabled": Text(
        "To konto jest wyłączone. Pytania proszę kierować do administratora panelu.",
        "This account is shut. Ask whoever administers the panel.",
    ),
    "role_missing": Text(
        "Proszę wybrać rolę.",
        "Choose a role.",
    ),
    "pilot_missing": Text(
        "Proszę wybrać gminę, w której dana osoba ma mieć tę rolę.",
        "Choose the municipality in which the person gets this role.",
    ),
    "day_missing": Text(
        "Proszę podać istniejącą datę, na przykład 10 6 2014.",
        "Give an existing date, such as 10 6 2014.",
    ),
}
