"""Who is told in whose place."""

from __future__ import annotations

from datetime import date

from mlw_workflow.domain.pause import Deputy, stands_in

DAY, NEXT = date(2014, 2, 6), date(2014, 2, 7)


def deputy(person: str, other: str, since: date = DAY, until: date = DAY) -> Deputy:
    return Deputy(person, other, since, until)


def test_the_deputy_named_last_counts() -> None:
    """Of several for one day, in the order in which they were recorded."""
    assert stands_in([deputy("ala", "ola"), deputy("ala", "iza")], "ala", DAY) == "iza"
    assert stands_in([deputy("ala", "ola"), deputy("ala", "iza", NEXT, NEXT)], "ala", DAY) == "ola"


def test_a_deputys_deputy() -> None:
    """Is told where the deputy is away too; in a circle nobody stands in; who is there is told."""
    line = [deputy("ala", "ola"), deputy("ola", "iza")]
    assert stands_in(line, "ala", DAY) == "iza"
    assert stands_in([*line, deputy("iza", "ala")], "ala", DAY) == "ala"
    assert stands_in(line, "ala", NEXT) == "ala"
