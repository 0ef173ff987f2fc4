"""What a browser calls itself, as people call it."""

from __future__ import annotations

KINDS = (
    ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
)  # fmt: skip
SYSTEMS = (
    ("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)  # fmt: skip
"""Each is looked for before those that pretend to be it."""


def browser_name(given: str) -> str:
    """``Firefox, Windows``; empty for what says nothing that people would know."""
    found = (next((name for mark, name in known if mark in given), "") for known in (KINDS, SYSTEMS))
    return ", ".join(filter(None, found))
