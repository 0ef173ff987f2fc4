"""Text from outside made harmless: no control character, no invisible one, no end.

What a person typed as a name or a municipality as its title ends up in headers, in lines of a mail and in a calendar.
None of it may break a line, turn the direction of what follows, or hide.
"""

from __future__ import annotations

import unicodedata

_SPACES = {"Cc", "Zs", "Zl", "Zp"}
_DROPPED = {"Cf", "Cs"}
"""Format characters (direction, zero width, byte order mark, soft hyphen) and halves of characters."""


def one_line(text: str, limit: int = 500) -> str:
    """The text on one line of at most ``limit`` characters, in NFC, without control and invisible characters."""
    kept = []
    for character in text[: 4 * limit + 1000]:  # what is cut off anyway need not be looked at
        category = unicodedata.category(character)
        if category in _SPACES:
            kept.append(" ")
        elif category not in _DROPPED:
            kept.append(character)
    line = " ".join(unicodedata.normalize("NFC", "".join(kept)).split())
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def web_address(url: str) -> str:
    """The URL if it is one of the web's that a mail may hold, else nothing."""
    url = url.strip()
    plain = url.isascii() and url.isprintable() and not any(character in url for character in " <>\"'\\^`{|}")
    return url if plain and url.lower().startswith(("https://", "http://")) and len(url) <= 900 else ""
