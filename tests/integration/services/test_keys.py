"""The key's files: made once, given by the environment, rotated whole or not at all, and never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlw_workflow.audit.keyring import Keyring, KeyringInvalid
from mlw_workflow.audit.keys import SigningKey
from mlw_workflow.audit.merkle import EMPTY_ROOT
from mlw_workflow.audit.note import Note
from mlw_workflow.domain.errors import BadInput, ClockBackwards
from mlw_workflow.services.keystore import KeyStore, read_key

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> KeyStore:
    """With a key."""
    made = KeyStore(tmp_path / "keys" / "signing.key", origin="log.example/1")
    made.make(NOW, 3)
    return made


def test_a_key_is_made_once_for_its_owner_alone(store: KeyStore) -> None:
    """Under the log's name; nothing shows the secret."""
    assert store.file.stat().st_mode & 0o777 == 0o600
    assert store.file.parent.stat().st_mode & 0o777 == 0o700
    key = store.required_key()
    assert (key.name, store.required_ring().unsigned) == ("log.example/1", 3)
    secret = store.file.read_text().strip()
    assert secret not in repr(store) + repr(key) + store.ring_file.read_text()
    with pytest.raises(BadInput, match="key_exists"):
        store.make(NOW, 0)
    with pytest.raises(BadInput, match="key_name_invalid"):
        KeyStore(store.file.parent / "b" / "c", origin="a name").make(NOW, 0)


def test_without_a_key_nothing_is_signed_and_nothing_refused(tmp_path: Path) -> None:
    """Until one is made, which a running program notices."""
    store = KeyStore(tmp_path / "keys" / "signing.key")
    assert store.sign_entry(bytes(32)) is None
    assert store.ring() is None
    with pytest.raises(BadInput, match="key_none"):
        store.required_key()
    KeyStore(store.file).make(NOW, 0)
    assert store.sign_entry(bytes(32)) is not None


def test_the_environment_may_hold_the_key(store: KeyStore) -> None:
    """It comes before the file, must be the one in force, and cannot be rotated by the program."""
    kept = store.file.read_text()
    store.file.unlink()
    given = KeyStore(store.file, secret=kept)
    assert given.sign_entry(bytes(32)) == read_again(kept).sign_entry(bytes(32))
    with pytest.raises(BadInput, match="key_from_environment"):
        given.rotate(NOW, 0, EMPTY_ROOT)
    with pytest.raises(BadInput, match="key_not_current"):
        KeyStore(store.file, secret=SigningKey.new("log.example/1").secret).key()
    with pytest.raises(BadInput, match="key_malformed"):
        KeyStore(store.file, secret="rubbish").key()


def read_again(text: str) -> SigningKey:
    return SigningKey.parse(text)


def test_a_rotation_that_was_cut_off_is_finished(store: KeyStore) -> None:
    """Whether it ended before the keyring was written or after."""
    before, ring = store.file.read_text(), store.ring_file.read_bytes()
    store.rotate(NOW + timedelta(days=1), 0, EMPTY_ROOT)
    after = store.file.read_text()
    following = store.file.with_name("signing.key.next")
    following.write_text(after)
    following.chmod(0o600)
    store.file.write_text(before)
    assert KeyStore(store.file).required_key().secret == after.strip()
    following.write_text(after)
    following.chmod(0o600)
    store.file.write_text(before)
    store.ring_file.write_bytes(ring)
    assert KeyStore(store.file).required_key().secret == before.strip()
    assert len(KeyStore(store.file).rotate(NOW + timedelta(days=2), 0, EMPTY_ROOT).keys) == 2


def test_any_change_to_a_keyring_is_found(store: KeyStore) -> None:
    """A time, a number, an order, a key left out: each key was entered by a signed note."""
    for day in (1, 2):
        store.rotate(NOW + timedelta(days=day), day, bytes([day]) * 32)
    raw = store.ring_file.read_bytes()
    ring = Keyring.parse(raw)
    assert ring.document() == raw
    changes = (
        (b"2026-11-23T", b"2026-11-24T"),
        (b": 3,", b": 4,"),
        (b"log.example/1", b"log.example/2"),
        (b'"size": 1', b'"size": 2'),
    )
    for old, new in changes:
        with pytest.raises(KeyringInvalid):
            Keyring.parse(raw.replace(old, new))
    for keys in (ring.keys[1:], ring.keys[:-1], (ring.keys[0], ring.keys[2]), ring.keys[::-1]):
        with pytest.raises(KeyringInvalid):
            Keyring.parse(Keyring(ring.origin, ring.unsigned, keys).document())
    for broken in (b"", b"{}", b"[]", raw[:-20], raw.replace(b"mlw-keyring/1", b"mlw-keyring/9")):
        with pytest.raises(KeyringInvalid):
            Keyring.parse(broken)


def test_a_key_that_others_can_read_or_replace_is_not_used(store: KeyStore) -> None:
    """Nor one that cannot be read."""
    store.file.parent.chmod(0o777)
    with pytest.raises(BadInput, match="key_permissions"):
        read_key(store.file)
    store.file.parent.chmod(0o700)
    store.file.chmod(0o644)
    with pytest.raises(BadInput, match="key_permissions"):
        KeyStore(store.file).key()
    store.file.unlink()
    store.file.mkdir(mode=0o700)
    with pytest.raises(BadInput, match="key_unreadable"):
        KeyStore(store.file).key()


def test_a_clock_behind_the_key_signs_nothing_and_rotates_nothing(store: KeyStore) -> None:
    """A signature from before the key's time would never hold; the first key may sign any time."""
    assert store.sign_entry(bytes(32), NOW - timedelta(days=900)) is not None
    with pytest.raises(ClockBackwards):
        store.rotate(NOW - timedelta(days=1), 0, EMPTY_ROOT)
    store.rotate(NOW + timedelta(days=1), 0, EMPTY_ROOT)
    with pytest.raises(ClockBackwards, match="clock_before_key"):
        store.sign_entry(bytes(32), NOW)
    assert store.sign_entry(bytes(32), NOW + timedelta(days=1, minutes=-4)) is not None
    assert len(store.required_ring().keys) == 2


def test_a_tree_that_shrinks_from_key_to_key_is_no_keyring(store: KeyStore) -> None:
    """Nor one of the same size with another root."""
    for day, size in ((1, 5), (2, 5)):
        store.rotate(NOW + timedelta(days=day), size, bytes(32))
    for size, root in ((4, bytes(32)), (5, bytes([1]) * 32)):
        other = store.required_ring().rotated(
            store.required_key(), SigningKey.new("log.example/1"), NOW + timedelta(days=3), size, root
        )
        with pytest.raises(KeyringInvalid):
            Keyring.parse(other.document())


def test_a_key_signs_what_is_of_its_time(store: KeyStore) -> None:
    """Up to the tree that the next key was entered with; and who names a later key trusts an older one no further."""
    keys = [store.required_key()]
    for day, size in ((1, 5), (2, 9)):
        store.rotate(NOW + timedelta(days=day), size, bytes([size]) * 32)
        keys.append(store.required_key())
    ring = store.required_ring()
    note = Note("text\n")
    for number, sizes in enumerate(((0, 5), (5, 9), (9, 99))):
        signed = note.with_signatures(keys[number].sign_note(note.text))
        for size in (0, 4, 5, 6, 9, 10, 99):
            assert ring.signed(signed, size) == (sizes[0] <= size <= sizes[1])
    named = {keys[1].verifier}
    assert not ring.vouched(named, 0, 4, bytes([5]) * 32)
    assert not ring.vouched(named, 0, 5, bytes(32))
    assert ring.vouched(named, 0, 5, bytes([5]) * 32)
    assert ring.vouched(named, 1, 8, bytes(32))
    assert ring.vouched(named, 2, 99, bytes(32))
    assert not ring.vouched((), 2, 99, bytes(32))
