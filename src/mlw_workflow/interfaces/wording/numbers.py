"""Numbers as people write them, and back."""

from __future__ import annotations

import re
from decimal import Decimal

from mlw_workflow.domain.texts import Text

EXAMPLE = Text("Na przykład 1234,50.", "For example 1234.50.")
"""What a field for a number that need not be whole says of itself."""
_GAP = "[ \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}]"
_WRITTEN = re.compile(
    rf"(?P<sign>-?)(?:"
    rf"(?P<spaced>[0-9]{{1,3}}(?:{_GAP}[0-9]{{3}})+|[0-9]+)(?:[.,](?P<part>[0-9]+))?"
    r"|(?P<pointed>[0-9]{1,3}(?:\.[0-9]{3})+),(?P<part_pl>[0-9]+)"
    r"|(?P<parted>[0-9]{1,3}(?:,[0-9]{3})+)\.(?P<part_en>[0-9]+)"
    rf")(?P<money>{_GAP}*(?:zł|PLN))?",
    re.IGNORECASE,
)


def plain_number(typed: str, *, whole: bool = False) -> str:
    """A number as people write it (``1 234,50 zł``, ``1.234,50``), in the plain form that evidence takes; anything else
    stays as it was typed. What may be either thousands or a fraction (``1.234``) is a fraction, as it always was.

    ``whole``: what is asked for is counted, and nothing that is counted is followed by a currency.
    """
    found = _WRITTEN.fullmatch(typed.strip())
    if found is None or (whole and found["money"]):
        return typed
    figures = re.sub("[^0-9]", "", found["spaced"] or found["pointed"] or found["parted"])
    part = found["part"] or found["part_pl"] or found["part_en"]
    return f"{found['sign']}{figures}" + (f".{part}" if part else "")


def number_words(number: float, language: str) -> str:
    """A number as it is written: thousands apart, and at least two decimals where it is not whole."""
    text = f"{Decimal(repr(number)):,f}"
    whole, _, part = text.partition(".")
    text = f"{whole}.{part.ljust(2, '0')}" if part.strip("0") else whole
    return text.translate({ord(","): "\N{NO-BREAK SPACE}", ord("."): ","}) if language == "pl" else text
