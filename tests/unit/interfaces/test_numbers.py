"""Numbers as people write them."""

import pytest

from mlw_workflow.interfaces.wording.numbers import number_words, plain_number


@pytest.mark.parametrize(
    ("typed", "plain"),
    [
        ("1 234,50", "1234.50"),
        ("1\N{NO-BREAK SPACE}234,50", "1234.50"),
        ("1\N{NARROW NO-BREAK SPACE}234\N{NARROW NO-BREAK SPACE}567", "1234567"),
        ("12 345", "12345"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,50 zł", "1234.50"),
        ("-1234,5", "-1234.5"),
        ("1,234", "1.234"),
        *((wrong, wrong) for wrong in ("1 23,50", "1.234.567", "12.34,50", "12 3456", "1,234,50", "zł", "12 kg", "")),
    ],
)
def test_a_number_is_read_as_people_write_it(typed: str, plain: str) -> None:
    """Thousands apart and a currency behind; what could be anything stays as it was typed, and is refused later."""
    assert plain_number(typed) == plain


def test_what_is_counted_has_no_currency() -> None:
    """Twelve złotys are no twelve people."""
    assert plain_number("12 zł", whole=True) == "12 zł"
    assert plain_number("1 200", whole=True) == "1200"


@pytest.mark.parametrize(
    ("number", "polish", "english"),
    [
        (1234.5, "1 234,50", "1,234.50"),
        (12345, "12 345", "12,345"),
        (1234.0, "1 234", "1,234"),
        (0.125, "0,125", "0.125"),
        (1e-7, "0,0000001", "0.0000001"),
        (-5, "-5", "-5"),
    ],
)
def test_a_number_is_shown_as_it_is_written(number: float, polish: str, english: str) -> None:
    """In each language in its own way; amounts have two decimals."""
    assert number_words(number, "pl").replace("\N{NO-BREAK SPACE}", " ") == polish
    assert number_words(number, "en") == english
