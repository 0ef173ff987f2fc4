"""Text from outside made harmless."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.notifications.clean import one_line, web_address

ANY = st.text(st.characters(codec=None), max_size=300)


@given(ANY, st.integers(1, 60))
def test_one_line_is_one_short_visible_line(text: str, limit: int) -> None:
    """What comes out has no control or invisible character, no break, no double space, and is no longer than asked."""
    line = one_line(text, limit)
    assert len(line) <= limit
    assert {unicodedata.category(character) for character in line}.isdisjoint({"Cc", "Cf", "Cs", "Zl", "Zp"})
    assert line == " ".join(line.split())
    assert one_line(line, limit) == line
    line.encode()


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("Jan\r\nBcc: everybody@example.org", "Jan Bcc: everybody@example.org"),
        ("a\0b\tc\u2028d", "a b c d"),
        ("\u202egpj.tluszcz\u202c\u2066x", "gpj.tluszczx"),
        ("Zz\u0307o\u0301l\u200bc\ufeff", "Zżólc"),
        ("ż" * 10, "żżżż…"),
        ("=?utf-8?q?x?=", "=?utf…"[:4] + "…"),
    ],
)
def test_one_line_of_bad_names(text: str, line: str) -> None:
    """Breaks become spaces, what turns or hides text is dropped, and a cut is shown."""
    assert one_line(text, 5 if len(line) == 5 else 100) == line


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "//example.org",
        'https://example.org/"onclick=x',
        "https://example.org/<b>",
        "https://example.org/a b",
        "https://example.org/\r\nX: y",
        "https://example.org/ą",
        "https://example.org/" + "a" * 900,
        "",
    ],
)
def test_no_other_links(url: str) -> None:
    """A link is a plain web address or is left out."""
    assert web_address(url) == ""


def test_web_address() -> None:
    """A web address passes as it is."""
    assert web_address(" https://mlw.example.org/a?b=c&d=1#e ") == "https://mlw.example.org/a?b=c&d=1#e"
