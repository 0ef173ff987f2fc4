"""What a definition calls things: machines, states, steps, roles and evidence, in quotes and with their ids."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from mlw_workflow.domain.definition import CORRECT, DONE
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.dates import day_words
from mlw_workflow.notifications.words import of_period

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mlw_workflow.domain.definition import Field, Programme, Workflow

_CORRECTION = Text("Skoryguj ostatni zapis", "Correct the last record")
_FINISHED = Text("zakończone", "finished")
_ROW = Text("wiersz {number}", "row {number}")
_PLACE = re.compile(r"([^.\[\]]+)|\[(\d+)\]")


def quoted(text: str, language: str) -> str:
    """The text in the language's quotation marks."""
    return f"“{text}”" if language == "en" else f"„{text}”"


@dataclass(frozen=True, slots=True)
class Titles:
    """The titles of one programme in one language. Without a programme every id stands for itself."""

    programme: Programme | None
    language: str

    def quoted(self, text: str) -> str:
        """The text in quotation marks."""
        return quoted(text, self.language)

    def day(self, day: object) -> str:
        """A day in words."""
        return day_words(str(day), self.language)

    def workflow(self, machine: str) -> Workflow | None:
        """The definition of a machine, whether it recurs or not."""
        return self.programme.workflow.get(machine.partition("/")[0]) if self.programme else None

    def plain_machine(self, machine: str) -> str:
        """A machine's title; of a recurring one with its period: ``Raport miesięczny, kwiecień 2014``."""
        workflow = self.workflow(machine)
        if workflow is None:
            return machine
        key = machine.partition("/")[2]
        return of_period(workflow.title[self.language], key, "en" if self.language == "en" else "pl")

    def place(self, machine: str) -> str:
        """Where something happened, at the beginning of a line: the id, as commands take it."""
        return machine

    def machine(self, machine: str) -> str:
        """``„Organizacja pierwszego ZSL” (w07)``."""
        workflow = self.workflow(machine)
        return f"{self.quoted(workflow.title[self.language])} ({machine})" if workflow else self.quoted(machine)

    def plain_state(self, machine: str, state: str) -> str:
        """A state's title."""
        workflow = self.workflow(machine)
        if state == DONE:
            return _FINISHED[self.language]
        if workflow is None or state not in workflow.state:
            return state
        return workflow.state[state].title[self.language]

    def state(self, machine: str, state: str) -> str:
        """A state's title in quotes."""
        return self.quoted(self.plain_state(machine, state))

    def plain_trigger(self, machine: str, trigger: str) -> str:
        """What the person does: „Powołaj zespół”."""
        if trigger == CORRECT:
            return _CORRECTION[self.language]
        workflow = self.workflow(machine)
        rules = workflow.rules_of(trigger) if workflow else ()
        return rules[0].title[self.language] if rules else trigger

    def trigger(self, machine: str, trigger: str) -> str:
        """``„Powołaj zespół” (appoint)``."""
        return f"{self.quoted(self.plain_trigger(machine, trigger))} ({trigger})"

    def role(self, role: str) -> str:
        """A role's title."""
        known = self.programme.role.get(role) if self.programme else None
        return known.title[self.language] if known else role

    def roles(self, roles: Iterable[str]) -> str:
        """Titles of roles, with commas."""
        return ", ".join(self.role(role) for role in roles)

    def fields(self, machine: str, trigger: str) -> tuple[Field, ...]:
        """Every piece of evidence that a trigger may ask for."""
        workflow = self.workflow(machine)
        if workflow is None:
            return ()
        if trigger == CORRECT:
            return workflow.correction.evidence
        found = {field.id: field for rule in workflow.rules_of(trigger) for field in rule.evidence}
        return tuple(found.values())

    def field(self, machine: str, trigger: str, place: str) -> str:
        """A place in the evidence: ``„Członkowie”, wiersz 3, „Funkcja” (members[3].function)``."""
        columns = self.fields(machine, trigger)
        words = []
        for name, row in _PLACE.findall(place):
            if row:
                words.append(_ROW[self.language].format(number=row))
                continue
            found = next((field for field in columns if field.id == name), None)
            words.append(self.quoted(found.title[self.language] if found else name))
            columns = found.fields if found else ()
        known = any(place.startswith(field.id) for field in self.fields(machine, trigger))
        return f"{', '.join(words)} ({place})" if known else self.quoted(place)

    def option(self, machine: str, trigger: str, place: str, column: str, option: str) -> str:
        """The title of one answer of a choice (of the column ``column`` of a list, when there is one)."""
        for field in self.fields(machine, trigger):
            if field.id != place.partition("[")[0]:
                continue
            choice = next((c for c in field.fields if c.id == column), field)
            for known in choice.options:
                if known.id == option:
                    return self.quoted(known.title[self.language])
        return self.quoted(option)
