"""Signatures, the tree over all logs, its checkpoints, and what is found when somebody changes them from outside."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.acceptance.packs import code_of, document, joined, listed, parts, product, single_file

from mlw_workflow.audit.keys import SigningKey
from mlw_workflow.audit.merkle import ProofInvalid
from mlw_workflow.audit.note import Checkpoint, Note
from mlw_workflow.audit.pack_log import Trust
from mlw_workflow.audit.proof import Consistency, Inclusion
from mlw_workflow.audit.read import decode
from mlw_workflow.audit.seal import seal
from mlw_workflow.domain.errors import BadInput, ClockBackwards, IntegrityBroken
from mlw_workflow.domain.ledger import Entry
from mlw_workflow.services.audit import surroundings, verify
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.cosign import request
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore
from mlw_workflow.services.open_pilot import Opening, open_within
from mlw_workflow.services.pack import Wanted, write_pack
from mlw_workflow.services.proofs import prove_consistency, prove_entry
from mlw_workflow.services.signing import ensure_key, new_key, rotate_key
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.storage import repositories, tree

FEBRUARY = date(2014, 2, 3)
CASES = Path(__file__).parents[3] / "workflows" / "_cases"


@dataclass
class Attacker:
    """Somebody with all rights on the database and none on the key."""

    office: Any

    def run(self, statement: str, *values: Any) -> None:
        """One statement on a connection of one's own."""
        driver = self.office.database.driver
        connection = driver.connect()
        if driver.url.startswith("sqlite"):
            connection.execute("PRAGMA foreign_keys = OFF")
        driver.execute(connection, statement, values)
        connection.close()

    def unlock(self) -> None:
        """Take the triggers off."""
        driver = self.office.database.driver
        connection = driver.connect()
        if driver.url.startswith("sqlite"):
            for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
                connection.execute(f"DROP TRIGGER {name}")
        else:
            for table in ("ledger_entry", "definition", "checkpoint", "access_entry"):
                connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
        connection.close()

    def entries(self, pilot: Any) -> list[Entry]:
        with self.office.database.read() as connection:
            return [decode(body) for _, _, body in repositories.entries(connection, pilot.id)]

    def rewrite(self, pilot: Any, change: Callable[[Entry], Entry], first: int = 1) -> None:
        """Change entries from a number on, seal the chain anew from there, head included; signatures stay."""
        entries = self.entries(pilot)
        prev = entries[first - 1].prev
        for entry in entries[first - 1 :]:
            sealed = seal(replace(change(entry), prev=prev))
            prev = sealed.hash.hex()
            self.run(
                "UPDATE ledger_entry SET hash = ?, body = ? WHERE pilot_id = ? AND seq = ?",
                sealed.hash, sealed.body, pilot.id, sealed.seq,
            )  # fmt: skip
        self.run("UPDATE pilot_head SET hash = ? WHERE pilot_id = ?", bytes.fromhex(prev), pilot.id)

    def cut(self, pilot: Any, keep: int) -> None:
        """Cut the tail off and move the head back."""
        last = self.entries(pilot)[keep - 1]
        self.run("DELETE FROM evidence WHERE pilot_id = ? AND seq > ?", pilot.id, keep)
        self.run("DELETE FROM ledger_entry WHERE pilot_id = ? AND seq > ?", pilot.id, keep)
        at = self.office.database.driver.instant(last.recorded_at)
        head = seal(last).hash
        self.run(
            "UPDATE pilot_head SET seq = ?, hash = ?, recorded_at = ? WHERE pilot_id = ?", keep, head, at, pilot.id
        )


def found(office: Any, *, deep: bool = False) -> set[str]:
    """The checks that a whole verification says fail."""
    with Record(office.desk, whole=True) as record:
        failed = {failure.check for _, failure in record.failures}
        for pilot in office.pilots().values():
            failure = verify(office.desk, pilot, deep=deep, record=record).first_failure
            if failure is not None:
                failed.add(failure.check)
        failed |= {failure.check for _, failure in record.counted()}
    return failed | {failure.check for _, failure in surroundings(office.desk)} - {"triggers_missing"}


def refusal(office: Any) -> str:
    """The check for which no checkpoint is signed."""
    with pytest.raises(IntegrityBroken) as refused:
        make_checkpoint(office.desk)
    assert refused.value.code == "checkpoint_refused"
    return str(refused.value.facts["check"])


@pytest.fixture
def signing(empty_office: Any, tmp_path: Path) -> Any:
    """An office with a key, two pilots, a checkpoint of them, and some steps since."""
    office = empty_office
    office.desk = Desk(office.database, office.clock, signer=KeyStore(tmp_path / "keys" / "signing.key"))
    new_key(office.desk)
    office.pilot = office.open("Tłuszcz")
    office.second = office.open("Działdowo")
    office.later(hours=1)
    office.appoint_team(FEBRUARY)
    make_checkpoint(office.desk)
    office.later(hours=1)
    office.take("w10", "prepare", "coordinator", FEBRUARY)
    office.ask("w06", "code", "coordinator", FEBRUARY)
    office.attacker = Attacker(office)
    assert found(office) == set()
    return office


@pytest.fixture
def attacker(signing: Any) -> Attacker:
    """Somebody at the database, triggers off."""
    signing.attacker.unlock()
    return signing.attacker


def test_every_entry_is_signed_whatever_makes_it(signing: Any) -> None:
    """Openings, steps, refusals, roles and whole imported histories, one by one and in bulk."""
    signing.clock.set(date(2014, 12, 1))
    signing.bring_in(CASES / "goscieradow.yaml")
    kinds = set()
    with signing.database.read() as connection:
        for pilot in repositories.pilots(connection):
            for _, digest, body, signature in repositories.signed_entries(connection, pilot.id):
                entry = decode(body)
                kinds.add(entry.kind)
                assert signature is not None
                assert signing.desk.signer.key().sign_entry(digest) == signature
    assert {"opening", "transition", "refusal"} <= kinds
    assert found(signing, deep=True) == set()


def test_a_checkpoint_is_made_once_and_then_given_again_byte_for_byte(signing: Any) -> None:
    """Until something new is recorded; the signer remembers it outside the database."""
    first = make_checkpoint(signing.desk)
    assert first.fresh
    assert first.added == 2
    again = make_checkpoint(signing.desk)
    assert not again.fresh
    assert again.note == first.note == signing.desk.signer.remembered()
    signing.take("w10", "correct", "coordinator", reason="pomyłka")
    third = make_checkpoint(signing.desk)
    assert third.size == first.size + 1
    assert found(signing, deep=True) == set()


def test_many_logs_cost_no_more_questions_than_one(signing: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The new entries of all of them come together."""
    for town in ("Kozłów", "Słupia", "Raszyn"):
        signing.open(town)
    make_checkpoint(signing.desk)
    driver, asked = signing.database.driver, list[str]()
    execute = driver.execute

    def counted(connection: Any, statement: str, values: tuple[Any, ...] = ()) -> Any:
        asked.append(statement)
        return execute(connection, statement, values)

    monkeypatch.setattr(driver, "execute", counted)
    counts = []
    for pilots in (1, 4):
        for pilot in list(signing.pilots().values())[:pilots]:
            signing.pilot = pilot
            signing.ask("w06", "code", "coordinator", FEBRUARY)
        asked.clear()
        assert make_checkpoint(signing.desk).added >= pilots
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_proofs_hold_for_every_entry_and_every_pair_of_checkpoints(signing: Any) -> None:
    """And survive being written down; of another entry they prove nothing."""
    sizes = [make_checkpoint(signing.desk).size]
    for _ in range(3):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
        sizes.append(make_checkpoint(signing.desk).size)
    for pilot in signing.pilots().values():
        for seq in range(1, len(signing.entries(pilot)) + 1):
            proved = prove_entry(signing.desk, pilot, seq)
            assert Inclusion.parse(proved.proof.text) == proved.proof
            assert proved.proof.check(proved.leaf).size == sizes[-1]
            with pytest.raises(ProofInvalid):
                proved.proof.check(bytes(32))
    for old in sizes:
        for new in sizes:
            if old <= new:
                given = prove_consistency(signing.desk, old, new)
                root = Checkpoint.parse(Note.parse(given.old_note).text).root
                assert Consistency.parse(given.proof.text).check(root).size == new
    with pytest.raises(BadInput, match="checkpoint_unknown"):
        prove_consistency(signing.desk, sizes[0] + 1_000)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    with pytest.raises(BadInput, match="entry_not_sequenced"):
        prove_entry(signing.desk, signing.pilot, len(signing.entries()))


def test_keys_follow_one_another(signing: Any) -> None:
    """After a rotation the new key signs, the old signatures hold, and the ring says why to believe the new one."""
    store = signing.desk.signer
    old = store.key()
    signing.later(hours=1)
    ring = rotate_key(signing.desk)
    assert store.key().verifier == ring.current.key != old.verifier
    signing.later(hours=1)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    assert found(signing, deep=True) == set()
    make_checkpoint(signing.desk)
    assert found(signing, deep=True) == set()


def test_a_key_from_another_time_does_not_sign(signing: Any) -> None:
    """The old key, used after its time, is found."""
    store = signing.desk.signer
    old = store.key()
    signing.later(hours=1)
    rotate_key(signing.desk)
    signing.later(hours=1)
    signing.database.sign = lambda leaf, _: old.sign_entry(leaf)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    assert found(signing) == {"signature"}
    assert refusal(signing) == "signature"


def test_a_key_that_was_retired_puts_in_nothing_with_an_old_date(signing: Any) -> None:
    """Whoever got hold of it opens a pilot that was never there, recorded before the change of keys."""
    old = signing.desk.signer.key()
    long_ago = signing.clock.now()
    signing.later(hours=3)
    ring = rotate_key(signing.desk)
    signing.later(hours=1)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    assert found(signing, deep=True) == set()
    signing.database.sign = lambda leaf, _: old.sign_entry(leaf)
    with signing.database.work() as work:
        open_within(signing.desk, work, Opening("Czosnów", signing.pilot.definition), long_ago)
        work.commit()
    signing.database.sign = signing.desk.signer.sign_entry
    assert found(signing) == {"signature"}
    assert refusal(signing) == "signature"
    assert ring.current.size == ring.keys[1].size > 0


@pytest.mark.parametrize("where", ["a new log", "an old log"])
def test_outsiders_find_what_a_retired_key_put_in_with_an_old_date(signing: Any, tmp_path: Path, where: str) -> None:
    """In a pack, by both verifiers, whichever key they were given; the office itself would not have packed it."""
    old = signing.desk.signer.key()
    long_ago = signing.clock.now()
    signing.open("Kozłów")
    make_checkpoint(signing.desk)
    signing.later(hours=3)
    ring = rotate_key(signing.desk)
    signing.later(hours=1)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    make_checkpoint(signing.desk)
    wanted = lambda: Wanted(tuple(signing.pilots().values()), everything=True, even_if_broken=True)  # noqa: E731
    whole, file, now = tmp_path / "whole.zip", tmp_path / "forged.zip", signing.clock.now()
    assert write_pack(signing.desk, wanted(), whole, lambda *_: None).damaged == ()
    assert (product(whole), single_file(whole)[0]) == ((0, ""), 0)
    signing.database.sign, signing.clock.instant = lambda leaf, _: old.sign_entry(leaf), long_ago + timedelta(hours=1)
    if where == "a new log":
        with signing.database.work() as work:
            open_within(signing.desk, work, Opening("Czosnów", signing.pilot.definition), signing.clock.now())
            work.commit()
    else:
        signing.pilot = signing.pilots()["kozlow"]
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    signing.database.sign, signing.clock.instant = signing.desk.signer.sign_entry, now
    with pytest.raises(IntegrityBroken, match="pack_refused"):
        write_pack(signing.desk, replace(wanted(), even_if_broken=False), file, lambda *_: None)
    write_pack(signing.desk, wanted(), file, lambda *_: None)
    members = parts(file)
    manifest = json.loads(members["manifest.json"])
    assert [damage["check"] for damage in manifest.pop("damaged")] == ["signature"]
    joined(listed({**members, "manifest.json": document(manifest)}), file)
    for keys in ((), (old.verifier,), (ring.current.key,)):
        assert product(file, Trust(keys)) == (3, "signature")
        code, answer = single_file(file, *(part for key in keys for part in ("--key", key.text)))
        assert (code, code_of(answer)) == (3, "signature")


def test_a_key_that_was_retired_signs_no_new_checkpoint(signing: Any, attacker: Attacker) -> None:
    """Neither the database nor the signer's own memory take one from it."""
    old = signing.desk.signer.key()
    signing.later(hours=1)
    rotate_key(signing.desk)
    signing.later(hours=1)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    made = make_checkpoint(signing.desk)
    note = Note(Note.parse(made.note).text)
    forged = str(note.with_signatures(old.sign_note(note.text)))
    attacker.run("UPDATE checkpoint SET note = ? WHERE size = ?", forged, made.size)
    assert found(signing) == {"checkpoint_retired"}
    assert refusal(signing) == "checkpoint_retired"
    attacker.run("UPDATE checkpoint SET note = ? WHERE size = ?", made.note, made.size)
    signing.desk.signer.remember(forged)
    assert found(signing) == {"outside_retired"}


def test_a_tree_older_than_the_key_is_found(signing: Any, attacker: Attacker) -> None:
    """The note in which a key was entered says what had been signed, whatever else is lost."""
    first = make_checkpoint(signing.desk)
    signing.ask("w06", "code", "coordinator", FEBRUARY)
    signing.later(hours=1)
    ring = rotate_key(signing.desk)
    assert ring.current.size > first.size
    attacker.run("DELETE FROM checkpoint WHERE size > ?", first.size)
    attacker.run("DELETE FROM tree_span WHERE first_leaf >= ?", first.size)
    signing.desk.signer.memory_file.unlink()
    assert "keyring_tree" in found(signing)
    assert refusal(signing) in {"keyring_tree", "tree_root"}


def test_a_clock_that_is_behind_puts_no_key_in_force(signing: Any) -> None:
    """Nor does one that was set ahead destroy anything: what would not hold is not recorded."""
    before = signing.desk.signer.required_ring()
    signing.clock.set(date(2013, 1, 1))
    with pytest.raises(ClockBackwards):
        rotate_key(signing.desk)
    assert signing.desk.signer.required_ring() == before
    signing.clock.set(date(2030, 1, 1))
    rotate_key(signing.desk)
    entries = len(signing.entries())
    signing.clock.set(date(2014, 6, 1))
    with pytest.raises(ClockBackwards, match="clock_before_key"):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    assert len(signing.entries()) == entries
    assert found(signing) == set()


def test_nothing_is_recorded_without_the_key(signing: Any) -> None:
    """A key that is gone, readable by others, or another one stops the office instead of leaving entries unsigned."""
    store, before = signing.desk.signer, len(signing.entries())
    kept = store.file.read_text()
    store.file.unlink()
    with pytest.raises(BadInput, match="key_missing"):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    store.file.write_text(kept)
    store.file.chmod(0o640)
    with pytest.raises(BadInput, match="key_permissions"):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    other = KeyStore(store.file.parent / "other" / "signing.key")
    other.make(signing.clock.now(), 0)
    store.file.write_text(other.file.read_text())
    store.file.chmod(0o600)
    with pytest.raises(BadInput, match="key_not_current"):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    assert len(signing.entries()) == before
    store.file.write_text(kept)
    signing.ask("w06", "code", "coordinator", FEBRUARY)


def test_a_folder_of_keys_that_is_gone_is_missed(signing: Any, tmp_path: Path) -> None:
    """The database tells that there was a key: nothing is recorded, no other key made, and reading goes on."""
    before = len(signing.entries())
    (tmp_path / "keys").rename(tmp_path / "elsewhere")
    store = KeyStore(tmp_path / "keys" / "signing.key")
    signing.desk = Desk(signing.database, signing.clock, signer=store)
    for _ in range(2):
        with pytest.raises(BadInput, match="key_missing"):
            signing.ask("w06", "code", "coordinator", FEBRUARY)
    with pytest.raises(BadInput, match="key_missing"):
        make_checkpoint(signing.desk)
    with pytest.raises(BadInput, match="key_missing"):
        ensure_key(signing.desk)
    with pytest.raises(BadInput, match="key_exists_elsewhere"):
        new_key(signing.desk)
    assert found(signing) == {"keyring_missing"}
    Attacker(signing).unlock()
    for table in ("checkpoint", "tree_span", "tree_tile"):
        Attacker(signing).run(f"DELETE FROM {table}")
    with pytest.raises(BadInput, match="key_missing"):
        signing.ask("w06", "code", "coordinator", FEBRUARY)
    for table in ("ledger_entry", "access_entry"):
        Attacker(signing).run(f"UPDATE {table} SET signature = NULL WHERE seq > 1")
    assert found(signing) == {"keyring_missing"}
    assert len(signing.entries()) == before
    (tmp_path / "elsewhere").rename(tmp_path / "keys")
    signing.ask("w06", "code", "coordinator", FEBRUARY)


def test_an_office_that_gets_a_key_later_goes_on(office: Any, tmp_path: Path) -> None:
    """What was recorded before the key may stay unsigned; what comes after may not, and no more than there was."""
    office.ask("w06", "code", "mayor", FEBRUARY)
    office.desk = Desk(office.database, office.clock, signer=KeyStore(tmp_path / "keys" / "signing.key"))
    assert new_key(office.desk).unsigned == 2
    office.later(hours=1)
    office.ask("w06", "code", "mayor", FEBRUARY)
    assert found(office) == set()
    with office.database.work() as work:
        recorded_at = office.clock.now() - timedelta(hours=1)
        opened = open_within(office.desk, work, Opening("Działdowo", office.pilot.definition), recorded_at)
        work.batch.entries[:] = [(*row[:4], None) for row in work.batch.entries]
        work.commit()
    assert found(office) == {"unsigned_more"}
    Attacker(office).unlock()
    for table in ("ledger_entry", "pilot_head", "deadline", "membership"):
        Attacker(office).run(f"DELETE FROM {table} WHERE pilot_id = ?", opened.id)
    Attacker(office).run("DELETE FROM pilot WHERE id = ?", opened.id)
    assert found(office) == {"tail_pilot"}
    office.desk.signer.tail.file.unlink()  # what the signer remembers of it
    assert found(office) == set()
    make_checkpoint(office.desk)
    office.database.sign = None
    office.ask("w06", "code", "mayor", FEBRUARY)
    assert found(office) == {"signature_missing"}
    assert refusal(office) == "signature_missing"


# Attacks. What lies before the checkpoint is found by the tree, what lies after it by the signatures.


def test_an_edit_with_the_chain_sealed_anew_is_found(signing: Any, attacker: Attacker) -> None:
    """Of an entry that the checkpoint covers, and of one newer than it."""
    attacker.rewrite(signing.pilot, lambda e: replace(e, actor="other") if e.seq == 2 else e)
    assert found(signing) == {"tree_leaf"}
    assert refusal(signing) == "prev"


def test_an_edit_of_the_newest_is_found_by_its_signature(signing: Any, attacker: Attacker) -> None:
    """Though nothing outside the database has seen it yet."""
    last = len(signing.entries())
    attacker.rewrite(signing.pilot, lambda e: replace(e, actor="other"), first=last)
    assert found(signing) == {"signature"}
    assert refusal(signing) == "signature"


def test_stripped_signatures_are_found(signing: Any, attacker: Attacker) -> None:
    """Also where the checkpoint covers the entries."""
    attacker.run("UPDATE ledger_entry SET signature = NULL")
    assert found(signing) == {"signature_missing"}
    assert refusal(signing) == "signature_missing"


def test_a_tail_cut_behind_the_checkpoint_is_found(signing: Any, attacker: Attacker) -> None:
    """With the head moved back so that the chain is whole."""
    attacker.cut(signing.pilot, 3)
    assert {"tree_cut"} <= found(signing)
    assert refusal(signing) == "tree_cut"


def test_a_pilot_deleted_whole_is_found(signing: Any, attacker: Attacker) -> None:
    """With all its rows."""
    for table in ("ledger_entry", "pilot_head", "position", "membership", "evidence", "deadline"):
        attacker.run(f"DELETE FROM {table} WHERE pilot_id = ?", signing.second.id)
    attacker.run("DELETE FROM pilot WHERE id = ?", signing.second.id)
    assert "tree_pilot" in found(signing)
    assert refusal(signing) == "tree_pilot"
    attacker.run("DELETE FROM tree_span WHERE pilot_id = ?", signing.second.id)
    assert "tree_spans" in found(signing)
    assert refusal(signing) == "tree_spans"


def test_a_back_dated_pilot_put_in_from_outside_is_found(signing: Any, attacker: Attacker) -> None:
    """Though it says to have been recorded before there was a key."""
    signing.database.sign = None
    signing.clock.instant -= timedelta(days=300)
    signing.open("Kozłów")
    signing.clock.instant += timedelta(days=300)
    assert found(signing) == {"signature_missing"}
    signing.database.sign = signing.desk.signer.sign_entry
    assert refusal(signing) == "signature_missing"


def test_a_tree_made_to_fit_an_edit_is_found(signing: Any, attacker: Attacker) -> None:
    """Tiles rewritten over an edited log do not lead to the root that was signed."""
    attacker.rewrite(signing.pilot, lambda e: replace(e, actor="other") if e.seq == 2 else e)
    with signing.database.read() as connection:
        leaves = [
            digest
            for span in tree.spans(connection)
            for seq, digest, _ in repositories.entries(connection, span.pilot_id, span.first_seq - 1)
            if seq < span.first_seq + span.entries
        ]
    attacker.run("UPDATE tree_tile SET hashes = ? WHERE level = 0 AND position = 0", b"".join(leaves))
    assert "tree_root" in found(signing)
    assert refusal(signing) == "tree_root"


def test_a_database_from_an_older_copy_is_found(signing: Any, attacker: Attacker) -> None:
    """The signer remembers that it signed more."""
    size = make_checkpoint(signing.desk).size
    remembered = signing.desk.signer.remembered()
    attacker.run("DELETE FROM checkpoint WHERE size = ?", size)
    attacker.run("DELETE FROM tree_span WHERE first_leaf >= ?", size - 2)
    attacker.cut(signing.pilot, len(signing.entries()) - 2)
    assert "outside_ahead" in found(signing)
    assert refusal(signing) == "outside_ahead"
    assert signing.desk.signer.remembered() == remembered


def test_a_replaced_key_is_found(signing: Any, attacker: Attacker) -> None:
    """Whoever puts another key and ring in place cannot put its name under what was signed."""
    store = signing.desk.signer
    other = KeyStore(store.file.parent / "other" / "signing.key", origin=store.required_ring().origin)
    other.make(signing.clock.now(), 0)
    store.file.write_text(other.file.read_text())
    store.ring_file.write_text(other.ring_file.read_text())
    assert {"checkpoint_signature", "signature"} <= found(signing)
    assert refusal(signing) == "checkpoint_signature"


def test_a_keyring_that_was_edited_is_found(signing: Any) -> None:
    """It is signed as well."""
    store = signing.desk.signer
    store.ring_file.write_text(store.ring_file.read_text().replace('"unsigned": 0', '"unsigned": 9'))
    assert found(signing) == {"keyring"}


def test_a_replaced_definition_is_found(signing: Any, attacker: Attacker) -> None:
    """Its bytes are no longer those of its name."""
    attacker.run("UPDATE definition SET body = ?", b"{}")
    assert "definition_broken" in found(signing)


def test_a_forged_checkpoint_is_found(signing: Any, attacker: Attacker) -> None:
    """One without the log's signature, and one of another log."""
    with signing.database.read() as connection:
        last = tree.last_checkpoint(connection)
        assert last is not None
    attacker.run("UPDATE checkpoint SET note = ?", last.note.replace("\n\n", "\nmore\n\n"))
    assert found(signing) == {"checkpoint_signature"}
    assert refusal(signing) == "checkpoint_signature"
    attacker.run("UPDATE checkpoint SET note = ?", f"other.example/log{last.note[last.note.index(chr(10)) :]}")
    assert refusal(signing) == "checkpoint_form"


def test_a_missing_or_short_tile_is_found(signing: Any, attacker: Attacker) -> None:
    """Instead of a proof over what is left."""
    attacker.run("UPDATE tree_tile SET hashes = substr(hashes, 1, 32)")
    assert "tree_tile" in found(signing)
    assert refusal(signing) == "tree_tile"
    with pytest.raises(IntegrityBroken):
        prove_entry(signing.desk, signing.pilot, 1)
    attacker.run("DELETE FROM tree_tile")
    assert "tree_tile" in found(signing)
    assert verify(signing.desk, signing.pilot).first_failure is not None


def test_two_who_make_a_checkpoint_at_once_make_one(signing: Any) -> None:
    """And whoever records meanwhile does not wait for them."""
    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make_checkpoint(signing.desk), range(4)))
    assert len({one.note for one in made}) == 1
    assert sum(one.fresh for one in made) == 1
    assert found(signing, deep=True) == set()


def test_what_is_given_away_is_what_was_signed(signing: Any, attacker: Attacker) -> None:
    """No proof of continuation and no request to a witness leaves with a signature that does not hold, and no entry is
    proved in another pilot's name.
    """
    made = make_checkpoint(signing.desk)
    note = Note(Note.parse(made.note).text)
    other = SigningKey.new(signing.desk.signer.required_ring().origin)
    attacker.run(
        "UPDATE checkpoint SET note = ? WHERE size = ?",
        str(note.with_signatures(other.sign_note(note.text))), made.size,
    )  # fmt: skip
    for give in (lambda: prove_consistency(signing.desk, made.size), lambda: request(signing.desk, ())):
        with pytest.raises(IntegrityBroken) as refused:
            give()
        assert refused.value.facts["check"] == "checkpoint_signature"
    attacker.run("UPDATE checkpoint SET note = ? WHERE size = ?", made.note, made.size)
    prove_entry(signing.desk, signing.pilot, 1)
    attacker.run("UPDATE pilot SET municipality = 'Dobre' WHERE id = ?", signing.pilot.id)
    with pytest.raises(IntegrityBroken) as refused:
        prove_entry(signing.desk, signing.pilot, 1)
    assert refused.value.facts["check"] == "projection_pilot"
    assert found(signing) == {"projection_pilot"}


def test_a_changed_tile_is_told_of_and_no_entry_blamed(signing: Any, attacker: Attacker) -> None:
    """An entry that was changed as well is told by its signature."""
    with signing.database.read() as connection:
        hashes = tree.tiles(connection)(0, 0)
    attacker.run("UPDATE tree_tile SET hashes = ? WHERE level = 0 AND position = 0", bytes(32) + hashes[32:])
    assert found(signing) == {"tree_root"}
    attacker.rewrite(signing.pilot, lambda entry: replace(entry, actor="role:other") if entry.seq == 2 else entry, 2)
    assert "signature" in found(signing)
    assert "tree_root" in found(signing)
