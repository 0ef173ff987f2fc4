"""Findings and the answers to them."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "finding_text_missing": Text(
        "Brakuje uzasadnienia. Proszę dodać --text i napisać, jak doszło do ustalenia albo co z niego wynika.",
        "The text is missing. Add --text and say how the finding came about or what follows from it.",
    ),
    "finding_text_too_long": Text(
        "Uzasadnienie jest za długie: może mieć najwyżej {maximum} znaków.",
        "The text is too long: it may have {maximum} characters at most.",
    ),
    "finding_unknown": Text(
        "Nie ma ustalenia „{kind}”. {suggestion}",
        "There is no finding “{kind}”. {suggestion}",
    ),
    "finding_not_looked_after": Text(
        "Program {programme} nie kontroluje tego ({kind}), więc nie ma na co odpowiadać.",
        "The programme {programme} does not look after that ({kind}), so there is nothing to answer.",
    ),
    "finding_not_confirmed": Text(
        "Ustalenia „{kind}” nie potwierdza się: można je wyjaśnić (explain) albo zamknąć (close).",
        "A finding “{kind}” is not confirmed: explain it, or close it.",
    ),
    "finding_not_there": Text(
        "W pilotażu {pilot} nie ma dziś ustalenia „{kind}” w miejscu „{place}”. Wszystkie pokazuje: "
        "mlw audit findings.",
        "The pilot {pilot} has no finding “{kind}” at “{place}” today. To see all of them: mlw audit findings.",
    ),
    "finding_ambiguous": Text(
        "W miejscu „{place}” jest kilka ustaleń „{kind}”. Proszę wybrać termin opcją --rule: {choices}.",
        "There are several findings “{kind}” at “{place}”. Choose the deadline with --rule: {choices}.",
    ),
    "finding_closed": Text(
        "Ustalenie „{kind}” w miejscu „{place}” jest już zamknięte (wpis {seq}).",
        "The finding “{kind}” at “{place}” is closed already (entry {seq}).",
    ),
    "finding_role": Text(
        "Odpowiedź „{answer}” nie należy do podanej osoby lub roli. Może jej udzielić: {choices}.",
        "The answer “{answer}” is not for this person or role to give. It is for: {choices}.",
    ),
    "finding_own": Text(
        "Ustalenie „{kind}” (wpis {place}) dotyczy kroku, który zapisała ta sama osoba ({person}). Może je wyjaśnić, "
        "ale potwierdza je lub zamyka ktoś inny.",
        "The finding “{kind}” (entry {place}) is about a step that the same person took ({person}). They may explain "
        "it; confirming or closing it is for somebody else.",
    ),
    "finding_unnamed": Text(
        "Ustalenie „{kind}” mówi, że jedna osoba zrobiła to, co należy do dwóch. Po samej roli ({person}) nie widać, "
        "kto odpowiada: proszę podać osobę, np. --as jan@example.org.",
        "The finding “{kind}” says that one person did what is for two. The role alone ({person}) does not tell who "
        "answers: name the person, e.g. --as jan@example.org.",
    ),
    "severity_unknown": Text(
        "Nie ma wagi „{value}”; do wyboru są: {choices}.",
        "There is no severity “{value}”; choose one of: {choices}.",
    ),
    "state_unknown": Text(
        "Nie ma stanu „{value}”; do wyboru są: {choices}.",
        "There is no state “{value}”; choose one of: {choices}.",
    ),
}
