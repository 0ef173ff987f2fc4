"""The same words typed on different keyboards are the same text."""

from __future__ import annotations

import unicodedata
from datetime import date

from mlw_workflow.domain.decision import Actor, Attempt
from mlw_workflow.domain.definition import Field, Text
from mlw_workflow.domain.evidence import check_evidence


def test_composed_and_decomposed_letters_are_one_text() -> None:
    """A place typed with separate accents is kept in the composed form."""
    place = Field("place", "text", Text("miejsce", "place"))
    typed = unicodedata.normalize("NFD", "Gościeradów")
    values, reasons = check_evidence(
        (place,),
        Attempt("w01", "hold_meeting", date(2014, 5, 1), Actor("role:animator", ("animator",)), {"place": typed}),
    )
    assert not reasons
    assert values == {"place": "Gościeradów"}
