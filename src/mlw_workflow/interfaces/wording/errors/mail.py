"""Mail."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
}
