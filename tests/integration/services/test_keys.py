"""The key's files: made once, given by the environment, rotated whole or not at all, and never shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mlw_workflow.audit.keyring import Keyring, KeyringInvalid
from mlw_workflow.audit.keys import SigningKey
from mlw_workflow.domain.errors import BadInput
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
    with pytest.raises(BadInput, match="key_malformed"):
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
        given.rotate(NOW)
    with pytest.raises(BadInput, match="key_not_current"):
        KeyStore(store.file, secret=SigningKey.new("log.example/1").secret).key()
    with pytest.raises(BadInput, match="key_malformed"):
        KeyStore(store.file, secret="rubbish").key()


def read_again(text: str) -> SigningKey:
    return SigningKey.parse(text)


def test_a_rotation_that_was_cut_off_is_finished(store: KeyStore) -> None:
    """Whether it ended before the keyring was written or after."""
    before, ring = store.file.read_text(), store.ring_file.read_bytes()
    store.rotate(NOW + timedelta(days=1))
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
    assert len(KeyStore(store.file).rotate(NOW + timedelta(days=2)).keys) == 2


def test_any_change_to_a_keyring_is_found(store: KeyStore) -> None:
    """A time, a number, an order, a key left out: each key was entered by a signed note."""
    for day in (1, 2):
        store.rotate(NOW + timedelta(days=day))
    raw = store.ring_file.read_bytes()
    ring = Keyring.parse(raw)
    assert ring.document() == raw
    changes = ((b"2026-11-23T", b"2026-11-24T"), (b": 3,", b": 4,"), (b"log.example/1", b"log.example/2"))
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
