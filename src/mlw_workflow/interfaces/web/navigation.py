"""The links above every page: one table says what there is and who sees it, another page is one more line of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit


@dataclass(frozen=True, slots=True)
class Watcher:
    """Whoever looks, as far as it decides which links they see."""

    pilots: int
    """How many pilots they get to see."""
    is_admin: bool
    roles: frozenset[str]
    """All roles held today, in whichever pilot."""
    oversees: bool
    """Holds a role in a whole programme: the implementing body."""
    local: bool
    """Holds a role in a municipality."""
    audits: bool
    """Audits a programme today."""
    works: bool
    """One in which people act."""
    keeps: bool
    """One that may correct a record: the coordinator."""


@dataclass(frozen=True, slots=True)
class Link:
    """One link of the navigation."""

    name: Text
    href: str
    """``{code}`` stands for the pilot of the page, or the only one of whoever looks; with neither there is no link."""
    seen_by: Callable[[Watcher], bool]


def oversees(watcher: Watcher) -> bool:
    """For the implementing body."""
    return watcher.oversees


def chooses(watcher: Watcher) -> bool:
    """For whoever sees several pilots; and for whoever sees none, to be told why."""
    return watcher.pilots > 1 or not (watcher.pilots or watcher.is_admin)


def works(watcher: Watcher) -> bool:
    """For people who take steps in a municipality."""
    return watcher.works


def local(watcher: Watcher) -> bool:
    """For people of a municipality."""
    return watcher.local


def anyone(watcher: Watcher) -> bool:
    """For everybody who gets to see a pilot."""
    return watcher.local or watcher.oversees or watcher.audits


def whole_programme(watcher: Watcher) -> bool:
    """For those who look at all of a programme: the implementing body and auditors."""
    return watcher.oversees or watcher.audits


def admin(watcher: Watcher) -> bool:
    """For those who administer the panel."""
    return watcher.is_admin


LINKS = (
    Link(Text("Moje sprawy", "My work"), "/my", works),
    Link(Text("Zestawienie", "Overview"), "/matrix", whole_programme),
    Link(Text("Do akceptacji", "To be accepted"), "/queue", oversees),
    Link(Text("Tablica", "Board"), "/pilots/{code}", lambda watcher: watcher.pilots == 1),
    Link(Text("Kalendarz", "Calendar"), "/calendar", lambda watcher: watcher.local or watcher.oversees),
    Link(Text("Wnioski", "Requests"), "/requests/{code}", anyone),
    Link(Text("Zastępstwa", "Deputies"), "/deputies/{code}", anyone),
    Link(Text("Strona publiczna", "Public page"), "/publish/{code}", local),
    Link(Text("Ustalenia", "Findings"), "/findings", anyone),
    Link(Text("Wpisy", "Records"), "/audit", anyone),
    Link(Text("Sprawdzenie", "Verification"), "/checkpoints", whole_programme),
    Link(Text("Przypomnienia", "Reminders"), "/reminders", whole_programme),
    Link(Text("Gminy", "Municipalities"), "/pilots", chooses),
    Link(Text("Administracja", "Administration"), "/admin", admin),
)
"""In the order in which they stand. A link is current on its own page and on all pages below its address."""


def watcher_of(visit: Visit) -> Watcher:
    """What decides which links somebody sees."""
    viewer, desk = visit.person, visit.office.desk
    held = {(pilot.definition, roles) for pilot, roles in viewer.seen.values()}
    found = [desk.programme(definition).role[role] for definition, roles in held for role in roles]
    return Watcher(
        len(viewer.seen),
        viewer.is_admin,
        frozenset(role.id for role in found),
        any(role.scope == "programme" and role.acts for role in found),
        any(role.scope == "pilot" for role in found),
        bool(viewer.audited),
        any(role.scope == "pilot" and role.acts for role in found),
        any(role.id in _keepers(desk.programme(definition)) for definition, _ in held for role in found),
    )


def _keepers(programme: Programme) -> set[str]:
    return {role for workflow in programme.workflows for role in workflow.correction.by}


def home(visit: Visit) -> str:
    """The page on which somebody's work begins: whoever keeps a record begins at its board, others at what waits."""
    watcher = watcher_of(visit)
    if watcher.is_admin and not watcher.pilots:
        return "/admin"
    if whole_programme(watcher) and not watcher.local:
        return "/matrix"
    return "/my" if watcher.works and not watcher.keeps else "/pilots"


def navigation(visit: Visit) -> list[dict[str, object]]:
    """The links as the template's component takes them; none for a visitor who is not logged in."""
    if visit.viewer is None:
        return []
    watcher, pilot = watcher_of(visit), _pilot(visit)
    links = [
        (link, link.href.replace("{code}", quote(pilot.code) if pilot else ""))
        for link in LINKS
        if link.seen_by(watcher) and (pilot or "{code}" not in link.href)
    ]
    here = visit.request.url.path
    below = [href for _, href in links if here == href or here.startswith(f"{href}/")]
    current = max(below, key=len, default="")
    return [
        {
            "text": link.name[visit.language],
            "href": href,
            "current": href == here,
            "active": href == current,
        }
        for link, href in links
    ]


def _pilot(visit: Visit) -> Pilot | None:
    """The pilot of this page, else the only one that there is for whoever looks."""
    viewer = visit.person
    named = viewer.seen.get(visit.request.path_params.get("code", ""))
    if named is not None:
        return named[0]
    return next(iter(viewer.seen.values()))[0] if len(viewer.seen) == 1 else None
