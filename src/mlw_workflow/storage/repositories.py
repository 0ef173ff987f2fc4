"""Queries: pilots, their logs and positions, people and definitions, as domain values.

Each takes the connection that ``Database.read()`` lends, or a unit of work's own.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import Head
from mlw_workflow.audit.verify import StoredEvidence
from mlw_workflow.domain.errors import UnknownPerson, UnknownPilot
from mlw_workflow.domain.ledger import Membership
from mlw_workflow.storage import statements as sql
from mlw_workflow.storage.mapping import DaysRead, Positions, day_of, day_or_none, instant_of, instant_or_none, pilot_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.storage.connection import Connection


@dataclass(frozen=True, slots=True)
class Person:
    """A person whom entries name by id."""

    id: str
    name: str
    email: str = ""
    language: str = "pl"


@dataclass(frozen=True, slots=True)
class DefinitionInfo:
    """An installed definition, without its body."""

    hash: str
    programme: str
    installed_at: datetime


# Pilots


def pilots(connection: Connection) -> tuple[Pilot, ...]:
    """Every pilot, by code."""
    return tuple(pilot_of(row) for row in connection.rows(sql.PILOTS))


def pilot(connection: Connection, pilot_id: str) -> Pilot:
    """The pilot of that id. Raises UnknownPilot."""
    row = connection.row(sql.PILOT, pilot_id)
    if row is None:
        raise UnknownPilot(pilot=pilot_id, known=())
    return pilot_of(row)


def find_pilot(connection: Connection, name: str, *, programme: str = "") -> Pilot:
    """The pilot of that municipality, where it has only one (in the programme, if given), else of that code.

    Upper and lower case and Polish diacritics make no difference (``tluszcz`` finds Tłuszcz) unless they tell two
    names apart. Raises UnknownPilot: ``ambiguous_pilot`` with the codes to choose from, or ``unknown_pilot`` with
    the names that come closest.
    """
    names = [row for row in connection.rows(sql.PILOT_NAMES) if programme in ("", row[3])]
    wanted, folded = name.strip(), fold_name(name)
    for found in (
        [row for row in names if wanted == row[2]],
        [row for row in names if wanted == row[1]],
        [row for row in names if folded == fold_name(row[2])],
        [row for row in names if folded == fold_name(row[1])],
    ):
        if len(found) == 1:
            return pilot(connection, found[0][0])
        if found and any(wanted == row[1] for row in found):
            continue  # the name of several is also the code of one
        if found:
            raise UnknownPilot("ambiguous_pilot", pilot=name, known=tuple(sorted(row[1] for row in found)))
    raise UnknownPilot(pilot=name, known=_close(folded, [part for row in names for part in (row[2], row[1])]))


@lru_cache(maxsize=1 << 14)
def fold_name(name: str) -> str:
    """A name as it is compared: no case, no diacritics, single blanks."""
    plain = unicodedata.normalize("NFKD", " ".join(name.split()).casefold().replace("ł", "l"))
    return "".join(sign for sign in plain if not unicodedata.combining(sign))


def _close(folded: str, names: Iterable[str]) -> tuple[str, ...]:
    from difflib import get_close_matches

    by_folded: dict[str, str] = {}
    for name in names:
        by_folded.setdefault(fold_name(name), name)
    return tuple(by_folded[match] for match in get_close_matches(folded, by_folded, n=5, cutoff=0.6))


# The ledger


def head(connection: Connection, pilot_id: str) -> Head | None:
    """The end of the pilot's log as its head row tells it."""
    row = connection.row(sql.HEAD, pilot_id)
    return None if row is None else Head(row[0], bytes(row[1]), instant_or_none(row[2]))


def entries(connection: Connection, pilot_id: str, after_seq: int = 0) -> Iterator[tuple[int, bytes, bytes]]:
    """The log as stored, in order: number, leaf hash, body. ``audit.read.decode`` makes entries of the bodies."""
    return connection.stream_log(sql.ENTRIES, pilot_id, after_seq)


def signed_entries(
    connection: Connection, pilot_id: str, after_seq: int = 0
) -> Iterator[tuple[int, bytes, bytes, bytes | None]]:
    """The same with each entry's signature; None for an entry without."""
    return connection.stream_log(sql.SIGNED_ENTRIES, pilot_id, after_seq)


def all_entries_count(connection: Connection) -> int:
    """How many entries all logs have, counted."""
    count: int = connection.row(sql.ALL_ENTRIES_COUNT)[0]
    return count


def entry_hash(connection: Connection, pilot_id: str, seq: int) -> bytes | None:
    """The stored leaf hash of an entry."""
    row = connection.row(sql.ENTRY_HASH, pilot_id, seq)
    return None if row is None else bytes(row[0])


def entry_count(connection: Connection, pilot_id: str) -> int:
    """How many entries the log has, counted (not taken from the head row)."""
    count: int = connection.row(sql.ENTRY_COUNT, pilot_id)[0]
    return count


def logs_without_pilot(connection: Connection) -> tuple[str, ...]:
    """The ids under which entries or projections are kept, but no pilot: it was removed from outside."""
    return tuple(str(row[0]) for row in connection.rows(sql.LOGS_WITHOUT_PILOT))


# Projections


def positions(connection: Connection, pilot_id: str) -> Positions:
    """Where the pilot's machines stand; those that have not moved are left out."""
    return Positions(dict(connection.rows(sql.POSITIONS, pilot_id)))


def all_positions(connection: Connection) -> dict[str, Positions]:
    """The positions of every pilot by its id, decoded only when looked at."""
    found: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for pilot_id, machine, steps in connection.stream(sql.ALL_POSITIONS):
        found.setdefault(pilot_id, {})[names.setdefault(machine, machine)] = steps
    return {pilot_id: Positions(raw) for pilot_id, raw in found.items()}


def memberships(connection: Connection, pilot_id: str) -> tuple[Membership, ...]:
    """Who holds which role in the pilot, in the order in which they were given."""
    return tuple(
        Membership(person_id, role, day_of(since), day_or_none(until))
        for person_id, role, since, until, _ in connection.rows(sql.MEMBERSHIPS, pilot_id)
    )


def memberships_of(connection: Connection, person_id: str) -> dict[str, tuple[Membership, ...]]:
    """A person's roles by pilot id."""
    found: dict[str, tuple[Membership, ...]] = {}
    on = DaysRead()
    for pilot_id, person, role, since, until in connection.rows(sql.MEMBERSHIPS_OF_PERSON, person_id):
        held = Membership(person, role, on[since], on[until])
        found[pilot_id] = (*found.get(pilot_id, ()), held)
    return found


def memberships_in(connection: Connection, programme: str) -> tuple[Membership, ...]:
    """Every distinct membership in the programme's pilots, whatever the reach of its role."""
    return tuple(
        Membership(person_id, role, day_of(since), day_or_none(until))
        for person_id, role, since, until in connection.rows(sql.MEMBERSHIPS_IN, programme)
    )


# What sits apart


def evidence_of(connection: Connection, pilot_id: str) -> Iterator[StoredEvidence]:
    """The values that the pilot's entries commit to, in their order; erased ones without value and salt."""
    for seq, field, salt, value, erased_at in connection.stream(sql.EVIDENCE, pilot_id):
        yield StoredEvidence(seq, field, salt, value, instant_or_none(erased_at))


def people(connection: Connection) -> tuple[Person, ...]:
    """Everybody, by id; sort names with a key of the reader's language."""
    return tuple(Person(*row) for row in connection.rows(sql.PEOPLE))


def person(connection: Connection, person_id: str) -> Person | None:
    """The person of that id."""
    row = connection.row(sql.PERSON, person_id)
    return None if row is None else Person(*row)


def find_person(connection: Connection, name: str) -> Person | None:
    """The person of that id, e-mail address or full name. Raises UnknownPerson when several fit."""
    wanted = " ".join(name.split())
    found = connection.rows(sql.PERSON_BY_NAME, wanted, wanted, wanted) if wanted else []
    if len(found) > 1:
        found = [row for row in found if row[0] == wanted]
        if not found:
            raise UnknownPerson("ambiguous_person", person=wanted[:120])
    return Person(*found[0]) if found else None


def definitions(connection: Connection) -> tuple[DefinitionInfo, ...]:
    """What is installed, by programme and then by age."""
    return tuple(DefinitionInfo(row[0], row[1], instant_of(row[2])) for row in connection.rows(sql.DEFINITIONS))


def definition(connection: Connection, digest: str) -> bytes | None:
    """The normal form of the definition with that content hash."""
    row = connection.row(sql.DEFINITION, digest)
    return None if row is None else bytes(row[0])
