"""What people type: languages, days, counts, evidence, words for a shell."""

from datetime import UTC, date, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from mlw_workflow.domain.definition import Field
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces import language
from mlw_workflow.interfaces.cli import evidence, output, params
from mlw_workflow.services.files import FileStore

FILE = Field("file", "file", Text("Plik", "File"))
ROWS = Field("rows", "records", Text("Lista", "List"), fields=(Field("name", "text", Text("N", "N")), FILE))


@pytest.fixture
def store(tmp_path: Path) -> FileStore:
    return FileStore(tmp_path / "files", 1)


@pytest.mark.parametrize(
    ("arguments", "chosen", "rest"),
    [
        (["--lang", "en", "status"], "en", ["status"]),
        (["status", "--lang=pl", "X"], "pl", ["status", "X"]),
        (["status", "--", "--lang", "en"], "", ["status", "--", "--lang", "en"]),
        (["--lang", "en_GB"], "en", []),
    ],
)
def test_the_language_is_taken_from_anywhere(arguments: list[str], chosen: str, rest: list[str]) -> None:
    """``--lang`` is taken out wherever it stands, except after ``--``."""
    assert language.take_language(arguments) == (chosen, rest)


@pytest.mark.parametrize("arguments", [["--lang"], ["--lang="], ["--lang", "de"]])
def test_an_unknown_language_is_refused(arguments: list[str]) -> None:
    """A language that is not spoken here is bad input."""
    with pytest.raises(BadInput, match="language_unknown"):
        language.take_language(arguments)


def test_days_are_understood_as_people_write_them() -> None:
    """ISO and Polish days are read; what is no day is refused."""
    assert params.day_of("2014-06-10", "--on") == date(2014, 6, 10)
    assert params.day_of("1.6.2014", "--on") == date(2014, 6, 1)
    assert params.day_of("", "--on") is None
    for wrong in ("2014-02-30", "31.02.2014", "today", "2014-6-1", "20140610"):
        with pytest.raises(BadInput, match="day_invalid"):
            params.day_of(wrong, "--on")


def test_instants_are_local_unless_they_say_otherwise() -> None:
    """An instant without an offset is a local one, and a day means its end."""
    assert params.instant_of("2014-05-31T14:00", "x", "Europe/Warsaw") == datetime(2014, 5, 31, 12, tzinfo=UTC)
    assert params.instant_of("2014-05-31T14:00+00:00", "x", "Europe/Warsaw") == datetime(2014, 5, 31, 14, tzinfo=UTC)
    end = params.instant_of("2014-05-31", "x", "Europe/Warsaw")
    assert end is not None
    assert (end.day, end.hour) == (31, 21)
    with pytest.raises(BadInput, match="instant_invalid"):
        params.instant_of("noon", "x", "Europe/Warsaw")


def test_evidence_of_every_form(store: FileStore) -> None:
    """Fields, repeated fields, rows and columns become plain values; text stays text."""
    given = ["a=1=2", "b[]=x", "b[]=y", "c=1", "c=2", "d[2].k=z", "d[1].k=w", "d[1].l=", "e=@home"]
    found = evidence.read(given, (), store)
    assert found == {
        "a": "1=2",
        "b": ["x", "y"],
        "c": ["1", "2"],
        "d": [{"k": "w", "l": ""}, {"k": "z"}],
        "e": "@home",
    }


def test_what_is_said_after_a_file_counts(store: FileStore, tmp_path: Path) -> None:
    """A file for most of it, an option for what is different this time; before the file it is a contradiction."""
    file = tmp_path / "most.json"
    file.write_text('{"a": "1", "b": ["x"], "c": [{"k": "v"}]}')
    given = [str(file), "a=2", "b[]=y", "c[1].k=w"]
    assert evidence.read(given, (), store) == {"a": "2", "b": ["y"], "c": [{"k": "w"}]}
    with pytest.raises(BadInput, match="evidence_conflict"):
        evidence.read(["a=2", str(file)], (), store)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (["nothing"], "evidence_syntax"),
        (["a.b=1"], "evidence_syntax"),
        (["a=1", "a[]=2"], "evidence_conflict"),
        (["a[]=1", "a=2"], "evidence_conflict"),
        (["a[1]=1", "a[1]=2"], "evidence_conflict"),
        (["a[1].k=1", "a[1].k=2"], "evidence_conflict"),
        (["a[2]=1"], "evidence_rows"),
        (["nowhere.yaml"], "file_unreadable"),
    ],
)
def test_evidence_that_makes_no_sense_is_refused(store: FileStore, given: list[str], code: str) -> None:
    """What cannot be meant is bad input, and names the field."""
    with pytest.raises(BadInput, match=code):
        evidence.read(given, (), store)


def test_a_file_is_kept_only_when_it_is_wanted(store: FileStore, tmp_path: Path) -> None:
    """A file becomes a reference where the definition asks for one; its copy stays only when kept."""
    paper = tmp_path / "paper.pdf"
    paper.write_bytes(b"paper")
    digest = sha256(b"paper").hexdigest()
    given = [f"file=@{paper}", f"rows[1].file=@{paper}", "rows[1].name=@me"]
    found = evidence.read(given, (FILE, ROWS), store)
    reference = {"name": "paper.pdf", "sha256": digest, "size": 5}
    assert found == {"file": reference, "rows": [{"file": reference, "name": "@me"}]}
    store.drop()
    assert not [file for file in store.folder.rglob("*") if file.is_file()]
    evidence.read(given, (FILE,), store)
    store.keep()
    assert (store.folder / digest[:2] / digest).read_bytes() == b"paper"


def test_a_file_too_large_is_refused(store: FileStore, tmp_path: Path) -> None:
    """The limit of the settings holds."""
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(1_000_001))
    with pytest.raises(BadInput, match="file_too_large"):
        evidence.read([f"file=@{large}"], (FILE,), store)


def test_a_file_of_evidence_names_files_beside_it(store: FileStore, tmp_path: Path) -> None:
    """``@name`` in a file of evidence lies in that file's folder."""
    (tmp_path / "paper.pdf").write_bytes(b"paper")
    (tmp_path / "given.yaml").write_text('order: "0050"\nfile: "@paper.pdf"\n', "utf-8")
    found = evidence.read([str(tmp_path / "given.yaml")], (FILE,), store)
    assert (found["order"], found["file"]["name"]) == ("0050", "paper.pdf")


def test_words_are_quoted_only_where_a_shell_needs_it() -> None:
    """Polish letters need no quotes, blanks and signs do."""
    assert output.quoted("Tłuszcz") == "Tłuszcz"
    assert output.quoted("Janów Lubelski") == '"Janów Lubelski"'
    assert output.quoted("members[]=…") == '"members[]=…"'
    assert output.quoted("") == '""'


def test_an_amount_in_a_shell_is_read_as_people_write_it(store: FileStore) -> None:
    """As in a form of the panel; in a text the same signs stay what they are."""
    fields = (Field("amount", "number", Text("Kwota", "Amount")), Field("why", "text", Text("Powód", "Why")))
    found = evidence.read(["amount=1 234,50 zł", "why=1 234,50 zł"], fields, store)
    assert found == {"amount": "1234.50", "why": "1 234,50 zł"}
