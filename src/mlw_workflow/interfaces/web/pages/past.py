"""A pilot on another day: its board as it stood then, and what changed between two days."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.web import days
from mlw_workflow.interfaces.web.forms import PARTS, Typed, day_or_none
from mlw_workflow.interfaces.web.pages.board import kinds_of, task_href
from mlw_workflow.interfaces.web.routing import Pages
from mlw_workflow.interfaces.web.titles import code_of
from mlw_workflow.interfaces.wording.compliance import verdict_words
from mlw_workflow.interfaces.wording.deadlines import status_words
from mlw_workflow.interfaces.wording.findings import STATE, TITLES, rule_words
from mlw_workflow.interfaces.wording.on_page import page_sentence
from mlw_workflow.services.board import board_on, state_of
from mlw_workflow.services.control import Span, difference_of

if TYPE_CHECKING:
    from datetime import date

    from starlette.responses import Response

    from mlw_workflow.domain.compliance import Judged
    from mlw_workflow.domain.difference import Changed, Difference, Due
    from mlw_workflow.domain.finding import Finding
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.web.titles import PageTitles
    from mlw_workflow.interfaces.web.visit import Visit

pages = Pages()
MONTH = 30


@pages.page("/past/{code}", kept=True)
def then(visit: Visit) -> Response:
    """The board at the end of a day; without one, today's board itself."""
    pilot, titles = visit.pilot, visit.titles
    _, today = state = state_of(visit.office.desk, pilot)
    chosen = days.chosen(visit, today, pilot.start)
    if not chosen.past and not chosen.error:
        return visit.go(f"/pilots/{pilot.code}")
    same = visit.unchanged(state)
    if same is not None:
        return same
    found = board_on(visit.office.desk, pilot, chosen.when)
    return visit.page(
        "past.html",
        422 if chosen.error else 200,
        pilot=pilot,
        chosen=chosen,
        done=sum(task.done for task in found.tasks),
        total=len(found.tasks),
        kinds=kinds_of(found, titles),
        steps=None,
    )


@pages.page("/difference/{code}", kept=True)
def difference(visit: Visit) -> Response:
    """What changed in a pilot from the end of one day to the end of another."""
    pilot, language = visit.pilot, visit.language
    _, today = state = state_of(visit.office.desk, pilot)
    same = visit.unchanged(state)
    if same is not None:
        return same
    first, first_parts, first_error = day_of(visit, "from", max(pilot.start, today - timedelta(days=MONTH)), today)
    last, last_parts, last_error = day_of(visit, "to", today, today)
    recorded = visit.query("known") == days.THEN
    found, problem = None, ""
    if not first_error and not last_error:
        try:
            found = difference_of(visit.office.desk, pilot, Span(first, last, recorded=recorded))
        except BadInput as wrong:
            problem = page_sentence(wrong, language)
    errors = [(first_error, "#from-day"), (last_error, "#to-day"), (problem, "#from-day")]
    return visit.page(
        "difference.html",
        200 if found is not None else 422,
        pilot=pilot,
        first=first,
        last=last,
        parts=(first_parts, last_parts),
        errors=[(text, href) for text, href in errors if text],
        first_error=first_error or problem,
        last_error=last_error,
        recorded=recorded,
        told=found is not None,
        sections=sections(found, visit.titles, pilot.code) if found is not None else [],
        steps=[step_of(entry, visit.titles, pilot.code) for entry in found.entries if entry.machine] if found else [],
    )


def day_of(visit: Visit, name: str, default: date, today: date) -> tuple[date, tuple[str, ...], str]:
    """One of the two days: ``from=2014-03-01`` or the parts that people type; what was typed, and what is wrong."""
    parts = tuple(visit.query(f"{name}-{part}")[:12] for part in PARTS)
    text = visit.query(name) or Typed({f"{name}-{p}": [v] for p, v in zip(PARTS, parts, strict=True)}).day(name)
    day = day_or_none(text) if text else default
    if day is None:
        return default, parts, days.NO_DAY[visit.language]
    if day > today:
        return default, parts, days.TOO_LATE[visit.language]
    return day, (str(day.day), str(day.month), str(day.year)), ""


def step_of(entry: Entry, titles: PageTitles, code: str) -> dict[str, Any]:
    """An entry between the two days as the page shows it."""
    return {
        "href": task_href(code, entry.machine),
        "task": task_words(entry.machine, titles),
        "step": titles.plain_trigger(entry.machine, entry.trigger),
        "refused": entry.kind == "refusal",
        "occurred_on": entry.occurred_on,
        "recorded_at": entry.recorded_at,
    }


def sections(found: Difference, titles: PageTitles, code: str) -> list[dict[str, Any]]:
    """What changed, by what it is: a row has a task, what of it, before, after, and what made it so."""
    by_seq = {entry.seq: entry for entry in found.entries}

    def row(changed: Changed[Any], what: str, before: str, after: str) -> dict[str, Any]:
        made = [by_seq[seq] for seq in changed.entries if seq in by_seq]
        why = [
            (titles.plain_trigger(entry.machine, entry.trigger), entry.occurred_on or entry.recorded_at.date())
            for entry in made
        ]
        href = task_href(code, changed.machine)
        return {
            "href": href, "task": task_words(changed.machine, titles), "what": what, "before": before,
            "after": after, "why": why,
        }  # fmt: skip

    states = [
        row(c, "", titles.plain_state(c.machine, c.before or ""), titles.plain_state(c.machine, c.after or ""))
        for c in found.states
    ]
    verdicts = [row(c, "", verdict_of(c.before, titles), verdict_of(c.after, titles)) for c in found.verdicts]
    due = [
        row(c, rule_words(c.machine, c.what, titles), due_of(c.before, titles), due_of(c.after, titles))
        for c in found.deadlines
    ]
    findings = [
        row(c, TITLES[c.what][titles.language], finding_of(c.before, titles), finding_of(c.after, titles))
        for c in found.findings
    ]
    named = {"states": states, "verdicts": verdicts, "deadlines": due, "findings": findings}
    return [{"name": name, "rows": rows} for name, rows in named.items() if rows]


def task_words(machine: str, titles: PageTitles) -> str:
    """``W06. Kodowanie katalogu``."""
    code = code_of(machine)
    return f"{code}. {titles.plain_machine(machine)}" if code else titles.plain_machine(machine)


def verdict_of(judged: Judged | None, titles: PageTitles) -> str:
    """A verdict in words; nothing for none."""
    return "" if judged is None else verdict_words(judged.verdict, judged.until, titles)


def due_of(due: Due | None, titles: PageTitles) -> str:
    """A deadline's day and how it stands; nothing for none."""
    if due is None:
        return ""
    status = status_words(due.status, titles.language)
    return f"{titles.day(due.due_on)}, {status}" if due.due_on else status


def finding_of(finding: Finding | None, titles: PageTitles) -> str:
    """How a finding stands; nothing for none."""
    return "" if finding is None else STATE[finding.state][titles.language]
