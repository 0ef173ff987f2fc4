"""Calendar feeds: a token reads what it is for until it is taken back, and the calendar follows the record."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest
import vobject
from tests.integration.reminders.office import WARSAW

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.feed_token import token_digest
from mlw_workflow.services.advance import Request, advance
from mlw_workflow.services.feeds import all_feeds, feed_content, new_feed, revoke_feed
from mlw_workflow.services.people import give_role

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office

DOMAIN = "mlw.example.org"


def read(office: Office, token: str) -> dict[str, Any]:
    """The events by summary, as another library reads them."""
    content = feed_content(office.desk, token, DOMAIN)
    assert content is not None
    calendar = vobject.readOne(content.decode())
    calendar.validate(raiseException=True)
    return {event.summary.value: event for event in calendar.contents.get("vevent", [])}


def the(events: dict[str, Any], words: str) -> Any:
    (found,) = [event for summary, event in events.items() if words in summary]
    return found


def test_a_moved_deadline_keeps_its_uid_and_counts_up(office: Office) -> None:
    """All day, with alarms; the sequence grows with each change, and what is withdrawn is cancelled."""
    pilot = office.open()
    token, _ = new_feed(office.desk, pilot=pilot)
    assert not any("conference" in summary for summary in read(office, token)), "a deadline without a day has no event"
    office.take(pilot, "conference", "announce", day="2014-03-10")
    office.take(pilot, "team", "appoint")
    first = read(office, token)
    office.at("2014-01-04")
    office.take(pilot, "conference", "announce_again", day="2014-04-11")
    assert advance(office.desk, Request(pilot, "team", "correct", "animator")).admitted
    office.submit(pilot, "2014-01")
    second = read(office, token)
    before, after = the(first, "conference"), the(second, "conference")
    assert before.uid.value == after.uid.value
    assert (before.dtstart.value, after.dtstart.value) == (date(2014, 3, 10), date(2014, 4, 11))
    assert after.dtend.value == date(2014, 4, 12)
    assert int(after.sequence.value) == int(before.sequence.value) + 1
    assert [alarm.trigger.value.days for alarm in after.valarm_list] == [-60, -7]
    withdrawn = the(second, "Odwołane: Tłuszcz: paper")
    assert (withdrawn.status.value, withdrawn.uid.value) == ("CANCELLED", the(first, "paper").uid.value)
    assert "valarm" not in withdrawn.contents
    assert the(second, "Wykonane: Tłuszcz: monthly, styczeń 2014").status.value == "CONFIRMED"
    assert all("vevent" not in event.contents for event in second.values())


def test_a_person_reads_what_the_person_is_told_of(office: Office) -> None:
    """In all pilots or in one, by the roles held today; nothing is left when the last one has ended."""
    first, second = office.open(), office.open("Gościeradów", staffed=False)
    coordinator = office.people["coordinator tluszcz"]
    office.hire(second, "coordinator", "coordinator tluszcz")
    office.take(first, "conference", "announce", day="2014-03-10")
    whole, _ = new_feed(office.desk, coordinator.id)
    one, _ = new_feed(office.desk, coordinator.id, second)
    everything, _ = new_feed(office.desk, pilot=first)
    assert {summary.partition(":")[0] for summary in read(office, whole)} == {"Tłuszcz", "Gościeradów"}
    assert {summary.partition(":")[0] for summary in read(office, one)} == {"Gościeradów"}
    assert any("conference" in summary for summary in read(office, everything))
    animator = office.people["animator tluszcz"]
    own, _ = new_feed(office.desk, animator.id)
    assert any("conference" in summary for summary in read(office, whole))
    assert not any("conference" in summary for summary in read(office, own)), "only coordinators are reminded of it"
    office.at("2014-02-01")
    give_role(office.desk, animator.id, "animator", [first], first.start, date(2014, 1, 31))
    assert read(office, own) == {}
    assert feed_content(office.desk, own, DOMAIN) == feed_content(office.desk, own, DOMAIN)


def test_a_token_is_stored_nowhere_and_ends_at_once(office: Office) -> None:
    """Only its digest is kept; taken back, it reads nothing, and taking it back again changes nothing."""
    pilot = office.open()
    token, feed = new_feed(office.desk, pilot=pilot)
    other, _ = new_feed(office.desk, pilot=pilot)
    with office.database.read() as connection:
        stored = connection.rows("SELECT hash, person_id, pilot_id FROM feed_token WHERE hash = ?", token_digest(token))
    assert stored == [(feed.digest, "", pilot.id)]
    assert token not in str(stored)
    office.at("2014-01-03")
    ended = revoke_feed(office.desk, feed.id)
    assert ended.revoked_at is not None
    assert feed_content(office.desk, token, DOMAIN) is None
    assert feed_content(office.desk, other, DOMAIN) is not None
    office.at("2014-01-04")
    assert revoke_feed(office.desk, feed.id).revoked_at == ended.revoked_at
    assert revoke_feed(office.desk, other).revoked_at == office.clock.now(), "a token found somewhere names itself"
    assert [one.revoked_at is not None for one in all_feeds(office.desk)] == [True, True]
    assert ended.revoked_at.astimezone(WARSAW).day == 3


def test_what_names_no_feed(office: Office) -> None:
    """A feed of nothing, an unknown name, one that fits several, and tokens that nobody handed out."""
    pilot = office.open()
    with pytest.raises(BadInput, match="feed_of_nothing"):
        new_feed(office.desk)
    for _ in range(20):
        new_feed(office.desk, pilot=pilot)
    for name in ("", "zz"):
        with pytest.raises(BadInput, match="feed_unknown"):
            revoke_feed(office.desk, name)
    many = [feed.digest[0] for feed in all_feeds(office.desk)]
    with pytest.raises(BadInput, match="feed_ambiguous"):
        revoke_feed(office.desk, next(letter for letter in many if many.count(letter) > 1))
    for token in ("", "x", "a" * 43, "\udcff"):
        assert feed_content(office.desk, token, DOMAIN) is None
