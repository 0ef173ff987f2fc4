"""A database with pilots in it, driven through the services, each beside its model; whatever is done is compared."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tests.simulation.model import Answer, Ask, Model

from mlw_workflow.domain.errors import BadInput, HistoryInvalid
from mlw_workflow.services.advance import Outcome, Request, advance, preview
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.standing import AsOf, history, standing_of
from mlw_workflow.storage import projection, repositories

if TYPE_CHECKING:
    from mlw_workflow.definitions.loader import Loaded
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.database import Database

Json = dict[str, Any]
PEOPLE = ("Anna Nowak", "Jan Kowalski", "Ewa Łoś")
_PHOTO = ("position", "evidence", "membership")


@dataclass
class ManualClock:
    """Stands still until it is moved."""

    instant: datetime

    def now(self) -> datetime:
        return self.instant


@dataclass
class Run:
    """A pilot, its model, and the end of its log."""

    pilot: Pilot
    model: Model
    seq: int
    last: datetime
    """When the last entry was recorded."""
    instants: list[datetime] = field(default_factory=list)


class World:
    """The services on one side, the models on the other."""

    def __init__(self, database: Database, loaded: Loaded) -> None:
        self.definition: Json = json.loads(loaded.body)
        self.zone = ZoneInfo(self.definition.get("timezone", "Europe/Warsaw"))
        self.start = date.fromisoformat(self.definition["start"])
        self.end = date.fromisoformat(self.definition["end"])
        opening = datetime.combine(self.start - timedelta(days=3), time(12), UTC)
        self.clock = ManualClock(opening)
        self.desk = Desk(database, self.clock)
        self.hash = install_definition(self.desk, loaded)
        self.people = {name: add_person(self.desk, name).id for name in PEOPLE}
        self.runs: list[Run] = []
        self.folder = tempfile.TemporaryDirectory()
        self.told = {"admitted": 0, "refused": 0, "corrected": 0, "imported": 0, "rolled back": 0, "bad input": 0}

    def close(self) -> None:
        self.folder.cleanup()

    def now(self, run: Run) -> datetime:
        """The instant that will be recorded: a clock set back a little stands still."""
        return max(self.clock.instant, run.last)

    def today(self, run: Run) -> date:
        return self.now(run).astimezone(self.zone).date()

    # Commands

    def open(self, start: date, end: date) -> Run:
        """Open one more pilot: it has the roles that are held in the whole programme, and nothing else."""
        number = len(self.runs)
        pilot = open_pilot(self.desk, Opening(f"Gmina {number}", self.hash, start, end))
        model = Model(self.definition, start, end)
        for other in self.runs:
            for (person, role, since), until in other.model.held.items():
                if self.scope(role) == "programme":
                    model.held[(person, role, since)] = until
        run = Run(pilot, model, 1 + len(model.held), self.clock.instant, [self.clock.instant])
        self.runs.append(run)
        self.same_memberships(run)
        self.same_head(run)
        return run

    def scope(self, role: str) -> str:
        return next(r.get("scope", "pilot") for r in self.definition["roles"] if r["id"] == role)

    def give_role(self, run: Run, name: str, role: str, since: date, until: date | None) -> None:
        """Give or end a role; in all pilots when it is held in the whole programme."""
        runs = [run] if self.scope(role) == "pilot" else self.runs
        if until is not None and until < since:
            self.expect_bad_input(run, lambda: give_role(self.desk, name, role, [r.pilot for r in runs], since, until))
            return
        give_role(self.desk, name, role, [r.pilot for r in runs], since, until)
        for each in runs:
            each.model.held[(self.people[name], role, since)] = until
            self.grown(each, 1)
            self.same_memberships(each)

    def attempt(
        self, run: Run, machine: str, trigger: str, on: date, acting: str, evidence: Json, seen: int | None = None
    ) -> tuple[Answer, Outcome]:
        """One attempt through ``advance``: the same answer as the model's, the same state after it."""
        today = self.today(run)
        roles = (acting,) if acting in run.model.acting else run.model.roles(self.people[acting], today)
        ask = Ask(machine, trigger, on, roles, evidence, today, seen)
        answer = run.model.answer(ask)
        before = self.photo(run)
        request = Request(run.pilot, machine, trigger, acting, on, evidence, seen)
        outcome = advance(self.desk, request)
        self.compare(answer, outcome)
        run.last = self.now(run)
        self.grown(run, 1)
        assert outcome.entry is not None
        if answer.admitted:
            run.model.take(ask, answer, run.seq, run.last)
            assert dict(outcome.entry.relies_on) == answer.relied
            assert outcome.entry.undoes == answer.undoes
            assert (outcome.entry.from_state, outcome.entry.to_state) == (answer.old, answer.new)
            self.told["corrected" if answer.undoes else "admitted"] += 1
        else:
            assert outcome.entry.kind == "refusal"
            assert self.photo(run) == before, "a refusal changed more than the log"
            self.told["refused"] += 1
        self.same_position(run, machine)
        return answer, outcome

    def compare(self, answer: Answer, outcome: Outcome) -> None:
        decision = outcome.decision
        if outcome.admitted or answer.admitted:
            assert outcome.admitted == answer.admitted, (answer, decision)
            return
        reasons = decision.reasons  # type: ignore[union-attr]
        codes = {reason.code for reason in reasons}
        found = set()
        for reason in reasons:
            if reason.code == "relied_upon" and "wrong_state" not in codes:
                found.add((reason.code, reason.machine, str(reason.fact["seq"])))
            elif reason.code != "relied_upon" and not reason.code.startswith("evidence_"):
                found.add((reason.code, reason.machine, reason.needs))
        assert found == answer.places, (answer, decision)
        wrong = any(code.startswith("evidence_") for code in codes)
        assert wrong != answer.evidence_fits, (answer, decision)

    def look_first(self, run: Run, machine: str, trigger: str, on: date, acting: str, evidence: Json) -> None:
        """A preview answers as the model does and writes nothing."""
        today = self.clock.instant.astimezone(self.zone).date()
        roles = (acting,) if acting in run.model.acting else run.model.roles(self.people[acting], today)
        before = self.photo(run)
        outcome = preview(self.desk, Request(run.pilot, machine, trigger, acting, on, evidence))
        self.compare(run.model.answer(Ask(machine, trigger, on, roles, evidence, today)), outcome)
        assert outcome.entry is None
        assert self.photo(run) == before
        self.same_head(run)

    def bring_in(self, run: Run, events: list[Json], only_until: date | None) -> bool:
        """Import events into a pilot that is open: all of them, or none."""
        file = Path(self.folder.name) / "history.yaml"
        file.write_text(
            json.dumps({"municipality": run.pilot.municipality, "programme": run.pilot.programme, "events": events}),
            "utf-8",
        )
        expected = self.foretold(run, events, only_until)
        before = self.photo(run)
        try:
            done = import_history(self.desk, file, definition_of=lambda _: self.hash, only_until=only_until)[0]
        except HistoryInvalid as error:
            assert expected is None, error  # noqa: PT017
            assert error.code == "history_refused"  # noqa: PT017
            assert self.photo(run) == before, "a failed import left something behind"
            self.same_head(run)
            self.told["rolled back"] += 1
            return False
        assert expected is not None, "the import admitted what the rules refuse"
        model, recorded, already, later = expected
        assert (done.opened, done.recorded, done.already, len(done.later)) == (False, recorded, already, later)
        run.model = model
        if recorded:
            run.last = self.now(run)
        self.grown(run, recorded)
        self.told["imported"] += recorded
        for machine in model.workflow:
            self.same_position(run, machine)
        return True

    def foretold(self, run: Run, events: list[Json], only_until: date | None) -> tuple[Model, int, int, int] | None:
        model = run.model.copied()
        on_record = model.on_record()
        recorded = already = later = 0
        for event in sorted(events, key=lambda event: event["on"]):
            day = date.fromisoformat(event["on"])
            key = (event["machine"], event["trigger"], day)
            if on_record[key]:
                on_record[key] -= 1
                already += 1
                continue
            if only_until is not None and day > only_until:
                later += 1
                continue
            ask = Ask(*key, model.acting, event.get("evidence", {}), self.today(run))
            answer = model.answer(ask)
            if not answer.admitted:
                return None
            recorded += 1
            model.take(ask, answer, run.seq + recorded, self.now(run))
        return model, recorded, already, later

    def expect_bad_input(self, run: Run, command: Any) -> None:
        """What cannot be understood is not recorded at all."""
        before = self.photo(run)
        try:
            command()
        except BadInput:
            pass
        else:
            raise AssertionError("should not have been understood")
        assert self.photo(run) == before
        self.same_head(run)
        self.told["bad input"] += 1

    # What must hold

    def grown(self, run: Run, entries: int) -> None:
        run.seq += entries
        if entries:
            run.last = self.now(run)
            run.instants.append(run.last)
        self.same_head(run)

    def same_head(self, run: Run) -> None:
        with self.desk.database.read() as connection:
            head = repositories.head(connection, run.pilot.id)
        assert head is not None
        assert (head.seq, head.recorded_at) == (run.seq, run.last)

    def photo(self, run: Run) -> list[Any]:
        """Everything stored about a pilot but its log."""
        with self.desk.database.read() as connection:
            return [
                sorted(map(repr, connection.rows(f"SELECT * FROM {table} WHERE pilot_id = ?", run.pilot.id)))
                for table in _PHOTO
            ]

    def same_position(self, run: Run, machine: str) -> None:
        with self.desk.database.read() as connection:
            position = repositories.positions(connection, run.pilot.id).get(machine)
        found = (
            [(s.seq, s.trigger, s.from_state, s.to_state, s.effect, s.occurred_on) for s in position.steps]
            if position
            else []
        )
        told = [(f.seq, f.trigger, f.old, f.new, f.effect, f.on) for f in run.model.course(machine)]
        assert found == told

    def same_memberships(self, run: Run) -> None:
        with self.desk.database.read() as connection:
            held = repositories.memberships(connection, run.pilot.id)
        assert {(m.person, m.role, m.since): m.until for m in held} == run.model.held

    def same_view(self, run: Run, day: date, known: datetime | None) -> None:
        """Where the pilot stood on a day, and as it was known at an instant."""
        standing = standing_of(self.desk, run.pilot, AsOf(day, known))
        found = {}
        for machine in standing.instances:
            position = standing.position(machine)
            found[machine] = (position.state, position.last.occurred_on if position.last else None)
        assert found == run.model.view(day, known)

    def audit(self, run: Run) -> None:
        """The chain verifies, the replay holds, the projection is the fold, and every step has its footing."""
        verdict = verify(self.desk, run.pilot, deep=True)
        assert verdict.first_failure is None, verdict
        assert verdict.entries == run.seq
        replayed = replay_pilot(self.desk, run.pilot)
        assert replayed.first_failure is None, replayed
        initial = {machine: run.model.initial(machine) for machine in run.model.workflow}
        with self.desk.database.read() as connection:
            folded = projection.folded(connection, run.pilot.id, initial)
            assert projection.differences(folded, projection.stored(connection, run.pilot.id)) == ()
        assert run.model.all_stand() == []
        assert [entry.seq for entry, _ in history(self.desk, run.pilot)] == list(range(1, run.seq + 1))
