"""Definitions, and names that a programme does not have."""

from mlw_workflow.domain.texts import Text

ERRORS = {
    "definition_invalid": Text(
        "Definicja {path} ma błędy ({count}); pierwszy: {first} Wszystkie pokaże: mlw workflow check {path}.",
        "The definition {path} has faults ({count}); the first: {first} To see all: mlw workflow check {path}.",
    ),
    "definition_path_missing": Text(
        "Nie ma folderu definicji {path}. Proszę podać folder, w którym jest plik programme.yaml.",
        "There is no definition folder {path}. Give the folder that holds programme.yaml.",
    ),
    "unknown_programme": Text(
        "Nie ma programu „{programme}”. {suggestion}",
        "There is no programme “{programme}”. {suggestion}",
    ),
    "unknown_definition": Text(
        "W bazie nie ma definicji {definition}. Proszę ją zainstalować: mlw init.",
        "The database has no definition {definition}. Install it with: mlw init.",
    ),
    "unknown_programme_machine": Text(
        "W programie {programme} nie ma zadania „{machine}”. {suggestion}",
        "The programme {programme} has no task “{machine}”. {suggestion}",
    ),
    "unknown_machine": Text(
        "W pilotażu {pilot} nie ma zadania „{machine}”. {suggestion}",
        "The pilot {pilot} has no task “{machine}”. {suggestion}",
    ),
    "unknown_trigger": Text(
        "Zadanie {machine} nie ma kroku „{trigger}”. {suggestion}",
        "The task {machine} has no step “{trigger}”. {suggestion}",
    ),
    "unknown_state": Text(
        "Zadanie {machine} nie ma stanu „{state}”.",
        "The task {machine} has no state “{state}”.",
    ),
    "unknown_role": Text(
        "Program nie ma roli „{role}”. {suggestion}",
        "The programme has no role “{role}”. {suggestion}",
    ),
    "role_only_reads": Text(
        "Rola „{role}” tylko czyta i nie wykonuje kroków. Kroki wykonują: {choices}.",
        "The role “{role}” only reads and takes no steps. Steps are taken by: {choices}.",
    ),
    "not_a_series": Text(
        "Zadanie {machine} nie powtarza się, więc ma jedną nazwę.",
        "The task {machine} does not recur, so it has a single name.",
    ),
}
