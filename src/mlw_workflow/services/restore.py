"""Make an empty database from a complete export: the same bytes, hashes and signatures, and all that follows from them.

Nothing is believed: each line is checked as it is read, then each log is decided again under its definition, and
positions, memberships, deadlines, pauses, deputies and policies are computed from it. All of the file is in the
database at the end, or nothing of it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import structlog
from msgspec import structs

from mlw_workflow.audit.export import jsonl_lines
from mlw_workflow.audit.export import jsonl_read as lines
from mlw_workflow.audit.seal import Head
from mlw_workflow.definitions.normal_form import content_hash, from_normal
from mlw_workflow.domain.errors import BadInput, DefinitionInvalid
from mlw_workflow.services import audit, rebuild
from mlw_workflow.services.deadlines import rule_of
from mlw_workflow.services.restore_keys import KeysBack
from mlw_workflow.services.restore_tree import TreeBack
from mlw_workflow.storage import obligations, projection, repositories, transfer
from mlw_workflow.storage.obligations import Obligation

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.rebuild import Reminding
    from mlw_workflow.storage.unit_of_work import Work

log = structlog.get_logger("mlw.restore")
_STEP = 1_000


@dataclass(frozen=True, slots=True)
class Restored:
    """What was put into the database."""

    pilots: int
    entries: int
    people: int
    definitions: int


def is_export(file: Path) -> bool:
    """Whether the file is an export of the record, not a history."""
    with file.open("rb") as stream:
        return lines.is_export(stream.read(1024))


def restore(
    desk: Desk,
    file: Path,
    *,
    dry_run: bool = False,
    without_signatures: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Restored:
    """Put a complete export into an empty database, in one transaction.

    ``without_signatures``: without signatures, tree and checkpoints; the entries then count as recorded before there
    was a key, and the keyring says how many those are.

    Raises BadInput ``restore_not_empty``, ``restore_keys`` (signatures by a key that is not here) and
    ``restore_key_used``, HistoryInvalid for a line that cannot be read, IntegrityBroken for one that
    does not hold; both name the line.
    """
    with file.open("rb") as stream, desk.database.work() as work:
        if not transfer.is_empty(work.connection):
            raise BadInput("restore_not_empty", place=desk.database.place)
        run = _Restore(desk, work, file.name, stream, progress, drop=without_signatures)
        done = run.all()
        if not dry_run:
            run.keys.done()
            work.commit()
    log.info("restored", pilots=done.pilots, entries=done.entries, dry_run=dry_run)
    return done


class _Restore:
    def __init__(
        self,
        desk: Desk,
        work: Work,
        file: str,
        stream: BinaryIO,
        progress: Callable[[int, int], None] | None,
        *,
        drop: bool,
    ) -> None:
        self.desk = desk
        self.work = work
        self.reader = lines.Reader(file, stream)
        self.entries = transfer.Entries(work)
        self.keys = KeysBack(desk, self.reader, drop=drop)
        self.tree = TreeBack(work, self.reader, self.keys)
        self.progress = progress
        self.total = self.seen = self.people = self.definitions = 0
        self.pilot: lines.ReadPilot | None = None
        self.deadlines: list[Obligation] = []

    def all(self) -> Restored:  # noqa: PLR0912 - one branch for each kind of line
        """Read to the end."""
        end: jsonl_lines.EndLine | None = None
        for item in self.reader.read():
            match item:
                case lines.ReadEntry():
                    self.entry(item)
                case jsonl_lines.HeaderLine():
                    self.total = item.entries
                case jsonl_lines.KeyringLine():
                    self.keys.keyring(item)
                case jsonl_lines.DefinitionLine():
                    self.definition(item)
                case jsonl_lines.PersonLine():
                    self.person(item)
                case lines.ReadPilot():
                    self.opened(item)
                case jsonl_lines.DeadlineLine():
                    self.deadline(item)
                case lines.PilotEnd():
                    self.ended(item)
                case jsonl_lines.SpanLine():
                    self.tree.span(item)
                case jsonl_lines.CheckpointLine():
                    self.tree.checkpoint(item)
                case jsonl_lines.AccessLine():
                    self.tree.access(item)
                case jsonl_lines.EndLine():
                    end = item
        assert end is not None
        self.tree.done()
        return Restored(end.pilots, end.entries, self.people, self.definitions)

    def definition(self, item: jsonl_lines.DefinitionLine) -> None:
        """Install it under the hash that it has."""
        body = bytes(item.body)
        if content_hash(body) != item.hash:
            raise self.reader.broken("definition_missing", 0, definition=item.hash[:80])
        try:
            programme = from_normal(body)
        except DefinitionInvalid as problem:
            raise self.reader.wrong("ledger_file_definition", definition=item.hash) from problem
        self.desk.programmes.setdefault(item.hash, programme)
        self.work.add_definition(item.hash, programme.id, body, item.installed_at)
        transfer.set_installed(self.work, item.hash, self.reader.utc(item.installed_at))
        self.definitions += 1

    def person(self, item: jsonl_lines.PersonLine) -> None:
        """Enter a person."""
        told = repositories.Person(item.id, item.name, item.email, item.language)
        try:
            self.work.add_person(told, item.created_at)
        except BadInput as problem:
            raise self.reader.wrong("ledger_file_twice", what=item.id[:80]) from problem
        self.people += 1

    def opened(self, item: lines.ReadPilot) -> None:
        """Remember the pilot; its row is written when its entries are all known to be there."""
        if item.pilot.definition not in self.desk.programmes:
            raise self.reader.broken("definition_missing", 1, definition=item.pilot.definition[:80])
        if item.entries < 1 or item.pilot.start > item.pilot.end:
            raise self.reader.wrong("ledger_file_line", problem="pilot_span")
        self.pilot, self.deadlines = item, []
        try:
            transfer.add_pilot(self.work, item.pilot, item.opened_at)
        except BadInput as problem:
            raise self.reader.wrong("ledger_file_twice", what=item.pilot.code[:80]) from problem

    def entry(self, item: lines.ReadEntry) -> None:
        """One entry, and what goes beside it."""
        assert self.pilot is not None
        pilot_id = self.pilot.pilot.id
        self.entries.add_values(pilot_id, item.seq, item.evidence, item.erased)
        self.entries.add(pilot_id, item.seq, item.hash, item.body, self.keys.taken(item.hash, item.signature))
        self.seen += 1
        if self.progress is not None and self.seen % _STEP == 0:
            self.progress(self.seen, self.total)

    def deadline(self, item: jsonl_lines.DeadlineLine) -> None:
        """A deadline, to be compared with what the log leads to."""
        assert self.pilot is not None
        self.deadlines.append(Obligation(pilot_id=self.pilot.pilot.id, **structs.asdict(item)))

    def ended(self, item: lines.PilotEnd) -> None:
        """The log is all there: decide it again, and write what it leads to."""
        assert self.pilot is not None
        self.entries.close()
        self.keys.until(item.recorded_at)
        pilot, connection = self.pilot.pilot, self.work.connection
        transfer.add_head(self.work, pilot.id, Head(self.pilot.entries, self.pilot.head, item.recorded_at))
        replayed = audit.replayed_log(self.desk, connection, pilot)
        failure = replayed.first_failure or audit.unlike_opening(
            replayed.pilot, repositories.pilot(connection, pilot.id)
        )
        if failure is not None:
            raise self.reader.broken(failure.check, failure.seq, **failure.facts)
        within = self.work.pilot(pilot)
        initial = {name: instance.workflow.initial for name, instance in replayed.instances.items()}
        projection.rewrite(within, projection.folded(connection, pilot.id, initial))
        said = rebuild.read_log(self.desk, within)
        rebuild.rewrite(within, said)
        self.compare(said, erased=replayed.erased > 0)
        obligations.set_obligations(connection, self.deadlines)

    def compare(self, said: Reminding, *, erased: bool) -> None:
        """Raise unless the deadlines are those that the log leads to; those that rest on erased days are as given."""
        assert self.pilot is not None
        programme = self.desk.programme(self.pilot.pilot.definition)
        given = {(row.machine, row.rule): row for row in self.deadlines}
        for key in sorted({*said.obligations, *given}):
            rule, ours, theirs = rule_of(programme, *key), said.obligations.get(key), given.get(key)
            if ours is None or theirs is None or rule is None:
                raise self.reader.broken("projection_deadline", 0, what="/".join(key)[:200])
            as_was = replace(ours, next_on=theirs.next_on, handled_until=theirs.handled_until)
            if as_was != theirs and not (erased and rule.due.evidence):
                raise self.reader.broken("projection_deadline", ours.since_seq, what="/".join(key)[:200])
