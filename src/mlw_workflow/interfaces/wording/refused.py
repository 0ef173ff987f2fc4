"""Why the day's checkpoint was not signed, or not stamped, as a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.interfaces.wording.checks import check_sentence
from mlw_workflow.interfaces.wording.errors import ERRORS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.services.refused_checkpoint import RefusedCheckpoint

UNSTAMPED: Mapping[str, Text] = {
    "timestamp_unreachable": Text("urząd nie odpowiada", "the authority does not answer"),
    "timestamp_invalid": Text("odpowiedź urzędu nie jest poprawna", "the authority's answer is not valid"),
    "timestamp_ca_unreadable": Text(
        "nie można odczytać pliku z certyfikatami urzędu", "the file with the authority's certificates cannot be read"
    ),
    "timestamp_not_set": Text(
        "nie podano pliku z certyfikatami urzędu", "no file with the authority's certificates is set"
    ),
    "timestamp_address": Text(
        "adres urzędu nie jest adresem http ani https", "the authority's address is neither http nor https"
    ),
}
"""Why there is no time stamp, by the code of what went wrong."""


def refused_words(refused: RefusedCheckpoint, language: str) -> str:
    """The sentence: which check failed and where, or why nothing can be signed."""
    if refused.check in ERRORS:
        return sentence(BadInput(refused.check, **refused.facts), language)
    return check_sentence(refused.check, refused.seq, refused.pilot, refused.facts, language)


def unstamped_words(code: str, language: str) -> str:
    """Why there is no time stamp, in the brackets of a sentence."""
    return UNSTAMPED[code][language] if code in UNSTAMPED else code
