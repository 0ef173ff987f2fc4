"""The sender: leases, retries, what nobody knows, and what a person decides."""

from __future__ import annotations

import random
import time
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.campaign import Crowd, MoodyServer, campaign, check, peopled, serving, unsettled
from tests.integration.reminders.office import Office, Post, local

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.notifications.transport import Accepted, Permanent, Temporary, Unknown
from mlw_workflow.services import deliver
from mlw_workflow.services.doctor import doctor
from mlw_workflow.storage import outbox
from mlw_workflow.storage.database import Database

if TYPE_CHECKING:
    from mlw_workflow.notifications.mail import Letter
    from mlw_workflow.notifications.transport import Result
    from mlw_workflow.storage.outbox import Mail


@pytest.fixture
def waiting(office: Office) -> Office:
    """An office with one mail written and not yet sent."""
    office.open()
    office.post.answers = [Temporary("unreachable", server=True)]
    office.run("2014-01-07", 8)
    assert [mail.status for mail in office.mails()] == ["waiting"]
    return office


def only(office: Office) -> Mail:
    (mail,) = office.mails()
    return mail


def send(office: Office, *answers: Result) -> deliver.Delivered:
    office.post.answers = list(answers)
    return deliver.deliver(office.desk, office.mailroom, office.post)


def test_pauses_grow_until_the_mail_is_dead(waiting: Office) -> None:
    """A mail that cannot be handed over for five days waits for a person, who can have it tried again."""
    pauses = []
    while only(waiting).status == "waiting":
        mail = only(waiting)
        pauses.append(mail.next_attempt_at - waiting.clock.moment)
        waiting.clock.moment = mail.next_attempt_at
        send(waiting, Temporary("recipient_deferred", 450, "try later"))
    assert pauses == sorted(pauses)
    assert timedelta(days=3) < sum(pauses, timedelta()) < timedelta(days=6)
    assert only(waiting).last_error == "attempts_exhausted: try later"
    assert [mail.id for mail in deliver.undelivered(waiting.desk)] == [only(waiting).id]
    deliver.resend(waiting.desk, only(waiting).id)
    assert send(waiting).sent == 1
    with pytest.raises(BadInput, match="mail_not_undelivered"):
        deliver.resend(waiting.desk, only(waiting).id)


def test_refused_for_good_is_dead_at_once(waiting: Office) -> None:
    """An address that the server does not know is not tried again by itself."""
    waiting.pass_time(hours=1)
    assert send(waiting, Permanent("recipient_refused", 550, "no such user")).dead == 1
    assert only(waiting).last_error == "recipient_refused: no such user"
    assert send(waiting).sent == 0


def test_an_address_that_is_none_is_dead_with_a_word(office: Office) -> None:
    """What cannot be written on an envelope never reaches the server."""
    pilot = office.open(staffed=False)
    office.hire(pilot, "animator", "zly", "zły@example.org")
    office.run("2014-01-07", 8)
    assert (only(office).status, only(office).last_error) == ("dead", "address_invalid")


def test_a_server_that_fails_ends_the_run(office: Office) -> None:
    """The other mails are not tried in vain, and keep their attempts."""
    for name in ("Tłuszcz", "Gościeradów", "Janów"):
        office.open(name)
    office.post.answers = [Temporary("unreachable", server=True)] * 9
    office.run("2014-01-07", 8)
    assert sorted(mail.attempts for mail in office.mails()) == [0, 0, 1]


def test_a_crash_after_the_server_took_the_mail(waiting: Office) -> None:
    """The second copy has the same Message-ID and the same bytes, and the mail says that there may be two."""

    class Dying(Post):
        def deliver(self, letter: Letter) -> Result:
            self.letters.append(letter)
            raise KeyboardInterrupt

    post = Dying()
    waiting.pass_time(hours=1)
    with pytest.raises(KeyboardInterrupt):
        deliver.deliver(waiting.desk, waiting.mailroom, post)
    assert only(waiting).status == "leased"
    assert send(waiting).sent == 0, "the lease still holds"
    waiting.pass_time(minutes=11)
    assert send(waiting).sent == 1
    assert waiting.post.letters[-1].content == post.letters[0].content
    assert only(waiting).doubts == 1


def test_a_mail_that_must_not_go_twice_is_left_to_a_person(waiting: Office) -> None:
    """When nobody knows whether it went, it is in doubt until somebody says so."""
    with waiting.database.work() as work:
        work.connection.execute("UPDATE outbox SET once = ?", True)
        work.commit()
    waiting.pass_time(hours=1)
    assert send(waiting, Unknown("no_answer_after_data")).in_doubt == 1
    assert send(waiting).sent == 0
    assert "in_doubt" in doctor(waiting.desk).problems
    deliver.arrived(waiting.desk, only(waiting).id)
    assert only(waiting).status == "sent"


def test_a_lapsed_lease_of_such_a_mail_is_in_doubt(waiting: Office) -> None:
    """A worker that died with it in its hands may have handed it over."""
    waiting.pass_time(hours=1)
    with waiting.database.work() as work:
        work.connection.execute("UPDATE outbox SET once = ?", True)
        mail = outbox.claim_mail(work.connection, waiting.clock.moment, waiting.clock.moment + deliver.AHEAD)
        assert mail is not None
        outbox.lease(work.connection, mail, "gone", waiting.clock.moment + deliver.LEASE, 0)
        work.commit()
    waiting.pass_time(minutes=11)
    assert send(waiting).in_doubt == 1
    assert only(waiting).status == "in_doubt"


def test_whoever_lost_the_lease_records_nothing(waiting: Office) -> None:
    """The fence: a worker that comes back late does not overwrite what the next one wrote."""

    class Slow(Post):
        def deliver(self, letter: Letter) -> Result:
            waiting.pass_time(minutes=11)
            assert send(waiting).sent == 1
            return Permanent("recipient_refused")

    waiting.pass_time(hours=1)
    assert deliver.deliver(waiting.desk, waiting.mailroom, Slow()).lost_leases == 1
    assert only(waiting).status == "sent"


def test_a_clock_set_back_does_not_hold_mail_up(waiting: Office) -> None:
    """An attempt planned days ahead by a wrong clock is made by the right one."""
    waiting.pass_time(days=30)
    send(waiting, Temporary("recipient_deferred"))
    waiting.pass_time(days=-30)
    assert send(waiting, Accepted()).sent == 1


def test_the_doctor_tells_when_reminders_stand_still(office: Office) -> None:
    """What waits, since when, and when the worker last ran."""
    assert doctor(office.desk).status == "ok"
    office.open()
    assert doctor(office.desk).status == "standing_still", "a warning is due and no worker has ever run"
    office.run("2014-01-07", 8)
    assert doctor(office.desk).status == "ok"
    office.pass_time(hours=2)
    health = doctor(office.desk)
    assert (health.status, health.last_tick) == ("standing_still", local("2014-01-07", 8))
    office.pass_time(days=-3)
    assert doctor(office.desk).clock_back == local("2014-01-07", 8)


@pytest.mark.slow
def test_four_workers_send_one_mail_each(database_url: str) -> None:
    """Four processes on one database: everybody gets one mail."""
    database = Database.open(database_url)
    office = peopled(database, 40)
    handler = MoodyServer(random.Random(1), refused=0, unsaid=0)
    with serving(handler) as port, Crowd(database_url, port, time.time(), 4) as crowd:
        while unsettled(office, 40):
            time.sleep(0.1)
        crowd.stop()
    check(office, handler, 40)
    assert set(handler.received.values()) == {1}
    assert sorted(handler.recipients.values()) == sorted({*handler.recipients.values()})
    database.close()


@pytest.mark.slow
def test_workers_killed_at_random_moments(database_url: str) -> None:
    """Fifteen kills under refusals and lost acknowledgements: nobody is left out, and no reminder comes twice."""
    outcome = campaign(database_url, reminders=150, kills=15)
    assert outcome.kills == 15
