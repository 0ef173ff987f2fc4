"""What waits for somebody to accept it or give it back: the list, one thing of it, and the answers to many at once."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from mlw_workflow.domain.acceptance import judged_by
from mlw_workflow.domain.decision import Admitted
from mlw_workflow.domain.errors import AccessRefused, WorkflowError
from mlw_workflow.domain.footing import standing_steps
from mlw_workflow.services import advance as service
from mlw_workflow.services.objections import objections
from mlw_workflow.storage import circle, overview, repositories
from mlw_workflow.storage.repositories import fold_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from mlw_workflow.domain.decision import Reason
    from mlw_workflow.domain.definition import Programme, Rule, Workflow
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot, Position, Step
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.viewer import Viewer
    from mlw_workflow.storage.connection import Connection

PAGE = 25
"""Things on one page; also how many may be answered at once."""


Place = tuple[str, str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """One thing that waits."""

    pilot: Pilot
    machine: str
    workflow: Workflow
    state: str
    since: date
    """The day on which it was handed in."""
    seq: int
    """The machine's last step, by which a page that has grown old is known."""
    accept: Rule
    back: Rule
    due_on: date
    """The day by which it is usually answered: the acceptance's own lead time."""
    late: int
    """Working days since then; 0: not late."""
    own: tuple[int, ...] = ()
    """Earlier steps that whoever looks took: somebody else must accept it."""
    unread: tuple[int, ...] = ()
    """Entries whose evidence whoever looks must read before."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the list, the oldest first."""

    items: tuple[Waiting, ...]
    total: int
    late: int
    page: int
    pages: int
    kinds: tuple[Workflow, ...]
    """The workflows of which something waits."""


def queue(desk: Desk, viewer: Viewer, *, workflow: str = "", text: str = "", page: int = 1) -> Queue:
    """What waits for the person who looks, in all their municipalities."""
    with desk.database.read() as connection:
        everything = _waiting(desk, connection, viewer)
        kinds = {item.workflow.id: item.workflow for item in everything}
        folded = fold_name(text)
        found = [
            item
            for item in everything
            if (workflow not in kinds or item.workflow.id == workflow)
            and (not folded or folded in fold_name(item.pilot.municipality))
        ]
        pages = max(1, -(-len(found) // PAGE))
        page = min(max(1, page), pages)
        shown = _objected(desk, connection, viewer, found[(page - 1) * PAGE : page * PAGE])
    late = sum(item.late > 0 for item in found)
    return Queue(shown, len(found), late, page, pages, tuple(kinds[name] for name in sorted(kinds)))


def waiting_after(desk: Desk, viewer: Viewer, after: Place | None, limit: int) -> tuple[tuple[Waiting, ...], bool]:
    """So many things that wait for the person who looks, the oldest first, from behind a place on; are there more?"""
    with desk.database.read() as connection:
        everything = sorted(_waiting(desk, connection, viewer), key=place_of)
        rest = [item for item in everything if after is None or place_of(item) > after]
        return _objected(desk, connection, viewer, rest[:limit]), len(rest) > limit


def place_of(item: Waiting) -> Place:
    """Where it stands in that list."""
    return item.since.isoformat(), item.pilot.code, item.machine


def waiting_one(desk: Desk, viewer: Viewer, pilot: Pilot, machine: str) -> Waiting | None:
    """One thing of the list; None when it does not wait (any more)."""
    with desk.database.read() as connection:
        found = [item for item in _waiting(desk, connection, viewer, (pilot,)) if item.machine == machine]
        return next(iter(_objected(desk, connection, viewer, found)), None)


@dataclass(frozen=True, slots=True)
class Trail:
    """What a machine's present state rests on."""

    entries: tuple[Entry, ...]
    """Oldest first."""
    names: Mapping[str, str]
    """The people in them, by id."""


def trail(desk: Desk, pilot: Pilot, machine: str) -> Trail:
    """The entries that the machine's present state rests on."""
    with desk.database.read() as connection:
        position = repositories.positions(connection, pilot.id).get(machine)
        seqs = [step.seq for step in standing_steps(position)] if position is not None else []
        known = overview.numbered(connection, [pilot.id], seqs)
        people = circle.people(connection, list(dict.fromkeys(entry.actor for entry in known.values())))
    names = {person.id: person.name for person in people.values()}
    return Trail(tuple(known[pilot.id, seq] for seq in seqs), names)


def _waiting(desk: Desk, connection: Connection, viewer: Viewer, among: Sequence[Pilot] | None = None) -> list[Waiting]:
    """Everything that waits, without the objections; the oldest first."""
    pilots = viewer.pilots if among is None else among
    judged: dict[tuple[str, tuple[str, ...]], dict[str, dict[str, tuple[Rule, Rule]]]] = {}
    for pilot in pilots:
        key = (pilot.definition, viewer.roles(pilot))
        if key not in judged:
            programme = desk.programme(pilot.definition)
            judged[key] = {workflow.id: judged_by(workflow, key[1]) for workflow in programme.workflows}
    states = {state for by_workflow in judged.values() for known in by_workflow.values() for state in known}
    positions = overview.positions_in(connection, [pilot.id for pilot in pilots], sorted(states)) if states else {}
    found = []
    for pilot in pilots:
        moved = positions.get(pilot.id)
        if not moved:
            continue
        programme = desk.programme(pilot.definition)
        by_workflow = judged[pilot.definition, viewer.roles(pilot)]
        for machine in moved:
            workflow = programme.workflow.get(machine.partition("/")[0])
            position = moved[machine]
            rules = by_workflow[workflow.id].get(position.state) if workflow is not None else None
            if workflow is not None and rules is not None:
                found.append(_item(desk, pilot, workflow, position, rules))
    found.sort(key=lambda item: (item.since, fold_name(item.pilot.municipality), item.machine))
    return found


def _item(desk: Desk, pilot: Pilot, workflow: Workflow, position: Position, rules: tuple[Rule, Rule]) -> Waiting:
    calendar, today = desk.calendar(pilot.voivodeship), desk.today(desk.programme(pilot.definition))
    entered, last = position.entered, position.last
    assert entered is not None
    assert last is not None
    accept, back = rules
    due_on = calendar.working_days_from(entered.occurred_on, accept.takes)
    late = max(0, calendar.working_days_between(due_on, today))
    return Waiting(
        pilot,
        position.machine,
        workflow,
        position.state,
        entered.occurred_on,
        last.seq,
        accept,
        back,
        due_on,
        late,
    )


# Objections


def _objected(desk: Desk, connection: Connection, viewer: Viewer, items: Sequence[Waiting]) -> tuple[Waiting, ...]:
    """The same with what speaks against an acceptance by whoever looks."""
    if not items:
        return ()
    ids = list(dict.fromkeys(item.pilot.id for item in items))
    positions = overview.positions(connection, ids)
    steps = {(i.pilot.id, i.machine): standing_steps(positions[i.pilot.id][i.machine]) for i in items}
    known = overview.numbered(connection, ids, [step.seq for some in steps.values() for step in some])
    found = []
    for item in items:
        before = _before(known, item.pilot, steps[item.pilot.id, item.machine])
        against = objections(desk, connection, viewer.person.id, item.pilot, item.accept.trigger, before)
        found.append(replace(item, own=against.own, unread=against.unread))
    return tuple(found)


def _before(known: Mapping[tuple[str, int], Entry], pilot: Pilot, steps: Iterable[Step]) -> list[Entry]:
    return [known[pilot.id, step.seq] for step in steps]


# Answers

Kind = Literal["done", "done_before", "refused", "own", "unread", "moved", "failed"]
"""``done`` (in a preview: would be done), ``done_before`` (this very answer was recorded already), ``refused`` by the
engine, ``own`` and ``unread`` (objections), ``moved`` (it waits no longer, or was changed since), ``failed``."""


@dataclass(frozen=True, slots=True)
class Picked:
    """One thing that was ticked, as the page knew it."""

    pilot: Pilot
    machine: str
    seq: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of one thing, or what would."""

    picked: Picked
    kind: Kind
    seq: int = 0
    """The entry that was recorded, also of a refusal."""
    reasons: tuple[Reason, ...] = ()
    problem: WorkflowError | None = None
    trigger: str = ""
    """The step that was recorded."""


def foreseen(desk: Desk, viewer: Viewer, picked: Picked) -> Answer:
    """What accepting one thing would bring; nothing is recorded."""
    try:
        found = waiting_one(desk, viewer, picked.pilot, picked.machine)
        kept = _kept(desk, viewer, picked, found, back=False)
        if kept is not None or found is None:
            return kept or Answer(picked, "moved")
        outcome = service.preview(desk, _request(viewer, picked, found.accept.trigger, {}))
    except WorkflowError as problem:
        return Answer(picked, "failed", problem=problem)
    if isinstance(outcome.decision, Admitted):
        return Answer(picked, "done")
    return Answer(picked, "refused", reasons=outcome.decision.reasons)


def answer(
    desk: Desk, viewer: Viewer, picked: Picked, evidence: Mapping[str, Any] | None = None, *, back: bool = False
) -> Answer:
    """Accept one thing, or give it ``back``. What is wrong with it is told in the answer, so that the next can follow.

    Whoever took an earlier step, or has not read the evidence, is kept from accepting, and nothing is recorded.
    """
    try:
        found = waiting_one(desk, viewer, picked.pilot, picked.machine)
        kept = _kept(desk, viewer, picked, found, back=back)
        if kept is not None or found is None:
            return kept or Answer(picked, "moved")
        rule = found.back if back else found.accept
        outcome = service.advance(desk, _request(viewer, picked, rule.trigger, evidence or {}))
        assert outcome.entry is not None
        if isinstance(outcome.decision, Admitted):
            return Answer(picked, "done", outcome.entry.seq)
        before = _done_before(desk, viewer, picked, back=back)  # meanwhile, by the same form
        return before or Answer(picked, "refused", outcome.entry.seq, outcome.decision.reasons)
    except AccessRefused as refused:  # somebody took a step in between
        return Answer(picked, "own" if refused.code == "acceptance_own" else "unread")
    except WorkflowError as problem:
        return Answer(picked, "failed", problem=problem)


def _kept(desk: Desk, viewer: Viewer, picked: Picked, found: Waiting | None, *, back: bool) -> Answer | None:
    """The answer to what is not even tried."""
    if found is None or found.seq != picked.seq:
        return _done_before(desk, viewer, picked, back=back) or Answer(picked, "moved")
    if back:
        return None
    if found.own:
        return Answer(picked, "own")
    return Answer(picked, "unread") if found.unread else None


def _done_before(desk: Desk, viewer: Viewer, picked: Picked, *, back: bool) -> Answer | None:
    """That this person gave this very answer already, as by a form that was sent twice."""
    programme = desk.programme(picked.pilot.definition)
    with desk.database.read() as connection:
        position = repositories.positions(connection, picked.pilot.id).get(picked.machine)
        last = position.last if position is not None else None
        if last is None or last.seq <= picked.seq:
            return None
        entry = overview.numbered(connection, [picked.pilot.id], [last.seq])[picked.pilot.id, last.seq]
    workflow = programme.workflow[picked.machine.partition("/")[0]]
    rules = judged_by(workflow, viewer.roles(picked.pilot)).get(last.from_state)
    mine = entry.actor == viewer.person.id and rules is not None and last.trigger == rules[back].trigger
    return Answer(picked, "done_before", last.seq) if mine else None


def _request(viewer: Viewer, picked: Picked, trigger: str, evidence: Mapping[str, Any]) -> service.Request:
    role = next(iter(viewer.roles(picked.pilot)), "")
    return service.Request(
        picked.pilot, picked.machine, trigger, viewer.person.id, None, evidence, picked.seq, role, apart=True
    )


def recorded(desk: Desk, viewer: Viewer, picked: Picked) -> Entry | None:
    """The entry that this person's answer to a thing left, here its ``seq``; None when there is no such entry."""
    with desk.database.read() as connection:
        key = (picked.pilot.id, picked.seq)
        entry = overview.numbered(connection, [picked.pilot.id], [picked.seq]).get(key)
    if entry is None or (entry.machine, entry.actor) != (picked.machine, viewer.person.id):
        return None
    workflow = desk.programme(picked.pilot.definition).workflow[picked.machine.partition("/")[0]]
    judged = judged_by(workflow, viewer.roles(picked.pilot)).values()
    return entry if any(entry.trigger == rule.trigger for rules in judged for rule in rules) else None


def kept_from(desk: Desk, viewer: Viewer, picked: Picked) -> Answer:
    """Why nothing was recorded of a thing, as far as that can still be seen."""
    found = waiting_one(desk, viewer, picked.pilot, picked.machine)
    if found is None or not (found.own or found.unread):
        return Answer(picked, "moved")
    return Answer(picked, "own" if found.own else "unread")


def may_judge(programme: Programme, machine: str, roles: tuple[str, ...]) -> bool:
    """Whether somebody with these roles judges such a machine at all, whatever its state."""
    workflow = programme.workflow.get(machine.partition("/")[0])
    return workflow is not None and bool(judged_by(workflow, roles))
