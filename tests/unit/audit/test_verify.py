"""Whatever is changed in a stored log is found, and named."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import GENESIS, Head, commitment, leaf_hash, new_salt, seal
from mlw_workflow.audit.verify import StoredEvidence, Verdict, verify_chain, verify_evidence
from mlw_workflow.domain.ledger import Entry

Row = tuple[int, bytes, bytes]
START = datetime(2014, 5, 31, 10, tzinfo=UTC)


def log(length: int, pilot: str = "p1", evidence: tuple[StoredEvidence, ...] = ()) -> tuple[list[Row], Head]:
    """A sound log."""
    rows: list[Row] = []
    head = GENESIS
    for seq in range(1, length + 1):
        sealed = {e.field: commitment(e.field, e.salt or b"", e.value or b"") for e in evidence if e.seq == seq}
        entry = Entry(
            pilot, seq, head.hash.hex(), "transition", START + timedelta(seconds=seq // 2), "p", evidence=sealed
        )
        made = seal(entry)
        rows.append((seq, made.hash, made.body))
        head = made.head
    return rows, head


ROWS, HEAD = log(6)


def failure(rows: list[Row], head: Head | None = HEAD, *, pilot: str = "p1", deep: bool = False) -> tuple[str, int]:
    """Check and place of the first failure."""
    verdict = verify_chain(pilot, rows, head, deep=deep)
    assert verdict.first_failure is not None
    assert not verdict.holds
    return verdict.first_failure.check, verdict.first_failure.seq


@pytest.mark.parametrize("deep", [False, True])
def test_a_sound_log_holds(deep: bool) -> None:
    """And so does one without any entry."""
    assert verify_chain("p1", ROWS, HEAD, deep=deep) == Verdict(6, None, HEAD)
    assert verify_chain("p1", [], GENESIS, deep=deep).holds


@settings(max_examples=300)
@given(st.data())
def test_any_flipped_bit_is_found(data: st.DataObject) -> None:
    """Of any body or any stored hash, at the very entry."""
    at = data.draw(st.integers(0, len(ROWS) - 1))
    seq, digest, body = ROWS[at]
    of_body = data.draw(st.booleans())
    changed = bytearray(body if of_body else digest)
    changed[data.draw(st.integers(0, len(changed) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    row = (seq, digest, bytes(changed)) if of_body else (seq, bytes(changed), body)
    assert failure([*ROWS[:at], row, *ROWS[at + 1 :]]) == ("body_hash", seq)


def test_every_byte_of_a_log_counts() -> None:
    """Exhaustively, every byte of every body and hash, each changed once."""
    for at, (seq, digest, body) in enumerate(ROWS):
        for place in range(len(body) + len(digest)):
            changed = bytearray(body + digest)
            changed[place] ^= 0x01
            row = (seq, bytes(changed[len(body) :]), bytes(changed[: len(body)]))
            assert failure([*ROWS[:at], row, *ROWS[at + 1 :]]) == ("body_hash", seq)


@given(st.integers(0, 5), st.integers(0, 5))
def test_entries_left_out_or_exchanged_are_found(first: int, second: int) -> None:
    """An entry that is missing, twice there or in another's place."""
    assert failure(ROWS[:first] + ROWS[first + 1 :])[0] == ("seq" if first < 5 else "head")
    assert failure([*ROWS[:first], ROWS[first], *ROWS[first:]]) == ("seq", first + 2)
    if first != second:
        moved = list(ROWS)
        moved[first], moved[second] = (first + 1, *ROWS[second][1:]), (second + 1, *ROWS[first][1:])
        assert failure(moved)[1] == min(first, second) + 1


def rehashed(row: Row, old: bytes, new: bytes) -> Row:
    """A forger who also puts the hash right."""
    body = row[2].replace(old, new)
    assert body != row[2]
    return (row[0], leaf_hash(body), body)


@pytest.mark.parametrize("stored", [None, "text", 5])
def test_what_is_not_bytes_is_found(stored: object) -> None:
    """SQLite keeps anything in any column."""
    seq, digest, body = ROWS[2]
    for row, check in (
        ((seq, digest, stored), "readable"),
        ((seq, stored, body), "body_hash"),
        ((stored, digest, body), "seq"),
    ):
        assert failure([*ROWS[:2], row, *ROWS[3:]]) == (check, 3)  # type: ignore[list-item]


def test_a_forged_entry_breaks_the_next() -> None:
    """With its hash put right, the following entry does not name it; as the last, the head does not."""
    forged = rehashed(ROWS[2], b'"transition"', b'"refusal"')
    assert failure([*ROWS[:2], forged, *ROWS[3:]]) == ("prev", 4)
    forged = rehashed(ROWS[5], b'"transition"', b'"refusal"')
    assert failure([*ROWS[:5], forged]) == ("head", 6)


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (b'"log":"p1"', b'"log":"p2"', "log"),
        (b'"seq":3', b'"seq":4', "seq_sealed"),
        (b'"prev":"', b'"prev":"0', "prev"),
        (b"2014-05-31T10:00:01", b"2014-05-30T10:00:01", "recorded_at"),
        (b"000000Z", b"00000Z", "recorded_at"),
        (b'"v":1}', b'"v":1', "readable"),
    ],
)
def test_each_binding_field_is_checked(old: bytes, new: bytes, check: str) -> None:
    """With the hash put right, the fields inside the bytes still give it away."""
    assert failure([*ROWS[:2], rehashed(ROWS[2], old, new), *ROWS[3:]]) == (check, 3)


def test_the_head_row_shows_a_cut_or_added_tail() -> None:
    """Entries missing at the end, or added behind the head."""
    assert failure(ROWS[:4]) == ("head", 5)
    assert failure([]) == ("head", 1)
    shorter = Head(4, ROWS[3][1], START + timedelta(seconds=2))
    assert failure(ROWS, shorter) == ("head", 5)
    assert failure(ROWS, None) == ("head", 7)
    assert failure(ROWS, replace(HEAD, hash=bytes(32))) == ("head", 6)
    assert failure(ROWS, replace(HEAD, recorded_at=START)) == ("head", 6)
    assert failure(ROWS, replace(HEAD, recorded_at=None)) == ("head", 6)
    assert failure([], replace(GENESIS, recorded_at=START)) == ("head", 1)


def test_another_pilots_log_is_not_this_ones() -> None:
    """A log cannot be passed off as another pilot's."""
    assert failure(ROWS, pilot="p2") == ("log", 1)


@pytest.mark.parametrize(
    ("old", "new", "check"),
    [
        (b'"v":1}', b'"v": 1}', "canonical"),
        (b'"log":"p1","prev"', b'"log":"p1","log":"p1","prev"', "canonical"),
        (b'"actor":"p"', b'"actor":"\\u0070"', "canonical"),
        (b'"actor":"p"', b'"actor":"\xed\xa0\x80"', "readable"),
        (b'"kind":"transition"', b'"kind":"merger"', "readable"),
        (b'"v":1}', b'"v":2}', "newer"),
        (b'"actor":"p"', b'"actor":"p","bonus":9007199254740993', "canonical"),
    ],
)
def test_deep_checking_asks_for_the_one_canonical_form(old: bytes, new: bytes, check: str) -> None:
    """Bytes that say the same in another form, or that this program cannot read whole."""
    last = rehashed(ROWS[5], old, new)
    head = Head(6, last[1], HEAD.recorded_at)
    assert failure([*ROWS[:5], last], head, deep=True) == (check, 6)


def kept(seq: int, field: str, value: object) -> StoredEvidence:
    return StoredEvidence(seq, field, new_salt(), canonical(value))


EVIDENCE = (kept(2, "members", ["OPS"]), kept(2, "order", "0050.127.2013"), kept(5, "number", 60))
WITH, _ = log(6, evidence=EVIDENCE)


def test_sound_evidence_holds_and_erased_is_counted() -> None:
    """What was erased, and is said to be, can no longer be checked and is no failure; nor is what was left out."""
    assert verify_evidence(WITH, EVIDENCE).holds
    erased = replace(EVIDENCE[1], salt=None, value=None, erased_at=START)
    body = seal(Entry("p", 7, "", "erasure", START, "operator", erased=({"seq": 2, "field": "order"},))).body
    said = [*WITH, (7, b"", body)]
    verdict = verify_evidence(said, (EVIDENCE[0], erased, EVIDENCE[2]))
    assert (verdict.values, verdict.erased, verdict.holds) == (2, 1, True)
    left_out = replace(EVIDENCE[1], salt=None, value=None)
    assert verify_evidence(WITH, (EVIDENCE[0], left_out, EVIDENCE[2])).holds


def test_evidence_erased_behind_the_products_back() -> None:
    """An erasure that no entry tells of is a failure at the entry whose evidence it was."""
    erased = replace(EVIDENCE[1], salt=None, value=None, erased_at=START)
    found = verify_evidence(WITH, (EVIDENCE[0], erased, EVIDENCE[2])).first_failure
    assert found is not None
    assert (found.check, found.seq, found.facts) == ("evidence_erased_silently", 2, {"field": "order"})


@pytest.mark.parametrize(
    ("stored", "check", "seq"),
    [
        ((EVIDENCE[0], replace(EVIDENCE[1], value=b'"forged"'), EVIDENCE[2]), "evidence", 2),
        ((EVIDENCE[0], replace(EVIDENCE[1], salt=bytes(32)), EVIDENCE[2]), "evidence", 2),
        ((EVIDENCE[0], replace(EVIDENCE[1], salt=b"short"), EVIDENCE[2]), "evidence", 2),
        ((EVIDENCE[0], replace(EVIDENCE[1], value="text"), EVIDENCE[2]), "evidence", 2),
        ((EVIDENCE[0], EVIDENCE[2]), "evidence_missing", 2),
        (EVIDENCE[:2], "evidence_missing", 5),
        ((kept(1, "x", 1), *EVIDENCE), "evidence_unsealed", 1),
        ((*EVIDENCE[:2], kept(3, "x", 1), EVIDENCE[2]), "evidence_unsealed", 3),
        ((*EVIDENCE, kept(5, "x", 1)), "evidence_unsealed", 5),
        ((*EVIDENCE, kept(9, "x", 1)), "evidence_unsealed", 9),
    ],
)
def test_evidence_that_does_not_hold(stored: tuple[StoredEvidence, ...], check: str, seq: int) -> None:
    """Changed, missing, or never committed to."""
    found = verify_evidence(WITH, stored).first_failure
    assert found is not None
    assert (found.check, found.seq) == (check, seq)
