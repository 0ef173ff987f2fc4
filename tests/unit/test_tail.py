"""What the signer remembers of the newest entries."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit.seal import Head
from mlw_workflow.services.tail import Kept, Tail

if TYPE_CHECKING:
    from pathlib import Path


def head(seq: int) -> Head:
    return Head(seq, bytes([seq]) * 32, None)


def test_the_last_line_of_each_log_counts(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    tail.note([("a", head(1)), ("b", head(7))])
    tail.note([("a", head(2))])
    assert tail.kept() == {"a": Kept(2, "02" * 32), "b": Kept(7, "07" * 32)}
    assert tail.file.stat().st_mode & 0o077 == 0


def test_a_damaged_line_is_passed_over(tmp_path: Path) -> None:
    tail = Tail(tmp_path)
    tail.note([("a", head(1))])
    with tail.file.open("ab") as file:
        file.write(b"a 2 0202\n\xff\xfe\na 3")
    assert tail.kept() == {"a": Kept(1, "01" * 32)}


def test_what_the_tree_covers_is_forgotten_and_nothing_else(tmp_path: Path) -> None:
    """Lines that come while a checkpoint is being made go to a file of their own, and stay."""
    tail = Tail(tmp_path)
    tail.note([("a", head(3)), ("b", head(1))])
    aside = tail.set_aside()
    tail.note([("a", head(4))])
    tail.forget(aside, {"a": 3})
    assert tail.kept() == {"a": Kept(4, "04" * 32), "b": Kept(1, "01" * 32)}
    tail.forget(aside, {"a": 3, "b": 1})
    assert tail.kept() == {"a": Kept(4, "04" * 32)}


def test_a_folder_that_cannot_be_written_fails_nothing(tmp_path: Path) -> None:
    tail = Tail(tmp_path / "none")
    tail.note([("a", head(1))])
    assert tail.set_aside() == []
    assert tail.kept() == {}
