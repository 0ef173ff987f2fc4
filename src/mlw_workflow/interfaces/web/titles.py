"""Titles as pages show them: without the ids that commands need."""

from __future__ import annotations

from dataclasses import dataclass

from mlw_workflow.interfaces.wording.titles import Titles


@dataclass(frozen=True, slots=True)
class PageTitles(Titles):
    """The titles of one programme in one language."""

    def place(self, machine: str) -> str:
        """``Organizacja pierwszego ZSL``, with its period."""
        return self.plain_machine(machine)

    def machine(self, machine: str) -> str:
        """``„Organizacja pierwszego ZSL”``, with its period."""
        return self.quoted(self.plain_machine(machine))

    def trigger(self, machine: str, trigger: str) -> str:
        """``„Powołaj zespół”``."""
        return self.quoted(self.plain_trigger(machine, trigger))

    def field(self, machine: str, trigger: str, place: str) -> str:
        """``„Członkowie”, wiersz 3, „Funkcja”``."""
        return Titles.field(self, machine, trigger, place).removesuffix(f" ({place})")
