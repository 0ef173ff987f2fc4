"""What a person gets to see: the pilots in which they hold a role."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import local_day
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import PageTitles

if TYPE_CHECKING:
    from starlette.responses import Response

    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()


@pages.page("/pilots")
def pilots(visit: Visit) -> Response:
    """The list; somebody with one pilot goes on to it at once."""
    seen = visit.person.pilots
    if len(seen) == 1:
        return visit.go(f"/pilots/{seen[0].code}")
    rows = []
    for pilot in seen:
        programme = visit.office.desk.programme(pilot.definition)
        titles = PageTitles(programme, visit.language)
        rows.append((pilot, programme.title[visit.language], titles.roles(visit.person.roles(pilot))))
    today, rights = local_day(visit.office.desk.clock.now()), visit.person.reader.audits
    return visit.page(
        "pilots.html",
        rows=rows,
        audit_from=min((right.since for right in rights if right.since > today), default=None),
        audit_until=max((right.until for right in rights if right.until < today), default=None),
    )
