"""Files about how single municipalities are reminded, where they change nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from mlw_workflow.services.local_policies import BadFile

BROKEN = Text(
    "Plik {file} w folderze reminders jest błędny, więc ta gmina dostaje przypomnienia jak dotąd. {problem}",
    "The file {file} in the folder reminders is wrong, so its municipality is reminded as before. {problem}",
)
NO_SUCH_PILOT = Text(
    "Plik {file} w folderze reminders nie dotyczy żadnego pilotażu, więc niczego nie zmienia. Nazwą pliku jest kod "
    "pilotażu z końcówką .yaml; kody pokazuje: mlw pilot list.",
    "The file {file} in the folder reminders belongs to no pilot, so it changes nothing. A file is named by the "
    "pilot's code and ends in .yaml; to see the codes: mlw pilot list.",
)


def bad_file_words(file: BadFile, language: str) -> str:
    """What is wrong with a file, and what follows."""
    if file.error is None:
        return NO_SUCH_PILOT[language].format(file=file.name)
    from mlw_workflow.interfaces.problems import sentence

    return BROKEN[language].format(file=file.name, problem=sentence(file.error, language))
