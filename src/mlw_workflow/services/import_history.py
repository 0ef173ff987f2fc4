"""Import a history file: every event is decided like a live one; all of it is recorded, or nothing is."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import structlog

from mlw_workflow.audit.replay import IMPORTER, SOURCE_NOTE
from mlw_workflow.domain.clock import local_day
from mlw_workflow.domain.decision import Actor, Admitted, Attempt, Refused
from mlw_workflow.domain.errors import BadInput, HistoryInvalid, UnknownPilot
from mlw_workflow.domain.machine import decide
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.domain.wayout import way_out
from mlw_workflow.services.actor import acting_roles
from mlw_workflow.services.deadlines import Book
from mlw_workflow.services.gather import gathered, known_evidence
from mlw_workflow.services.history_file import Event, History, events, read_history
from mlw_workflow.services.open_pilot import Opening, open_within
from mlw_workflow.services.recording import instant_after, record

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.unit_of_work import PilotWork, Work

log = structlog.get_logger("mlw.import")


@dataclass(slots=True)
class Imported:
    """What an import did (or, as a dry run, would do) for one pilot."""

    pilot: Pilot
    opened: bool
    recorded: int = 0
    already: int = 0
    """Events that were on record before."""
    later: list[tuple[str, str, date]] = field(default_factory=list)
    """(machine, trigger, day) of events after the day of the import: they have not happened yet."""
    left_aside: list[str] = field(default_factory=list)
    """What of the file is no dated event, by its place."""


def import_history(
    desk: Desk,
    file: Path,
    *,
    definition_of: Callable[[str], str],
    dry_run: bool = False,
    only_until: date | None = None,
    programmes: frozenset[str] | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> list[Imported]:
    """Import everything a history file states, in one transaction.

    ``definition_of`` gives the content hash of the definition a programme's id names (installing it when needed).
    Events after ``only_until`` (or, with None, after the day of the import) are refused like any future event unless
    ``only_until`` is given: then they are left for later and listed. Running the same file again records only what is
    new. Raises HistoryInvalid at the first event that breaks a rule, with its line and every reason; nothing is
    recorded then.
    """
    document, histories = read_history(file)
    chosen = [h for h in histories if programmes is None or h.programme in programmes]
    plans = []
    for history in chosen:
        definition = definition_of(history.programme)
        plans.append((history, definition, *events(file.name, document, history, desk.programme(definition))))
    total = sum(len(found) for _, _, found, _ in plans)
    done: list[Imported] = []
    with desk.database.work() as work:
        if len(plans) > 1:
            _lock(work, chosen)
        count = 0
        for history, definition, found, aside in plans:
            run = _Import(desk, work, file.name, history, definition, only_until)
            run.result.left_aside += aside
            for event in found:
                run.take(event)
                count += 1
                if progress is not None and (count % 100 == 0 or count == total):
                    progress(count, total)
            run.book.write()
            done.append(run.result)
        if not dry_run:
            work.commit()
    for item in done:
        log.info("imported", pilot=item.pilot.code, recorded=item.recorded, already=item.already, dry_run=dry_run)
    return done


def _lock(work: Work, histories: list[History]) -> None:
    """Lock the pilots that are open already in the order of their ids, so that no two imports wait for each other."""
    known = {}
    for history in histories:
        with suppress(UnknownPilot):  # it is told, with its line, when its turn comes
            pilot = _known(work, history)
            if pilot is not None:
                known[pilot.id] = pilot
    for _, pilot in sorted(known.items()):
        work.pilot(pilot)


def _known(work: Work, history: History) -> Pilot | None:
    """The pilot that a history goes on with: of its very name (or code), and of no other voivodeship.

    A file must not add to another municipality's log because the names are alike.
    """
    found = work.find_pilot(history.code or history.municipality, programme=history.programme)
    if found is None or (history.code and found.code == history.code):
        return found
    same_name = found.municipality == " ".join(history.municipality.split())
    same_place = not history.voivodeship or not found.voivodeship or found.voivodeship == history.voivodeship
    return found if same_name and same_place else None


class _Import:
    """The import of one pilot's history within a transaction."""

    def __init__(
        self, desk: Desk, work: Work, file: str, history: History, definition: str, only_until: date | None
    ) -> None:
        self.file = file
        self.only_until = only_until
        opening = Opening(
            history.municipality, definition, history.start, history.end, history.code, history.voivodeship
        )
        try:
            known = _known(work, history)
            self.work: PilotWork = work.pilot(known) if known else open_within(desk, work, opening, desk.clock.now())
        except BadInput as error:
            raise HistoryInvalid(error.code, file=file, line=history.line, **error.facts) from error
        self.pilot = self.work.pilot
        self.programme = desk.programme(self.pilot.definition)
        self.recorded_at = instant_after(self.work.head, desk.clock.now())
        self.today = local_day(self.recorded_at, self.programme.timezone)
        self.book = Book(desk, self.work, self.pilot, self.programme)
        self.roles = acting_roles(self.programme)
        self.standing = Standing(self.pilot, self.programme, self.work.moved)
        self.on_record = Counter(
            (machine, step.trigger, step.occurred_on)
            for machine, position in self.standing.moved.items()
            for step in position.steps
        )
        self.result = Imported(self.pilot, known is None)

    def take(self, event: Event) -> None:
        """Record one event unless it is on record or lies ahead."""
        key = (event.machine, event.trigger, event.on)
        if self.on_record[key]:
            self.on_record[key] -= 1
            self.result.already += 1
            return
        if self.only_until is not None and event.on > self.only_until:
            self.result.later.append(key)
            return
        try:
            self.decide(event)
        except HistoryInvalid:
            raise
        except BadInput as error:
            raise HistoryInvalid(error.code, file=self.file, line=event.line, **error.facts) from error

    def decide(self, event: Event) -> None:
        evidence: Mapping[str, Any] = event.evidence or {}
        known: Mapping[tuple[str, str], tuple[Any, ...]] = {}
        if event.machine in self.standing.instances:
            evidence = gathered(self.work, self.standing, event.machine, event.trigger, evidence)
            known = known_evidence(self.work, self.standing, event.machine, event.trigger)
        actor = Actor(IMPORTER, self.roles)
        attempt = Attempt(event.machine, event.trigger, event.on, actor, evidence, known, today=self.today)
        decision = decide(self.standing, attempt)
        if isinstance(decision, Refused):
            raise HistoryInvalid(
                "history_refused",
                file=self.file,
                line=event.line,
                pilot=self.pilot.municipality,
                machine=event.machine,
                trigger=event.trigger,
                on=event.on,
                reasons=decision.reasons,
                programme=self.programme,
                way_out=way_out(self.standing, event.machine, event.trigger),
            )
        assert isinstance(decision, Admitted)
        made = record(
            self.work.head,
            self.standing,
            attempt,
            decision,
            self.recorded_at,
            source="assumed" if event.source == "assumed" else "stated",
            precision=event.precision,
            notes={SOURCE_NOTE: event.source} if event.source else None,
        )
        self.work.append(made.sealed, position=made.position, evidence=made.evidence)
        assert made.position is not None
        self.standing = self.standing.with_position(made.position)
        self.book.step(self.standing, event.machine, self.recorded_at)
        self.result.recorded += 1
