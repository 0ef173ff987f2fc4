"""Signed notes, checkpoints and cosignatures: the examples of C2SP, what is refused, and what is passed over."""

from __future__ import annotations

import contextlib
from base64 import b64decode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.audit.keys import SigningKey, signed_by
from mlw_workflow.audit.merkle import ProofInvalid, check_consistency
from mlw_workflow.audit.note import COSIGNATURE, ED25519, Checkpoint, Note, NoteInvalid, VerifierKey, key_id
from mlw_workflow.audit.proof import Consistency, Inclusion, ProofMalformed

SALVATORE = (
    "Ognuno sta solo sul cuor della terra\n"
    "trafitto da un raggio di sole:\n"
    "\n"
    "ed è subito sera.\n"
    "\n"
    "— quasimodo.example/salvatore"
    " NnugSzTjtVAewIS+Z/iJhUPeFDkO/5QQ2i5ddnGITLlC+EhfLW9oJKONrMouFSQU0xMcXxj99ihAQwaqP3ZekRwNtIc=\n"
)
SOFA = (
    "example.com/behind-the-sofa\n"
    "20852163\n"
    "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
    "\n"
    "— example.com/behind-the-sofa"
    " Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1"
    " jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)
REQUEST = (
    "old 20852014\n"
    "PlRNCrwHpqhGrupue0L7gxbjbMiKA9temvuZZDDpkaw=\n"
    "jrJZDmY8Y7SyJE0MWLpLozkIVMSMZcD5kvuKxPC3swk=\n"
    "5+pKlUdi2LeF/BcMHBn+Ku6yhPGNCswZZD1X/6QgPd8=\n"
    "/6WVhPs2CwSsb5rYBH5cjHV/wSmA79abXAwhXw3Kj/0=\n"
    "\n"
) + SOFA
PEDRO = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
"""The verifier key in the documentation of Go's sumdb/note, and a note it signed."""
PEDRO_NOTE = (
    "If you think cryptography is the answer to your problem,\n"
    "then you don't know what your problem is.\n"
    "\n"
    "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


@pytest.mark.parametrize("written", [SALVATORE, SOFA, PEDRO_NOTE])
def test_the_published_notes_are_read_and_written_back_byte_for_byte(written: str) -> None:
    """Empty lines in the text included."""
    assert str(Note.parse(written)) == written


def test_the_published_signature_holds_and_no_other_text_does() -> None:
    """Of the key that Go's documentation gives."""
    key, note = VerifierKey.parse(PEDRO), Note.parse(PEDRO_NOTE)
    assert key.text == PEDRO
    assert key.id == key_id("PeterNeumann", ED25519, key.public) == note.signatures[0].key_id
    assert signed_by(note, key)
    assert signed_by(Note(f"{note.text}more\n", note.signatures), key) is None


def test_the_published_checkpoint_and_cosignature() -> None:
    """Size, root, the witness's name, key id and time."""
    note = Note.parse(SOFA)
    checkpoint = Checkpoint.parse(note.text)
    assert (checkpoint.origin, checkpoint.size) == ("example.com/behind-the-sofa", 20852163)
    assert checkpoint.root == b64decode("CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=")
    witness = note.signatures[1]
    assert (witness.name, witness.time) == ("witness.example.com/w1", 1679315147)


def test_the_published_request_to_a_witness() -> None:
    """It is read and written back; its four hashes do not lead from a made-up root to the checkpoint's."""
    asked = Consistency.parse(REQUEST)
    assert asked.text == REQUEST
    assert (asked.old, len(asked.path)) == (20852014, 4)
    with pytest.raises(ProofInvalid):
        asked.check(bytes(32))
    with pytest.raises(ProofInvalid):
        check_consistency(asked.old, 20852163, bytes(32), bytes(32), asked.path)


def test_unknown_lines_are_passed_over_and_known_ones_found_among_them() -> None:
    """Such as a post-quantum signature beside ours."""
    ours, witness = SigningKey.new("log.example/1"), SigningKey.new("w.example/1", COSIGNATURE)
    text = Checkpoint("log.example/1", 3, bytes(32)).text
    stranger = Note.parse(SOFA).signatures
    note = Note(text, stranger).with_signatures(ours.sign_note(text), witness.cosign(text, 7))
    again = Note.parse(str(note))
    assert signed_by(again, ours.verifier)
    cosigned = signed_by(again, witness.verifier)
    assert cosigned is not None
    assert cosigned.time == 7
    assert signed_by(again, SigningKey.new("log.example/1").verifier) is None


def test_a_cosignature_is_no_signature_and_the_other_way_round() -> None:
    """The same key under both types: what was signed for one purpose is not taken for the other."""
    key = SigningKey.new("both.example/1")
    other = SigningKey.parse(key.secret)
    text = Checkpoint("both.example/1", 0, bytes(32)).text
    assert signed_by(Note(text, (key.cosign(text, 1),)), other.verifier) is None
    as_witness = VerifierKey(key.name, COSIGNATURE, key.verifier.public)
    assert signed_by(Note(text, (key.sign_note(text),)), as_witness) is None


@pytest.mark.parametrize(
    "written",
    ["", "\n", "text", "text\n\n", "\n\n— a b\n", "text\n\nno line\n", "text\n\n— a !!!!\n", "text\n\n— a AAAA\n",
     "te\x00xt\n\n— a AAAAAAAA\n", "text\n\n— a AAAAAAAA", "text\n\n— a+b AAAAAAAA\n",
     "text\n\n" + "— a AAAAAAAA\n" * 65],
)  # fmt: skip
def test_what_is_no_note_is_refused(written: str) -> None:
    """With a code, never with another error."""
    with pytest.raises(NoteInvalid, match="note_malformed"):
        Note.parse(written)


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(raw: bytes) -> None:
    """Notes, keys, proofs: nothing but their own refusals. Any other error, raised here, fails the test."""
    text = raw.decode("latin-1")
    for parse in (Note.parse, VerifierKey.parse, SigningKey.parse, Checkpoint.parse):
        with contextlib.suppress(NoteInvalid):
            parse(text)
    for read in (Inclusion.parse, Consistency.parse):
        with contextlib.suppress(ProofMalformed):
            read(text)


@given(st.integers(0, len(SOFA) + 200), st.integers(1, 255))
def test_any_changed_byte_of_a_signed_note_is_found(at: int, change: int) -> None:
    """It is no note any more, or not this checkpoint, or not signed."""
    key = SigningKey.new("log.example/1")
    text = Checkpoint("log.example/1", 12, bytes(range(32))).text
    whole = str(Note(text).with_signatures(key.sign_note(text))).encode()
    at %= len(whole)
    wrong = whole[:at] + bytes([whole[at] ^ change]) + whole[at + 1 :]
    try:
        note = Note.parse(wrong)
    except NoteInvalid:
        return
    assert signed_by(note, key.verifier) is None
