"""Evidence of every type: what is taken, how it is written down, and what is told when it will not do."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from mlw_workflow.domain.decision import Actor, Attempt
from mlw_workflow.domain.definition import Among, Field, MinEach
from mlw_workflow.domain.evidence import check_evidence
from mlw_workflow.testing import field

DAY = date(2014, 6, 10)
NESTED: Any = "x"
for _ in range(200):
    NESTED = [{"a": NESTED}]


def check(asked: Field | tuple[Field, ...], given: dict[Any, Any], **more: Any):
    """The normalised values, and each reason as (code, place)."""
    fields = asked if isinstance(asked, tuple) else (asked,)
    attempt = Attempt("m", "t", DAY, Actor("x", ("clerk",)), given, **more)
    values, reasons = check_evidence(fields, attempt)
    return values, [(reason.code, reason.field) for reason in reasons]


def taken(asked: Field, value: Any, **more: Any) -> Any:
    values, reasons = check(asked, {asked.id: value}, **more)
    assert reasons == []
    return values[asked.id]


def refused(asked: Field, value: Any, **more: Any) -> str:
    values, reasons = check(asked, {asked.id: value}, **more)
    assert asked.id not in values
    ((code, place),) = reasons
    assert place == asked.id
    return code


GARBAGE = {
    "yes": True,
    "no": False,
    "object": object(),
    "deep list": NESTED,
    "deep mapping": {"x": NESTED},
    "nan": float("nan"),
    "infinity": float("inf"),
    "bytes": b"x",
    "number key": {1: 2},
    "empty in a list": [[]],
    "huge": 10**5000,
}
NOTHING = [None, "", "   ", "\n\t", "\u00a0", [], (), {}]
KINDS = [
    field("f"),
    field("f", "date"),
    field("f", "number"),
    field("f", "choice", options="ab"),
    field("f", "records", fields=(field("name"),)),
    field("f", "file"),
]


@pytest.mark.parametrize("asked", KINDS, ids=lambda asked: asked.type)
@pytest.mark.parametrize("value", NOTHING, ids=repr)
def test_nothing_is_missing(asked: Field, value: Any) -> None:
    """Emptiness of any kind counts as not given: missing where it is required, left out where it is not."""
    assert refused(asked, value) == "evidence_missing"
    optional = field("f", asked.type, required=False, options="ab", fields=asked.fields)
    assert check(optional, {"f": value}) == ({}, [])
    assert check(optional, {}) == ({}, [])


@pytest.mark.parametrize("asked", KINDS, ids=lambda asked: asked.type)
@pytest.mark.parametrize("value", GARBAGE.values(), ids=GARBAGE)
def test_garbage_is_refused(asked: Field, value: Any) -> None:
    """Whatever else is given is refused with a reason, and never breaks the decision."""
    values, reasons = check(asked, {"f": value})
    assert values == {}
    assert reasons


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ośrodek Pomocy  ", "Ośrodek Pomocy"),
        ("dwie\nlinie\t!", "dwie\nlinie\t!"),
        (60, "60"),
        (12.5, "12.5"),
        ("👍", "👍"),
    ],
)
def test_text(value: Any, expected: str) -> None:
    """Text is kept without the blanks around it; a number is taken as written."""
    assert taken(field("f"), value) == expected


@pytest.mark.parametrize("value", ["a\x00b", "\x1b[31m", "a\x7fb", "a\x85b", "\ud800", "a\udcffb"], ids=ascii)
def test_text_without_control_characters(value: str) -> None:
    """Control characters and halves of surrogate pairs are no text."""
    assert refused(field("f"), value) == "evidence_not_text"


def test_text_length() -> None:
    """A text has so many characters at least and at most, blanks around it not counted."""
    asked = field("f", minimum=3, maximum=5)
    assert [taken(asked, value) for value in ("żółć", " abc ", "abcde")] == ["żółć", "abc", "abcde"]
    assert (refused(asked, " ab "), refused(asked, "abcdef")) == ("evidence_too_short", "evidence_too_long")
    assert refused(field("f"), "x" * 10_001) == "evidence_too_long"


@pytest.mark.parametrize("value", ["2014-06-10", " 2014-06-10 ", DAY, datetime(2014, 6, 10, 23, tzinfo=UTC)], ids=repr)
def test_date(value: Any) -> None:
    """A date is taken as a day or as ``YYYY-MM-DD``, and kept as the latter."""
    assert taken(field("f", "date"), value) == "2014-06-10"


NO_DATES = ["2014-02-30", "10.06.2014", "2014-6-1", "20140610", "2014-W24-2", "2014-06-10T12:00", 2014, ["2014-06-10"]]


@pytest.mark.parametrize("value", NO_DATES, ids=str)
def test_no_date(value: Any) -> None:
    """A day that does not exist, or is written otherwise, is refused."""
    assert refused(field("f", "date"), value) == "evidence_not_date"


@pytest.mark.parametrize("value", ["0001-01-01", "1989-12-31", "2101-01-01", date(9999, 12, 31)], ids=str)
def test_far_date(value: Any) -> None:
    """No deadline is reckoned over thousands of years; the first and the last day are taken."""
    assert refused(field("f", "date"), value) == "evidence_day_far"
    assert [taken(field("f", "date"), day) for day in ("1990-01-01", "2100-12-31")] == ["1990-01-01", "2100-12-31"]


def test_date_by_default() -> None:
    """A date left out may stand for the day of the event, in a row too."""
    asked = field("on", "date", default="occurred_on")
    assert check(asked, {}) == check(asked, {"on": " "}) == ({"on": "2014-06-10"}, [])
    assert check(asked, {"on": "2014-06-01"}) == ({"on": "2014-06-01"}, [])
    assert taken(field("f", "records", fields=(field("name"), asked)), ["x"]) == [{"name": "x", "on": "2014-06-10"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("60", 60),
        (" 60 ", 60),
        ("12,5", 12.5),
        ("12.5", 12.5),
        ("-3", -3),
        (60.0, 60),
        ("60,0", 60),
        (-0.0, 0),
        (1.5, 1.5),
    ],
)
def test_number(value: Any, expected: float) -> None:
    """A number is taken from a command line too, with a decimal comma or point; whole ones are kept as such."""
    number = taken(field("f", "number"), value)
    assert (number, type(number)) == (expected, type(expected))


NO_NUMBERS = ["sześć", "1e3", "0x10", "1 000", "--1", "1.2.3", "1,", ",5", "+5", "NaN", "inf", "1_0", "1" * 16]


@pytest.mark.parametrize("value", [*NO_NUMBERS, 10**15, -(10**15), 1e300], ids=str)
def test_no_number(value: Any) -> None:
    """What is no plain finite number, or a huge one, is refused."""
    assert refused(field("f", "number"), value) == "evidence_not_number"


def test_number_bounds() -> None:
    """A number lies between its bounds, both included, and may have to be whole."""
    asked = field("f", "number", minimum=1, maximum=10, integer=True)
    assert [taken(asked, value) for value in ("1", 10, "5,0")] == [1, 10, 5]
    assert [refused(asked, value) for value in (0, "11", "1,5")] == [
        "evidence_too_small",
        "evidence_too_large",
        "evidence_not_integer",
    ]


def test_choice() -> None:
    """A choice is one of its options."""
    asked = field("f", "choice", options=("mayor", "council"))
    assert [taken(asked, value) for value in ("mayor", " council ", ["mayor"])] == ["mayor", "council", "mayor"]
    assert [refused(asked, value) for value in ("Mayor", "other", 1, ["mayor", "council"], [None])] == [
        "evidence_not_option",
        "evidence_not_option",
        "evidence_not_option",
        "evidence_one_choice",
        "evidence_not_option",
    ]


def test_choice_of_many() -> None:
    """A choice of many takes one or several, each once, and may ask for a number of them."""
    asked = field("f", "choice", options=("mayor", "council"), many=True, minimum=2)
    assert taken(asked, ["council", "mayor", "council"]) == ["council", "mayor"]
    assert refused(asked, "mayor") == "evidence_too_few"
    assert refused(asked, ["mayor", "mayor"]) == "evidence_too_few"
    assert refused(asked, ["mayor", "other"]) == "evidence_not_option"


MEMBER = field("f", "choice", among=Among("w07", "members", "institution"))
KNOWN = {("w07", "members"): ([{"institution": "PUP"}, {"institution": "OPS"}, {"other": 1}], [{"institution": "ZUS"}])}


def test_choice_among_what_is_recorded() -> None:
    """A choice may be among what another machine's evidence recorded."""
    assert [taken(MEMBER, name, known=KNOWN) for name in ("PUP", "ZUS")] == ["PUP", "ZUS"]
    assert refused(MEMBER, "NFZ", known=KNOWN) == "evidence_not_option"
    assert refused(MEMBER, "PUP", known={("w07", "members"): ()}) == "evidence_not_option"
    plain = field("f", "choice", among=Among("w07", "place"))
    assert taken(plain, "OPS", known={("w07", "place"): ("OPS",)}) == "OPS"


def test_choice_among_what_was_erased() -> None:
    """What was erased cannot be compared with, but what is given must still be plain text."""
    assert taken(MEMBER, "PUP") == "PUP"
    for value in ("\ud800", "a\x00b", "x" * 10_001):
        assert refused(MEMBER, value) == "evidence_not_option"


ROWS = field(
    "f", "records", minimum=2, fields=(field("name"), field("age", "number", required=False)),
)  # fmt: skip


def test_records() -> None:
    """Records are kept as rows of named values; a bare text is a row's first column."""
    assert taken(ROWS, [{"name": " A ", "age": "7"}, "B"]) == [{"name": "A", "age": 7}, {"name": "B"}]
    assert taken(ROWS, ("A", "B")) == [{"name": "A"}, {"name": "B"}]


def test_records_place() -> None:
    """What is wrong in a row is told with its number, from 1, and its column, all rows at once."""
    rows = [{"age": "x"}, 7, {"name": "C", "nick": "c", "age": True}, None, ""]
    assert check(ROWS, {"f": rows}) == (
        {},
        [
            ("evidence_missing", "f[1].name"),
            ("evidence_not_number", "f[1].age"),
            ("evidence_not_record", "f[2]"),
            ("evidence_not_number", "f[3].age"),
            ("evidence_unknown_field", "f[3].nick"),
            ("evidence_not_record", "f[4]"),
            ("evidence_missing", "f[5].name"),
        ],
    )


def test_records_number() -> None:
    """There are so many records at least and at most."""
    assert refused(ROWS, ["A"]) == "evidence_too_few"
    two = field("f", "records", fields=(field("name"),), maximum=2)
    assert len(taken(two, ["A", "B"])) == 2
    assert refused(two, ["A", "B", "C"]) == "evidence_too_many"
    assert refused(ROWS, ["A"] * 2_001) == "evidence_too_many"
    assert refused(ROWS, "A") == "evidence_not_records"
    assert refused(ROWS, {"name": "A"}) == "evidence_not_records"


def test_records_of_each_option() -> None:
    """There are so many records of each option of a choice, a choice of many counting for each of its answers."""
    audience = field("audience", "choice", options=("employers", "residents"), many=True)
    asked = field("f", "records", fields=(audience,), min_each=MinEach("audience", 2))
    rows = [{"audience": ["employers", "residents"]}, {"audience": "employers"}, {"audience": "residents"}]
    assert len(taken(asked, rows)) == 3
    attempt = Attempt("m", "t", DAY, Actor("x", ()), {"f": rows[:2]})
    (reason,) = check_evidence((asked,), attempt)[1]
    assert reason.code == "evidence_too_few_of"
    assert reason.fact == {"option": "residents", "minimum": 2, "given": 1, "column": "audience"}
    assert check(asked, {"f": [{"audience": "other"}]})[1] == [
        ("evidence_not_option", "f[1].audience"),
        ("evidence_too_few_of", "f"),
        ("evidence_too_few_of", "f"),
    ]


FILE = {"name": "umowa.pdf", "sha256": "a" * 64}


@pytest.mark.parametrize("more", [{}, {"size": 0}, {"size": 12, "media_type": "application/pdf"}], ids=str)
def test_file(more: dict[str, Any]) -> None:
    """A file is a name and the digest of its content, perhaps with size and media type."""
    assert taken(field("f", "file"), {**FILE, "name": " umowa.pdf ", **more}) == {**FILE, **more}


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"name": 1}, {"name": "a\x00"}, {"name": "\ud800"}, {"sha256": "A" * 64}, {"sha256": "a" * 63},
        {"sha256": None}, {"size": -1}, {"size": True}, {"size": 1.5}, {"size": 2**60}, {"media_type": ["x"]},
        {"media_type": "pdf"}, {"path": "/etc/passwd"},
    ],
    ids=str,
)  # fmt: skip
def test_no_file(wrong: dict[str, Any]) -> None:
    """Anything else is no file."""
    assert refused(field("f", "file"), {**FILE, **wrong}) == "evidence_not_file"
    assert refused(field("f", "file"), "umowa.pdf") == "evidence_not_file"


def test_unknown_fields() -> None:
    """What no field asks for is refused by its name, unless it is empty."""
    given = {"f": "x", "g": "y", "h": "", "bad\x1b\ud800": 1, 7: 1}
    assert check(field("f"), given) == (
        {"f": "x"},
        [("evidence_unknown_field", place) for place in ("g", "bad\ufffd\ufffd", "7")],
    )


def test_everything_at_once() -> None:
    """All that is missing or wrong is told at once, in the order of the fields, and what is right is kept."""
    fields = (field("a"), field("b", "date"), field("c", "number"), field("d", "choice", options="xy"), field("e"))
    assert check(fields, {"b": "x", "c": "x", "d": "z", "e": "e"}) == (
        {"e": "e"},
        [
            ("evidence_missing", "a"),
            ("evidence_not_date", "b"),
            ("evidence_not_number", "c"),
            ("evidence_not_option", "d"),
        ],
    )


def test_reason_holds_no_value() -> None:
    """A reason never repeats what somebody typed."""
    asked = (field("a", maximum=5), field("b", "number"), field("c", "choice", options="xy"))
    attempt = Attempt("m", "t", DAY, Actor("x", ("clerk",)), dict.fromkeys("abc", "Jan Kowalski"))
    reasons = check_evidence(asked, attempt)[1]
    assert len(reasons) == 3
    assert "Kowalski" not in repr(reasons)
