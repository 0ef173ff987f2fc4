"""Witnesses: they sign what continues what they signed before, keep evidence of anything else, and are taken in."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from mlw_workflow.audit.keyring import Keyring
from mlw_workflow.audit.keys import SigningKey, signed_by
from mlw_workflow.audit.merkle import consistency_proof, root_of
from mlw_workflow.audit.note import COSIGNATURE, Checkpoint, Note
from mlw_workflow.audit.proof import Consistency
from mlw_workflow.domain.errors import BadInput, IntegrityBroken
from mlw_workflow.interfaces.problems import sentence
from mlw_workflow.services import cosign as agency
from mlw_workflow.services.checkpoint import make_checkpoint
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.keystore import KeyStore, read_key
from mlw_workflow.services.signing import new_key, rotate_key
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.services.witness import Cosigned, cosign, new_witness_key
from mlw_workflow.storage import tree

FEBRUARY = date(2014, 2, 3)


@dataclass
class Town:
    """A municipality with a witness's key."""

    office: Any
    folder: Path
    log: Any = None
    key: SigningKey = field(init=False)

    def __post_init__(self) -> None:
        self.folder.mkdir(mode=0o700)
        new_witness_key("tluszcz.example/mlw", self.folder / "key")
        self.key = read_key(self.folder / "key")

    def sign(self, request: str, log_key: Any = None, ring: Any = None) -> Cosigned:
        return cosign(request, self.key, self.folder / "state", self.office.clock.now(), log_key, ring)


@pytest.fixture
def watched(office: Any, tmp_path: Path) -> Any:
    """An office with a key and a checkpoint, and a town that witnesses."""
    office.desk = Desk(office.database, office.clock, signer=KeyStore(tmp_path / "keys" / "signing.key"))
    new_key(office.desk)
    make_checkpoint(office.desk)
    office.town = Town(office, tmp_path / "town")
    office.log_key = office.desk.signer.key().verifier
    office.trusted = (office.town.key.verifier,)
    return office


def request(office: Any, old: int | None = None) -> str:
    return agency.request(office.desk, office.trusted, old).text


def grown(office: Any) -> int:
    office.ask("w06", "code", "coordinator", FEBRUARY)
    return make_checkpoint(office.desk).size


def test_a_witness_follows_the_log_and_its_lines_are_taken_in(watched: Any) -> None:
    """From nothing to the first checkpoint, and on from there; the lines stand under the checkpoints."""
    first = watched.town.sign(request(watched), watched.log_key)
    assert first.before == 0
    assert [one.new for one in agency.take_in(watched.desk, watched.trusted, first.line)] == [True]
    for _ in range(3):
        size = grown(watched)
        asked = Consistency.parse(request(watched))
        assert asked.old == first.size
        first = watched.town.sign(asked.text)
        assert first.size == size
        agency.take_in(watched.desk, watched.trusted, f"some words\n{first.line}")
        assert not agency.take_in(watched.desk, watched.trusted, first.line)[0].new
    with watched.database.read() as connection:
        last = tree.last_checkpoint(connection)
        assert last is not None
        assert signed_by(tree.cosigned(connection, last), watched.town.key.verifier)
    with Record(watched.desk, whole=True, witnesses=watched.trusted) as record:
        assert record.failures == []
        assert record.witnessed == {watched.trusted[0].text: last.size}


def test_a_quorum_is_asked_for_once_witnesses_had_time(watched: Any) -> None:
    """Under a checkpoint older than the days that were set; who signed a later one vouches for it too."""

    def failed(quorum: int = 1) -> list[tuple[str, str, str]]:
        trusted = watched.trusted
        with Record(watched.desk, whole=True, witnesses=trusted, quorum=quorum, quorum_days=7) as record:
            assert record.quorum == quorum
            found = [failure for _, failure in record.failures]
        return [(failure.check, failure.facts["size"], failure.facts["found"]) for failure in found]

    assert failed() == []
    watched.clock.set(watched.clock.now() + timedelta(days=8))
    assert failed() == [("witness_quorum", "1", "0")]
    assert failed(quorum=0) == []
    grown(watched)
    agency.take_in(watched.desk, watched.trusted, watched.town.sign(request(watched), watched.log_key).line)
    assert failed() == []
    assert failed(quorum=2) == [("witness_quorum", "1", "1")]
    grown(watched)
    watched.clock.set(watched.clock.now() + timedelta(days=8))
    assert failed() == [("witness_quorum", "3", "0")]


def test_a_checkpoint_is_no_younger_than_what_was_recorded_after_it(watched: Any) -> None:
    """Whatever the database says of when it was made: the entries after it are sealed and have their own time."""
    grown(watched)
    watched.clock.set(watched.clock.now() + timedelta(days=8))
    sqlite = watched.database.driver.url.startswith("sqlite")
    with watched.database.work() as work:
        table = "ALTER TABLE checkpoint DISABLE TRIGGER ALL"
        work.connection.execute("DROP TRIGGER checkpoint_no_update" if sqlite else table)
        tomorrow = work.driver.instant(watched.clock.now() + timedelta(days=1))
        work.connection.execute("UPDATE checkpoint SET made_at = ?", tomorrow)
        work.commit()
    with Record(watched.desk, whole=True, witnesses=watched.trusted, quorum=1, quorum_days=7) as record:
        (failure,) = [failure for _, failure in record.failures]
    assert (failure.check, failure.facts["size"]) == ("witness_quorum", "1")


def test_the_same_checkpoint_is_signed_again_when_a_mail_was_lost(watched: Any) -> None:
    """And a smaller one, which was long on its way, is sent back without a word of blame or any evidence kept."""
    asked = request(watched)
    watched.town.sign(asked, watched.log_key)
    assert watched.town.sign(asked).before == 1
    grown(watched)
    watched.town.sign(request(watched, 1))
    with pytest.raises(BadInput) as late:
        watched.town.sign(asked)
    assert late.value.code == "witness_old_size"
    assert late.value.facts["size"] == 2
    assert list(watched.town.folder.glob("*conflict*")) == []


def test_two_histories_of_one_size_are_not_signed_and_the_evidence_kept(watched: Any) -> None:
    """Whatever size the request begins at."""
    asked = request(watched)
    watched.town.sign(asked, watched.log_key)
    key = watched.desk.signer.key()
    note = Note(Checkpoint(key.name, 1, bytes(32)).text)
    note = note.with_signatures(key.sign_note(note.text))
    for old in (0, 1):
        with pytest.raises(IntegrityBroken) as refused:
            watched.town.sign(Consistency(old, (), str(note)).text)
        assert refused.value.facts["check"] == "witness_forked"
    assert sentence(refused.value, "pl").startswith("Świadek nie podpisuje. Dziennik pokazuje inne drzewo 1 wpisów")
    kept = Path(str(refused.value.facts["evidence"])).read_text()
    assert str(note) in kept
    assert Consistency.parse(asked).note in kept


def test_a_new_key_is_believed_when_the_old_one_vouched_for_it(watched: Any) -> None:
    """Without the keyring the witness asks for it; with it, it goes on; a keyring of strangers is not enough."""
    watched.town.sign(request(watched), watched.log_key)
    watched.later(days=1)
    rotate_key(watched.desk)
    grown(watched)
    asked = request(watched, 1)
    with pytest.raises(BadInput, match="witness_key_unknown"):
        watched.town.sign(asked)
    stranger = SigningKey.new(watched.log_key.name)
    with pytest.raises(BadInput, match="witness_keyring_unknown"):
        watched.town.sign(asked, None, Keyring.begin(stranger.name, stranger, watched.clock.now(), 0))
    assert watched.town.sign(asked, None, watched.desk.signer.ring()).size == 2
    grown(watched)
    assert watched.town.sign(request(watched, 2)).size == 3


def test_a_false_signature_in_the_name_of_a_known_key_accuses_nobody(watched: Any) -> None:
    """A request may be damaged on its way."""
    asked = Consistency.parse(request(watched))
    note = Note.parse(asked.note)
    wrong = watched.desk.signer.key().sign_note("other\n")
    with pytest.raises(BadInput, match="witness_request_malformed"):
        watched.town.sign(Consistency(0, (), str(Note(note.text, (wrong,)))).text, watched.log_key)


def test_a_request_that_begins_elsewhere_is_sent_back_with_the_size_to_ask_for(watched: Any) -> None:
    """As the protocol has it."""
    watched.town.sign(request(watched), watched.log_key)
    grown(watched)
    with pytest.raises(BadInput) as conflict:
        watched.town.sign(request(watched, 0))
    assert conflict.value.code == "witness_old_size"
    assert conflict.value.facts["size"] == 1


def test_a_rewritten_log_is_not_signed_and_the_evidence_kept(watched: Any) -> None:
    """The agency signs another history with its own key; the witness does not."""
    watched.town.sign(request(watched), watched.log_key)
    key = watched.desk.signer.key()
    leaves = [bytes([number]) * 32 for number in range(2)]
    note = Note(Checkpoint(key.name, 2, root_of(leaves)).text)
    note = note.with_signatures(key.sign_note(note.text))
    path = consistency_proof(1, 2, lambda level, index: leaves[index])
    with pytest.raises(IntegrityBroken) as refused:
        watched.town.sign(Consistency(1, tuple(path), str(note)).text)
    assert refused.value.facts["check"] == "witness_inconsistent"
    kept = Path(str(refused.value.facts["evidence"])).read_text()
    assert str(note) in kept
    assert make_checkpoint(watched.desk).note in kept


def test_a_checkpoint_of_another_or_unknown_log_is_not_signed(watched: Any) -> None:
    """Nor one without the log's signature."""
    with pytest.raises(BadInput, match="witness_log_unknown"):
        watched.town.sign(request(watched))
    with pytest.raises(BadInput, match="witness_other_log"):
        watched.town.sign(request(watched), SigningKey.new("other.example/log").verifier)
    with pytest.raises(BadInput, match="witness_key_unknown"):
        watched.town.sign(request(watched), SigningKey.new(watched.log_key.name).verifier)
    with pytest.raises(BadInput, match="witness_request_malformed"):
        watched.town.sign("old 1\n\nnothing", watched.log_key)
    with pytest.raises(BadInput, match="witness_key_kind"):
        cosign(request(watched), watched.desk.signer.key(), watched.town.folder / "s", watched.clock.now(), None)


def test_a_broken_state_stops_the_witness(watched: Any) -> None:
    """It would not know what it signed."""
    (watched.town.folder / "state").write_text("{")
    with pytest.raises(BadInput, match="witness_state_broken"):
        watched.town.sign(request(watched), watched.log_key)


def test_strangers_and_false_lines_are_not_taken_in(watched: Any) -> None:
    """A line that names a witness of ours and holds nowhere is told; one of a stranger is passed over."""
    line = watched.town.sign(request(watched), watched.log_key).line
    stranger = SigningKey.new("stranger.example/1", COSIGNATURE)
    note = Note.parse(make_checkpoint(watched.desk).note)
    with pytest.raises(BadInput, match="witness_no_line"):
        agency.take_in(watched.desk, watched.trusted, stranger.cosign(note.text, 1).line)
    with pytest.raises(BadInput, match="witness_line_wrong"):
        agency.take_in(watched.desk, watched.trusted, watched.town.key.cosign("other\n", 1).line)
    taken = agency.take_in(watched.desk, watched.trusted, line + stranger.cosign(note.text, 1).line)
    assert [one.witness for one in taken] == ["tluszcz.example/mlw"]


def test_a_line_changed_in_the_database_is_found(watched: Any) -> None:
    """A verification looks at the lines of the witnesses that are trusted."""
    agency.take_in(watched.desk, watched.trusted, watched.town.sign(request(watched), watched.log_key).line)
    with watched.database.work() as work:
        wrong = watched.town.key.cosign("other\n", 1).line
        work.connection.execute("UPDATE cosignature SET line = ?", wrong)
        work.commit()
    with Record(watched.desk, whole=True, witnesses=watched.trusted) as record:
        assert [failure.check for _, failure in record.failures] == ["witness_signature"]
