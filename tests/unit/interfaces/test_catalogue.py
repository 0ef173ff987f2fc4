"""The Polish catalogues have everything that is marked in the source, and nothing uncertain."""

import io
import re
import string
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

import mlw_workflow

SOURCE = Path(mlw_workflow.__file__).parent
LOCALE = SOURCE / "locale" / "pl" / "LC_MESSAGES"
METHODS = [("templates/**.html", "jinja2"), ("**.py", "python")]


@pytest.fixture(scope="module", params=["mlw", "web"])
def domain(request: pytest.FixtureRequest) -> str:
    """The command line's catalogue, and the panel's."""
    name: str = request.param
    return name


@pytest.fixture(scope="module")
def polish(domain: str) -> Catalog:
    return read_po(io.BytesIO((LOCALE / f"{domain}.po").read_bytes()), locale="pl")


def marked(domain: str) -> set[str]:
    folder = SOURCE / "interfaces" / ("web" if domain == "web" else "")
    found = set()
    for file, _line, message, _comments, _context in extract_from_dir(str(folder), METHODS):
        if domain == "web" or not file.startswith("web/"):
            found.add(message if isinstance(message, str) else message[0])
    return found


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_everything_marked_is_translated(polish: Catalog, domain: str) -> None:
    """No text of the interface is left in English; `python3 dev.py messages` brings new ones in."""
    known = {message.id if isinstance(message.id, str) else message.id[0] for message in polish if message.id}
    assert marked(domain) - known == set()
    assert known - marked(domain) == set(), "texts that are no longer used"


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
                assert sorted(re.findall(r"%\(\w+\)s", text)) == sorted(re.findall(r"%\(\w+\)s", first)), message.id
