"""What was typed, whatever it was about."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
    "days_backwards": Text(
        "Pierwszy dzień ({first}) jest późniejszy niż ostatni ({last}).",
        "The first day ({first}) is later than the last ({last}).",
    ),
    "instant_invalid": Text(
        "{origin}: „{value}” nie jest chwilą. Proszę podać datę i godzinę, na przykład 2014-05-31T18:00.",
        "{origin}: “{value}” is not an instant. Give a date and a time, such as 2014-05-31T18:00.",
    ),
    "option_empty": Text(
        "Po {origin} nie ma żadnej wartości. Proszę ją podać albo opuścić {origin}.",
        "There is no value after {origin}. Give one, or leave {origin} out.",
    ),
    "option_missing": Text("Brakuje opcji {origin}. Proszę ją dodać.", "The option {origin} is missing. Add it."),
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
    "shell_unknown": Text(
        "Nie udało się rozpoznać powłoki, więc podpowiadanie poleceń nie zostało włączone.",
        "The shell was not recognised, so completion was not set up.",
    ),
}
