"""What waits for acceptance: the list, one thing with its evidence, and many at once with a preview."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode

from mlw_workflow.domain.ledger import reasons_of
from mlw_workflow.interfaces.web.pages.board import task_href
from mlw_workflow.interfaces.web.pages.requests import undecided_rows
from mlw_workflow.interfaces.web.refusal import told_text
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import PageTitles, code_of
from mlw_workflow.interfaces.wording import queue as wording
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services import queue as service
from mlw_workflow.services.queue import PAGE, Answer, Picked

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from starlette.responses import Response

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.web.visit import Visit
    from mlw_workflow.services.queue import Waiting

pages = Pages()


@dataclass(frozen=True, slots=True)
class Line:
    """One thing as the list shows it."""

    value: str
    """What its box carries."""
    href: str
    place: str
    title: str
    item: Waiting
    state: str


@dataclass(frozen=True, slots=True)
class Told:
    """What became of one thing, or what would."""

    value: str
    href: str
    place: str
    title: str
    good: bool
    texts: tuple[str, ...]


@pages.page("/queue")
def show(visit: Visit) -> Response:
    """A page of the list."""
    number = visit.query("page")
    page = int(number) if number.isdecimal() and len(number) < 6 else 1
    workflow, text = visit.query("task"), visit.query("text").strip()[:100]
    found = service.queue(visit.office.desk, visit.person, workflow=workflow, text=text, page=page)

    def at(number: int) -> str:
        pairs = [("task", workflow), ("text", text), ("page", str(number) if number > 1 else "")]
        return f"/queue?{urlencode([pair for pair in pairs if pair[1]])}"

    return visit.page(
        "queue.html",
        found=found,
        lines=[line(visit, item) for item in found.items],
        tasks=[(one.id, titled(one.id, one.title[visit.language])) for one in found.kinds],
        undecided=undecided_rows(visit, text) if page == 1 and not workflow else [],
        task=workflow,
        text=text,
        previous=at(found.page - 1) if found.page > 1 else "",
        following=at(found.page + 1) if found.page < found.pages else "",
        empty_tick=visit.query("empty"),
    )


def titled(machine: str, title: str) -> str:
    """``W06. Kodowanie katalogu``."""
    code = code_of(machine)
    return f"{code}. {title}" if code else title


def line(visit: Visit, item: Waiting) -> Line:
    """One thing as the list shows it."""
    titles = titles_of(visit, item.pilot)
    return Line(
        value_of(Picked(item.pilot, item.machine, item.seq)),
        href_of(item.pilot, item.machine),
        item.pilot.municipality,
        titled(item.machine, titles.plain_machine(item.machine)),
        item,
        titles.plain_state(item.machine, item.state),
    )


def titles_of(visit: Visit, pilot: Pilot) -> PageTitles:
    """What a pilot's programme calls things."""
    return PageTitles(visit.office.desk.programme(pilot.definition), visit.language)


def href_of(pilot: Pilot, machine: str) -> str:
    """The page of one thing."""
    return f"/queue/{quote(pilot.code)}/{quote(machine)}"


# Many at once


def value_of(picked: Picked) -> str:
    """What names a thing in a form: ``tluszcz:w02:14``."""
    return f"{picked.pilot.code}:{picked.machine}:{picked.seq}"


def picked_of(visit: Visit, values: Iterable[Any]) -> Iterator[Picked]:
    """The things that a form names, each once. Raises UnknownPilot for a municipality out of reach."""
    for value in list(dict.fromkeys(value for value in values if isinstance(value, str)))[:PAGE]:
        code, _, rest = value.partition(":")
        machine, _, seq = rest.rpartition(":")
        if machine and seq.isdecimal() and len(seq) < 10:
            yield Picked(visit.person.pilot(code), machine, int(seq))


@pages.page("/queue/preview")
def preview(visit: Visit) -> Response:
    """What accepting the ticked things would bring."""
    picked = list(picked_of(visit, visit.request.query_params.getlist("item")))
    if not picked:
        return visit.go("/queue?empty=1")
    answers = [service.foreseen(visit.office.desk, visit.person, one) for one in picked]
    found = [told_of(visit, one, foreseen=True) for one in answers]
    return visit.page(
        "queue_preview.html", ready=[one for one in found if one.good], kept=[one for one in found if not one.good]
    )


@pages.page("/queue", methods=("POST",))
def accept(visit: Visit) -> Response:
    """Accept what was confirmed, one after the other; one that goes wrong stops no other."""
    answers = [
        service.answer(visit.office.desk, visit.person, one) for one in picked_of(visit, visit.form.getlist("item"))
    ]
    return visit.go(result_of(answers) if answers else "/queue?empty=1")


def result_of(answers: Iterable[Answer]) -> str:
    """The page that tells what became of them: the entry of each, or why there is none."""
    return "/queue/result?" + urlencode(
        [("item", f"{value_of(Picked(one.picked.pilot, one.picked.machine, one.seq))}:{one.kind}") for one in answers]
    )


@pages.page("/queue/result")
def result(visit: Visit) -> Response:
    """What became of each thing; what was recorded is read from the log."""
    answers = []
    for value in visit.request.query_params.getlist("item")[:PAGE]:
        named, _, kind = value.rpartition(":")
        answers += [became(visit, one, kind) for one in picked_of(visit, [named])]
    found = [told_of(visit, one, foreseen=False) for one in answers]
    return visit.page(
        "queue_result.html", good=[one for one in found if one.good], bad=[one for one in found if not one.good]
    )


def became(visit: Visit, picked: Picked, kind: str) -> Answer:
    """What the log says of a thing; the address only names the entry, and whether it had been there before."""
    desk, viewer = visit.office.desk, visit.person
    entry = service.recorded(desk, viewer, picked) if picked.seq else None
    if entry is None:
        return service.kept_from(desk, viewer, picked)
    if entry.kind == "refusal":
        return Answer(picked, "refused", entry.seq, tuple(reasons_of(entry)))
    return Answer(picked, "done_before" if kind == "done_before" else "done", entry.seq, trigger=entry.trigger)


def told_of(visit: Visit, answer: Answer, *, foreseen: bool) -> Told:
    """An answer in words."""
    pilot, machine = answer.picked.pilot, answer.picked.machine
    titles, language = titles_of(visit, pilot), visit.language
    good = answer.kind in (("done",) if foreseen else ("done", "done_before"))
    known = (wording.FORESEEN if foreseen else wording.BECAME).get(answer.kind)
    texts: tuple[str, ...] = () if known is None else (known[language],)
    if answer.trigger:
        texts = (f"{titles.plain_trigger(machine, answer.trigger)}. {texts[0]}",)
    if answer.kind == "refused":
        texts = tuple(told_text(reason, titles, "") for reason in answer.reasons)
    if answer.problem is not None:
        texts = (page_sentence(answer.problem, language),)
    return Told(
        value_of(answer.picked),
        href_of(pilot, machine) if not good else task_href(pilot.code, machine),
        pilot.municipality,
        titled(machine, titles.plain_machine(machine)),
        good,
        texts or (wording.MOVED[language],),
    )
