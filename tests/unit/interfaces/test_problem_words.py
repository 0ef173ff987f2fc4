"""What is wrong with what somebody handed in is said in the reader's language, all of it."""

from __future__ import annotations

import pytest

from mlw_workflow.audit.note import NoteInvalid, VerifierKey
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.interfaces.wording.checks import check_sentence
from mlw_workflow.interfaces.wording.problems import PROBLEMS, problem_words


@pytest.mark.parametrize("typed", ["foo", "a+b+c", "a+00000000+AQ==", "a+00000000+" + "A" * 44])
def test_what_is_wrong_with_a_key_has_words(typed: str) -> None:
    """In the sentence, and none of them is the code or a place left empty."""
    with pytest.raises(NoteInvalid) as wrong:
        VerifierKey.parse(typed)
    problem = wrong.value.problem
    assert problem in PROBLEMS
    told = sentence(BadInput("verifier_key_invalid", origin="--key", key=typed, problem=problem), "pl")
    assert problem not in told
    assert "–" not in told
    assert PROBLEMS[problem].pl in told


def test_a_key_of_a_ring_is_told_by_its_number() -> None:
    """Other problems keep their own words; checks of a pack use the same ones."""
    assert problem_words("ring_key:3", "pl") == "klucz 3"
    assert problem_words("No such file or directory", "pl") is None
    told = check_sentence("keyring", 0, "Paczka", {"problem": "ring_key:3"}, "pl", packed=True)
    assert told == "Paczka: pęk kluczy w paczce nie jest spójny: zmieniono go (klucz 3)."


def test_no_place_is_left_empty_before_a_colon() -> None:
    """A check of the whole log begins with its own words."""
    assert check_sentence("checkpoint_signature", 0, "", {"size": "9"}, "pl").startswith("Punktu kontrolnego")
