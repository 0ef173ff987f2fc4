"""Deadlines, what people were told of them, the calendar, and whether reminders go out."""

from typing import Annotated, Any

from fastapi import Query
from starlette.responses import Response

from mlw_workflow import bootstrap
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import reminder_shapes
from mlw_workflow.interfaces.api.call import Call
from mlw_workflow.interfaces.api.inputs import Code, Nothing, Span, SpanPaged
from mlw_workflow.interfaces.api.paging import page
from mlw_workflow.interfaces.api.routing import Routes
from mlw_workflow.services.calendar import calendar_of
from mlw_workflow.services.deadlines import deadlines_shown
from mlw_workflow.services.doctor import doctor
from mlw_workflow.services.forecast import forecast_of
from mlw_workflow.storage import obligations

routes = Routes("reminders")


@routes.get("/pilots/{code}/deadlines", "deadlines")
def get_deadlines(call: Call, code: Code, asked: Annotated[Span, Query()]) -> Any:  # noqa: ARG001
    """The deadlines of a pilot, each with how its day was found."""
    if asked.first and asked.last and asked.first > asked.last:
        raise BadInput("days_backwards", first=asked.first, last=asked.last)
    desk, pilot = call.desk, call.pilot
    starts = forecast_of(desk, pilot).last_start
    calendar = desk.calendar(pilot.voivodeship)
    shown = deadlines_shown(desk, pilot, asked.first, asked.last)
    return {"deadlines": [reminder_shapes.deadline(item, call.today, starts, call.titles, calendar) for item in shown]}


@routes.get("/pilots/{code}/notices", "notices", paged=True, volatile=True)
def get_notices(call: Call, code: Code, asked: Annotated[SpanPaged, Query()]) -> Any:  # noqa: ARG001
    """Who was reminded of what and when, why, and what became of it."""
    with call.desk.database.read() as connection:
        found = obligations.notices(connection, call.pilot.id)
    kept = [
        one
        for one in found
        if (asked.first is None or one.send_on >= asked.first) and (asked.last is None or one.send_on <= asked.last)
    ]
    kept.sort(key=lambda one: (one.send_on, one.key))
    name = call.name_of(call.pilot)
    return page(
        call, "notices", kept, lambda one: (one.send_on.isoformat(), one.key),
        lambda one: reminder_shapes.notice(one, name, reminder_shapes.sentence(one, call.titles, call.names)),
    )  # fmt: skip


@routes.get("/pilots/{code}/calendar", media=("text/calendar",))
def get_calendar(call: Call, code: Code, asked: Annotated[Nothing, Query()]) -> Response:  # noqa: ARG001
    """The dated deadlines as a calendar (iCalendar)."""
    domain = bootstrap.open_mailroom(call.office.settings).domain
    content = calendar_of(call.desk, call.pilot, "en" if call.language == "en" else "pl", domain)
    return Response(content, 200, call.headers(), "text/calendar; charset=utf-8")


@routes.get("/health", "doctor", scope="admin")
def get_health(call: Call, asked: Annotated[Nothing, Query()]) -> Any:  # noqa: ARG001
    """Whether reminders go out, checkpoints are made, and nothing waits for a person."""
    return reminder_shapes.health(doctor(call.desk))
