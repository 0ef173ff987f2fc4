"""Programs that speak for a person: their tokens, the keys they send under, and the addresses that are told."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "deputy_unknown": Text("Nie ma takiego zastępstwa od tego dnia.", "There is no such deputy from that day on."),
    "idempotency_in_progress": Text(
        "Pod tym samym Idempotency-Key trwa jeszcze takie samo zapytanie. Proszę powtórzyć je za chwilę.",
        "The same request is still being done under this Idempotency-Key. Send it again in a moment.",
    ),
    "idempotency_mismatch": Text(
        "Pod tym Idempotency-Key przysłano już co innego. Nowe zapytanie wymaga nowego klucza.",
        "Something else was sent under this Idempotency-Key before. A new request needs a new key.",
    ),
    "token_admin": Text(
        "Zakres „admin” może mieć tylko token osoby, która administruje; {person} nią nie jest.",
        "Only a token of somebody who administers may have the scope “admin”; {person} does not.",
    ),
    "token_days": Text(
        "Token może obowiązywać od 1 do {maximum} dni.", "A token may hold between 1 and {maximum} days."
    ),
    "token_name": Text(
        "Nazwa tokenu mówi, do czego służy, i ma od 1 do {maximum} znaków.",
        "A token's name says what it is for, in 1 to {maximum} characters.",
    ),
    "token_refused": Text(
        "Ten token jest nieznany, wycofany albo wygasł, albo konto jest zamknięte. Nowy tworzy: mlw token new.",
        "This token is unknown, revoked or has run out, or the account is shut. To make one: mlw token new.",
    ),
    "token_scopes": Text(
        "Token musi mieć zakres. Do wyboru: {choices}.", "A token must have a scope. Choose among: {choices}."
    ),
    "token_unknown": Text(
        "Nie ma tokenu „{token}”. Tokeny pokazuje: mlw token list.",
        "There is no token “{token}”. To see them: mlw token list.",
    ),
    "webhook_address": Text(
        "Pod ten adres nic nie zostanie wysłane: {problem}. Adres musi zaczynać się od https:// i prowadzić do "
        "publicznej sieci.",
        "Nothing will be sent to this address: {problem}. It must begin with https:// and lead to a public network.",
    ),
    "webhook_events": Text(
        "Webhook musi mieć rodzaje zdarzeń. Do wyboru: {choices}.",
        "A webhook must have types of events. Choose among: {choices}.",
    ),
    "webhook_unknown": Text(
        "Nie ma webhooka „{webhook}”. Webhooki pokazuje: mlw webhook list.",
        "There is no webhook “{webhook}”. To see them: mlw webhook list.",
    ),
    "webhooks_too_many": Text(
        "Jedna osoba może mieć {maximum} webhooków. Proszę wyłączyć któryś z nich.",
        "One person may have {maximum} webhooks. Disable one of them.",
    ),
}
