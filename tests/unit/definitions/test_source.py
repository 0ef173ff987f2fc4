"""Reading YAML safely: the subset, the lines, and files that mean harm."""

from __future__ import annotations

import json
import os
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import example, given
from hypothesis import strategies as st

from mlw_workflow.definitions.source import LIMITS, Limits, read_yaml, yaml_files


def codes(text: str | bytes) -> list[str]:
    return [finding.code for finding in read_yaml(text, "x.yaml").findings]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("on", "on"),
        ("no", "no"),
        ("Yes", "Yes"),
        ("12:30", "12:30"),
        ("2014-08-31", "2014-08-31"),
        ("1_000", "1_000"),
        ("0050", "0050"),
        ("0050.127.2013", "0050.127.2013"),
        ("0x1F", 31),
        ("0o17", 15),
        ("-12", -12),
        ("+3", 3),
        ("1.50", 1.5),
        (".5", 0.5),
        ("1e3", 1000.0),
        ("true", True),
        ("False", False),
        ("~", None),
        ("null", None),
        ("''", ""),
        ("'true'", "true"),
        ('"12"', "12"),
        ("<<", "<<"),
        ("=", "="),
        ("", None),
        ("[]", []),
        ("{}", {}),
    ],
)
def test_scalars(text: str, value: object) -> None:
    """Only YAML 1.2's own scalars are anything but text; a number with leading zeros stays as it was written."""
    document = read_yaml(f"a: {text}")
    assert document.findings == ()
    assert document.value == {"a": value}
    assert type(document.value["a"]) is type(value)


def test_keys_are_text() -> None:
    """A key is the text that was written, even where a value of the same form would be a number."""
    assert read_yaml("1: a\ntrue: b\non: c\n2014-08-31: d").value == {
        "1": "a",
        "true": "b",
        "on": "c",
        "2014-08-31": "d",
    }


def test_lines() -> None:
    """Each key and each item knows its line; a path that does not exist leads to the nearest that does."""
    document = read_yaml("a:\n  b: 1\n  c:\n    - x\n    - {d: 2}\n")
    assert [document.line_of(path) for path in [(), ("a",), ("a", "c"), ("a", "c", 1), ("a", "c", 1, "d")]] == [
        1,
        1,
        3,
        5,
        5,
    ]
    assert document.line_of(("a", "c", 1, "nowhere", 7)) == 5
    assert document.line_of(("nowhere",)) == 1


def test_duplicate_key_keeps_the_first() -> None:
    """Of a key given twice the first value is kept, the whole second value is passed over, and reading goes on."""
    document = read_yaml("a: 1\na: {x: [1, {a: 2}], x: 3}\nb: 2\na: 4\nb: [5]\nc: 6")
    assert document.value == {"a": 1, "b": 2, "c": 6}
    assert [(f.code, f.line) for f in document.findings] == [("yaml_duplicate_key", n) for n in (2, 4, 5)]


LAUGHS = "a: &a [x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join(f'*{chr(97 + n)}' for _ in range(9))}]\n" for n in range(9)
)


HOSTILE: list[tuple[str | bytes, str]] = [
    (LAUGHS, "yaml_alias"),
    ("[" * 100_000, "yaml_too_deep"),
    ("{a: " * 100_000, "yaml_too_deep"),
    ("- " * 100_000, "yaml_too_deep"),
    ("\n".join(" " * n + "a:" for n in range(700)), "yaml_too_deep"),
    ("a: " + "x" * 10_000_000, "file_too_large"),
    (b"a: \xff\xfe", "not_utf8"),
    ("a: b".encode("utf-16"), "not_utf8"),
    ("a: b\0c", "yaml_bad_character"),
    ("a: \x1b[31m", "yaml_bad_character"),
    ("a: !!python/object/apply:os.system ['true']", "yaml_tag"),
    ("!!python/object:os.system a", "yaml_tag"),
    ("a: !local b", "yaml_tag"),
    ("a: ! b", "yaml_tag"),
    ("a: &x 1", "yaml_anchor"),
    ("a: 1\n---\nb: 2", "yaml_many_documents"),
    ("? {a: 1}\n: 2", "yaml_key_not_text"),
    ("a: .inf", "yaml_bad_number"),
    ("a: .nan", "yaml_bad_number"),
    ("a: 1e999", "yaml_bad_number"),
    (f"a: {'9' * 5000}", "yaml_bad_number"),
    ("a: 9007199254740993", "yaml_bad_number"),
    ("a: [1, 2", "yaml_syntax"),
    ("\ta: 1", "yaml_syntax"),
    ("a: 'x", "yaml_syntax"),
    ("[" + "a," * 60_000 + "]", "yaml_too_many_nodes"),
    ("a:\n" + "- {}\n" * 60_000, "yaml_too_many_nodes"),
    ("{" + "? a," * 60_000 + "}", "yaml_duplicate_key"),
    ("a: 1\nb: 2\n" + "a: 1\n" * 60_000, "yaml_duplicate_key"),
]


@pytest.mark.parametrize(("content", "code"), HOSTILE, ids=[f"{n}-{code}" for n, (_, code) in enumerate(HOSTILE)])
def test_hostile_text(content: str | bytes, code: str) -> None:
    """Text that means harm gives a finding quickly and in little memory, and never an exception."""
    tracemalloc.start()
    started = time.process_time()
    found = codes(content)
    spent = time.process_time() - started
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code in found
    assert len(found) <= 51
    assert spent < 5
    assert peak < 64 * 1024 * 1024


def test_hostile_files(tmp_path: Path) -> None:
    """A large file is read no further than its limit; what is no regular file is not opened at all."""
    big = tmp_path / "big.yaml"
    big.write_bytes(b"a: b\n" * 2_000_000)
    assert [f.code for f in read_yaml(big).findings] == ["file_too_large"]
    assert [f.code for f in read_yaml(tmp_path / "none.yaml").findings] == ["file_missing"]
    assert [f.code for f in read_yaml(tmp_path).findings] == ["file_missing"]
    assert [f.code for f in read_yaml(tmp_path / "a\0b").findings] in (["file_missing"], ["file_unreadable"])
    os.mkfifo(tmp_path / "pipe.yaml")
    assert [f.code for f in read_yaml(tmp_path / "pipe.yaml").findings] == ["file_missing"]
    big.write_bytes(b"a: 1")
    assert read_yaml(big).value == {"a": 1}
    assert read_yaml(big).name == big.as_posix()


def test_unreadable_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that the system refuses to open is a finding."""
    file = tmp_path / "a.yaml"
    file.write_text("a: 1")

    def refuse(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "open", refuse)
    assert [f.code for f in read_yaml(file).findings] == ["file_unreadable"]


def test_limits_can_be_widened() -> None:
    """A reader of larger files (histories) gives its own limits."""
    text = "[" + "a," * 60_000 + "]"
    assert read_yaml(text, limits=Limits(LIMITS.size, LIMITS.depth, 100_000)).readable


def test_byte_order_mark() -> None:
    """A UTF-8 byte order mark, as some editors write it, is no part of the text."""
    assert read_yaml(b"\xef\xbb\xbfa: 1").value == {"a": 1}


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(-1e15, 1e15, allow_nan=False)
    | st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=30),
            inner,
            max_size=4,
        )
    ),
    max_leaves=20,
)


@given(VALUES)
@example({"a": "\U0001f600", "b": "\\ud83d\\ude00", "c": "/"})
def test_json_is_read_alike(value: Any) -> None:
    """A JSON file, escaped or not, gives the very value that was written."""
    with tempfile.TemporaryDirectory() as folder:
        for ascii_only in (True, False):
            file = Path(folder) / "x.json"
            file.write_text(json.dumps(value, ensure_ascii=ascii_only), "utf-8")
            document = read_yaml(file)
            assert document.findings == ()
            assert document.value == value


@given(st.text(max_size=300) | st.text(alphabet="{}[]:,-&*!|>'\"#%@ \n\tab01~?", max_size=120))
def test_never_raises(text: str) -> None:
    """Whatever the text, reading ends with a value or with findings."""
    document = read_yaml(text)
    assert document.readable or document.findings
    assert all(finding.line >= 1 for finding in document.findings)


def test_pure_python_parser_agrees(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where libyaml is absent the same values and the same refusals come out."""
    text = "a: [1, x, {b: ~}]\nc: 'd'\n"
    expected = read_yaml(text)
    monkeypatch.setattr("mlw_workflow.definitions.source._LOADER", yaml.SafeLoader)
    assert read_yaml(text) == expected
    assert codes(LAUGHS)[-1] == "yaml_alias"
    assert codes("[" * 5_000) == ["yaml_too_deep"]
    assert codes("a: 'x") == ["yaml_syntax"]


def test_files_of_a_folder(tmp_path: Path) -> None:
    """YAML files come in a fixed order and bounded number, and links to folders are not followed."""
    for name in ("b.yaml", "a.yaml", "sub/c.yaml", "sub/d.yml", "e.txt", "also/f.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a: 1")
    (tmp_path / "loop").symlink_to(tmp_path, target_is_directory=True)
    assert [file.relative_to(tmp_path).as_posix() for file in yaml_files(tmp_path)] == [
        "a.yaml",
        "b.yaml",
        "also/f.yaml",
        "sub/c.yaml",
    ]
    assert len(list(yaml_files(tmp_path, most=2))) == 2
