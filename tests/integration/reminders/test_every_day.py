"""A worker that runs every day leaves nothing out, and says of nothing that it was left out."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.integration.reminders.office import Office


def test_where_nothing_was_off_nothing_was_missed(office: Office) -> None:
    """Neither by the words of a notice nor by one on record as superseded."""
    pilot = office.open()
    for number in range(date(2014, 1, 30).toordinal(), date(2014, 2, 13).toordinal()):
        office.run(date.fromordinal(number), 8)
    found = [notice for notice in office.notices(pilot) if notice.machine == "monthly/2014-01"]
    assert len([notice for notice in found if notice.status == "queued"]) == 10
    assert {(notice.status, notice.reason.missed) for notice in found} == {("queued", 0)}
