"""What the API says beyond the errors that commands and pages know too: the titles of problems, and their sentences."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

TITLES: Mapping[int, Text] = {
    400: Text("Nie udało się zrozumieć zapytania", "The request was not understood"),
    401: Text("Potrzebny jest ważny token", "A valid token is needed"),
    403: Text("Brak uprawnień", "Not permitted"),
    404: Text("Nie ma takiego zasobu", "There is no such thing"),
    405: Text("Ten adres nie przyjmuje takiej metody", "This address does not take that method"),
    406: Text("Nie ma takiej postaci", "There is no such form of it"),
    409: Text("To nie jest teraz możliwe", "This is not possible now"),
    412: Text("Stan zmienił się w międzyczasie", "The state has changed meanwhile"),
    413: Text("Przysłano za dużo", "Too much was sent"),
    415: Text("Treść ma niewłaściwy rodzaj", "The content is of the wrong type"),
    422: Text("Dane są niepełne albo niewłaściwe", "The data are incomplete or wrong"),
    428: Text("Brakuje nagłówka If-Match", "The header If-Match is missing"),
    429: Text("Za dużo prób albo przesłanych plików", "Too many attempts, or too much sent"),
    500: Text("Coś poszło nie tak", "Something went wrong"),
    503: Text("Usługa jest chwilowo niedostępna", "The service is away for a moment"),
}
PROBLEMS: Mapping[str, Text] = {
    "bad_request": Text(
        "Zapytanie jest zapisane niepoprawnie. Niczego nie zapisano.",
        "The request is not written as it should be. Nothing was recorded.",
    ),
    "cursor_invalid": Text(
        "Ten kursor nie należy do tego zapytania. Proszę zacząć od pierwszej strony, bez „cursor”.",
        "This cursor does not belong to this query. Begin with the first page, without “cursor”.",
    ),
    "file_empty": Text("Plik jest pusty.", "The file is empty."),
    "forbidden": Text(
        "Osoba, w której imieniu działa ten token, nie ma do tego uprawnień.",
        "The person for whom this token speaks may not do that.",
    ),
    "idempotency_key": Text(
        "Idempotency-Key ma od 1 do 128 widocznych znaków ASCII.",
        "An Idempotency-Key has between 1 and 128 visible ASCII characters.",
    ),
    "internal": Text(
        "To błąd programu. W zgłoszeniu proszę podać numer z pola „request”.",
        "The program is at fault. When you report it, give the number in “request”.",
    ),
    "invalid_request": Text(
        "Niektóre dane nie są takie, jak opisuje /api/v1/openapi.json; wymienia je „errors”. Niczego nie zapisano.",
        "Some of the data are not as /api/v1/openapi.json describes them; “errors” lists them. Nothing was recorded.",
    ),
    "media_type": Text("Treść musi być typu {expected}.", "The content must be of the type {expected}."),
    "method_not_allowed": Text("Ten adres przyjmuje: {allowed}.", "This address takes: {allowed}."),
    "not_found": Text(
        "Pod tym adresem nic nie ma, albo nie jest to dostępne dla osoby, w której imieniu działa token.",
        "There is nothing at this address, or it is out of reach of the person for whom the token speaks.",
    ),
    "precondition_required": Text(
        "Zapis wymaga nagłówka If-Match z ETag pilotażu, który był czytany. Podaje go GET {pilot}.",
        "A write needs the header If-Match with the ETag of the pilot as it was read. GET {pilot} gives it.",
    ),
    "refused": Text(
        "Krok nie jest możliwy: powody wymienia „reasons”, a drogę do celu „way_out”.",
        "The step is not possible: “reasons” says why, and “way_out” what leads there.",
    ),
    "scope_missing": Text(
        "Ten token nie ma zakresu „{scope}”. Ma: {scopes}.",
        "This token does not have the scope “{scope}”. It has: {scopes}.",
    ),
    "stale": Text(
        "Zapisy pilotażu zmieniły się od chwili, gdy był czytany; nowe wpisy wymienia „changed”. Niczego nie zapisano.",
        "The pilot's record has changed since it was read; “changed” lists the new entries. Nothing was recorded.",
    ),
    "token_missing": Text(
        "Zapytanie musi mieć nagłówek Authorization: Bearer z tokenem. Sesja panelu tu nie działa.",
        "The request must have the header Authorization: Bearer with a token. The panel's session does not count here.",
    ),
    "too_large": Text("Treść jest większa niż {maximum} bajtów.", "The content is larger than {maximum} bytes."),
    "upload_unknown": Text(
        "Pole „{field}”: nie ma takiego pliku. Najpierw proszę go przysłać: POST /api/v1/files.",
        "Field “{field}”: there is no such file. Send it first: POST /api/v1/files.",
    ),
}
INVALID: Mapping[str, Text] = {
    "missing": Text("brakuje tej wartości", "this value is missing"),
    "extra_forbidden": Text("nie ma takiej nazwy", "there is no such name"),
    "json_invalid": Text("to nie jest poprawny JSON", "this is not valid JSON"),
    "string_type": Text("ma być tekstem", "must be a text"),
    "string_too_long": Text("jest za długie", "is too long"),
    "string_too_short": Text("jest za krótkie", "is too short"),
    "string_pattern_mismatch": Text("ma niewłaściwą postać", "is not of the right form"),
    "date_from_datetime_parsing": Text("ma być dniem, jak 2014-06-10", "must be a day such as 2014-06-10"),
    "date_parsing": Text("ma być dniem, jak 2014-06-10", "must be a day such as 2014-06-10"),
    "datetime_parsing": Text(
        "ma być chwilą, jak 2014-06-10T12:00:00Z", "must be an instant such as 2014-06-10T12:00:00Z"
    ),
    "datetime_from_date_parsing": Text(
        "ma być chwilą, jak 2014-06-10T12:00:00Z", "must be an instant such as 2014-06-10T12:00:00Z"
    ),
    "timezone_aware": Text("ma mieć strefę czasową, jak Z", "must have a time zone, such as Z"),
    "enum": Text("nie jest jedną z możliwych wartości", "is not one of the possible values"),
    "literal_error": Text("nie jest jedną z możliwych wartości", "is not one of the possible values"),
    "int_parsing": Text("ma być liczbą całkowitą", "must be a whole number"),
    "int_type": Text("ma być liczbą całkowitą", "must be a whole number"),
    "less_than_equal": Text("jest za duże", "is too large"),
    "greater_than_equal": Text("jest za małe", "is too small"),
}
NOT_VALID = Text("ma niewłaściwą wartość", "has a wrong value")
