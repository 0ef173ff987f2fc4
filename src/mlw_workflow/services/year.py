"""A whole pilot on a simulated clock: histories are recorded on the days they speak of, and reminders go out between.

The clock only ever moves forward. Nothing is handed to a mail server: the mails are those that would have been.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, time, timedelta
from typing import TYPE_CHECKING

from mlw_workflow.domain.clock import PlayedClock, zone
from mlw_workflow.services.digest import digest
from mlw_workflow.services.history_file import events, read_history
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.services.no_return import warn
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.people import add_person, give_role
from mlw_workflow.services.remind import tick
from mlw_workflow.storage import obligations, outbox

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from mlw_workflow.definitions.loader import Loaded
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk
    from mlw_workflow.services.history_file import Event
    from mlw_workflow.services.mailroom import Mailroom
    from mlw_workflow.storage.obligations import Notice

NIGHT, NOON = time(0, 5), time(12)


@dataclass(frozen=True, slots=True)
class PlayedMail:
    """One mail that would have gone out."""

    day: date
    recipient: str
    """The person's name."""
    subject: str
    urgent: bool
    about: tuple[Notice, ...]


@dataclass(frozen=True, slots=True)
class Played:
    """What a played pilot gave."""

    pilot: Pilot
    mails: tuple[PlayedMail, ...]
    events: tuple[Event, ...]
    """Everything that was recorded, by day."""


def play(
    desk: Desk,
    mailroom: Mailroom,
    loaded: Loaded,
    files: Iterable[Path],
    language: str,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> Played:
    """Play the pilot that all these histories speak of, from its first day to its last, on an empty database.

    Somebody holds each role that is reminded of anything; the person is called as the role.
    """
    told = [(file, *read_history(file)) for file in files]
    history = told[0][2][0]
    programme = loaded.programme
    start, end = history.start or programme.start, history.end or programme.end
    assert start is not None
    assert end is not None
    clock = PlayedClock(start - timedelta(days=1), programme.timezone)
    desk = replace(desk, clock=clock)
    install_definition(desk, loaded)
    pilot = open_pilot(
        desk, Opening(history.municipality, loaded.content_hash, start, end, history.code, history.voivodeship)
    )
    people = _people(desk, pilot, language)
    found = [
        (event, file)
        for file, document, histories in told
        for one in histories
        for event in events(file.name, document, one, programme)[0]
    ]
    found.sort(key=lambda item: item[0].on)
    files_of: dict[date, list[Path]] = {}
    for event, file in found:
        if file not in files_of.setdefault(max(event.on, start), []):
            files_of[max(event.on, start)].append(file)
    days = (end - start).days + 1
    for number in range(days):
        day = start + timedelta(days=number)
        tick(desk, clock.set(day, NIGHT))
        warn(desk, clock.now())
        digest(desk, mailroom, clock.set(day, time(programme.reminders.digest_hour)))
        clock.set(day, NOON)
        for file in files_of.get(day, ()):
            import_history(
                desk, file, definition_of=lambda _programme: loaded.content_hash, only_until=day,
                programmes=frozenset({programme.id}),
            )  # fmt: skip
        if day in files_of:
            tick(desk, clock.now())
            digest(desk, mailroom, clock.now())
        progress(number + 1, days)
    return Played(pilot, _mails(desk, pilot, people), tuple(event for event, _ in found))


def _people(desk: Desk, pilot: Pilot, language: str) -> dict[str, str]:
    """Give every role that is reminded to a person named after it; names by id."""
    programme = desk.programme(pilot.definition)
    ladders = programme.reminders.ladders
    told = {role for ladder in ladders for rung in (*ladder.rungs, *ladder.no_date) for role in rung.to}
    people = {}
    for role in programme.roles:
        if role.id in told:
            person = add_person(desk, role.title[language], f"{role.id}@demo.example", language)
            give_role(desk, person.name, role.id, [pilot])
            people[person.id] = person.name
    return people


def _mails(desk: Desk, pilot: Pilot, people: dict[str, str]) -> tuple[PlayedMail, ...]:
    with desk.database.read() as connection:
        mails = outbox.mails(connection)
        notices = obligations.notices(connection, pilot.id)
    about: dict[int, list[Notice]] = {}
    for notice in notices:
        if notice.outbox_id is not None and notice.status == "queued":
            about.setdefault(notice.outbox_id, []).append(notice)
    order = {person: number for number, person in enumerate(people)}
    local = zone(desk.programme(pilot.definition).timezone)
    return tuple(
        PlayedMail(
            mail.created_at.astimezone(local).date(),
            people.get(mail.recipient, mail.recipient),
            mail.subject,
            mail.kind == "urgent",
            tuple(about.get(mail.id, ())),
        )
        for mail in sorted(mails, key=lambda mail: (mail.created_at, order.get(mail.recipient, 0), mail.id))
    )
