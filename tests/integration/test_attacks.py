"""What somebody does to the record behind the product's back, which check finds it, and from when.

The attacker has all rights on the database, takes its triggers off first and puts them back afterwards, but has
neither the signing key nor what was given away: the auditor's copy of the key and of a checkpoint. ``docs/attacks.md``
holds the same table; a test keeps the two equal.

In the record attacked, the last but one entry of Tłuszcz is under the last checkpoint and the last one is not.
"""

from __future__ import annotations

import itertools
import json
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from tests.acceptance.conftest import Office
from tests.conftest import _made

from mlw_workflow.audit.access import decode_access, seal_access
from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import seal
from mlw_workflow.domain.ledger import Entry, fold
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.settings.places import sqlite_url
from mlw_workflow.storage.database import Database
from mlw_workflow.storage.mapping import steps_text

ROOT = Path(__file__).resolve().parents[2]
CASES = ROOT / "workflows" / "_cases"
PAGE = ROOT / "docs" / "attacks.md"
_numbers = itertools.count()
EARLY = 8
"""An entry that a checkpoint has covered for long."""


@dataclass
class Scene:
    """An office with its record, what the auditor holds, and a backup from before the last checkpoint."""

    office: Office
    url: str
    key: str
    sent: Path
    backup: str
    """Address of a copy of the database."""

    # What is found

    def verify(self) -> str:
        """``mlw audit verify``: the first check that fails."""
        return self._first(self.office.run("audit", "verify", "--json"))

    def replay(self) -> str:
        """``mlw audit replay``."""
        return self._first(self.office.run("audit", "replay", "--json"))

    def checkpoint(self) -> str:
        """``mlw audit checkpoint``: the check for which it refuses to sign."""
        answer = self.office.run("audit", "checkpoint", "--json")
        if answer.code == 2:
            return answer.json["error"]["code"]
        assert answer.code in (0, 3), answer
        return "" if answer.code == 0 else answer.json["error"]["check"]

    def packed(self) -> str:
        """``mlw audit pack --all``: the check for which it refuses to write a pack."""
        out = self.office.home / "refused.zip"
        answer = self.office.run("audit", "pack", "--all", "--out", str(out), "--json")
        assert answer.code in (0, 3), answer
        assert out.exists() == (answer.code == 0)
        return "" if answer.code == 0 else answer.json["error"]["check"]

    def pack(self) -> str:
        """A pack of everything, written as evidence of damage, verified with the auditor's own key and checkpoint.

        What the office found itself and wrote into the manifest does not count: whoever attacks would leave it out.
        """
        out = self.office.home / "pack.zip"
        made = self.office.run("audit", "pack", "--all", "--out", str(out), "--even-if-broken", "--json")
        assert made.code == 0, made
        own = ("--key", self.key, "--checkpoint", str(self.sent))
        answer = self.office.run("audit", "verify", str(out), *own, "--json", MLW_DATABASE_URL="sqlite:///nowhere")
        assert answer.code in (0, 3), answer
        logs = [*answer.json["pilots"], answer.json["access"]]
        failures = [log["first_failure"]["check"] for log in logs if log["first_failure"]]
        assert bool(failures) == (answer.code == 3) == (not answer.json["holds"])
        assert bool(failures) or not made.json["damaged"]
        found = [check for check in failures if check != "damage_told"]
        return found[0] if found else ""

    @staticmethod
    def _first(answer: Any) -> str:
        assert answer.code in (0, 3), answer
        failure = answer.json["first_failure"]
        assert (failure is None) == (answer.code == 0)
        return failure["check"] if failure else ""


class Attacker:
    """Somebody with all rights on the database, and no key."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.database = Database.open(scene.url)
        self.driver = self.database.driver
        self.sqlite = scene.url.startswith("sqlite")
        self.raw = self.driver.connect()
        self.pilot: str = self.rows("SELECT id FROM pilot WHERE code = 'tluszcz'")[0][0]

    def rows(self, statement: str, *values: Any) -> list[Any]:
        return list(self.driver.execute(self.raw, statement, values).fetchall())

    def run(self, statement: str, *values: Any) -> None:
        self.driver.execute(self.raw, statement, values)

    def close(self) -> None:
        self.raw.close()
        self.database.close()

    def without_triggers(self, attack: Callable[[Attacker], None]) -> None:
        """Take all triggers off, attack, and put them back as they were."""
        if self.sqlite:
            triggers = self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            dropped = [f"DROP TRIGGER {name}" for name, _ in triggers]
            self.run("PRAGMA foreign_keys = OFF")
        else:
            triggers = self.rows(
                "SELECT tgname, pg_get_triggerdef(t.oid), relname FROM pg_trigger t"
                " JOIN pg_class c ON c.oid = tgrelid WHERE NOT tgisinternal"
            )
            dropped = [f"DROP TRIGGER {name} ON {table}" for name, _, table in triggers]
        for statement in dropped:
            self.run(statement)
        attack(self)
        for row in triggers:
            self.run(row[1])

    # Tools of the trade

    def entries(self) -> list[Entry]:
        found = self.rows("SELECT body FROM ledger_entry WHERE pilot_id = ? ORDER BY seq", self.pilot)
        return [decode(bytes(row[0])) for row in found]

    @property
    def last(self) -> int:
        return self.entries()[-1].seq

    def reseal(self, entries: list[Entry]) -> None:
        """Write a log anew: numbers, hashes and head row all fit. Signatures stay as they are, for want of the key."""
        signatures = dict(self.rows("SELECT seq, signature FROM ledger_entry WHERE pilot_id = ?", self.pilot))
        self.run("DELETE FROM ledger_entry WHERE pilot_id = ?", self.pilot)
        prev, sealed = "0" * 64, None
        for seq, entry in enumerate(entries, start=1):
            sealed = seal(replace(entry, seq=seq, prev=prev))
            prev = sealed.hash.hex()
            self.run(
                "INSERT INTO ledger_entry (pilot_id, seq, hash, body, signature) VALUES (?, ?, ?, ?, ?)",
                self.pilot, seq, sealed.hash, sealed.body, signatures.get(seq, next(iter(signatures.values()))),
            )  # fmt: skip
        assert sealed is not None
        self.head(sealed.seq, sealed.hash)

    def head(self, seq: int, digest: bytes) -> None:
        self.run("UPDATE pilot_head SET seq = ?, hash = ? WHERE pilot_id = ?", seq, digest, self.pilot)

    def cut_to(self, seq: int) -> None:
        """Cut the log off behind an entry, head row, evidence and all."""
        for table in ("ledger_entry", "evidence"):
            self.run(f"DELETE FROM {table} WHERE pilot_id = ? AND seq > ?", self.pilot, seq)
        digest = self.rows("SELECT hash FROM ledger_entry WHERE pilot_id = ? AND seq = ?", self.pilot, seq)[0][0]
        recorded_at = self.entries()[-1].recorded_at
        self.head(seq, bytes(digest))
        self.run(
            "UPDATE pilot_head SET recorded_at = ? WHERE pilot_id = ?", self.driver.instant(recorded_at), self.pilot
        )


# The attacks


def edit_field(attacker: Attacker) -> None:
    entry = attacker.entries()[EARLY - 1]
    body = seal(replace(entry, actor="role:other")).body
    attacker.run("UPDATE ledger_entry SET body = ? WHERE pilot_id = ? AND seq = ?", body, attacker.pilot, EARLY)


def edit_evidence(attacker: Attacker) -> None:
    seq, field = attacker.rows("SELECT seq, field FROM evidence WHERE pilot_id = ? ORDER BY seq", attacker.pilot)[0]
    change = "UPDATE evidence SET value = ? WHERE pilot_id = ? AND seq = ? AND field = ?"
    attacker.run(change, b'"another"', attacker.pilot, seq, field)


def erase_evidence(attacker: Attacker) -> None:
    seq, field = attacker.rows("SELECT seq, field FROM evidence WHERE pilot_id = ? ORDER BY seq", attacker.pilot)[0]
    at = attacker.driver.instant(datetime(2014, 5, 31, 12, tzinfo=UTC))
    change = "UPDATE evidence SET value = NULL, salt = NULL, erased_at = ? WHERE pilot_id = ? AND seq = ? AND field = ?"
    attacker.run(change, at, attacker.pilot, seq, field)


def swap_entries(attacker: Attacker) -> None:
    for old, new in ((EARLY, 9_999), (EARLY + 1, EARLY), (9_999, EARLY + 1)):
        attacker.run("UPDATE ledger_entry SET seq = ? WHERE pilot_id = ? AND seq = ?", new, attacker.pilot, old)


def delete_in_the_middle(attacker: Attacker) -> None:
    attacker.run("DELETE FROM ledger_entry WHERE pilot_id = ? AND seq = ?", attacker.pilot, EARLY)


def cut_covered_tail(attacker: Attacker) -> None:
    attacker.cut_to(attacker.last - 3)


def cut_new_tail(attacker: Attacker) -> None:
    attacker.cut_to(attacker.last - 1)


def cut_new_tail_and_mend(attacker: Attacker) -> None:
    """The newest entry goes, and the board with it: ``w06`` stands again as before."""
    attacker.cut_to(attacker.last - 1)
    step = "UPDATE position SET state = ?, since = ?, seq = ?, steps = ? WHERE pilot_id = ? AND machine = 'w06'"
    entries = [entry for entry in attacker.entries() if entry.machine == "w06" and entry.kind == "transition"]
    position = fold({"w06": entries[0].from_state}, entries)["w06"]
    last = entries[-1]
    assert last.occurred_on is not None
    since = last.occurred_on.isoformat() if attacker.sqlite else last.occurred_on
    attacker.run(step, last.to_state, since, last.seq, steps_text(position), attacker.pilot)


def delete_pilot(attacker: Attacker) -> None:
    tables = ("ledger_entry", "evidence", "position", "membership", "deadline", "pilot_head")
    for table in tables:
        attacker.run(f"DELETE FROM {table} WHERE pilot_id = ?", attacker.pilot)
    attacker.run("DELETE FROM pilot WHERE id = ?", attacker.pilot)


def insert_back_dated(attacker: Attacker) -> None:
    entries = attacker.entries()
    found = next(entry for entry in entries[EARLY:] if entry.kind in {"refusal", "transition"})
    before = entries[EARLY - 1]
    entries.insert(EARLY, replace(found, recorded_at=before.recorded_at, evidence={}))
    attacker.reseal(entries)


def recompute(attacker: Attacker) -> None:
    entries = attacker.entries()
    entries[EARLY - 1] = replace(entries[EARLY - 1], actor="role:other")
    attacker.reseal(entries)


def recompute_unsigned(attacker: Attacker) -> None:
    recompute(attacker)
    attacker.run("UPDATE ledger_entry SET signature = NULL WHERE pilot_id = ?", attacker.pilot)


def cut_access(attacker: Attacker) -> None:
    """The log of who looked ends before the last reading that a checkpoint covers."""
    attacker.run("DELETE FROM access_entry WHERE seq > 1")
    ((digest, body),) = attacker.rows("SELECT hash, body FROM access_entry")
    at = attacker.driver.instant(decode_access(bytes(body)).recorded_at)
    attacker.run("UPDATE access_head SET seq = 1, hash = ?, recorded_at = ?", bytes(digest), at)


def cut_new_access(attacker: Attacker) -> None:
    """The newest reading, which no checkpoint covers, was never made."""
    ((last,),) = attacker.rows("SELECT seq FROM access_head")
    attacker.run("DELETE FROM access_entry WHERE seq = ?", last)
    ((digest, body),) = attacker.rows("SELECT hash, body FROM access_entry WHERE seq = ?", last - 1)
    at = attacker.driver.instant(decode_access(bytes(body)).recorded_at)
    attacker.run("UPDATE access_head SET seq = ?, hash = ?, recorded_at = ?", last - 1, bytes(digest), at)


def rewrite_access(attacker: Attacker) -> None:
    """Somebody else looked, it now says; the chain is sealed anew."""
    prev = "0" * 64
    for seq, body in attacker.rows("SELECT seq, body FROM access_entry ORDER BY seq"):
        sealed = seal_access(replace(decode_access(bytes(body)), prev=prev, person="somebody"))
        prev = sealed.hash.hex()
        attacker.run("UPDATE access_entry SET hash = ?, body = ? WHERE seq = ?", sealed.hash, sealed.body, seq)
    attacker.run("UPDATE access_head SET hash = ?", bytes.fromhex(prev))


def edit_newest(attacker: Attacker) -> None:
    entries = attacker.entries()
    entries[-1] = replace(entries[-1], actor="role:other")
    attacker.reseal(entries)


def replace_projection(attacker: Attacker) -> None:
    attacker.run("UPDATE position SET state = 'accepted' WHERE pilot_id = ? AND machine = 'w07'", attacker.pilot)


def replace_definition(attacker: Attacker) -> None:
    digest, body = attacker.rows(
        "SELECT d.hash, d.body FROM definition d JOIN pilot p ON p.definition = d.hash WHERE p.id = ?", attacker.pilot
    )[0]
    attacker.run("UPDATE definition SET body = ? WHERE hash = ?", bytes(body).replace(b"mayor", b"mayer", 1), digest)


def forget_checkpoints(attacker: Attacker) -> None:
    for table in ("checkpoint", "cosignature", "tree_span", "tree_tile"):
        attacker.run(f"DELETE FROM {table}")


def restore_backup(attacker: Attacker) -> None:
    """The database as it was before the last checkpoint, whole and consistent in itself."""
    attacker.close()
    scene = attacker.scene
    if attacker.sqlite:
        with closing(sqlite3.connect(scene.backup)) as old, closing(sqlite3.connect(scene.office.database)) as new:
            old.backup(new)
    else:
        scene.office.environment["MLW_DATABASE_URL"] = scene.url = scene.backup


def replace_key(attacker: Attacker) -> None:
    """Who also has the office's folder makes a key of their own, signs everything anew, and begins a new tree."""
    office = attacker.scene.office
    shutil.rmtree(office.home / "keys")
    forget_checkpoints(attacker)
    mine = KeyStore(office.home / "keys" / "signing.key")
    mine.make(datetime(2014, 1, 1, tzinfo=UTC), 0)
    for pilot_id, seq, digest in attacker.rows("SELECT pilot_id, seq, hash FROM ledger_entry"):
        change = "UPDATE ledger_entry SET signature = ? WHERE pilot_id = ? AND seq = ?"
        attacker.run(change, mine.sign_entry(bytes(digest)), pilot_id, seq)
    for seq, digest in attacker.rows("SELECT seq, hash FROM access_entry"):
        attacker.run("UPDATE access_entry SET signature = ? WHERE seq = ?", mine.sign_entry(bytes(digest)), seq)


def exchange_pilots(attacker: Attacker) -> None:
    """Two pilots bear each other's code and municipality."""
    (one, code, town), (two, other, place) = attacker.rows("SELECT id, code, municipality FROM pilot ORDER BY id")
    change = "UPDATE pilot SET code = ?, municipality = ? WHERE id = ?"
    for values in (("aside", "aside", one), (code, town, two), (other, place, one)):
        attacker.run(change, *values)


def remove_keys(attacker: Attacker) -> None:
    """Who has the office's folder hopes that recording goes on unsigned."""
    shutil.rmtree(attacker.scene.office.home / "keys")


def garbage_signatures(attacker: Attacker) -> None:
    """Under what a checkpoint covers, something that is no signature stands in its place."""
    change = "UPDATE ledger_entry SET signature = ? WHERE pilot_id = ? AND seq = ?"
    attacker.run(change, b"no signature", attacker.pilot, EARLY)


def sign_with_another_key(attacker: Attacker) -> None:
    """Who has only the database rewrites the log and signs it with a key of their own."""
    recompute(attacker)
    mine = KeyStore(attacker.scene.office.home / "mine" / "signing.key")
    mine.make(datetime(2014, 1, 1, tzinfo=UTC), 0)
    for seq, digest in attacker.rows("SELECT seq, hash FROM ledger_entry WHERE pilot_id = ?", attacker.pilot):
        change = "UPDATE ledger_entry SET signature = ? WHERE pilot_id = ? AND seq = ?"
        attacker.run(change, mine.sign_entry(bytes(digest)), attacker.pilot, seq)


ATTACKS: dict[str, tuple[Callable[[Attacker], None], tuple[str, str, str, str]]] = {
    "edit a field": (edit_field, ("body_hash", "should_be_refused", "signature", "")),
    "edit evidence": (edit_evidence, ("evidence", "", "evidence", "")),
    "erase evidence without an erasure": (
        erase_evidence,
        ("evidence_erased_silently", "", "evidence_erased_silently", ""),
    ),
    "swap two entries": (swap_entries, ("seq_sealed", "", "seq_sealed", "")),
    "delete in the middle": (delete_in_the_middle, ("seq", "should_be_refused", "seq_sealed", "")),
    "cut the tail, checkpointed": (cut_covered_tail, ("tree_cut", "projection_position", "tree_entries", "tree_cut")),
    "cut the tail, newer than the last checkpoint": (cut_new_tail, ("tail_cut", "projection_position", "", "tail_cut")),
    "cut it, and mend the board": (cut_new_tail_and_mend, ("tail_cut", "", "", "tail_cut")),
    "delete a whole pilot": (delete_pilot, ("tree_pilot", "", "tree_pilots", "tree_pilot")),
    "insert a back-dated entry": (insert_back_dated, ("tree_leaf", "should_be_refused", "signature", "prev")),
    "recompute the whole chain after an edit": (recompute, ("tree_leaf", "should_be_refused", "signature", "prev")),
    "recompute the whole chain, signatures removed": (
        recompute_unsigned,
        ("signature_missing", "should_be_refused", "signature_missing", "prev"),
    ),
    "cut the access log, checkpointed": (cut_access, ("tree_cut", "tree_cut", "tree_entries", "tree_cut")),
    "cut the access log, newer than the last checkpoint": (cut_new_access, ("tail_cut", "tail_cut", "", "tail_cut")),
    "rewrite the access log": (rewrite_access, ("tree_leaf", "tree_leaf", "signature", "prev")),
    "edit an entry newer than the last checkpoint": (
        edit_newest,
        ("signature", "should_be_refused", "signature", "signature"),
    ),
    "replace a covered signature by garbage": (garbage_signatures, ("signature", "", "signature", "")),
    "replace the projection": (replace_projection, ("", "projection_position", "", "")),
    "remove checkpoints and tree": (forget_checkpoints, ("outside_ahead", "", "checkpoint_missing", "outside_ahead")),
    "restore an old backup": (restore_backup, ("tail_cut", "tail_cut", "checkpoint_forgotten", "outside_ahead")),
    "exchange the names of two pilots": (
        exchange_pilots,
        ("projection_pilot", "projection_pilot", "pilot_named", ""),
    ),
    "replace the definition": (
        replace_definition,
        ("definition_broken", "definition_missing", "definition_missing", ""),
    ),
    "remove the folder with the keys": (remove_keys, ("keyring_missing", "", "signature", "key_missing")),
    "replace the key, with the database alone": (
        sign_with_another_key,
        ("tree_leaf", "should_be_refused", "signature", "prev"),
    ),
    "replace the key, with the office's folder": (replace_key, ("", "", "key_unknown", "")),
}
"""Attack → what ``audit verify``, ``audit replay``, a pack in the auditor's hands and ``audit checkpoint`` find."""


# The scene


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, Path], Path]:
    """Makes the record that is attacked in a new database; the folder of the office."""

    def prepare(url: str, folder: Path) -> Path:
        office = Office(folder / "home")
        office.environment["MLW_DATABASE_URL"] = url
        office.done("init")
        office.done(f"import {CASES / 'goscieradow.yaml'} --until 2014-05-31")
        office.done(f"import {CASES / 'tluszcz.yaml'}")
        office.done("audit checkpoint")
        return office.home

    return prepare


def _continue(office: Office) -> Path:
    """Two entries more, a checkpoint that is given away, and one entry that is only signed."""
    office.done("advance Tłuszcz w07 appoint --as mayor -e order_number=1")
    for seq in (2, 3):
        office.done(f"evidence Tłuszcz {seq}")
    sent = office.home / "sent"
    sent.write_text(office.done("audit checkpoint").out.rstrip("\n") + "\n", "utf-8")
    office.done("advance Tłuszcz w06 code --as coordinator")
    office.done("evidence Tłuszcz 4")
    return sent


@pytest.fixture(scope="module")
def sqlite_scene(prepared: Callable[[str, Path], Path], tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with ``before`` (the backup) and ``home`` (the record attacked)."""
    folder = tmp_path_factory.mktemp("sqlite")
    home = folder / "home"
    prepared(sqlite_url(home / "mlw.sqlite3"), folder)
    shutil.copytree(home, folder / "before")
    office = Office(home)
    _continue(office)
    return folder


@pytest.fixture(scope="module")
def postgres_scene(
    postgres_server: str, postgres_template: str, prepared: Callable[[str, Path], Path],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[Path, str, str]]:  # fmt: skip
    """The office's folder, and the names of two databases: the backup, and the record attacked."""
    folder = tmp_path_factory.mktemp("postgres")
    before, after = f"mlw_before_{next(_numbers)}", f"mlw_after_{next(_numbers)}"
    with _made(postgres_server, before, template=postgres_template) as url:
        prepared(url, folder)
        with _made(postgres_server, after, template=before) as continued:
            office = Office(folder / "home")
            office.environment["MLW_DATABASE_URL"] = continued
            _continue(office)
            yield folder, before, after


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """The record, fresh for each attack."""
    home = tmp_path / "home"
    if request.param == "sqlite":
        folder: Path = request.getfixturevalue("sqlite_scene")
        shutil.copytree(folder / "home", home)
        url = sqlite_url(home / "mlw.sqlite3")
        yield _scene(home, url, str(folder / "before" / "mlw.sqlite3"))
        return
    folder, before, after = request.getfixturevalue("postgres_scene")
    server: str = request.getfixturevalue("postgres_server")
    shutil.copytree(folder / "home", home)
    with (
        _made(server, f"mlw_attack_{next(_numbers)}", template=after) as url,
        _made(server, f"mlw_backup_{next(_numbers)}", template=before) as backup,
    ):
        assert urlsplit(url).scheme.startswith("postgres")
        yield _scene(home, url, backup)


def _scene(home: Path, url: str, backup: str) -> Scene:
    office = Office(home)
    office.environment["MLW_DATABASE_URL"] = url
    key = json.loads((home / "keys" / "keyring.json").read_text("utf-8"))["keys"][0]["key"]
    return Scene(office, url, key, home / "sent", backup)


def test_the_record_holds_before_it_is_attacked(scene: Scene) -> None:
    """Every check passes, and the attacker's tools alone change nothing."""
    attacker = Attacker(scene)
    attacker.without_triggers(lambda _: None)
    attacker.close()
    found = (scene.verify(), scene.replay(), scene.pack(), scene.checkpoint(), scene.packed())
    assert found == ("", "", "", "", "")


@pytest.mark.parametrize("attack", ATTACKS)
def test_an_attack_is_found(scene: Scene, attack: str) -> None:
    """By the checks that the table names, and by no other, from the moment it is made."""
    made, expected = ATTACKS[attack]
    attacker = Attacker(scene)
    if made is restore_backup:
        made(attacker)
    else:
        attacker.without_triggers(made)
        attacker.close()
    found = (scene.verify(), scene.replay(), scene.pack(), scene.checkpoint())
    assert found == expected
    assert scene.packed() == found[0]


def table() -> str:
    """The table of the page, from what the tests above assert."""
    head = "| attack | `mlw audit verify` | `mlw audit replay` | a pack at the auditor's | next checkpoint | found |"
    rows = [head, "|---|---|---|---|---|---|"]
    for attack, (_, (verify, replay, pack, checkpoint)) in ATTACKS.items():
        told = [f"`{check}`" if check else "–" for check in (verify, replay, pack)]
        signed = f"refused: `{checkpoint}`" if checkpoint else "signed"
        when = "at once" if verify or pack else "at once, while the board differs" if replay else "not at all"
        rows.append(f"| {attack} | {' | '.join(told)} | {signed} | {when} |")
    return "\n".join(rows)


def test_the_page_holds_the_same_table() -> None:
    """What docs/attacks.md promises is what is tested."""
    assert table() in PAGE.read_text("utf-8")
