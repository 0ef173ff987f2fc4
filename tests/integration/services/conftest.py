"""A desk with the real programme installed, a clock that the test moves, and one open pilot."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.services.advance import Outcome, Request, advance
from mlw_workflow.services.audit import replay_pilot, verify
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.erase import erase
from mlw_workflow.services.erasure_files import Folders
from mlw_workflow.services.erasure_plan import Asked
from mlw_workflow.services.erasure_plan import Place as Erase
from mlw_workflow.services.import_history import Imported, import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.standing import AsOf, history, standing_of
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot

WORKFLOWS = Path(__file__).parents[3] / "workflows"
CASES = WORKFLOWS / "_cases"
MEMBERS = [{"institution": f"Instytucja {number}", "function": "członek"} for number in range(1, 6)]
ORDER = {"order_number": "0050.1.2014"}


Place = tuple[int, str]


class HandClock:
    """A clock that shows what it is set to, earlier or later."""

    def __init__(self, instant: datetime) -> None:
        self.instant = instant

    def now(self) -> datetime:
        return self.instant

    def set(self, day: date, at: time = time(12)) -> datetime:
        """Move to an hour (UTC) of a day."""
        self.instant = datetime.combine(day, at, UTC)
        return self.instant


@dataclass
class Office:
    """What a test of the services works with."""

    database: Database
    clock: HandClock
    home: Path
    desk: Desk = field(init=False)
    pilot: Pilot = field(init=False)
    hashes: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.desk = Desk(self.database, self.clock)

    def definition(self, programme: str) -> str:
        """The content hash of a programme of this repository, installed when it is first asked for."""
        if programme not in self.hashes:
            self.hashes[programme] = install_definition(self.desk, load_programme(WORKFLOWS / programme))
        return self.hashes[programme]

    def open(self, municipality: str, programme: str = "mlw-pilot", **given: Any) -> Pilot:
        return open_pilot(self.desk, Opening(municipality, self.definition(programme), **given))

    def ask(self, machine: str, trigger: str, by: str, on: date | None = None, **evidence: Any) -> Outcome:
        """One attempt in the first pilot."""
        return advance(self.desk, Request(self.pilot, machine, trigger, by, on, evidence))

    def take(self, machine: str, trigger: str, by: str, on: date | None = None, **evidence: Any) -> Entry:
        """One attempt that must be admitted."""
        outcome = self.ask(machine, trigger, by, on, **evidence)
        assert outcome.admitted, outcome.decision
        assert outcome.entry is not None
        return outcome.entry

    def codes(self, outcome: Outcome) -> set[str]:
        """Why an attempt was refused."""
        assert not outcome.admitted
        return {reason.code for reason in outcome.decision.reasons}  # type: ignore[union-attr]

    def appoint_team(self, day: date) -> None:
        """The coordinator and then the team, all on one day."""
        self.take("w03", "appoint", "mayor", day, institution="OPS", **ORDER)
        self.take("w07", "select", "coordinator", day)
        self.take("w07", "propose", "coordinator", day, members=MEMBERS)
        self.take("w07", "appoint", "mayor", day, **ORDER)

    def state(self, machine: str, day: date | None = None, known_at: datetime | None = None) -> str:
        """Where a machine of the first pilot stood."""
        return standing_of(self.desk, self.pilot, AsOf(day or date.max, known_at)).position(machine).state

    def entries(self, pilot: Pilot | None = None) -> list[Entry]:
        return [entry for entry, _ in history(self.desk, pilot or self.pilot)]

    def holds(self, pilot: Pilot | None = None) -> bool:
        """Whether the log verifies and its replay leads to what is stored."""
        pilot = pilot or self.pilot
        return verify(self.desk, pilot, deep=True).holds and replay_pilot(self.desk, pilot).holds

    def erase(self, *places: Place, pilot: Pilot | None = None) -> None:
        """Erase evidence of the first pilot, each place an entry's number and a field (empty: all)."""
        asked = Asked("próba", evidence=tuple(Erase(pilot or self.pilot, seq, field) for seq, field in places))
        erase(self.desk, asked, self.folders)

    @property
    def folders(self) -> Folders:
        """Where this office keeps files."""
        return Folders(self.home, self.home / "files", self.home / "mail")

    def bring_in(self, file: Path, **given: Any) -> list[Imported]:
        return import_history(self.desk, file, definition_of=self.definition, **given)

    def pilots(self) -> dict[str, Pilot]:
        with self.database.read() as connection:
            return {pilot.code: pilot for pilot in repositories.pilots(connection)}

    def later(self, **units: float) -> datetime:
        """Move the clock on."""
        self.clock.instant += timedelta(**units)
        return self.clock.instant


@pytest.fixture
def empty_office(database: Database, tmp_path: Path) -> Office:
    """No pilot yet; the clock shows noon (UTC) of 1 March 2014."""
    return Office(database, HandClock(datetime(2014, 3, 1, 12, tzinfo=UTC)), tmp_path / "home")


@pytest.fixture
def office(empty_office: Office) -> Office:
    """One pilot, Tłuszcz, open."""
    empty_office.pilot = empty_office.open("Tłuszcz", voivodeship="mazowieckie")
    return empty_office
