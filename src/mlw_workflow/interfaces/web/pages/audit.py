"""The audit explorer: all entries in reach, the newest first; one entry whole; the list to take along."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from starlette.responses import Response

from mlw_workflow.interfaces.web.filters import Filter
from mlw_workflow.interfaces.web.lists import Programmes, in_reach, looked_at, the_code
from mlw_workflow.interfaces.web.routing import NotThere, Pages
from mlw_workflow.interfaces.web.sheets import csv_file
from mlw_workflow.interfaces.wording import entries as wording
from mlw_workflow.interfaces.wording.dates import instant_short
from mlw_workflow.services import explore as service
from mlw_workflow.storage.entry_index import Place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.interfaces.web.visit import Visit
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


@pages.page("/audit")
def show(visit: Visit) -> Response:
    """The list, filtered; 50 entries on a page."""
    programmes = Programmes(visit)
    chosen, wanted, options = filters(visit, programmes)
    found = service.explore(visit.office.desk, looked_at(visit, chosen), wanted, place_of(visit.query("below")))
    return visit.page(
        "audit.html",
        status=chosen.status,
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
        instant_short(entry.recorded_at, visit.language, titles.timezone),
        entry.kind == "refusal",
        seen.late,
    )


@pages.page("/audit.csv")
def table(visit: Visit) -> Response:
    """The filtered list as a table for a spreadsheet, in the language of the page; formulas are defused."""
    programmes = Programmes(visit)
    chosen, wanted, _ = filters(visit, programmes)
    if "pilot" in chosen.wrong:
        raise NotThere
    if chosen.wrong:
        return visit.go(f"/audit?{chosen.query()}")  # where it is told what is wrong
    found = service.explore(
        visit.office.desk, looked_at(visit, chosen), wanted, most=(service.LISTED_MAX, service.LISTED_LOOKED_MAX)
    )
    rows: list[list[str]] = [cells(visit, seen, found, programmes) for seen in found.entries]
    if found.below is not None:
        rows.append([wording.CUT[visit.language]])
    head = [title[visit.language] for title in wording.COLUMNS]
    return csv_file(wording.FILE[visit.language], head, rows, visit.language)


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
