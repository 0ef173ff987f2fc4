"""Many pilots at once: where their logs end, where their machines stand, what their evidence says; a query each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from mlw_workflow.audit.read import decode
from mlw_workflow.storage import overview_statements as sql
from mlw_workflow.storage.form import StoredForm
from mlw_workflow.storage.mapping import Positions, instant_or_none

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator, Sequence
    from datetime import datetime

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.storage.connection import Connection


def heads(connection: Connection, pilots: Sequence[str]) -> dict[str, tuple[bytes, datetime | None]]:
    """Where each log ends: the hash of its last entry, and when that was recorded."""
    rows = connection.rows(sql.HEADS_AMONG, connection.driver.listed(list(pilots)))
    return {pilot: (bytes(digest), instant_or_none(recorded_at)) for pilot, digest, recorded_at in rows}


def ends(connection: Connection, pilots: Sequence[str]) -> dict[str, bytes]:
    """The hash of the last entry of each log."""
    rows = connection.rows(sql.ENDS_AMONG, connection.driver.listed(list(pilots)))
    return {pilot: bytes(digest) for pilot, digest in rows}


def positions(connection: Connection, pilots: Sequence[str]) -> dict[str, Positions]:
    """Where the machines of each pilot stand; those that have not moved are left out."""
    return _gathered(connection.rows(sql.POSITIONS_AMONG, connection.driver.listed(list(pilots))), pilots)


def positions_in(connection: Connection, pilots: Sequence[str], states: Iterable[str]) -> dict[str, Positions]:
    """The same for the machines that stand in one of these states; their names are those of all workflows."""
    listed = connection.driver.listed
    rows = connection.rows(sql.POSITIONS_IN_STATES, listed(list(pilots)), listed(list(states)))
    return _gathered(rows, pilots)


def _gathered(rows: Iterable[tuple[str, str, str]], pilots: Iterable[str]) -> dict[str, Positions]:
    found: dict[str, dict[str, str]] = {pilot: {} for pilot in pilots}
    for pilot, machine, steps in rows:
        found[pilot][machine] = steps
    return {pilot: Positions(raw) for pilot, raw in found.items()}


def values(connection: Connection, pilots: Sequence[str], fields: Iterable[str]) -> dict[tuple[str, int, str], Any]:
    """The values of these fields by pilot, entry and field; those that were erased are not there."""
    listed = connection.driver.listed
    found = {}
    for pilot, seq, field, value in connection.rows(sql.VALUES_AMONG, listed(list(pilots)), listed(list(fields))):
        if value is None:
            continue
        try:
            found[pilot, seq, field] = msgspec.json.decode(bytes(value))
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as problem:
            raise StoredForm(table="evidence", column="value", row=f"{pilot}, {seq}") from problem
    return found


def entries(connection: Connection, pilots: Sequence[str]) -> Iterator[tuple[str, Entry]]:
    """The entries of these pilots' logs, each log in its order. Raises EntryUnreadable."""
    for pilot, _, body in connection.stream(sql.ENTRIES_AMONG, connection.driver.listed(list(pilots))):
        yield pilot, decode(body)


def numbered(connection: Connection, pilots: Sequence[str], seqs: Iterable[int]) -> dict[tuple[str, int], Entry]:
    """The entries of these pilots' logs that have one of these numbers. Raises EntryUnreadable."""
    listed = connection.driver.listed
    rows = connection.rows(sql.ENTRIES_NUMBERED, listed(list(pilots)), listed(sorted(set(seqs))))
    return {(pilot, seq): decode(bytes(body)) for pilot, seq, body in rows}


def entries_of(
    connection: Connection, codes: list[str], after: tuple[str, int] | None = None, *, newest: bool = False
) -> Generator[tuple[str, int, bytes, bytes], None, None]:
    """The logs of the pilots of these codes, one after the other by one query: code, number, leaf hash, body.

    From the first code and its first entry on, or with ``newest`` from the last of both back; ``after``: beyond that
    code and number.
    """
    listed = connection.driver.listed(codes)
    if after is None:
        yield from connection.stream(sql.NEWEST if newest else sql.OLDEST, listed)
    else:
        yield from connection.stream(sql.NEWEST_BELOW if newest else sql.OLDEST_AFTER, listed, *after)
