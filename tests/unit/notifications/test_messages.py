"""The wording of the mails."""

import dataclasses
from datetime import date, datetime
from html.parser import HTMLParser
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mlw_workflow.notifications import messages
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.document import as_html
from mlw_workflow.notifications.values import (
    Action,
    Composed,
    Digest,
    DigestLine,
    DigestPart,
    LastChance,
    Outage,
    Undelivered,
    UndeliveredMail,
    UrgentNotice,
    Why,
)

POLISH = """\
Przypomnienia na 2 maja 2014

Dla: Łucja Żółć

Przypomnień nie wysyłano od 28 kwietnia do 1 maja 2014. Z tamtych dni
wysyłamy tylko to, co nadal jest aktualne.

Tłuszcz
-------

Ostatni moment, aby zdążyć:

* Powołaj zespół
  Zadanie: Organizacja pierwszego ZSL (w07)
  Rozpocząć najpóźniej: 2 maja 2014, dzisiaj
  Zapas: żaden, dzisiaj jest ostatni dzień
  Cel: Konferencja zamykająca pilotaż, 29 sierpnia 2014
  Dopiero potem: Zatwierdzenie katalogu → Projekt Paktu
  Kto może to zrobić: Anna Nowak, Burmistrz

Terminy:

* Raport miesięczny, kwiecień 2014 (monthly/2014-04): złożyć raport
  Termin: 8 maja 2014, za 4 dni robocze
  Podstawa: umowa, § 4 ust. 2
  Dlaczego ta wiadomość: rola „Koordynator MLW”
  Potwierdź, że wiesz:
    mlw ack tluszcz monthly/2014-04
  Przypomnij później:
    mlw snooze tluszcz monthly/2014-04 --until 2014-05-07

Bez ustalonego terminu:

* Konferencja zamykająca (conference): ustalić termin
  Termin: nie ustalono; proszę podać datę
  Podstawa: zasady programu
  Dlaczego ta wiadomość: nikogo w roli „Animator MLW” nie można
    powiadomić, następna jest rola „Koordynator MLW”

--\x20
Urząd Miejski w Tłuszczu
"""
ENGLISH = """\
Reminders for 2 May 2014

For: Łucja Żółć

No reminders were sent from 28 April to 1 May 2014. Of those days only
what still matters is sent.

Tłuszcz
-------

The last moment to be in time:

* Powołaj zespół
  Task: Organizacja pierwszego ZSL (w07)
  Begin by: 2 May 2014, today
  Time in hand: none, today is the last day
  Goal: Konferencja zamykająca pilotaż, 29 August 2014
  Only then: Zatwierdzenie katalogu → Projekt Paktu
  Who can act: Anna Nowak, Burmistrz

Deadlines:

* Raport miesięczny, kwiecień 2014 (monthly/2014-04): złożyć raport
  Due: 8 May 2014, in 4 working days
  Basis: agreement, § 4 ust. 2
  Why you get this: the role “Koordynator MLW”
  Acknowledge:
    mlw ack tluszcz monthly/2014-04
  Remind me later:
    mlw snooze tluszcz monthly/2014-04 --until 2014-05-07

No date set yet:

* Konferencja zamykająca (conference): ustalić termin
  Due: no date is set; please give one
  Basis: rules of the programme
  Why you get this: nobody can be told as “Animator MLW”; the next role
    is “Koordynator MLW”

--\x20
Urząd Miejski w Tłuszczu
"""
TAGS = {
    "html",
    "head",
    "meta",
    "title",
    "body",
    "h1",
    "h2",
    "h3",
    "p",
    "ul",
    "li",
    "strong",
    "br",
    "code",
    "a",
    "small",
}


class Page(HTMLParser):
    """Tags, attributes and text of a page, as a mail program reads them."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.text: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs

    def handle_data(self, data: str) -> None:
        self.text.append(data)

    @property
    def words(self) -> list[str]:
        return " ".join(self.text).split()


def test_digest_in_polish(digest: Digest) -> None:
    """The digest says what is due, when in words, on what basis, why to this person, and what to do."""
    composed = messages.digest(digest)
    assert composed.text == POLISH
    assert composed.subject == "Tłuszcz: przypomnienia na 2 maja 2014 (2 terminy, ostatni moment na rozpoczęcie)"


def test_digest_in_english(digest: Digest) -> None:
    """The same digest in English, around the office's own Polish titles."""
    composed = messages.digest(dataclasses.replace(digest, language="en"))
    assert composed.text == ENGLISH
    assert composed.subject == "Tłuszcz: reminders for 2 May 2014 (2 deadlines, last moment to begin)"


def test_html_says_the_same(digest: Digest) -> None:
    """The page holds every word of the text, in headings and lists, in a language that it names."""
    composed = messages.digest(digest)
    page = Page(composed.html)
    skip = {"*", "--", "-------"}
    said = {word.rstrip(":") for word in composed.text.split()} - skip
    assert said <= {word.rstrip(":") for word in page.words}
    assert ("lang", "pl") in page.attributes
    assert [tag for tag in page.tags if tag[0] == "h" and tag[1:].isdigit()] == ["h1", "h2", "h3", "h3", "h3"]


def test_html_fetches_nothing(digest: Digest) -> None:
    """The page has no image, no script, no form and no address that a mail program would open by itself."""
    page = Page(messages.digest(digest).html)
    assert set(page.tags) <= TAGS
    assert {name for name, _ in page.attributes} <= {"lang", "charset", "name", "content", "style", "href"}


def test_several_municipalities(digest: Digest, report: DigestLine) -> None:
    """A person with several municipalities reads them one after the other, in the order given, under one subject."""
    second = DigestPart("Gościeradów", (dataclasses.replace(report, due_on=date(2014, 4, 29), working_days=-2),))
    composed = messages.digest(dataclasses.replace(digest, parts=(*digest.parts, second)))
    assert composed.text.index("Tłuszcz\n---") < composed.text.index("Gościeradów\n---")
    assert "Termin minął: 29 kwietnia 2014, 2 dni robocze temu" in composed.text
    assert composed.subject == (
        "Przypomnienia na 2 maja 2014 (3 terminy, po terminie: 1, ostatni moment na rozpoczęcie)"
    )


def test_deadlines_are_in_order_of_days(digest: Digest, report: DigestLine) -> None:
    """Within a municipality the earliest deadline stands first."""
    lines = tuple(
        dataclasses.replace(report, machine=f"m{day}", due_on=date(2014, 5, day), working_days=day) for day in (9, 3, 6)
    )
    text = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", lines),))).text
    assert text.index("(m3)") < text.index("(m6)") < text.index("(m9)")


def test_links_stand_for_commands(digest: Digest, report: DigestLine) -> None:
    """Where the office has pages, the reader gets links; what is no web address is never made one."""
    good = Action("mlw ack p m", "https://mlw.example.org/a/1?x=1&y=2")
    bad = Action("mlw snooze p m", "javascript:alert(1)")
    line = dataclasses.replace(report, acknowledge=good, snooze=bad)
    composed = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (line,)),)))
    assert "  Potwierdź, że wiesz:\n    https://mlw.example.org/a/1?x=1&y=2\n" in composed.text
    assert "mlw ack" not in composed.text
    assert '<a href="https://mlw.example.org/a/1?x=1&amp;y=2">Potwierdź, że wiesz</a>' in composed.html
    assert "Przypomnij później: <code>mlw snooze p m</code>" in composed.html
    assert "javascript" not in composed.html + composed.text


def test_missed_warnings_and_school_holidays(digest: Digest, report: DigestLine) -> None:
    """A line tells what was left out while nothing ran, and that schools are closed."""
    line = dataclasses.replace(report, missed=2, school_holiday="ferie zimowe")
    text = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (line,)),))).text
    assert "  Pominięto: 2 wcześniejsze przypomnienia, bo program nie działał\n" in text
    assert "  Uwaga: w tym dniu trwa przerwa w szkołach (ferie zimowe)\n" in text


def test_one_day_outage(digest: Digest) -> None:
    """An outage of one day is told as one day."""
    one_day = dataclasses.replace(digest, outage=Outage(date(2014, 5, 1), date(2014, 5, 1)))
    assert "Przypomnień nie wysyłano w dniu 1 maja 2014." in messages.digest(one_day).text


def test_why_a_deputy(digest: Digest, report: DigestLine) -> None:
    """A deputy reads for whom."""
    line = dataclasses.replace(report, why=Why("Animator MLW", deputy_for="Jan Kowalski"))
    text = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (line,)),))).text
    assert "zastępstwo za: Jan Kowalski; rola „Animator MLW”" in " ".join(text.split())


@pytest.mark.parametrize(
    ("slack", "words"),
    [
        (5, "Zapas: 5 dni roboczych"),
        (1, "Zapas: 1 dzień roboczy"),
        (0, "Zapas: żaden, dzisiaj jest ostatni dzień"),
        (-3, "Opóźnienie: 3 dni robocze"),
    ],
)
def test_slack(digest: Digest, last_chance: LastChance, slack: int, words: str) -> None:
    """The point of no return tells the working days that are left, or that are lacking."""
    chance = dataclasses.replace(last_chance, slack=slack, who=())
    text = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (), (chance,)),))).text
    assert words in text
    assert "Kto może to zrobić: nikt nie pełni odpowiedniej roli" in text


@pytest.mark.parametrize(
    ("slack", "heading", "subject"),
    [
        (5, "Mało czasu, aby zdążyć", "Tłuszcz: Powołaj zespół: mało czasu na rozpoczęcie"),
        (0, "Ostatni moment, aby zdążyć", "Tłuszcz: Powołaj zespół: ostatni moment na rozpoczęcie"),
        (
            -13,
            "Za późno, aby zdążyć w zwykłym tempie",
            "Tłuszcz: Powołaj zespół: czas na rozpoczęcie minął",
        ),
    ],
)
def test_the_last_moment_is_called_so_only_then(
    digest: Digest, last_chance: LastChance, slack: int, heading: str, subject: str
) -> None:
    """Before it there is little time, after it there is none; a mail about one step names it in its subject."""
    chance = dataclasses.replace(last_chance, slack=slack)
    composed = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (), (chance,)),)))
    assert heading in composed.text
    assert composed.subject == subject


def test_a_digest_of_one_matter_names_it(digest: Digest, report: DigestLine, conference: DigestLine) -> None:
    """In its subject, with the day or that there is none."""
    only = dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (report,)),))
    expected = "Tłuszcz: Raport miesięczny, kwiecień 2014: 8 maja 2014 (za 4 dni robocze)"
    assert messages.digest(only).subject == expected
    undated = dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (conference,)),))
    assert messages.digest(undated).subject == "Tłuszcz: Konferencja zamykająca: nie ustalono terminu"


def test_several_urgent_matters_are_called_urgent(digest: Digest) -> None:
    """A mail that collects them begins with the word, in its subject and its heading."""
    composed = messages.digest(dataclasses.replace(digest, urgent=True))
    assert composed.subject.startswith("Pilne: Tłuszcz: przypomnienia na 2 maja 2014")
    assert composed.text.startswith("Pilne: przypomnienia na 2 maja 2014")


def test_a_remark_that_is_a_sentence_stands_by_itself(digest: Digest, report: DigestLine) -> None:
    """After a comma only what does not begin with a capital letter."""
    line = dataclasses.replace(report, basis="programme", basis_note="Raport składa się co miesiąc.")
    text = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz", (line,)),))).text
    assert "zasady programu. Raport składa się co miesiąc." in " ".join(text.split())


def test_nothing_to_do(digest: Digest) -> None:
    """A digest without content says so instead of being empty."""
    composed = messages.digest(dataclasses.replace(digest, parts=(DigestPart("Tłuszcz"),)))
    assert "Dzisiaj nie ma nic do zrobienia." in composed.text
    assert composed.subject == "Tłuszcz: przypomnienia na 2 maja 2014"


def test_urgent_notice(report: DigestLine, conference: DigestLine) -> None:
    """An urgent notice has what it is about in its subject, the day included."""
    notice = UrgentNotice("pl", date(2014, 5, 7), "Jan", "Tłuszcz", dataclasses.replace(report, working_days=1))
    composed = messages.urgent_notice(notice)
    assert composed.subject == "Pilne: Tłuszcz, Raport miesięczny, kwiecień 2014: 8 maja 2014 (jutro)"
    assert "  Termin: 8 maja 2014, jutro\n" in composed.text
    undated = messages.urgent_notice(UrgentNotice("en", date(2014, 5, 7), "Jan", "Tłuszcz", conference))
    assert undated.subject == "Urgent: Tłuszcz, Konferencja zamykająca: no date set"


def test_long_titles_do_not_push_the_day_out(report: DigestLine) -> None:
    """The day is in the subject of an urgent notice however long the titles are."""
    notice = UrgentNotice("pl", date(2014, 5, 7), "Jan", "T" * 500, dataclasses.replace(report, title="R" * 500))
    subject = messages.urgent_notice(notice).subject
    assert subject.endswith("8 maja 2014 (jutro)")
    assert len(subject) <= 250


def test_undelivered() -> None:
    """The operators read who did not get what, why, and how to send it again; doubtful mails stand apart."""
    since = datetime(2014, 5, 2, 7, 0, tzinfo=ZoneInfo("Europe/Warsaw"))
    dead = UndeliveredMail(
        "jan@example.org",
        "Pilne: Tłuszcz",
        "dead",
        "recipient_refused",
        "5.1.1 User unknown",
        1,
        since,
        Action("mlw notices resend 7"),
    )
    doubtful = UndeliveredMail("anna@example.org", "Przypomnienia", "in_doubt", "no_answer_after_data")
    composed = messages.undelivered(
        Undelivered("pl", date(2014, 5, 2), (doubtful, dead), Action("mlw notices --undelivered"), "Urząd")
    )
    assert composed.subject == "2 niedoręczone wiadomości, 2 maja 2014"
    assert (
        composed.text
        == """\
2 niedoręczone wiadomości, 2 maja 2014

Te wiadomości czekają na decyzję człowieka. Program nie wyśle ich
ponownie sam.

Nie doręczono
-------------

* Pilne: Tłuszcz
  Adresat: jan@example.org
  Powód: serwer nie przyjmuje poczty na ten adres
  Odpowiedź serwera poczty: 5.1.1 User unknown
  Prób: 1
  Od: 2 maja 2014, 07:00
  Wyślij jeszcze raz:
    mlw notices resend 7

Nie wiadomo, czy doręczono
--------------------------

* Przypomnienia
  Adresat: anna@example.org
  Powód: połączenie przerwało się, zanim serwer potwierdził odbiór
  Prób: 1

* Wszystkie takie wiadomości
  Jak je zobaczyć:
    mlw notices --undelivered

--\x20
Urząd
"""
    )


NASTY = st.lists(
    st.sampled_from(
        ["<script>", "</li>", "&amp;", "&#x41;", '"', "'", "\r\n", "\0", "\u202e", "%s", "{day}", "]]>", "-->"]
    )
    | st.text(max_size=8),
    min_size=1,
    max_size=6,
).map("".join)


def with_text(of: Digest, text: str) -> Digest:
    """The digest with ``text`` wherever a text of somebody's stands."""
    action = Action(text, text)
    line = DigestLine(text, text, text, None, Why(text, text), 0, "statute", text, 1, text, action, action)
    chance = LastChance(text, text, text, of.today, 3, text, of.today, (text,), (text, text))
    return Digest("pl", of.today, text, (DigestPart(text, (line,), (chance,)),), None, text)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY.filter(bool))
def test_no_value_becomes_markup(digest: Digest, text: str) -> None:
    """Whatever a value holds, the page has the tags it has for a harmless value, and shows the value as typed."""
    hostile, harmless = (Page(messages.digest(with_text(digest, value)).html) for value in (text, "x"))
    assert hostile.tags == harmless.tags
    assert " ".join(one_line(text).split()) in " ".join(" ".join(hostile.text).split())


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=NASTY.filter(bool))
def test_no_value_breaks_a_line(digest: Digest, text: str) -> None:
    """Whatever a value holds, the text has no control character, and the subject is one line."""
    composed: Composed = messages.digest(with_text(digest, text))
    assert all(character.isprintable() or character == "\n" for character in composed.text if ord(character) < 0x80)
    assert "\u202e" not in composed.text + composed.html + composed.subject
    assert "\n" not in composed.subject


def test_language_is_quoted() -> None:
    """Even the page's language is escaped."""
    assert '<html lang="&quot;&gt;">' in as_html((), '">')
