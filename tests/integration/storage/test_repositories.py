"""Finding pilots by what people type, and reading what is stored."""

from __future__ import annotations

import tracemalloc
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from mlw_workflow.audit.read import decode
from mlw_workflow.domain.errors import UnknownPerson, UnknownPilot
from mlw_workflow.storage import overview, repositories
from mlw_workflow.storage.repositories import Person

if TYPE_CHECKING:
    from mlw_workflow.storage.database import Database


@pytest.fixture
def three(database: Database, clerk: Any) -> Database:
    """Tłuszcz twice (another programme's code) and Janów Lubelski."""
    clerk.opened(database, "janow-lubelski", "Janów Lubelski")
    clerk.opened(database, "dzialdowo", "Działdowo")
    clerk.opened(database, "tluszcz", "Tłuszcz")
    clerk.opened(database, "tluszcz-2", "Tłuszcz")
    return database


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("Działdowo", "dzialdowo"),
        ("dzialdowo", "dzialdowo"),
        ("DZIAŁDOWO", "dzialdowo"),
        ("  Janow  lubelski ", "janow-lubelski"),
        ("janów-lubelski", "janow-lubelski"),
        ("tluszcz", "tluszcz"),
        ("tluszcz-2", "tluszcz-2"),
        ("Tluszcz-2", "tluszcz-2"),
    ],
)
def test_pilot_is_found_without_diacritics(three: Database, name: str, code: str) -> None:
    """Case, diacritics and blanks make no difference; a code always works."""
    with three.read() as connection:
        assert repositories.find_pilot(connection, name).code == code


def test_ambiguous_municipality_lists_the_codes(three: Database) -> None:
    """Two pilots of one municipality are told apart by code."""
    with three.read() as connection:
        for name in ("Tłuszcz", "TŁUSZCZ"):
            with pytest.raises(UnknownPilot, match="ambiguous_pilot") as told:
                repositories.find_pilot(connection, name)
            assert told.value.facts["known"] == ("tluszcz", "tluszcz-2")


def test_unknown_pilot_suggests(three: Database) -> None:
    """What comes closest is offered; another programme's pilots are not."""
    with three.read() as connection:
        with pytest.raises(UnknownPilot) as told:
            repositories.find_pilot(connection, "Dzialdow")
        assert "Działdowo" in told.value.facts["known"]
        with pytest.raises(UnknownPilot) as told:
            repositories.find_pilot(connection, "Działdowo", programme="another")
        assert told.value.facts["known"] == ()
    with three.work() as work:
        assert work.find_pilot("Nowhere") is None
        found = work.find_pilot("dzialdowo")
        assert found is not None
        assert found.municipality == "Działdowo"


def test_pilots_come_as_they_went_in(three: Database, clerk: Any) -> None:
    """In the order of codes."""
    with three.read() as connection:
        found = repositories.pilots(connection)
        assert [pilot.code for pilot in found] == ["dzialdowo", "janow-lubelski", "tluszcz", "tluszcz-2"]
        assert found[0] == clerk.pilot("dzialdowo", "Działdowo")
        with pytest.raises(UnknownPilot):
            repositories.pilot(connection, "x")


def test_entries_stream_from_a_place(database: Database, clerk: Any) -> None:
    """The stored bytes in order, from the start or after an entry."""
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        made = [clerk.advance(tx, "w01", note=number) for number in range(5)]
        tx.commit()
    with database.read() as connection:
        assert [decode(body) for _, _, body in repositories.entries(connection, pilot)][1:] == made
        assert [seq for seq, _, _ in repositories.entries(connection, pilot, after_seq=4)] == [5, 6]
        assert repositories.entry_count(connection, pilot) == 6
        assert repositories.head(connection, "x") is None
        values = [(kept.seq, kept.field, kept.value) for kept in repositories.evidence_of(connection, pilot)]
        assert values == [(number + 2, "note", str(number).encode()) for number in range(5)]


def test_people_are_found_by_id_address_and_name(database: Database) -> None:
    """A name that two people bear is told as such, and not as one that nobody has."""
    moment = datetime(2014, 5, 31, tzinfo=UTC)
    people = [Person("p1", "Anna Żak", "a@x.pl"), Person("p2", "Jan Żak", "b@x.pl", "en"), Person("p3", "Jan Żak")]
    with database.work() as work:
        for person in people:
            work.add_person(person, moment)
        work.commit()
    with database.read() as connection:
        assert repositories.people(connection) == tuple(people)
        assert repositories.person(connection, "p2") == people[1]
        assert repositories.person(connection, "p9") is None
        assert [repositories.find_person(connection, n) for n in ("p1", "b@x.pl", " Anna  Żak", "Ewa", "")] == [
            people[0], people[1], people[0], None, None,
        ]  # fmt: skip
        with pytest.raises(UnknownPerson, match="ambiguous_person"):
            repositories.find_person(connection, "Jan Żak")


def test_positions_of_2500_pilots_fit_in_memory(sqlite_url: str, clerk: Any) -> None:
    """The whole country's positions take well under 200 MiB, looked at or not."""
    from mlw_workflow.storage.database import Database

    database = Database.open(sqlite_url)
    pilot = clerk.opened(database)
    with database.transition(pilot) as tx:
        for machine in range(1, 14):
            for _ in range(4):
                clerk.advance(tx, f"w{machine:02}")
        tx.commit()
    with database.work() as work:
        work.connection.execute(
            "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2499)"
            " INSERT INTO position SELECT 'p' || i, machine, state, since, recorded_at, seq, steps FROM position, n"
        )
        work.commit()
    tracemalloc.start()
    with database.read() as connection:
        found = repositories.all_positions(connection)
    assert len(found) == 2500
    assert all(position.state for positions in found.values() for position in positions.values())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 200 * 2**20
    database.close()


def test_logs_are_read_one_after_the_other(three: Database, clerk: Any) -> None:
    """From the first entry of the first log on or from the last back, beyond a place, and no log that is not named."""
    with three.read() as connection:
        pilots = repositories.pilots(connection)
    for pilot in pilots:
        with three.transition(pilot.id) as work:
            clerk.advance(work)
            clerk.refuse(work)
            work.commit()
    codes = ["tluszcz", "dzialdowo", "tluszcz-2"]
    with three.read() as connection:

        def read(after: tuple[str, int] | None = None, *, newest: bool = False) -> list[tuple[str, int]]:
            return [(row[0], row[1]) for row in overview.entries_of(connection, codes, after, newest=newest)]

        whole = [(code, seq) for code in ("dzialdowo", "tluszcz", "tluszcz-2") for seq in (1, 2, 3)]
        assert read() == whole
        assert read(newest=True) == whole[::-1]
        assert read(("dzialdowo", 2)) == whole[2:]
        assert read(("tluszcz", 1), newest=True) == whole[2::-1]
        assert list(overview.entries_of(connection, [])) == []
