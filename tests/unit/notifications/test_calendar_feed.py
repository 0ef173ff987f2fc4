"""Deadlines in a calendar, read back with another library than the one that wrote them."""

import dataclasses
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any

import pytest
import vobject
from hypothesis import given
from hypothesis import strategies as st

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.calendar_feed import calendar_feed, event_uid
from mlw_workflow.notifications.clean import one_line
from mlw_workflow.notifications.values import CalendarEvent

REPORT = CalendarEvent(
    "tluszcz/monthly/2014-04/submit",
    "Raport miesięczny, kwiecień 2014; część 1",
    "złożyć raport do jednostki wdrażającej",
    "Tłuszcz",
    date(2014, 5, 31),
    datetime(2014, 4, 1, 12, tzinfo=UTC),
    basis="agreement",
    basis_note="§ 4 ust. 2",
    url="https://mlw.example.org/tluszcz",
    categories=("Raport, miesięczny", "MLW"),
    alarm_days=(1, 7),
)


def feed(*events: CalendarEvent, name: str = "MLW: Tłuszcz", language: Any = "pl") -> bytes:
    return calendar_feed(events, name=name, language=language, domain="mlw.example.org")


def read(content: bytes) -> Any:
    calendar = vobject.readOne(content.decode())
    calendar.validate(raiseException=True)
    return calendar


def test_all_day_event() -> None:
    """A deadline is one day, from midnight to the next, on which nobody counts as busy."""
    event = read(feed(REPORT)).vevent
    assert (event.dtstart.value, event.dtend.value) == (date(2014, 5, 31), date(2014, 6, 1))
    assert event.dtstart.params == {"VALUE": ["DATE"]}
    assert event.transp.value == "TRANSPARENT"
    assert event.status.value == "CONFIRMED"
    assert event.summary.value == "Tłuszcz: Raport miesięczny, kwiecień 2014; część 1"
    assert event.description.value == "złożyć raport do jednostki wdrażającej\nPodstawa: umowa, § 4 ust. 2"
    assert event.url.value == "https://mlw.example.org/tluszcz"
    assert event.categories.value == ["Raport, miesięczny", "MLW"]
    assert event.dtstamp.value == datetime(2014, 4, 1, 12, tzinfo=UTC)


def test_move() -> None:
    """A deadline that moves keeps its UID and counts up, so that calendars move it instead of showing two."""
    moved = dataclasses.replace(REPORT, due_on=date(2014, 6, 2), revision=1)
    before, after = read(feed(REPORT)).vevent, read(feed(moved)).vevent
    assert before.uid.value == after.uid.value == event_uid(REPORT.key, "mlw.example.org")
    assert (before.sequence.value, after.sequence.value) == ("0", "1")
    assert after.dtstart.value == date(2014, 6, 2)


def test_withdrawal() -> None:
    """A deadline that was withdrawn stays in the feed as cancelled, and rings no more."""
    event = read(feed(dataclasses.replace(REPORT, status="withdrawn", revision=2))).vevent
    assert event.status.value == "CANCELLED"
    assert event.summary.value == "Odwołane: Tłuszcz: Raport miesięczny, kwiecień 2014; część 1"
    assert "valarm" not in event.contents


def test_done() -> None:
    """A deadline that was met stays in the feed, says so, and rings no more."""
    event = read(feed(dataclasses.replace(REPORT, status="done"), language="en")).vevent
    assert event.status.value == "CONFIRMED"
    assert event.summary.value.startswith("Done: ")
    assert "valarm" not in event.contents


def test_alarms() -> None:
    """A calendar program reminds at eight in the morning, so many days before."""
    event = read(feed(dataclasses.replace(REPORT, alarm_days=(1, 7, 0, 1)))).vevent
    midnight = datetime(2014, 5, 31)  # noqa: DTZ001 (local to whoever reads)
    rings = [midnight + alarm.trigger.value for alarm in event.valarm_list]
    assert [f"{ring:%m-%d %H:%M}" for ring in rings] == ["05-24 08:00", "05-30 08:00", "05-31 08:00"]
    assert {alarm.action.value for alarm in event.valarm_list} == {"DISPLAY"}


def test_same_deadlines_same_bytes() -> None:
    """A feed changes when a deadline does and not when it is asked for, whatever zone the instant is given in."""
    warsaw = REPORT.changed_at.astimezone(timezone(timedelta(hours=2)))
    assert feed(REPORT) == feed(REPORT) == feed(dataclasses.replace(REPORT, changed_at=warsaw))
    assert feed(REPORT) != feed(dataclasses.replace(REPORT, revision=1))


def test_lines_are_folded() -> None:
    """No line is longer than 75 octets, no letter is torn apart, and the text reads back whole."""
    long = dataclasses.replace(REPORT, what="zażółć gęślą jaźń " * 30)
    content = feed(long)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    for line in content.split(b"\r\n"):
        line.decode()
    assert read(content).vevent.description.value.startswith(one_line(long.what))


def test_several_events_in_order() -> None:
    """The events come in the order given, each with a UID of its own."""
    other = dataclasses.replace(REPORT, key="tluszcz/conference/hold", title="Konferencja")
    events = read(feed(other, REPORT)).vevent_list
    assert [event.summary.value for event in events] == [
        "Tłuszcz: Konferencja",
        "Tłuszcz: Raport miesięczny, kwiecień 2014; część 1",
    ]
    assert len({event.uid.value for event in events}) == 2


def test_calendar_says_what_it_is() -> None:
    """A calendar has a name and says how often to look again."""
    calendar = read(feed(REPORT))
    assert calendar.contents["x-wr-calname"][0].value == "MLW: Tłuszcz"
    assert calendar.contents["refresh-interval"][0].value == "PT12H"
    assert calendar.version.value == "2.0"
    assert calendar.prodid.value == "-//mlw-workflow//mlw.example.org//PL"


def test_no_deadlines() -> None:
    """A calendar without deadlines is still a calendar."""
    assert feed().startswith(b"BEGIN:VCALENDAR\r\n")
    assert feed().endswith(b"END:VCALENDAR\r\n")


def test_links_are_web_addresses() -> None:
    """What is no web address is not put into a calendar as one."""
    assert "url" not in read(feed(dataclasses.replace(REPORT, url="file:///etc/passwd"))).vevent.contents


def test_bad_domain() -> None:
    """A feed needs the office's domain."""
    with pytest.raises(BadInput):
        calendar_feed([REPORT], name="x", language="pl", domain="localhost")


NASTY = st.lists(
    st.sampled_from(
        ["\r\nEND:VEVENT\r\nBEGIN:VEVENT\r\n", "\n", "\\n", "\\", ";", ",", ":", '"', "\0", "\u2028", "^n", "ż" * 80]
    )
    | st.text(st.characters(codec=None), max_size=5),
    max_size=6,
).map("".join)


@given(NASTY)
def test_no_value_becomes_a_property(text: str) -> None:
    """Whatever titles hold, the calendar has one event with our properties, and reads back as what was typed."""
    event = dataclasses.replace(
        REPORT, title=text, what=text, municipality=text, basis_note=text, categories=(text,), url=text
    )
    calendar = read(feed(event, name=text))
    assert len(calendar.vevent_list) == 1
    expected = {"uid", "dtstamp", "last-modified", "sequence", "dtstart", "dtend", "summary", "description"}
    expected |= {"status", "transp", "valarm"} | ({"categories"} if one_line(text) else set())
    assert set(calendar.vevent.contents) == expected
    assert calendar.vevent.summary.value == f"{one_line(text, 100)}: {one_line(text, 200)}"
