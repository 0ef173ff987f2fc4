"""Our own mistakes."""

from mlw_workflow.domain.texts import Text

ERRORS = {
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
