"""People who act at the same moment: one wins, the others are told what changed, and no rule across machines breaks."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.domain.errors import AccessRefused, HistoryInvalid
from mlw_workflow.services.advance import Outcome, Request, advance
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

FEBRUARY = date(2014, 2, 3)
WRITERS = 6
ROUNDS = 12


def at_once(actions: Iterable[Callable[[], Any]]) -> list[Any]:
    """Start all actions at the same moment, each in its thread; what they return."""
    actions = list(actions)
    barrier = threading.Barrier(len(actions))

    def run(action: Callable[[], Any]) -> Any:
        barrier.wait()
        return action()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def codes(outcome: Outcome) -> frozenset[str]:
    """Why it was refused; nothing when it was admitted."""
    return frozenset() if outcome.admitted else frozenset(r.code for r in outcome.decision.reasons)  # type: ignore[union-attr]


def test_one_of_many_advances_a_machine(office: Any) -> None:
    """Of several who take the same step at once one is admitted; the others learn which entry was first."""
    for machine, trigger in (("w10", "prepare"), ("w01", "begin"), ("w02", "begin")):
        request = Request(office.pilot, machine, trigger, "coordinator", FEBRUARY, seen_seq=0)
        outcomes = at_once([lambda request=request: advance(office.desk, request)] * WRITERS)
        told = Counter(codes(outcome) for outcome in outcomes)
        assert told == {frozenset(): 1, frozenset({"wrong_state", "changed_meanwhile"}): WRITERS - 1}
        first = next(outcome.entry.seq for outcome in outcomes if outcome.admitted)
        for outcome in outcomes:
            if not outcome.admitted:
                facts = {reason.code: reason.fact for reason in outcome.decision.reasons}
                assert facts["changed_meanwhile"]["seq"] == facts["wrong_state"]["seq"] == first
                assert facts["wrong_state"]["last_trigger"] == trigger
    assert [entry.seq for entry in office.entries()] == list(range(1, 2 + 3 * WRITERS))
    assert office.holds()


def test_step_that_leads_nowhere_else(office: Any) -> None:
    """Meetings recorded at once are all recorded; whoever asks for an unchanged machine is told that it changed."""
    office.take("w01", "begin", "animator", FEBRUARY)
    evidence = {"place": "A", "audience": "residents"}
    free = Request(office.pilot, "w01", "hold_meeting", "animator", FEBRUARY, evidence)
    assert all(outcome.admitted for outcome in at_once([lambda: advance(office.desk, free)] * WRITERS))
    seen = office.entries()[-1].seq
    careful = Request(office.pilot, "w01", "hold_meeting", "animator", FEBRUARY, evidence, seen_seq=seen)
    outcomes = at_once([lambda: advance(office.desk, careful)] * WRITERS)
    assert Counter(map(codes, outcomes)) == {frozenset(): 1, frozenset({"changed_meanwhile"}): WRITERS - 1}
    assert len(office.entries()) == 2 + 2 * WRITERS
    assert office.holds()


def test_processes_that_share_only_the_database(office: Any, database_url: str) -> None:
    """The same among processes: nothing that was acknowledged is lost, and each step was admitted once."""
    with ProcessPoolExecutor(3, mp_context=get_context("spawn")) as pool:
        answers = list(pool.map(_record_alone, [(database_url, office.pilot.id, number) for number in range(3)]))
    acknowledged = [item for answer in answers for item in answer]
    assert len(acknowledged) == 3 * len(STEPS)
    admitted = Counter((machine, trigger) for _, machine, trigger, is_admitted in acknowledged if is_admitted)
    assert set(admitted) == {(machine, trigger) for machine, trigger, *_ in STEPS}
    entries = {entry.seq: entry for entry in office.entries()}
    for seq, machine, trigger, is_admitted in acknowledged:
        kind = "transition" if is_admitted else "refusal"
        assert (entries[seq].machine, entries[seq].trigger, entries[seq].kind) == (machine, trigger, kind)
    assert len(entries) == 1 + len(acknowledged)
    assert all(count == 1 for (machine, _), count in admitted.items() if machine != "w01")
    assert office.holds()


STEPS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("w03", "appoint", {"order_number": "1", "institution": "OPS"}),
    ("w01", "begin", {}),
    *[("w01", "hold_meeting", {"place": "A", "audience": "residents"})] * 8,
    ("w10", "prepare", {}),
    ("w04", "designate", {"maker": "OPS"}),
    ("w07", "select", {}),
    ("w05", "begin", {}),
)


def _record_alone(task: tuple[str, str, int]) -> list[tuple[int, str, str, bool]]:
    """In a process of its own: take each step, telling what was acknowledged."""

    class Noon:
        def now(self) -> datetime:
            return datetime(2014, 3, 1, 12, tzinfo=UTC)

    url, pilot_id, _ = task
    database = Database.open(url)
    with database.read() as connection:
        pilot = repositories.pilot(connection, pilot_id)
    desk, told = Desk(database, Noon()), []
    for machine, trigger, evidence in STEPS:
        outcome = advance(desk, Request(pilot, machine, trigger, "coordinator", FEBRUARY, evidence))
        assert outcome.entry is not None
        told.append((outcome.entry.seq, machine, trigger, outcome.admitted))
    database.close()
    return told


@pytest.mark.parametrize("undoing", ["correct", "return"])
def test_ground_is_not_pulled_away(office: Any, undoing: str) -> None:
    """While one step relies on another machine, somebody undoes just that: one of the two is refused, always."""
    won = Counter[str]()
    role = "coordinator" if undoing == "correct" else "implementing_body"
    for number in range(ROUNDS):
        pilot = office.pilot = office.open(f"Gmina {number}")
        office.take("w03", "appoint", "mayor", FEBRUARY, order_number="1", institution="OPS")
        builds = Request(pilot, "w04", "designate", "coordinator", FEBRUARY + timedelta(days=2), {"maker": "OPS"})
        undoes = Request(pilot, "w03", undoing, role, FEBRUARY + timedelta(days=1), {"reason": "pomyłka"})
        order = [builds, undoes] if number % 2 else [undoes, builds]
        outcomes = at_once([lambda request=request: advance(office.desk, request) for request in order])
        built, undone = outcomes if number % 2 else outcomes[::-1]
        assert built.admitted != undone.admitted
        won["built" if built.admitted else "undone"] += 1
        assert codes(undone) <= {"relied_upon"}
        assert codes(built) <= {"prerequisite_unmet"}
        assert (office.state("w04") == "designated") == (office.state("w03") == "appointed")
        assert office.holds()
    assert won.total() == ROUNDS


def test_nobody_accepts_a_step_of_their_own_that_is_recorded_at_that_moment(office: Any) -> None:
    """The acceptance waits for the lock, sees what came under it, is kept off and not recorded."""
    desk, pilot = office.desk, office.pilot
    with office.database.read() as connection:
        every = list(repositories.pilots(connection))
    person = add_person(desk, "Anna Oboje", "oboje@demo.invalid", "pl").id
    for role in ("coordinator", "implementing_body"):
        give_role(desk, person, role, every)
    guidelines = [{"guideline": "w01", "done": "Spotkanie."}]
    report = {"guidelines": guidelines, "problems": "brak", "planned_next": "Spotkania."}
    office.take("partial/1", "draft", "coordinator")
    submit = Request(pilot, "partial/1", "submit", person, None, report)
    accept = Request(pilot, "partial/1", "accept", person, apart=True)
    held, free = threading.Event(), threading.Event()

    class Gate:
        """A clock that is asked under the lock, and answers when the other waits for it."""

        def now(self) -> datetime:
            held.set()
            assert free.wait(60)
            instant: datetime = office.clock.now()
            return instant

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(advance, Desk(office.database, Gate()), submit)
        assert held.wait(60)
        second = pool.submit(advance, desk, accept)
        with pytest.raises(TimeoutError):
            second.result(timeout=0.3)
        free.set()
        assert first.result(timeout=60).admitted
        with pytest.raises(AccessRefused) as kept_off:
            second.result(timeout=60)
    assert kept_off.value.code == "acceptance_own"
    assert office.state("partial/1") == "submitted"
    assert [entry.trigger for entry in office.entries()][-2:] == ["draft", "submit"]
    assert office.holds()


def test_two_imports_of_one_new_file(empty_office: Any, tmp_path: Path) -> None:
    """One opens the pilot and records everything; the other records nothing, or is told that the pilot exists."""
    file = tmp_path / "history.yaml"
    file.write_text(
        "municipality: Klembów\nprogramme: mlw-pilot\nevents:\n"
        "  - {machine: w03, trigger: appoint, on: 2014-01-07, evidence: {order_number: '1', institution: OPS}}\n"
        "  - {machine: w04, trigger: designate, on: 2014-02-03, evidence: {maker: OPS}}\n",
        "utf-8",
    )
    empty_office.definition("mlw-pilot")

    def bring_in() -> int | str:
        try:
            return int(empty_office.bring_in(file)[0].recorded)
        except HistoryInvalid as error:
            return error.code

    answers = at_once([bring_in] * 4)
    assert answers.count(2) == 1
    assert {answer for answer in answers if answer != 2} <= {0, "pilot_exists"}
    (pilot,) = empty_office.pilots().values()
    assert len(empty_office.entries(pilot)) == 3
    assert empty_office.holds(pilot)


def test_imports_of_the_same_pilots_in_another_order(empty_office: Any, tmp_path: Path) -> None:
    """Two imports that touch the same open pilots, each in its own order, both end."""
    names = [f"Gmina {number}" for number in range(5)]
    for name in names:
        empty_office.open(name)
    files = []
    for number, order in enumerate((names, names[::-1]) * 2):
        event = f"{{machine: w10, trigger: prepare, on: 2014-01-0{number // 2 + 1}}}" if number < 2 else ""
        parts = [f"- {{municipality: {name}, programme: mlw-pilot, events: [{event}]}}\n" for name in order]
        files.append(tmp_path / f"{number}.yaml")
        files[-1].write_text("".join(parts), "utf-8")
    done = at_once([lambda file=file: empty_office.bring_in(file) for file in files])
    assert sum(item.recorded for answer in done for item in answer) == 5
    for pilot in empty_office.pilots().values():
        assert len(empty_office.entries(pilot)) == 2
        assert empty_office.holds(pilot)
