"""A packed page is the same page, and its length is no measure of it."""

from __future__ import annotations

import gzip

from mlw_workflow.interfaces.web.packing import packed


def test_a_packed_page_is_the_same_and_never_of_one_length() -> None:
    """Unpacked it is what it was; packed again it has other lengths, so that nobody learns what it holds from them."""
    page = b"<p>secret</p>" * 500
    made = [packed(page) for _ in range(40)]
    assert {gzip.decompress(one) for one in made} == {page}
    assert len({len(one) for one in made}) > 5
    assert max(map(len, made)) < len(page) / 2
