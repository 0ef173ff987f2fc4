"""Values that the tests of mails and calendars begin from."""

from datetime import date

import pytest

from mlw_workflow.notifications.values import Action, Digest, DigestLine, DigestPart, LastChance, Outage, Why


@pytest.fixture
def report() -> DigestLine:
    """A report that is due in a few days."""
    return DigestLine(
        "monthly/2014-04",
        "Raport miesięczny, kwiecień 2014",
        "złożyć raport",
        date(2014, 5, 8),
        Why("Koordynator MLW"),
        4,
        "agreement",
        "§ 4 ust. 2",
        acknowledge=Action("mlw ack tluszcz monthly/2014-04"),
        snooze=Action("mlw snooze tluszcz monthly/2014-04 --until 2014-05-07"),
    )


@pytest.fixture
def conference() -> DigestLine:
    """A conference without a date."""
    why = Why("Koordynator MLW", in_place_of="Animator MLW")
    return DigestLine("conference", "Konferencja zamykająca", "ustalić termin", None, why)


@pytest.fixture
def last_chance() -> LastChance:
    """A step whose slack has run out."""
    return LastChance(
        "w07",
        "Organizacja pierwszego ZSL",
        "Powołaj zespół",
        date(2014, 5, 2),
        0,
        "Konferencja zamykająca pilotaż",
        date(2014, 8, 29),
        ("Zatwierdzenie katalogu", "Projekt Paktu"),
        ("Anna Nowak", "Burmistrz"),
    )


@pytest.fixture
def digest(report: DigestLine, conference: DigestLine, last_chance: LastChance) -> Digest:
    """One municipality after an outage."""
    part = DigestPart("Tłuszcz", (conference, report), (last_chance,))
    outage = Outage(date(2014, 4, 28), date(2014, 5, 1))
    return Digest("pl", date(2014, 5, 2), "Łucja Żółć", (part,), outage, "Urząd Miejski w Tłuszczu")
