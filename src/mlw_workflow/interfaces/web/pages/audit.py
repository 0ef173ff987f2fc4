"""The audit explorer: all entries in reach, the newest first; one entry whole; the list to take along."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from mlw_workflow.audit.export.csv import guarded
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import shapes
from mlw_workflow.interfaces.web.filters import Filter
from mlw_workflow.interfaces.web.pages.board import code_of, task_href
from mlw_workflow.interfaces.web.pages.files import href as files_href
from mlw_workflow.interfaces.web.refusal import told_text
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.web.titles import PageTitles
from mlw_workflow.interfaces.wording import entries as wording
from mlw_workflow.interfaces.wording.dates import instant_short
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services import explore as service
from mlw_workflow.services.entry import entry_page
from mlw_workflow.storage.entry_index import Place
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.entry import EntryPage
    from mlw_workflow.services.explore import Listed, Seen, Wanted

pages = Pages()
REFUSED = ("only", "without")


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as the list shows it."""

    href: str
    municipality: str
    text: str
    who: str
    happened: str
    recorded: str
    refused: bool
    late: bool


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


@pages.page("/audit")
def show(visit: Visit) -> Response:
    """The list, filtered; 50 entries on a page."""
    programmes = Programmes(visit)
    chosen, wanted, options = filters(visit, programmes)
    found = service.explore(visit.office.desk, looked_at(visit, chosen), wanted, place_of(visit.query("below")))
    return visit.page(
        "audit.html",
        status=400 if chosen.wrong else 200,
        rows=[row_of(visit, seen, found.names, programmes) for seen in found.entries],
        chosen=chosen,
        options=options,
        several=len(visit.person.seen) > 1,
        older=f"/audit?{chosen.query(below=place_text(found.below))}" if found.below else "",
        looked_short=found.looked_short,
        looked_max=service.LOOKED_MAX,
        waiting=found.waiting,
        first=f"/audit?{chosen.query()}" if visit.query("below") else "",
        taken=f"/audit.csv?{chosen.query()}",
    )


def filters(visit: Visit, programmes: Programmes) -> tuple[Filter, Wanted, dict[str, Mapping[str, str]]]:
    """What was chosen, as it stands in the address and as the service takes it; and what there is to choose from."""
    pilots, chosen = in_reach(visit), Filter(visit)
    codes = {pilot.code: pilot for pilot in pilots}
    tasks, roles = programmes.tasks(pilots), programmes.roles(pilots)
    kinds = {kind: text[visit.language] for kind, text in wording.KIND.items()}
    code, who = the_code(visit, chosen), chosen.text("who")
    task = chosen.choice("task", tasks)
    steps = programmes.steps(pilots, task)
    wanted = service.Wanted(
        codes[code].id if code else "",
        service.people_called(visit.office.desk, who) if who else None,
        chosen.choice("role", roles),
        task,
        chosen.choice("step", steps),
        chosen.choice("kind", kinds),
        _refused(chosen),
        bool(chosen.choice("late", ("1",))),
        chosen.day("occurred-from"),
        chosen.day("occurred-to"),
        chosen.day("recorded-from"),
        chosen.day("recorded-to"),
    )
    places = {pilot.code: pilot.municipality for pilot in pilots}
    return chosen, wanted, {"pilot": places, "role": roles, "task": tasks, "step": steps, "kind": kinds}


def _refused(chosen: Filter) -> Any:
    return chosen.choice("refused", REFUSED)


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


def place_text(place: Place | None) -> str:
    """A place of the list, for an address."""
    return f"{place.recorded_at.isoformat()}~{place.seq}~{place.pilot_id}" if place else ""


def place_of(text: str) -> Place | None:
    """The place that an address names; None, so the top of the list, for what names none."""
    moment, _, rest = text[:200].partition("~")
    seq, _, pilot_id = rest.partition("~")
    try:
        found = datetime.fromisoformat(moment)
    except ValueError:
        return None
    if found.tzinfo is None or found.year in (1, 9999) or not seq.isdecimal() or len(seq) > 9:
        return None
    return Place(found, pilot_id.replace("\0", ""), int(seq))


def row_of(visit: Visit, seen: Seen, names: Mapping[str, str], programmes: Programmes) -> Row:
    """An entry of the list as the page shows it."""
    titles, entry = programmes.of(seen.pilot), seen.entry
    href = f"/audit/{quote(seen.pilot.code)}/{seen.seq}"
    if entry is None:
        from mlw_workflow.interfaces.wording.checks import CHECKS

        return Row(href, seen.pilot.municipality, CHECKS["readable"][visit.language], "", "", "", False, False)
    return Row(
        href,
        seen.pilot.municipality,
        wording.sentence(entry, titles, names),
        wording.who(entry, titles, names),
        wording.happened(entry, visit.language),
        instant_short(entry.recorded_at, visit.language, _timezone(titles)),
        entry.kind == "refusal",
        seen.late,
    )


def _timezone(titles: PageTitles) -> str:
    assert titles.programme is not None
    return titles.programme.timezone


@pages.page("/audit.csv")
def table(visit: Visit) -> Response:
    """The filtered list as a table for a spreadsheet, in the language of the page; formulas are defused."""
    programmes = Programmes(visit)
    chosen, wanted, _ = filters(visit, programmes)
    if chosen.wrong:
        return visit.go(f"/audit?{chosen.query()}")  # where it is told what is wrong
    found = service.explore(
        visit.office.desk, looked_at(visit, chosen), wanted, most=(service.LISTED_MAX, service.LISTED_LOOKED_MAX)
    )
    written = io.StringIO()
    writer = csv.writer(written, delimiter=";", lineterminator="\r\n")
    writer.writerow([head[visit.language] for head in wording.COLUMNS])
    for seen in found.entries:
        writer.writerow([guarded(cell) for cell in cells(visit, seen, found, programmes)])
    if found.below is not None:
        writer.writerow([wording.CUT[visit.language]])
    # A spreadsheet takes a file for UTF-8 only if it begins with the mark of its order.
    return attached(
        ("﻿" + written.getvalue()).encode(), "text/csv; charset=utf-8", f"{wording.FILE[visit.language]}.csv"
    )


def cells(visit: Visit, seen: Seen, found: Listed, programmes: Programmes) -> list[str]:
    """A row of the table."""
    row, titles, entry = row_of(visit, seen, found.names, programmes), programmes.of(seen.pilot), seen.entry
    kind, task, step = "", "", ""
    if entry is not None:
        kind = wording.KIND[entry.kind][visit.language] if entry.kind in wording.KIND else entry.kind
        task = titles.plain_machine(entry.machine) if entry.machine else ""
        step = titles.plain_trigger(entry.machine, entry.trigger) if entry.machine and entry.trigger else ""
    late = wording.LATE[visit.language] if seen.late else ""
    return [
        seen.pilot.municipality, str(seen.seq), row.happened, row.recorded, late, kind, task, step, row.text, row.who,
        seen.hash.hex(),
    ]  # fmt: skip


def attached(content: bytes, kind: str, name: str) -> Response:
    """A file to keep."""
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


# One entry

ENTRY = "/audit/{code}/{seq}"


@pages.page(ENTRY)
def entry(visit: Visit) -> Response:
    """One entry whole."""
    pilot, titles = visit.pilot, visit.titles
    seq = number(visit)
    found = _found(visit, seq)
    if found is None:
        raise NotThere
    one = found.entry
    place = task_href(pilot.code, one.machine) if one.machine else ""
    return visit.page(
        "entry.html",
        pilot=pilot,
        found=found,
        entry=one,
        text=wording.sentence(one, titles, found.names),
        kind=wording.KIND[one.kind][visit.language],
        who=wording.who(one, titles, found.names),
        happened=wording.happened(one, visit.language),
        recorded=instant_short(one.recorded_at, visit.language, _timezone(titles)),
        place=place,
        task=titles.plain_machine(one.machine) if one.machine else "",
        states=_states(one, titles),
        reasons=[told_text(reason, titles, one.trigger) for reason in wording.reasons_of(one)],
        relies=[(relied(name, titles), met_by) for name, met_by in one.relies_on.items()],
        values=values(visit, found, titles),
        base=f"/audit/{quote(pilot.code)}",
    )


def number(visit: Visit) -> int:
    """The entry's number in the address; 0 for what is none."""
    given = visit.request.path_params["seq"]
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def _found(visit: Visit, seq: int) -> EntryPage | None:
    try:
        return entry_page(visit.office.desk, visit.person.reader, visit.pilot, seq)
    except BadInput as problem:
        if problem.code != "entry_unknown":
            raise
        return None


def _states(one: Entry, titles: PageTitles) -> tuple[str, str] | None:
    if not one.to_state:
        return None
    return titles.plain_state(one.machine, one.from_state), titles.plain_state(one.machine, one.to_state)


def relied(name: str, titles: PageTitles) -> str:
    """A prerequisite by its name: ``w07.appointed``."""
    machine, _, state = name.rpartition(".")
    return f"{titles.plain_machine(machine)}: {titles.plain_state(machine, state)}" if machine else name


def values(visit: Visit, found: EntryPage, titles: PageTitles) -> list[dict[str, Any]]:
    """The values of an entry as the page shows them."""
    known = {field.id: field for field in titles.fields(found.entry.machine, found.entry.trigger)}
    told = []
    for value in found.values:
        asked = known.get(value.field)
        text = value_words(asked, value.value, visit.language) if asked else str(value.value)
        title = asked.title if asked else wording.OWN_FIELDS.get(value.field)
        files = [
            (file["name"], files_href(found.pilot.code, found.entry.seq, str(file["sha256"])), int(file["size"]))
            for file in value.files
        ]
        told.append(
            {
                "title": title[visit.language] if title else value.field,
                "text": "" if value.value is None else text,
                "value": value,
                "files": files,
            }
        )
    return told


@pages.page(f"{ENTRY}/proof.json")
def proof(visit: Visit) -> Response:
    """The proof that the entry is in the record as it was signed."""
    from mlw_workflow.services.proofs import prove_entry

    seq = number(visit)
    try:
        found = prove_entry(visit.office.desk, visit.pilot, seq)
    except BadInput as unknown:
        raise NotThere from unknown
    told = json.dumps(shapes.proof(visit.pilot.municipality, seq, found), ensure_ascii=False, indent=2) + "\n"
    return attached(told.encode(), "application/json", f"{visit.pilot.code}-{seq}.json")
