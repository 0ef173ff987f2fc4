"""An entry is sealed as its canonical bytes, and reads back as itself."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta, timezone

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.audit.read import EntryUnreadable, decode, header
from mlw_workflow.audit.seal import GENESIS, commitment, instant, leaf_hash, new_salt, seal
from mlw_workflow.domain.ledger import Entry

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=10)
whole = st.integers(0, 2**53 - 1)
instants = st.datetimes(min_value=datetime(1970, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
days = st.none() | st.dates()
entries = st.builds(
    Entry,
    log=text,
    seq=whole,
    prev=text,
    kind=st.sampled_from(["opening", "transition", "refusal", "correction", "membership"]),
    recorded_at=instants,
    actor=text,
    role=text,
    definition=text,
    machine=text,
    trigger=text,
    from_state=text,
    to_state=text,
    effect=text,
    occurred_on=days,
    precision=text,
    source=text,
    evidence=st.dictionaries(text, text, max_size=3),
    relies_on=st.dictionaries(text, whole, max_size=3),
    undoes=whole,
    reasons=st.lists(st.dictionaries(text, text | whole | st.lists(text, max_size=2), max_size=3), max_size=3).map(
        tuple
    ),
    pilot=st.dictionaries(text, text, max_size=3),
    person=text,
    since=days,
    until=days,
)
FIRST = Entry("p1", 1, GENESIS.hash.hex(), "refusal", datetime(2014, 5, 31, 10, tzinfo=UTC), "role:animator")


@given(entries)
def test_reads_back_as_itself(entry: Entry) -> None:
    """Whatever its fields, and its bytes are those of the reference."""
    sealed = seal(entry)
    assert decode(sealed.body) == entry
    assert rfc8785.dumps(__import__("json").loads(sealed.body)) == sealed.body
    assert sealed.hash == leaf_hash(sealed.body) == hashlib.sha256(b"\0" + sealed.body).digest()
    found = header(sealed.body)
    assert (found.log, found.seq, found.prev) == (entry.log, entry.seq, entry.prev)
    assert (sealed.log, sealed.seq, sealed.prev, sealed.recorded_at) == (
        entry.log, entry.seq, entry.prev, entry.recorded_at,
    )  # fmt: skip


def test_empty_fields_are_not_sealed() -> None:
    """What a kind of entry does not use leaves no trace; the form of the bytes is fixed."""
    assert seal(FIRST).body == (
        b'{"actor":"role:animator","kind":"refusal","log":"p1","prev":"' + b"0" * 64 + b'",'
        b'"recorded_at":"2014-05-31T10:00:00.000000Z","seq":1,"v":1}'
    )
    assert seal(FIRST).head.seq == 1
    assert len(new_salt()) == 32
    assert new_salt() != new_salt()


def test_every_field_of_an_entry_is_sealed() -> None:
    """A field added to the domain's entry cannot be forgotten in the seal."""
    from dataclasses import fields, replace

    other = {"str": "x", "int": 5, "date | None": date(2014, 1, 1), "datetime": datetime(2015, 1, 1, tzinfo=UTC)}
    for field in fields(Entry):
        kind = str(field.type)
        value = other.get(kind, "opening" if "Kind" in kind else ({"a": "b"},) if "tuple" in kind else {"a": "b"})
        if kind == "Mapping[str, int]":
            value = {"a": 1}
        assert seal(replace(FIRST, **{field.name: value})).body != seal(FIRST).body, field.name


@pytest.mark.parametrize(
    ("moment", "written"),
    [
        (datetime(2014, 5, 31, 10, tzinfo=UTC), "2014-05-31T10:00:00.000000Z"),
        (datetime(2014, 5, 31, 12, 0, 0, 7, tzinfo=timezone(timedelta(hours=2))), "2014-05-31T10:00:00.000007Z"),
        (datetime(1, 1, 1, tzinfo=UTC), "0001-01-01T00:00:00.000000Z"),
    ],
)
def test_instants(moment: datetime, written: str) -> None:
    """UTC with six digits, always of one length."""
    assert instant(moment) == written


def test_naive_instant_is_refused() -> None:
    """Nobody could say when it was."""
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2014, 5, 31))  # noqa: DTZ001


def test_fields_of_the_future_are_passed_over_and_newer_entries_refused() -> None:
    """A field this program does not know is no obstacle; a newer form of entry is."""
    body = seal(FIRST).body
    assert decode(body.replace(b'"seq"', b'"secret":{"a":[1]},"seq"')) == FIRST
    newer = body.replace(b'"v":1', b'"v":2')
    for newest in (newer, newer.replace(b'"refusal"', b'"merger"'), newer.replace(b'"seq":1,', b"")):
        with pytest.raises(EntryUnreadable) as told:
            decode(newest)
        assert told.value.code == "entry_newer"


@pytest.mark.parametrize("body", [b"", b"{}", b"[]", b"\xff", b'{"v":1}', b"null", b'{"log":1}', b'"\xed\xa0\x80"'])
def test_bytes_that_are_no_entry(body: bytes) -> None:
    """Are refused with one error, whole or header."""
    for read in (decode, header):
        with pytest.raises(EntryUnreadable) as told:
            read(body)
        assert told.value.code == "entry_unreadable"


def test_commitment_is_reproduced_by_hand() -> None:
    """By whoever has field, salt and value, as the docstring says."""
    salt = bytes(range(32))
    by_hand = hashlib.sha256(b"mlw-workflow/evidence/v1\0" + salt + b"\0\0\0\x05place" + b'"OPS"').hexdigest()
    assert commitment("place", salt, b'"OPS"') == by_hand
    with pytest.raises(ValueError, match="salt"):
        commitment("place", b"short", b"1")


@given(text, text, st.binary(max_size=8), st.binary(max_size=8))
def test_no_two_inputs_share_their_bytes(field: str, other: str, value: bytes, another: bytes) -> None:
    """Moving bytes between the name and the value changes the commitment."""
    salt = bytes(32)
    assert (commitment(field, salt, value) == commitment(other, salt, another)) == ((field, value) == (other, another))
