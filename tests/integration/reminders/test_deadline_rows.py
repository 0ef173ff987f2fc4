"""Deadlines are rows, kept equal to what happened in the very transaction that records it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from tests.integration.reminders.office import local

from mlw_workflow.services.advance import Request, advance
from mlw_workflow.storage import obligations

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office

SUBMIT = ("monthly/2014-01", "submit")


def test_opening_writes_every_deadline(office: Office) -> None:
    """A pilot has its deadlines from its first entry on; one counted from a later event does not exist yet."""
    rows = office.rows(office.open())
    assert len(rows) == 10
    assert rows[SUBMIT].due_on == date(2014, 2, 7)
    assert rows[SUBMIT].since_seq == 1
    assert rows["conference", "hold"].due_on is None
    assert ("paper", "write") not in rows
    assert rows["conference", "hold"].next_on == date(2014, 6, 2)


def test_a_deadline_of_the_past_begins_with_its_highest_warning(office: Office) -> None:
    """The December report is due on 9 January; on the 2nd the warning of 31 December is still to come."""
    row = office.rows(office.open())["monthly/2013-12", "submit"]
    assert row.due_on == date(2014, 1, 9)
    assert (row.handled_until, row.next_on) == (date(2013, 12, 30), date(2013, 12, 31))


def test_a_step_closes_and_a_correction_reopens(office: Office) -> None:
    """Each names the entry that did it, counts as a revision, and plans the warnings anew."""
    pilot = office.open()
    before = office.rows(pilot)[SUBMIT]
    office.submit(pilot, "2014-01")
    done = office.rows(pilot)[SUBMIT]
    assert (done.status, done.satisfied_on, done.next_on) == ("done", date(2014, 1, 2), None)
    assert done.since_seq > before.since_seq
    assert done.revision == 1
    outcome = advance(office.desk, Request(pilot, "monthly/2014-01", "correct", "animator"))
    assert outcome.admitted
    again = office.rows(pilot)[SUBMIT]
    assert outcome.entry is not None
    assert (again.status, again.since_seq, again.revision) == ("open", outcome.entry.seq, 2)
    assert again.next_on == before.next_on


def test_an_announced_day_moves_the_deadline(office: Office) -> None:
    """From "no date yet" to a day, and to another day."""
    pilot = office.open()
    office.take(pilot, "conference", "announce", day="2014-08-23")
    row = office.rows(pilot)["conference", "hold"]
    assert (row.due_on, row.next_on) == (date(2014, 8, 23), date(2014, 6, 24))


def test_a_deadline_comes_and_goes_with_what_it_is_counted_from(office: Office) -> None:
    """Appointing the team brings the paper's deadline; taking the appointment back withdraws it."""
    pilot = office.open()
    office.take(pilot, "team", "appoint")
    row = office.rows(pilot)["paper", "write"]
    assert (row.due_on, row.status) == (date(2014, 1, 16), "open")
    assert advance(office.desk, Request(pilot, "team", "correct", "animator")).admitted
    assert office.rows(pilot)["paper", "write"].status == "withdrawn"
    office.at("2014-01-04")
    office.take(pilot, "team", "appoint")
    assert office.rows(pilot)["paper", "write"].due_on == date(2014, 1, 20), "18 January is a Saturday"


def test_what_does_not_change_is_not_written(office: Office) -> None:
    """A step that moves no deadline leaves the rows as they are, and a refused one too."""
    pilot = office.open()
    before = office.rows(pilot)
    office.take(pilot, "monthly/2014-01", "draft")
    assert not advance(office.desk, Request(pilot, "paper", "write", "animator")).admitted
    assert office.rows(pilot) == before


def test_a_moved_deadline_takes_its_waiting_notices_back(office: Office) -> None:
    """In the same transaction, so that nobody is reminded of what is done."""
    pilot = office.open()
    with office.database.work() as work:
        key = obligations.notice_key(pilot.id, *SUBMIT, "0", "p", date(2014, 2, 7))
        waiting = obligations.Notice(
            key, pilot.id, *SUBMIT, "0", "p", "animator", date(2014, 2, 7), date(2014, 2, 7), local("2014-02-07", 7),
            obligations.EXPECTED, urgent=False,
        )  # fmt: skip
        for entered in (1, 0):
            entering = obligations.Entering(work.connection, office.clock.now())
            entering.add([waiting])
            assert entering.write() == (entered, 0)
        work.commit()
    office.submit(pilot, "2014-01")
    assert [(n.status, n.skip_reason) for n in office.notices(pilot)] == [("withdrawn", "done")]
