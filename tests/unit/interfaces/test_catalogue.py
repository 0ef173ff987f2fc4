"""The Polish catalogue has everything that is marked in the source, and nothing uncertain."""

import io
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import mlw_workflow

SOURCE = Path(mlw_workflow.__file__).parent
CATALOGUE = SOURCE / "locale" / "pl" / "LC_MESSAGES" / "mlw.po"


@pytest.fixture(scope="module")
def polish() -> Catalog:
    return read_po(io.BytesIO(CATALOGUE.read_bytes()), locale="pl")


def marked() -> set[str]:
    found = set()
    for _file, _line, message, _comments, _context in extract_from_dir(str(SOURCE / "interfaces")):
        found.add(message if isinstance(message, str) else message[0])
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_everything_marked_is_translated(polish: Catalog) -> None:
    """No text of the interface is left in English; `python3 dev.py messages` brings new ones in."""
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in polish if message.id}
    assert marked() - known == set()
    assert known - marked() == set(), "texts that are no longer used"


def test_every_translation_is_there_and_certain(polish: Catalog) -> None:
    """Every message has its Polish, in all its plurals, and none is a guess."""
    for message in polish:
        if not message.id:
            continue
        strings = message.string if isinstance(message.string, list | tuple) else [message.string]
        assert all(strings), message.id
        assert not message.fuzzy, message.id
        assert isinstance(message.id, str) or len(strings) == 3, message.id


def test_placeholders_survive_translation(polish: Catalog) -> None:
    """A translation fills in the same facts."""
    for message in polish:
        if message.id:
            first = message.id if isinstance(message.id, str) else message.id[0]
            for text in message.string if isinstance(message.string, list | tuple) else [message.string]:
                assert placeholders(text) == placeholders(first), message.id
