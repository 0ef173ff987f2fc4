"""One sentence for each error, in both languages: what happened, where, and what to do.

A module for each theme, and one lookup, which the tests keep without a code that two modules define. Placeholders are
the error's facts; some, as ``{suggestion}``, are made in ``problems``. Commands are named as people type them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.texts import Text

THEMES = tuple(
    import_module(f"{__name__}.{theme}")
    for theme in (
        "access",
        "accounts",
        "checkpoints",
        "database",
        "definitions",
        "erasure",
        "evidence",
        "exports",
        "findings",
        "history",
        "keys",
        "mail",
        "pack",
        "pilots",
        "programs",
        "record",
        "reminders",
        "settings",
        "typed",
        "unexpected",
        "witnesses",
    )
)
ERRORS: Mapping[str, Text] = {code: text for theme in THEMES for code, text in theme.ERRORS.items()}
