"""What continuous control finds: the list, and one finding with what was said of it and the form to answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.finding import CODES, SEVERITIES, STATES
from mlw_workflow.interfaces.web.filters import Filter
from mlw_workflow.interfaces.web.lists import Programmes, in_reach, looked_at, the_code
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.routing import Forbidden, NotThere, Pages
from mlw_workflow.interfaces.web.sent import once_of
from mlw_workflow.interfaces.wording import findings as wording
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services import findings as service
from mlw_workflow.services.accounts.tokens import new_token
from mlw_workflow.services.answer_finding import TEXT_MAX, Reply, answer_finding, answered_before

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.findings import OneFinding

pages = Pages()
PAGE = 50
ONE = "/findings/{code}/{kind}/{place:path}"


@dataclass(frozen=True, slots=True)
class Row:
    """A finding as pages show it."""

    href: str
    municipality: str
    title: str
    text: str
    action: str
    task: str
    severity: str
    severity_word: str
    state: str
    state_word: str
    since: date


@pages.page("/findings")
def show(visit: Visit) -> Response:
    """The list, filtered; without a choice those that are open."""
    pilots, programmes, chosen = in_reach(visit), Programmes(visit), Filter(visit)
    codes = {pilot.code: pilot for pilot in pilots}
    code = the_code(visit, chosen)
    state = chosen.choice("state", (*STATES, "all")) or "open"
    wanted = service.Wanted(
        codes[code].id if code else "",
        chosen.choice("kind", CODES),
        chosen.choice("severity", SEVERITIES),
        "" if state == "all" else state,
        chosen.choice("task", programmes.tasks(pilots)),
    )
    desk, looked = visit.office.desk, looked_at(visit, chosen)
    found = service.findings_in(desk, looked, wanted)
    if found.unread:
        most = len(looked)
        visit.office.jobs.start(
            ("findings", frozenset(pilot.id for pilot in looked)),
            lambda _progress: service.findings_in(desk, looked, service.Wanted(), most=most).unread,
            0,
        )
    first = _first(visit, len(found.found))
    shown = found.found[first : first + PAGE]
    language = visit.language
    states = [(one, wording.STATE[one][language], found.states.get(one, 0)) for one in STATES]
    return visit.page(
        "findings.html",
        status=chosen.status,
        rows=[row_of(one.pilot, one.finding, programmes.of(one.pilot), found.names) for one in shown],
        chosen=chosen,
        options={
            "pilot": {pilot.code: pilot.municipality for pilot in pilots},
            "kind": {one: wording.TITLES[one][language] for one in CODES},
            "severity": {one: wording.SEVERITY[one][language] for one in reversed(SEVERITIES)},
            "task": programmes.tasks(pilots),
        },
        states=[(one, word, count, f"/findings?{chosen.query(state=one)}") for one, word, count in states],
        state=state,
        everything=(sum(found.states.values()), f"/findings?{chosen.query(state='all')}"),
        several=len(pilots) > 1,
        total=len(found.found),
        first=first,
        unread=found.unread,
        broken=found.broken,
        before=f"/findings?{chosen.query(**{'from': str(max(0, first - PAGE))})}" if first else "",
        after=f"/findings?{chosen.query(**{'from': str(first + PAGE)})}" if first + PAGE < len(found.found) else "",
    )


def _first(visit: Visit, total: int) -> int:
    given = visit.query("from")
    first = int(given) if given.isascii() and given.isdecimal() and len(given) < 8 else 0
    return first if first < total else 0


def href_of(pilot: Pilot, finding: Finding) -> str:
    """The page of a finding."""
    place = str(finding.place.seq) if finding.place.seq else finding.place.machine
    rule = f"?{urlencode({'rule': finding.place.rule})}" if finding.place.rule else ""
    return f"/findings/{quote(pilot.code)}/{finding.code}/{quote(place)}{rule}"


def row_of(pilot: Pilot, finding: Finding, titles: PageTitles, names: Mapping[str, str]) -> Row:
    """A finding in words."""
    language = titles.language
    return Row(
        href_of(pilot, finding),
        pilot.municipality,
        wording.title(finding.code, language),
        wording.message(finding, titles, names),
        wording.action(finding, language) if finding.state != "closed" else "",
        titles.plain_machine(finding.place.machine) if finding.place.machine else "",
        finding.severity,
        wording.SEVERITY[finding.severity][language],
        finding.state,
        wording.STATE[finding.state][language],
        finding.since,
    )


# One finding


@pages.page(ONE)
def one(visit: Visit) -> Response:
    """One finding, its trail, and the form to answer it for those who may."""
    found = found_at(visit)
    if found is None:
        raise NotThere
    return one_page(visit, found)


def found_at(visit: Visit) -> OneFinding | None:
    """The finding that the address names."""
    path = visit.request.path_params
    return service.one_finding(
        visit.office.desk,
        visit.person.reader,
        visit.pilot,
        path["kind"],
        path["place"],
        visit.query("rule"),
        visit.roles,
    )


def one_page(visit: Visit, found: OneFinding, error: str = "", at: str = "") -> Response:
    """The page; ``error`` of an answer that was not recorded, ``at`` the field it is about."""
    titles, finding, language = visit.titles, found.finding, visit.language
    seq = finding.place.seq
    return visit.page(
        "finding.html",
        status=422 if error else 200,
        pilot=visit.pilot,
        row=row_of(visit.pilot, finding, titles, found.names),
        finding=finding,
        task=task_href(visit.pilot.code, finding.place.machine) if finding.place.machine else "",
        entry=f"/audit/{quote(visit.pilot.code)}/{seq}" if seq else "",
        said=[
            (
                one,
                wording.ANSWER_DONE[one.state][language] if one.state in wording.ANSWER_DONE else one.state,
                wording.actor_words(one.actor, titles, found.names),
                titles.role(one.role) if one.role else "",
            )
            for one in found.said
        ],
        may=[(answer, wording.ANSWER_OFFER[answer][language]) for answer in found.may],
        who=[
            (wording.ANSWER_NAME[answer][language], titles.roles(roles)) for answer, roles in found.answered_by.items()
        ],
        error=error,
        at=at,
        chosen=visit.typed("answer"),
        text=visit.typed("text"),
        recorded=visit.query("recorded"),
        twice=bool(visit.query("twice")),
        key=new_token(),
        maximum=TEXT_MAX,
    )


@pages.page(ONE, methods=("POST",))
def answer(visit: Visit) -> Response:
    """Record an answer."""
    found = found_at(visit)
    if found is None:
        raise NotThere
    if visit.switched:
        return one_page(visit, found)
    place, rule = visit.request.path_params["place"], found.finding.place.rule
    here = href_of(visit.pilot, found.finding)
    once = once_of(visit, "finding", found.finding.code, place, rule, visit.typed("answer"), visit.typed("text"))
    before = answered_before(visit.office.desk, visit.pilot, once)
    if before:
        return visit.go(recorded(here, before, twice=True))
    if not found.may:
        raise Forbidden
    given = next((one for one in found.may if one == visit.typed("answer")), None)
    if given is None:
        return one_page(visit, found, wording.CHOOSE[visit.language], "answer")
    person, text = visit.person.person.id, visit.typed("text")
    reply = Reply(visit.pilot, found.finding.code, place, given, text, person, rule, once)
    try:
        done = answer_finding(visit.office.desk, reply)
    except BadInput as problem:
        return one_page(visit, found, page_sentence(problem, visit.language), "text")
    return visit.go(recorded(here, done.entry.seq, twice=done.repeated))


def recorded(here: str, seq: int, *, twice: bool) -> str:
    """The finding's page, telling what was recorded."""
    told = {"recorded": str(seq), **({"twice": "1"} if twice else {})}
    return f"{here}{'&' if '?' in here else '?'}{urlencode(told)}"
