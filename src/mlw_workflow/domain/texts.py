"""A wording in each language of the product."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Text:
    """A wording in each language of the product."""

    pl: str
    en: str

    def __getitem__(self, language: str) -> str:
        return self.en if language == "en" else self.pl


NO_TEXT = Text("", "")
