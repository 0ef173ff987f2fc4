"""What an assessment of the chosen pilots says on a day: verdicts and findings, from one state of the database."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from mlw_workflow.audit.export.oscal import About, Assessed
from mlw_workflow.domain.compliance import compliance
from mlw_workflow.domain.pilot import Standing
from mlw_workflow.services import control
from mlw_workflow.services.standing import AsOf

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import date

    from mlw_workflow.audit.export.course import Course
    from mlw_workflow.audit.seal import Head
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.storage.connection import Connection


def about(desk: Desk, pilots: tuple[Pilot, ...], heads: Mapping[str, Head], day: date, language: str) -> About:
    """What the document as a whole says."""
    named = [(digest, desk.programme(digest)) for digest in dict.fromkeys(pilot.definition for pilot in pilots)]
    title = ", ".join(dict.fromkeys(programme.title[language] for _, programme in named))
    begun = datetime(1970, 1, 1, tzinfo=UTC)
    last = max((head.recorded_at or begun for head in heads.values()), default=begun)
    told = [(pilot, heads[pilot.id].hash.hex()) for pilot in pilots]
    return About(title, day, told, named, last, language)


def assessed(
    desk: Desk, connection: Connection, courses: Iterable[Course], heads: Mapping[str, Head], day: date
) -> Iterator[Assessed]:
    """Each pilot as it stands at the end of a day."""
    for course in courses:
        pilot, programme = course.pilot, course.programme
        looked = control.inspection(desk, connection, pilot, AsOf(day))
        assert looked.moved is not None
        cut = {machine: position.by(day) for machine, position in looked.moved.items()}
        standing = Standing(pilot, programme, {name: position for name, position in cut.items() if position.steps})
        evidence = control.Evidence(connection, pilot)
        judged = compliance(standing, desk.calendar(pilot.voivodeship), day, evidence)
        yield Assessed(course, judged, looked.findings(), heads[pilot.id].hash.hex())
