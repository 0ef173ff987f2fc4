"""A small pilot log to write to: it seals as the services do, and knows what must hold afterwards."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from mlw_workflow.audit.canonical import canonical
from mlw_workflow.audit.seal import GENESIS, commitment, new_salt, seal
from mlw_workflow.audit.verify import verify_chain, verify_evidence
from mlw_workflow.domain.ledger import Entry, Membership, advanced, step_of, taken_back
from mlw_workflow.domain.pilot import Pilot, Position
from mlw_workflow.storage import projection, repositories

if TYPE_CHECKING:
    from mlw_workflow.storage.database import Database
    from mlw_workflow.storage.unit_of_work import PilotWork, Work

START = datetime(2014, 5, 31, 10, tzinfo=UTC)
DEFINITION = "sha256:" + "d" * 64
DAY = date(2014, 5, 31)
INITIAL = "idle"


class Clerk:
    """Writes entries of all kinds to pilots of a made-up programme whose machines go round from ``idle`` to ``s1``…"""

    def __init__(self) -> None:
        self.seconds = 0
        self.initial_of = {f"w{number:02}": INITIAL for number in range(1, 14)}

    def now(self) -> datetime:
        self.seconds += 1
        return START + timedelta(seconds=self.seconds)

    def install(self, database: Database) -> None:
        with database.work() as work:
            work.add_definition(DEFINITION, "mlw-pilot", b"{}", START)
            work.commit()

    def pilot(self, code: str, municipality: str = "Tłuszcz") -> Pilot:
        days = (date(2013, 12, 1), date(2014, 8, 31))
        return Pilot(f"id-{code}", code, municipality, "mlw-pilot", DEFINITION, *days, "mazowieckie")

    def open(self, work: Work, code: str, municipality: str = "Tłuszcz") -> PilotWork:
        pilot = self.pilot(code, municipality)
        now = self.now()
        entry = Entry(pilot.id, 1, GENESIS.hash.hex(), "opening", now, "operator", pilot={"code": code})
        return work.open_pilot(pilot, seal(entry), now)

    def opened(self, database: Database, code: str = "tluszcz", municipality: str = "Tłuszcz") -> str:
        self.install(database)
        with database.work() as work:
            pilot_id = self.open(work, code, municipality).id
            work.commit()
        return pilot_id

    def entry(self, tx: PilotWork, kind: str, **fields: object) -> Entry:
        return Entry(tx.id, tx.head.seq + 1, tx.head.hash.hex(), kind, self.now(), "p1", **fields)  # type: ignore[arg-type]

    def advance(self, tx: PilotWork, machine: str = "w01", **evidence: object) -> Entry:
        position = tx.moved.get(machine) or Position(machine, INITIAL)
        salted = [(field, new_salt(), canonical(value)) for field, value in evidence.items()]
        entry = self.entry(
            tx, "transition", machine=machine, trigger="go", from_state=position.state,
            to_state=f"s{tx.head.seq + 1}", effect="advance", occurred_on=DAY,
            evidence={field: commitment(field, salt, value) for field, salt, value in salted},
        )  # fmt: skip
        tx.append(seal(entry), position=advanced(position, step_of(entry)), evidence=salted)
        return entry

    def refuse(self, tx: PilotWork, machine: str = "w01") -> None:
        tx.append(seal(self.entry(tx, "refusal", machine=machine, trigger="go", reasons=({"code": "no"},))))

    def correct(self, tx: PilotWork, machine: str = "w01") -> None:
        position = tx.moved[machine]
        assert position.last is not None
        entry = self.entry(tx, "correction", machine=machine, trigger="correct", undoes=position.last.seq)
        tx.append(seal(entry), position=taken_back(position))

    def give_role(self, tx: PilotWork, person: str, role: str, until: date | None = None) -> None:
        entry = self.entry(tx, "membership", person=person, role=role, since=DAY, until=until)
        tx.append(seal(entry), membership=Membership(person, role, DAY, until))

    def check(self, database: Database) -> dict[str, int]:
        """Everything that must hold of every pilot; the number of entries by code."""
        counted = {}
        with database.read() as connection:
            for pilot in repositories.pilots(connection):
                head = repositories.head(connection, pilot.id)
                verdict = verify_chain(pilot.id, repositories.entries(connection, pilot.id), head, deep=True)
                assert verdict.first_failure is None
                assert verdict.entries >= 1
                evidence = repositories.evidence_of(connection, pilot.id)
                assert verify_evidence(repositories.entries(connection, pilot.id), evidence).first_failure is None
                folded = projection.folded(connection, pilot.id, self.initial_of)
                assert projection.differences(folded, projection.stored(connection, pilot.id)) == ()
                counted[pilot.code] = verdict.entries
        return counted


@pytest.fixture
def clerk() -> Clerk:
    """Writes to pilots."""
    return Clerk()
