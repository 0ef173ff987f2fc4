"""Deadlines, reminders and calendar feeds."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "person_missing": Text(
        "Brakuje informacji, czyich przypomnień to dotyczy. Proszę dodać --as i podać osobę.",
        "It is not said whose reminders are meant. Add --as with a person.",
    ),
    "feed_of_nothing": Text(
        "Proszę podać gminę, osobę (--person) albo jedno i drugie.",
        "Give a municipality, a person (--person), or both.",
    ),
    "feed_too_many": Text(
        "Jedna osoba może mieć najwyżej {maximum} adresów kalendarza. Proszę najpierw wyłączyć te, których nikt już "
        "nie używa.",
        "One person may have {maximum} calendar addresses at most. Switch off first those that nobody uses.",
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
    "remind_everything": Text(
        "Przypomnienia wysyła się wszystkim naraz, na dzisiaj. Aby zobaczyć jedną gminę albo inny dzień, proszę dodać "
        "--dry-run.",
        "Reminders go to everybody at once, for today. To look at one municipality or another day, add --dry-run.",
    ),
    "deadline_unknown": Text(
        "Zadanie {machine} nie ma terminu „{rule}”. Terminy pokazuje: mlw deadlines.",
        "The task {machine} has no deadline “{rule}”. To see them: mlw deadlines.",
    ),
    "deadline_not_open": Text(
        "Termin zadania {machine} jest już zamknięty ({status}), więc nikt o nim nie przypomina.",
        "The deadline of {machine} is closed ({status}), so nobody is reminded of it.",
    ),
    "deadline_acknowledged": Text(
        "{person}: termin zadania {machine} jest już potwierdzony. Przypomnienia wrócą dopiero, gdy coś się zmieni.",
        "{person} has acknowledged the deadline of {machine} already. Reminders come back only when it changes.",
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
        "Przypomnienia o zadaniu {machine} nie można już odłożyć: dozwolona liczba odłożeń to {maximum}.",
        "The reminder of {machine} cannot be put off any more: {maximum} times is all that is allowed.",
    ),
    "deputy_self": Text(
        "Nikt nie może zastępować samego siebie ({person}).",
        "Nobody can be their own deputy ({person}).",
    ),
    "deputy_span": Text(
        "Zastępstwo kończy się ({until}), zanim się zacznie ({since}).",
        "The deputy's time ends ({until}) before it begins ({since}).",
    ),
    "deputy_unreachable": Text(
        "{deputy} nie ma adresu e-mail, więc przypomnienia w zastępstwie nie miałyby dokąd trafić. "
        "Proszę wskazać osobę, która ma adres.",
        "{deputy} has no e-mail address, so the reminders would go nowhere. Name somebody who has one.",
    ),
    "deputy_twice": Text(
        "Osobę {person} zastępuje już {deputy}, od {since} do {until}. Najpierw trzeba skrócić tamto zastępstwo: "
        "ta sama osoba zastępująca, ten sam pierwszy dzień, inne --until.",
        "{deputy} stands in for {person} already, from {since} to {until}. Shorten that first: the same deputy from "
        "the same day, with another --until.",
    ),
    "deputy_circle": Text(
        "{deputy} nie może w tym czasie zastępować osoby {person}: ich zastępstwa prowadziłyby w kółko i nikt nie "
        "dostałby przypomnień.",
        "{deputy} cannot stand in for {person} at that time: their deputies would lead in a circle, and nobody would "
        "be told.",
    ),
    "every_zero": Text(
        "{origin}: najkrótszy odstęp to 1 sekunda.",
        "{origin}: the shortest time is 1 second.",
    ),
}
