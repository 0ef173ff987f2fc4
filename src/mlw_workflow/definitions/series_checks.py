"""Whether a rule by which a machine recurs ever names a day, and no more of them than anybody can work through."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.definitions import convert
from mlw_workflow.domain.pilot import periods
from mlw_workflow.domain.recurrence import occurrences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.places import Place
    from mlw_workflow.definitions.schema import Machine, ProgrammeModel, Span
    from mlw_workflow.domain.definition import Series

PERIODS_MAX = 1_000
_FAR = timedelta(days=40 * 366)
"""In so long a time every rule that names a day at all has named one: a leap day on a Sunday comes within 28 years, and
within 40 where a century's leap day is left out."""


def check_series(programme: ProgrammeModel, model: Machine, place: Place) -> Iterator[Finding]:
    """An rrule that names no day in any year, or more than a thousand within the programme's span."""
    series = convert.series(model.series)
    if series is None or series.rule is None:
        return
    span = programme.span
    if names_no_day(series, span):
        yield place.finding("rrule_never", "rrule", rule=str(series.rule))
    elif span is not None:
        start = date.fromisoformat(span.start)
        number = len(periods(series, start, min(date.fromisoformat(span.end), _far(start))))
        if number > PERIODS_MAX:
            yield place.finding("too_many_periods", "rrule", machine=model.id, number=number, limit=PERIODS_MAX)


def names_no_day(series: Series | None, span: Span | None) -> bool:
    """Whether a series has a rule, and that names no day in any year, whatever its end."""
    if series is None or series.rule is None:
        return False
    first = series.starts or (date.fromisoformat(span.start) if span else date(2001, 1, 1))
    return not occurrences(replace(series.rule, count=0, until=None), first, _far(first))


def _far(day: date) -> date:
    return day + _FAR if date.max - day > _FAR else date.max
