"""Text in a drawing, where nothing breaks lines by itself."""

from __future__ import annotations

_MORE = "…"


def lines(text: str, width: int, most: int) -> tuple[str, ...]:
    """The text in at most ``most`` lines of about ``width`` signs, broken between words; what is over ends in dots."""
    found: list[str] = []
    for word in text.split():
        if found and len(found[-1]) + 1 + len(word) <= width:
            found[-1] += f" {word}"
        else:
            found.append(word)
    if len(found) > most:
        found = found[:most]
        found[-1] = found[-1][: width - 1].rstrip(" ,;:") + _MORE
    return tuple(line if len(line) <= width else line[: width - 1] + _MORE for line in found)
