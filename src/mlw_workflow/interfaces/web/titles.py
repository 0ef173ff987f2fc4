"""Titles as pages show them: without the ids that commands need."""

from __future__ import annotations

import re
from dataclasses import dataclass

from mlw_workflow.interfaces.wording.dates import day_unbroken
from mlw_workflow.interfaces.wording.titles import Titles


@dataclass(frozen=True, slots=True)
class PageTitles(Titles):
    """The titles of one programme in one language."""

    @property
    def timezone(self) -> str:
        """Where the programme's days begin."""
        assert self.programme is not None
        return self.programme.timezone

    def day(self, day: object) -> str:
        """A day in words."""
        return day_unbroken(str(day), self.language)

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


def code_of(machine: str) -> str:
    """The short name that people use for a task; empty where its id is none."""
    return machine.upper() if re.fullmatch(r"[a-z]{1,3}\d{1,3}", machine) else ""
