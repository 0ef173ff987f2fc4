"""Opening pilots, and who holds which role in them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

import pytest

from mlw_workflow.domain.errors import BadInput, UnknownPerson, UnknownRole
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.storage import repositories

MARCH = date(2014, 3, 1)


def test_opening_is_the_first_entry(office: Any) -> None:
    """A log begins with the opening, which tells the span and the pinned definition."""
    (opening,) = office.entries()
    assert (opening.seq, opening.kind, opening.definition) == (1, "opening", office.definition("mlw-pilot"))
    assert opening.pilot == {
        "code": "tluszcz",
        "municipality": "Tłuszcz",
        "programme": "mlw-pilot",
        "start": "2013-12-01",
        "end": "2014-08-31",
        "voivodeship": "mazowieckie",
    }
    assert office.holds()


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"municipality": "Tłuszcz"}, "pilot_exists"),
        ({"municipality": "   "}, "pilot_name_invalid"),
        ({"municipality": "Nowa\x00"}, "pilot_name_invalid"),
        ({"municipality": "Nowa", "code": "Nowa Gmina"}, "pilot_code_invalid"),
        ({"municipality": "Nowa", "start": date(2015, 1, 1)}, "pilot_span_invalid"),
        ({"municipality": "Nowa", "end": date(2034, 1, 1)}, "pilot_span_invalid"),
    ],
)
def test_opening_that_will_not_do(office: Any, given: dict[str, Any], code: str) -> None:
    """A pilot that cannot be opened leaves nothing behind."""
    with pytest.raises(BadInput) as caught:
        office.open(**given)
    assert caught.value.code == code
    assert list(office.pilots()) == ["tluszcz"]


def test_span_without_days_of_its_own(office: Any) -> None:
    """A pilot that gives no days has the programme's; its reports follow its own span."""
    short = office.open("Klembów", start=date(2014, 1, 15), end=date(2014, 2, 10))
    from mlw_workflow.services.standing import AsOf, standing_of

    machines = standing_of(office.desk, short, AsOf(MARCH)).instances
    assert [name for name in machines if name.startswith("monthly")] == ["monthly/2014-01", "monthly/2014-02"]
    assert [name for name in machines if name.startswith("partial")] == []


def test_role_is_asked_on_the_day_of_recording(office: Any) -> None:
    """Whoever held a role in life but no longer on the day of recording may not record in it."""
    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot], date(2014, 1, 1), date(2014, 3, 10))
    office.take("w10", "prepare", "Anna Nowak", date(2014, 1, 5))
    office.clock.set(date(2014, 3, 10))
    office.take("w02", "begin", "Anna Nowak", date(2014, 3, 10))
    office.clock.set(date(2014, 3, 11))
    assert office.codes(office.ask("w01", "begin", "Anna Nowak", date(2014, 3, 10))) == {"role_not_allowed"}
    assert office.holds()


def test_role_is_not_held_before_its_first_day(office: Any) -> None:
    """A role that begins tomorrow admits nothing today."""
    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot], date(2014, 3, 2))
    assert office.codes(office.ask("w10", "prepare", "Anna Nowak")) == {"role_not_allowed"}
    office.clock.set(date(2014, 3, 2))
    assert office.take("w10", "prepare", "Anna Nowak").role == "coordinator"
    assert office.holds()


def test_end_of_a_role_is_set_by_giving_it_again(office: Any) -> None:
    """The same role from the same day, given again with an end, ends; both entries stay in the log."""
    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "mayor", [office.pilot], MARCH)
    give_role(office.desk, "Anna Nowak", "mayor", [office.pilot], MARCH, date(2014, 3, 5))
    told = [(entry.kind, entry.until) for entry in office.entries()[1:]]
    assert told == [("membership", None), ("membership", date(2014, 3, 5))]
    office.clock.set(date(2014, 3, 6))
    asked = office.ask("w03", "appoint", "Anna Nowak", MARCH, order_number="1", institution="OPS")
    assert office.codes(asked) == {"role_not_allowed"}
    assert office.holds()


def test_role_of_one_pilot_stays_in_it(office: Any) -> None:
    """A coordinator of one municipality is nobody in another."""
    from mlw_workflow.services.advance import Request, advance

    add_person(office.desk, "Anna Nowak")
    give_role(office.desk, "Anna Nowak", "coordinator", [office.pilot])
    other = office.open("Klembów")
    asked = advance(office.desk, Request(other, "w10", "prepare", "Anna Nowak"))
    assert office.codes(asked) == {"role_not_allowed"}


def test_programme_wide_role_reaches_new_pilots(office: Any) -> None:
    """Whoever holds a role in the whole programme holds it, until the same day, in each pilot that is opened later."""
    person = add_person(office.desk, "Ewa Łoś")
    give_role(office.desk, "Ewa Łoś", "implementing_body", [office.pilot], MARCH, date(2014, 12, 31))
    give_role(office.desk, "Ewa Łoś", "coordinator", [office.pilot], MARCH)
    other = office.open("Klembów")
    with office.database.read() as connection:
        held = repositories.memberships(connection, other.id)
    assert [(m.person, m.role, m.since, m.until) for m in held] == [
        (person.id, "implementing_body", MARCH, date(2014, 12, 31))
    ]
    assert [entry.kind for entry in office.entries(other)] == ["opening", "membership"]
    assert office.holds(other)


def test_programme_wide_role_does_not_reach_another_programme(office: Any) -> None:
    """The second programme's pilots know nothing of it."""
    add_person(office.desk, "Ewa Łoś")
    give_role(office.desk, "Ewa Łoś", "implementing_body", [office.pilot], MARCH)
    other = office.open("Leśniowice", "model-kooperacji")
    assert [entry.kind for entry in office.entries(other)] == ["opening"]


@pytest.mark.parametrize(
    ("name", "role", "until", "error"),
    [
        ("Nobody", "mayor", None, UnknownPerson),
        ("Anna Nowak", "emperor", None, UnknownRole),
        ("Anna Nowak", "mayor", date(2014, 2, 1), BadInput),
    ],
)
def test_role_that_cannot_be_given(
    office: Any, name: str, role: str, until: date | None, error: type[BadInput]
) -> None:
    """An unknown person or role, or an end before the beginning, changes no pilot at all."""
    add_person(office.desk, "Anna Nowak")
    other = office.open("Klembów")
    with pytest.raises(error):
        give_role(office.desk, name, role, [office.pilot, other], MARCH, until)
    assert len(office.entries()) == len(office.entries(other)) == 1


def test_roles_given_in_several_pilots_at_once(office: Any) -> None:
    """Two who give roles in the same pilots, in another order, do not wait for each other for ever."""
    pilots = [office.pilot, *(office.open(f"Gmina {number}") for number in range(5))]
    for number in range(8):
        add_person(office.desk, f"Osoba {number}")

    def give(number: int) -> None:
        order = pilots if number % 2 else pilots[::-1]
        give_role(office.desk, f"Osoba {number}", "mentor", order, MARCH)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(give, range(8)))
    assert all(len(office.entries(pilot)) == 9 for pilot in pilots)
    assert all(office.holds(pilot) for pilot in pilots)


def test_same_pilot_opened_by_two_at_once(empty_office: Any) -> None:
    """One opens it, the other is told that it exists."""
    empty_office.definition("mlw-pilot")

    def attempt(_: int) -> str:
        try:
            return str(empty_office.open("Tłuszcz").code)
        except BadInput as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(attempt, range(4)))
    assert found == ["pilot_exists"] * 3 + ["tluszcz"]
