"""One entry of a record whole: what it says, what it relied on, whether it can be proved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.ledger import reasons_of
from mlw_workflow.interfaces import shapes
from mlw_workflow.interfaces.web.downloads import attached
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.pages.files import href as files_href
from mlw_workflow.interfaces.web.refusal import told_text
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.wording import entries as wording
from mlw_workflow.interfaces.wording.dates import instant_short
from mlw_workflow.interfaces.wording.values import value_words
from mlw_workflow.services.entry import entry_page

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.entry import EntryPage

pages = Pages()
ENTRY = "/audit/{code}/{seq}"


@pages.page(ENTRY)
def show(visit: Visit) -> Response:
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
        recorded=instant_short(one.recorded_at, visit.language, titles.timezone),
        place=place,
        task=titles.plain_machine(one.machine) if one.machine else "",
        states=_states(one, titles),
        reasons=[told_text(reason, titles, one.trigger) for reason in reasons_of(one)],
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
