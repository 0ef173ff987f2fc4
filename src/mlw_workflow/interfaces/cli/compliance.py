"""``compliance`` and ``diff``: the verdict on each task on any day, and what changed between two days."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.domain.compliance import Compliance
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.difference import Changed, Difference, Due
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.interfaces.wording.titles import Titles

_MATRIX_MAX = 72
"""Columns of a matrix that its heads may take; beyond that each kind of task becomes one column."""


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("compliance", cls=Command, help=_("Say of each task: satisfied, on course, at risk or violated."))
    def compliance(
        pilot: Annotated[str, params.pilot_argument()] = "",
        as_of: Annotated[str, params.as_of_option()] = "",
        known_at: Annotated[str, params.known_at_option()] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_compliance(pilot, (as_of, known_at), acting, json=json)

    @app.command(
        "diff", cls=Command, help=_("Show what changed in a pilot from the end of one day to that of another.")
    )
    def diff(
        pilot: Annotated[str, params.pilot_argument()],
        first: Annotated[str, typer.Argument(metavar=_("DATE1"), help=_("The earlier day."))],
        last: Annotated[str, typer.Argument(metavar=_("DATE2"), help=_("The later day."))],
        known_at: Annotated[str, params.known_at_option()] = "",
        recorded: Annotated[
            bool, typer.Option("--recorded", help=_("Each day as it was known then, without what was recorded later."))
        ] = False,
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_diff(pilot, (first, last), known_at, acting, recorded=recorded, json=json)


# compliance


def run_compliance(name: str, axes: tuple[str, str], acting: str, *, json: bool) -> None:
    """The verdicts on one pilot; without a name a line for each."""
    from mlw_workflow.interfaces import control_shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.control import compliance_of
    from mlw_workflow.services.standing import AsOf

    desk = session.desk()
    chosen = [reading.pilot(name, acting, "compliance")] if name else list(reading.pilots(acting, "compliance"))
    labels = dict(zip((p.id for p in session.pilots()), session.names_of(session.pilots()), strict=True))
    found, told = [], []
    for pilot in chosen:
        programme = desk.programme(pilot.definition)
        day = params.day_of(axes[0], "--as-of") or desk.today(programme)
        instant = params.instant_of(axes[1], "--known-at", programme.timezone)
        judged = compliance_of(desk, pilot, AsOf(day, instant))
        titles = Titles(programme, messages.language())
        if json:
            told.append(control_shapes.compliance(judged, labels[pilot.id], titles))
        else:
            found.append((pilot, judged, titles))
    if json:
        output.answer_json({"pilots": told})
    elif len(found) == 1:
        _tell_one(*found[0])
    elif found:
        _tell_matrix(found)
    else:
        output.say(_("There is no pilot yet, so there is nothing to check."))


def _tell_one(pilot: "Pilot", found: "Compliance", titles: "Titles") -> None:
    from mlw_workflow.interfaces.wording.compliance import ground_sentence, verdict_words

    words = _("{pilot} on {day}: {verdict}.")
    verdict = verdict_words(found.verdict, found.until, titles)
    output.say(words.format(pilot=pilot.municipality, day=titles.day(found.day), verdict=verdict))
    output.say()
    rows = [
        (
            item.machine,
            titles.plain_machine(item.machine),
            verdict_words(item.verdict, item.until, titles),
            " ".join(ground_sentence(ground, item.machine, titles) for ground in item.grounds),
        )
        for item in found.machines
    ]
    output.table(("", _("Task"), _("Verdict"), _("Because")), rows, wide=3, below=True)


def _tell_matrix(found: "list[tuple[Pilot, Compliance, Titles]]") -> None:
    """A row for each municipality, one sign for each task; the legend says the signs in words."""
    from mlw_workflow.interfaces.wording.compliance import MARK, VERDICT, verdict_words

    language = messages.language()
    for definition in dict.fromkeys(pilot.definition for pilot, _found, _titles in found):
        mine = [item for item in found if item[0].definition == definition]
        titles = mine[0][2]
        programme = titles.programme
        assert programme is not None
        columns = _columns(programme)
        output.say(_("{programme}, {day}").format(programme=programme.title[language], day=titles.day(mine[0][1].day)))
        rows = []
        for pilot, judged, _titles in mine:
            verdict = verdict_words(judged.verdict, judged.until, titles)
            rows.append((pilot.municipality, verdict, *(_mark(judged, machines) for machines in columns.values())))
        output.table((_("Municipality"), _("Verdict"), *columns), rows, wide=0)
        output.say()
    legend = "   ".join(f"{MARK[verdict]} {VERDICT[verdict][language]}" for verdict in MARK)
    output.say(legend)


def _columns(programme: "Programme") -> "dict[str, tuple[str, ...]]":
    """The matrix's columns: head → the workflows in it. The first kind's tasks singly, where there is room."""
    kinds = {
        kind.title[messages.language()]: tuple(w.id for w in programme.workflows if w.kind == kind.id)
        for kind in programme.kinds
    }
    first, *others = kinds
    if sum(len(name) + 2 for name in kinds[first]) <= _MATRIX_MAX:
        return {name: (name,) for name in kinds[first]} | {other: kinds[other] for other in others}
    return kinds


def _mark(judged: "Compliance", workflows: "tuple[str, ...]") -> str:
    """The worst of these tasks' verdicts, as a sign."""
    from mlw_workflow.domain.compliance import VERDICTS
    from mlw_workflow.interfaces.wording.compliance import MARK

    mine = [item.verdict for item in judged.machines if item.machine.partition("/")[0] in workflows]
    return MARK[max(mine, key=VERDICTS.index)] if mine else ""


# diff


def run_diff(name: str, days: tuple[str, str], known_at: str, acting: str, *, recorded: bool, json: bool) -> None:
    """What changed between two days."""
    from mlw_workflow.interfaces import control_shapes
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.control import Span, difference_of

    desk = session.desk()
    pilot = reading.pilot(name, acting, "diff")
    programme = desk.programme(pilot.definition)
    first, last = params.day_of(days[0], "DATE1"), params.day_of(days[1], "DATE2")
    if first is None or last is None:
        raise BadInput("option_empty", origin="DATE1" if first is None else "DATE2")
    instant = params.instant_of(known_at, "--known-at", programme.timezone)
    found = difference_of(desk, pilot, Span(first, last, instant, recorded))
    titles = Titles(programme, messages.language())
    if json:
        head = {
            "pilot": session.name_of(pilot),
            "from": first.isoformat(),
            "to": last.isoformat(),
            "known_at": known_at or None,
            "recorded": recorded,
        }
        output.answer_json(head | control_shapes.difference(found))
        return
    _tell_difference(pilot, found, titles, (first, last))


def _tell_difference(pilot: "Pilot", found: "Difference", titles: "Titles", days: "tuple[date, date]") -> None:
    from mlw_workflow.interfaces.wording.compliance import verdict_words
    from mlw_workflow.interfaces.wording.findings import STATE, rule_words

    words = _("{pilot}, from {first} to {last}:")
    output.say(words.format(pilot=pilot.municipality, first=titles.day(days[0]), last=titles.day(days[1])))
    if not (found.states or found.verdicts or found.deadlines or found.findings):
        output.say(_("Nothing changed."))
        return
    _section(
        _("State"),
        [
            (
                c.machine,
                titles.plain_state(c.machine, c.before or ""),
                titles.plain_state(c.machine, c.after or ""),
                _by(c),
            )
            for c in found.states
        ],
    )
    _section(
        _("Verdict"),
        [
            (
                c.machine,
                verdict_words(c.before.verdict, c.before.until, titles) if c.before else "",
                verdict_words(c.after.verdict, c.after.until, titles) if c.after else "",
                _by(c),
            )
            for c in found.verdicts
        ],
    )
    _section(
        _("Deadline"),
        [
            (f"{c.machine}: {rule_words(c.machine, c.what, titles)}", _due(c.before), _due(c.after), _by(c))
            for c in found.deadlines
        ],
    )
    states: dict[str | None, str] = {None: _("none")}
    states |= {state: text[titles.language] for state, text in STATE.items()}
    _section(
        _("Finding"),
        [
            (
                f"{c.machine}: {c.what}",
                states[c.before.state if c.before else None],
                states[c.after.state if c.after else None],
                _by(c),
            )
            for c in found.findings
        ],
    )


def _section(title: str, rows: "list[tuple[str, ...]]") -> None:
    if rows:
        output.say()
        output.table((title, _("Before"), _("After"), _("Entries")), rows, wide=0)


def _by(changed: "Changed[Any]") -> str:
    """The entries that made a change, or that only time did."""
    return ", ".join(str(seq) for seq in changed.entries) or _("time")


def _due(due: "Due | None") -> str:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.deadlines import status_words

    if due is None:
        return _("none")
    language = messages.language()
    return f"{day_short(due.due_on, language) or _('no date')}, {status_words(due.status, language)}"
