"""A history goes to the municipality it names, and to no other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Office


@pytest.mark.parametrize("lines", ["municipality: Tluszcz", "municipality: Tłuszcz\nvoivodeship: lubelskie"])
def test_a_name_that_is_only_alike_is_refused(tluszcz: Office, tmp_path: Path, lines: str) -> None:
    """A file for a municipality of a like name, or of another voivodeship, does not add to the log of the first."""
    file = tmp_path / "history.yaml"
    file.write_text(f"{lines}\nprogramme: mlw-pilot\nevents: []\n", encoding="utf-8")
    answer = tluszcz.run("import", str(file))
    assert answer.code == 2
    assert "tluszcz" in answer.err + answer.out
    assert len(tluszcz.done("pilot list --json").json["pilots"]) == 1
