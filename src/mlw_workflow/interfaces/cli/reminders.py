"""``remind``, ``notices``, ``ack`` and ``snooze``: who is told what, who was, and who does not want to be for now."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput, UnknownPerson
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.foresee import Foreseen
    from mlw_workflow.services.pause import Paused
    from mlw_workflow.storage.obligations import Notice


def register(app: typer.Typer) -> None:
    """Add the four commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    rule_of = typer.Option("--rule", metavar=_("RULE"), help=_("Only this deadline of the task; by default all."))
    person_of = typer.Option("--as", metavar=_("PERSON"), help=_("Whose reminders: name, e-mail address or id."))

    @app.command("remind", cls=Command, help=_("Send what is due now, or only show who would get what and why."))
    def remind(
        pilot: Annotated[str, params.pilot_argument()] = "",
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
        today: Annotated[
            str, typer.Option("--today", metavar=_("DATE"), help=_("With --dry-run: as if it were this day."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_remind(pilot, today, dry_run=dry_run, json=json)

    @app.command("notices", cls=Command, help=_("Show what was sent to whom, when and why, and what was left out."))
    def notices(
        pilot: Annotated[str, params.pilot_argument()] = "",
        whom: Annotated[
            str, typer.Option("--as", metavar=_("PERSON"), help=_("Only what this person got: name, address or id."))
        ] = "",
        first: Annotated[str, typer.Option("--from", metavar=_("DATE"), help=_("Only from this day on."))] = "",
        last: Annotated[str, typer.Option("--to", metavar=_("DATE"), help=_("Only up to this day."))] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_notices(pilot, whom, (first, last), json=json)

    @app.command("ack", cls=Command, help=_("Say that a person knows: no more reminders of this, until it changes."))
    def ack(
        pilot: Annotated[str, params.pilot_argument()],
        machine: Annotated[str, params.machine_argument()],
        whom: Annotated[str, person_of] = "",
        rule: Annotated[str, rule_of] = "",
        reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why, for the record."))] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_ack(pilot, machine, whom, rule, reason, json=json)

    @app.command("snooze", cls=Command, help=_("Remind a person again on a later day, and not before."))
    def snooze(
        pilot: Annotated[str, params.pilot_argument()],
        machine: Annotated[str, params.machine_argument()],
        whom: Annotated[str, person_of] = "",
        until: Annotated[str, typer.Option("--until", metavar=_("DATE"), help=_("The day of the next reminder."))] = "",
        reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why later; required."))] = "",
        rule: Annotated[str, rule_of] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_snooze(pilot, machine, whom, until, reason, rule, json=json)


def names() -> "Mapping[str, str]":
    """Everybody's name by id."""
    from mlw_workflow.storage import repositories

    with session.desk().database.read() as connection:
        return {person.id: person.name for person in repositories.people(connection)}


def person_id(name: str) -> str:
    """The id of the person of that name, address or id. Raises UnknownPerson."""
    from mlw_workflow.storage import repositories

    with session.desk().database.read() as connection:
        person = repositories.find_person(connection, name)
    if person is None:
        raise UnknownPerson(person=name, known=())
    return person.id


def roles_of(pilot: "Pilot", whom: str) -> tuple[str, ...]:
    """The role of that id, or the roles that the person holds in the pilot today. Raises UnknownPerson."""
    from mlw_workflow.storage import repositories

    desk = session.desk()
    programme = desk.programme(pilot.definition)
    if whom in programme.role:
        return (whom,)
    person, today = person_id(whom), desk.today(programme)
    with desk.database.read() as connection:
        held = repositories.memberships(connection, pilot.id)
    roles = tuple(m.role for m in held if m.person == person and m.holds_on(today))
    if not roles:
        raise BadInput("person_without_role", person=whom, pilot=session.name_of(pilot))
    return roles


# remind


def run_remind(name: str, today: str, *, dry_run: bool, json: bool) -> None:
    """One run of the worker, or what it would do."""
    if dry_run:
        _foresee(name, today, json=json)
        return
    if today or name:
        raise BadInput("remind_everything")
    from mlw_workflow.interfaces.cli.worker import run_worker

    run_worker(once=True, seconds="", json=json)


def _foresee(name: str, today: str, *, json: bool) -> None:
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.services.foresee import foresee

    desk = session.desk()
    day = params.day_of(today, "--today")
    found = foresee(desk, day, session.pilot(name) if name else None)
    known = names()
    if not json:
        _tell_foreseen(found, known)
        return
    pilots = {item.pilot.id: session.name_of(item.pilot) for item in found}
    told: dict[str, list[dict[str, object]]] = {"notices": [], "skipped": []}
    for item in found:
        notice = item.notice
        why = _sentence(notice, item.pilot, known)
        shape = reminder_shapes.foreseen(notice, pilots[item.pilot.id], why)
        if item.recorded is not None:
            shape |= {"recorded": reminder_shapes.status(item.recorded)}
        if notice.status == "skipped":
            told["skipped"].append(shape | {"skipped_because": notice.skip_reason})
        else:
            told["notices"].append(shape)
    output.answer_json(told)


def _sentence(notice: "Notice", pilot: "Pilot", known: "Mapping[str, str]") -> str:
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.interfaces.wording.titles import Titles

    titles = Titles(session.desk().programme(pilot.definition), messages.language())
    return reminder_shapes.sentence(notice, titles, known)


def _why(notice: "Notice", pilot: "Pilot", known: "Mapping[str, str]") -> str:
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.interfaces.wording.titles import Titles

    titles = Titles(session.desk().programme(pilot.definition), messages.language())
    return reminder_shapes.reason(notice, titles, known)


def _tell_foreseen(found: "list[Foreseen]", known: "Mapping[str, str]") -> None:
    from mlw_workflow.interfaces.wording.deadlines import skip_words

    language = messages.language()
    going = [item for item in found if item.notice.status != "skipped" and item.recorded is None]
    left_out = [item for item in found if item.notice.status == "skipped" and item.recorded is None]
    recorded = [item for item in found if item.recorded is not None]
    if not going:
        output.say(_("Nobody would be reminded of anything."))
    else:
        output.say(ngettext("{count} reminder would go out:", "{count} reminders would go out:", len(going)))
        rows = [
            (
                known.get(item.notice.recipient, item.notice.recipient),
                item.pilot.municipality,
                *_what(item.notice),
                _("at once") if item.notice.urgent else _("digest"),
                _why(item.notice, item.pilot, known),
            )
            for item in going
        ]
        heads = (_("Person"), _("Municipality"), _("Task"), _("Due"), _("Reminder"), _("How"), _("Why"))
        output.table(heads, rows, wide=6)
    if left_out:
        output.say()
        output.say(_("Left out, and why:"))
        skipped = [
            (
                _of(item, known),
                item.pilot.municipality,
                *_what(item.notice),
                skip_words(item.notice.skip_reason, language),
            )
            for item in left_out
        ]
        output.table((_("Who"), _("Municipality"), _("Task"), _("Due"), _("Reminder"), _("Because")), skipped, wide=5)
    if recorded:
        output.say()
        output.say(_("On record already, and not sent again:"))
        known_rows = [
            (_of(item, known), item.pilot.municipality, *_what(item.notice), _became(item.recorded))
            for item in recorded
            if item.recorded is not None
        ]
        titles = (_("Who"), _("Municipality"), _("Task"), _("Due"), _("Reminder"), _("What became of it"))
        output.table(titles, known_rows, wide=5)


def _of(item: "Foreseen", known: "Mapping[str, str]") -> str:
    from mlw_workflow.interfaces.wording.titles import Titles

    programme = session.desk().programme(item.pilot.definition)
    role = Titles(programme, messages.language()).role(item.notice.role)
    return known.get(item.notice.recipient, item.notice.recipient) or role


def _what(notice: "Notice") -> tuple[str, str, str]:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.deadlines import rung_words

    language, due_on = messages.language(), notice.due_on
    return notice.machine, day_short(due_on, language) or _("no date"), rung_words(notice.rung, language, due_on)


# notices


def run_notices(name: str, whom: str, span: tuple[str, str], *, json: bool) -> None:
    """The reminders on record, oldest first."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.storage import obligations

    desk = session.desk()
    first, last = params.days_of(span)
    looks = bool(whom) and reading.looks_only(name, whom)
    chosen = reading.named(name, whom if looks else "", "notices")
    person = person_id(whom) if whom and not looks else ""
    found: list[tuple[Pilot, Notice]] = []
    with desk.database.read() as connection:
        for pilot in chosen:
            for notice in obligations.notices(connection, pilot.id):
                if person and notice.recipient != person:
                    continue
                if (first and notice.send_on < first) or (last and notice.send_on > last):
                    continue
                found.append((pilot, notice))
    found.sort(key=lambda item: (item[1].send_on, item[1].key))
    known = names()
    if json:
        labels = {pilot.id: session.name_of(pilot) for pilot in chosen}
        told = [reminder_shapes.notice(n, labels[pilot.id], _sentence(n, pilot, known)) for pilot, n in found]
        output.answer_json({"notices": told})
        return
    _tell_notices(found, known)


def _tell_notices(found: "list[tuple[Pilot, Notice]]", known: "Mapping[str, str]") -> None:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.titles import Titles

    if not found:
        output.say(_("There are no reminders on record."))
        return
    language, desk = messages.language(), session.desk()
    rows = []
    for pilot, notice in found:
        role = Titles(desk.programme(pilot.definition), language).role(notice.role)
        rows.append(
            (
                day_short(notice.send_on, language),
                known.get(notice.recipient, notice.recipient) or role,
                pilot.municipality,
                *_what(notice),
                _became(notice),
            )
        )
    heads = (_("Day"), _("Person"), _("Municipality"), _("Task"), _("Due"), _("Reminder"), _("What became of it"))
    output.table(heads, rows, wide=6)


def _became(notice: "Notice") -> str:
    from mlw_workflow.interfaces.wording.notices import became

    told = became(notice, messages.language(), session.settings().mail.transport)
    numbered = notice.mail_status in ("dead", "in_doubt", "waiting", "leased")
    number = _("(mail {number})").format(number=notice.outbox_id)
    return f"{told} {number}" if numbered else told


# ack and snooze


def run_ack(name: str, machine: str, whom: str, rule: str, reason: str, *, json: bool) -> None:
    """Record that a person knows."""
    from mlw_workflow.services.pause import acknowledge

    desk, pilot = session.desk(writing=True), session.pilot(name)
    person = person_id(_named(whom))
    _tell_paused(pilot, acknowledge(desk, pilot, machine, person, rule=rule, reason=reason), json=json)


def run_snooze(name: str, machine: str, whom: str, until: str, reason: str, rule: str, *, json: bool) -> None:
    """Record that a person wants to be reminded later."""
    from mlw_workflow.services.pause import snooze

    desk, pilot = session.desk(writing=True), session.pilot(name)
    person = person_id(_named(whom))
    day = params.day_of(until, "--until")
    if day is None:
        raise BadInput("until_missing")
    _tell_paused(pilot, snooze(desk, pilot, machine, person, day, reason, rule=rule), json=json)


def _named(whom: str) -> str:
    if not whom.strip():
        raise BadInput("person_missing")
    return whom


def _tell_paused(pilot: "Pilot", done: "list[Paused]", *, json: bool) -> None:
    from mlw_workflow.interfaces.wording.dates import day_words
    from mlw_workflow.services.deadlines import rule_of

    if json:
        from mlw_workflow.interfaces import people_shapes

        told = [people_shapes.paused(item) for item in done]
        output.answer_json({"paused": told})
        return
    language, programme = messages.language(), session.desk().programme(pilot.definition)
    for item in done:
        pause = item.pause
        rule = rule_of(programme, pause.machine, pause.rule)
        facts = {"seq": pause.seq, "machine": pause.machine, "what": rule.title[language] if rule else pause.rule}
        if pause.until is None:
            words = _("Recorded as entry {seq}: no more reminders of “{what}” ({machine}), until it changes.")
        else:
            words = _("Recorded as entry {seq}: “{what}” ({machine}) is reminded of again on {day}.")
            facts["day"] = day_words(pause.until, language)
        output.paragraph(words.format(**facts))
