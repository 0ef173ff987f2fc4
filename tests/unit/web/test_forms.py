"""From what was typed to evidence, and back to the controls."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import FormData, UploadFile

from mlw_workflow.interfaces.web import forms
from mlw_workflow.interfaces.web.forms import Typed
from mlw_workflow.interfaces.web.security import local_path
from mlw_workflow.services.files import FileStore
from mlw_workflow.testing import field

NAME = field("name")
ROWS = field("rows", "records", fields=(NAME, field("since", "date")))


def typed(**values: str) -> Typed:
    """What was typed, with ``_`` for ``-``."""
    return Typed.of(FormData([(name.replace("_", "-"), value) for name, value in values.items()]))


@pytest.mark.parametrize(
    ("parts", "day"),
    [
        (("10", "6", "2014"), "2014-06-10"),
        (("", "", ""), ""),
        (("10", "", "2014"), "2014--10?"),
        (("x", "6", "2014"), "2014-6-x?"),
        (("10", "6", "14"), "14-6-10?"),
    ],
)
def test_a_date_comes_from_its_parts(parts: tuple[str, str, str], day: str) -> None:
    """Nothing stays nothing, and what is no date stays recognisable as such."""
    given_parts = dict(zip(("e_on_day", "e_on_month", "e_on_year"), parts, strict=True))
    assert typed(**given_parts).day("e-on") == day
    assert (forms.day_or_none(day) is None) == (day != "2014-06-10")


@pytest.mark.parametrize("month", ["5", "maja", "Maj", "MAJ.", "May", "V"])
def test_a_month_may_be_written_as_people_write_it(month: str) -> None:
    """In words, in either language, or in Roman figures, as on paper."""
    assert typed(e_on_day="12", e_on_month=month, e_on_year="2014").day("e-on") == "2014-05-12"


def test_empty_rows_are_left_out_and_the_others_numbered_anew(tmp_path: Path) -> None:
    """So that an error counts rows as the page shows them."""
    given_rows = typed(e_rows_rows="4", e_rows_2_name="B", e_rows_4_since_year="2014", e_other="x")
    compact = forms.compact((ROWS,), given_rows)
    assert compact.rows("e-rows") == 2
    assert (compact.one("e-rows-1-name"), compact.one("e-other")) == ("B", "x")
    found = forms.evidence((ROWS,), compact, FormData(), FileStore(tmp_path, 1))
    assert found == {"rows": [{"name": "B", "since": ""}, {"name": "", "since": "2014--?"}]}


@pytest.mark.parametrize(
    ("place", "control"),
    [
        ("order_number", "e-order_number"),
        ("members[3].function", "e-members-3-function"),
        ("members[3]", "e-members-3"),
    ],
)
def test_a_place_in_the_evidence_is_a_control(place: str, control: str) -> None:
    """An error leads to where it is put right."""
    assert forms.control_at(place) == control


@given(st.text())
def test_a_files_name_has_no_folder_and_nothing_invisible(name: str) -> None:
    """Whatever a browser sends."""
    plain = forms.plain_name(name)
    assert plain
    assert plain.isprintable()
    assert not set(plain) & {"/", "\\"}


def test_a_file_is_set_aside_and_too_large_a_one_refused(tmp_path: Path) -> None:
    """Nothing of what is refused stays."""
    store = FileStore(tmp_path / "files", 1)
    paper = field("paper", "file")
    form = FormData([("e-paper", UploadFile(io.BytesIO(b"x"), filename="a.pdf"))])
    reference = forms.evidence((paper,), Typed(), form, store)["paper"]
    assert (reference["name"], reference["size"]) == ("a.pdf", 1)
    large = FormData([("e-paper", UploadFile(io.BytesIO(b"x" * 1_000_001), filename="a.pdf"))])
    with pytest.raises(forms.UploadRefused, match="file_too_large"):
        forms.evidence((paper,), Typed(), large, store)
    store.drop()
    assert [file for file in tmp_path.rglob("*") if file.is_file()] == []


@given(st.text())
def test_nobody_is_led_to_another_site(given_path: str) -> None:
    """Whatever stands in an address, the page to go on to is one of ours."""
    path = local_path(given_path)
    assert path.startswith("/")
    assert not path.startswith(("//", "/\\"))
    assert path.isprintable()
