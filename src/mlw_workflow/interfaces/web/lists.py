"""Lists over several pilots: which of them a filter names, and what their programmes call things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.interfaces.web.titles import PageTitles, code_of
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.filters import Filter
    from mlw_workflow.interfaces.web.visit import Visit


class Programmes:
    """The titles of several pilots' programmes, in the visitor's language."""

    def __init__(self, visit: Visit) -> None:
        """Each programme's titles are made once."""
        self._visit = visit
        self._titles: dict[str, PageTitles] = {}

    def of(self, pilot: Pilot) -> PageTitles:
        """What the pilot's programme calls things."""
        found = self._titles.get(pilot.definition)
        if found is None:
            programme = self._visit.office.desk.programme(pilot.definition)
            found = self._titles[pilot.definition] = PageTitles(programme, self._visit.language)
        return found

    def tasks(self, pilots: tuple[Pilot, ...]) -> dict[str, str]:
        """What there is to filter by: the tasks of all programmes in reach, by id."""
        found: dict[str, str] = {}
        for titles in self._every(pilots):
            for workflow in titles.programme.workflows if titles.programme else ():
                name = f"{code_of(workflow.id)} {workflow.title[titles.language]}".strip()
                found.setdefault(workflow.id, name)
        return found

    def roles(self, pilots: tuple[Pilot, ...]) -> dict[str, str]:
        """The roles of all programmes in reach, by id."""
        found: dict[str, str] = {}
        for titles in self._every(pilots):
            for role in titles.programme.roles if titles.programme else ():
                found.setdefault(role.id, role.title[titles.language])
        return found

    def steps(self, pilots: tuple[Pilot, ...], task: str) -> dict[str, str]:
        """The steps of a task, by trigger."""
        found: dict[str, str] = {}
        for titles in self._every(pilots):
            workflow = titles.workflow(task) if task else None
            for trigger in workflow.triggers if workflow else ():
                found.setdefault(trigger, titles.plain_trigger(task, trigger))
        return found

    def _every(self, pilots: tuple[Pilot, ...]) -> list[PageTitles]:
        return [self.of(pilot) for pilot in {pilot.definition: pilot for pilot in pilots}.values()]


def in_reach(visit: Visit) -> tuple[Pilot, ...]:
    """What there is to choose from; nothing of it is shown."""
    return tuple(pilot for pilot, _ in visit.person.seen.values())


def the_code(visit: Visit, chosen: Filter) -> str:
    """The code of the pilot that a filter names, by its code or its name; empty for none.

    What names none in reach is told beside the field, and then nothing is shown.
    """
    seen, typed = visit.person.seen, chosen.text("pilot")
    given = typed
    if given and given not in seen:
        wanted = fold_name(given)
        given = next((code for code, (pilot, _) in seen.items() if fold_name(pilot.municipality) == wanted), "")
    if given:
        chosen.used["pilot"] = given
    elif typed:
        chosen.wrong["pilot"] = typed
    return given


def looked_at(visit: Visit, chosen: Filter) -> tuple[Pilot, ...]:
    """The pilot that a filter names, else all in reach: these are shown, which is written down of auditors."""
    if "pilot" in chosen.wrong:
        return ()
    code = chosen.used.get("pilot", "")
    return (visit.person.pilot(code),) if code else visit.person.pilots
