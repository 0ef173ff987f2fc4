"""Canonical bytes are those of RFC 8785, whichever way they are made."""

from __future__ import annotations

import json
from enum import IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.audit.canonical import INTEGER_MAX, canonical

text = st.text(st.characters(exclude_categories=["Cs"]))
scalars = (
    st.none()
    | st.booleans()
    | st.integers(-INTEGER_MAX, INTEGER_MAX)
    | text
    | st.floats(allow_nan=False, allow_infinity=False)
)
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner) | st.tuples(inner, inner) | st.dictionaries(text | st.text('abc\\"\n\x7f/'), inner),
    max_leaves=20,
)


@given(values)
def test_equals_the_reference(value: Any) -> None:
    """Every value that has a canonical form has the reference's."""
    assert canonical(value) == rfc8785.dumps(value)


@given(values)
def test_reading_and_writing_again_changes_nothing(value: Any) -> None:
    """The canonical form is a fixed point (a large float is written without a fraction, and is still a float)."""
    once = canonical(value)
    again = json.loads(once, parse_int=lambda digits: int(digits) if len(digits) < 16 else float(digits))
    assert canonical(again) == once


def test_every_character_is_written_as_the_reference_does() -> None:
    """All of Unicode, alone and as a key of the careful way."""
    for block in range(0, 0x110000, 256):
        signs = [chr(code) for code in range(block, block + 256) if not 0xD800 <= code <= 0xDFFF]
        assert canonical(signs) == rfc8785.dumps(signs)
        keys = {f"x{sign}": 1 for sign in signs}
        assert canonical(keys) == rfc8785.dumps(keys)


def test_the_example_of_the_rfc() -> None:
    """RFC 8785, section 3.2.2 and 3.2.3."""
    value = {
        "numbers": [333333333.33333329, 1e30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000f\u000aA'\u0042\u0022\u005c\\\"\u002f",
        "literals": [None, True, False],
    }
    expected = (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )
    assert canonical(value) == expected.encode()
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(keys))) == ["\r", "1", "\u0080", "\u00f6", "\u20ac", "\U0001f600", "\ufb33"]


class Colour(StrEnum):
    RED = "czerwony"


class Size(IntEnum):
    BIG = 3


def test_stand_ins_are_written_as_what_they_stand_for() -> None:
    """Enumerations and read-only mappings."""
    assert canonical(MappingProxyType({"b": Colour.RED, "a": Size.BIG})) == b'{"a":3,"b":"czerwony"}'


@pytest.mark.parametrize(
    "value",
    [
        "\ud800",
        {"\udfff": 1},
        {"ż\ud800": 1},
        2**53,
        -(2**53),
        Size.BIG + 2**53,
        float("nan"),
        float("inf"),
        {1: "a"},
        {None: 1},
        b"bytes",
        {"a": {1, 2}},
        object(),
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    """Lone surrogates, whole numbers that not every reader understands, NaN, keys that are not strings, other types."""
    with pytest.raises(ValueError, match=r"."):
        canonical(value)
