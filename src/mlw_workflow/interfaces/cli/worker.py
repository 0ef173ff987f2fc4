"""``worker`` and ``doctor``: what sends the reminders, and whether it does."""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.exit_codes import DONE, REFUSED
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.scheduling.embedded import Ran
    from mlw_workflow.services.doctor import Health
    from mlw_workflow.services.refused_checkpoint import RefusedCheckpoint


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("worker", cls=Command, help=_("Send reminders as they fall due, until it is stopped (Ctrl+C)."))
    def worker(
        once: Annotated[bool, typer.Option("--once", help=_("Do what is due now, then end."))] = False,
        every: Annotated[
            str, typer.Option("--every", metavar=_("SECONDS"), help=_("How often to look; by default each minute."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_worker(once=once, seconds=every, json=json)

    @app.command(
        "doctor",
        cls=Command,
        help=_("Say whether reminders go out and the record is signed; exit code 1 if not."),
    )
    def doctor(json: Annotated[bool, params.json_option()] = False) -> int:
        return run_doctor(json=json)


def run_worker(*, once: bool, seconds: str, json: bool) -> None:
    """Run once, or until a signal."""
    from mlw_workflow import bootstrap
    from mlw_workflow.interfaces.wording.refused import refused_words
    from mlw_workflow.interfaces.wording.reminder_files import bad_file_words
    from mlw_workflow.scheduling.embedded import EVERY_SECONDS
    from mlw_workflow.services.local_policies import apply_local_policies

    settings = session.settings()
    mailroom = bootstrap.open_mailroom(settings)
    every = params.count_of(seconds, "--every")
    if every == 0:
        raise BadInput("every_zero", origin="--every")
    every = every or EVERY_SECONDS
    desk = session.desk(writing=True)
    worker = bootstrap.open_worker(settings, desk, mailroom, refused_words)
    try:
        applied = apply_local_policies(desk, settings.reminders_folder)
        for file in applied.bad:
            output.note(bad_file_words(file, messages.language()))
        for pilot in applied.changed:
            output.note(_("{pilot} is reminded by other rules from now on.").format(pilot=session.name_of(pilot)))
        if once:
            _tell_ran(worker.run_once(), json=json)
            return
        if not json:
            output.say(_("Reminders are sent from now on. To stop: Ctrl+C."))
            where = settings.mail_folder if settings.mail.transport == "file" else settings.mail.host
            output.say(_("Mail goes to: {place}").format(place=where))
        worker.run(every)
    finally:
        worker.transport.close()


def _tell_ran(ran: "Ran", *, json: bool) -> None:
    delivered = ran.delivered
    if json:
        output.answer_json(
            {
                "deadlines": ran.ticked.deadlines,
                "notices": ran.ticked.notices,
                "skipped": ran.ticked.skipped,
                "mails": ran.digested.mails,
                "sent": delivered.sent,
                "later": delivered.later,
                "dead": delivered.dead,
                "in_doubt": delivered.in_doubt,
                "stopped": delivered.stopped or None,
                "checkpoint": ran.checkpoint.size if ran.checkpoint is not None and ran.checkpoint.fresh else None,
                "checkpoint_refused": ran.refused or None,
            }
        )
        return
    settings = session.settings()
    if ran.refusal:
        _tell_refused(ran.refusal)
    if ran.idle:
        output.say(_("There was nothing to do."))
        return
    output.say(
        ngettext("{count} reminder was entered", "{count} reminders were entered", ran.ticked.notices)
        + ", "
        + ngettext("{count} mail written", "{count} mails written", ran.digested.mails)
        + ", "
        + ngettext("{count} mail handed over.", "{count} mails handed over.", delivered.sent)
    )
    if delivered.sent and settings.mail.transport == "file":
        output.say(_("Mail goes to: {place}").format(place=settings.mail_folder))
    if ran.checkpoint is not None and ran.checkpoint.fresh:
        output.say(
            _("The day's checkpoint covers {entries}.").format(
                entries=ngettext("{count} entry", "{count} entries", ran.checkpoint.size)
            )
        )
    if delivered.later or delivered.stopped:
        from mlw_workflow.interfaces.wording.mails import error_words

        if delivered.stopped:
            words = _("Mails that are tried again later: {count} ({why}).")
            output.say(words.format(count=delivered.later, why=error_words(delivered.stopped, messages.language())))
        else:
            output.say(_("Mails that are tried again later: {count}.").format(count=delivered.later))
    if delivered.dead or delivered.in_doubt:
        words = _("Mails that wait for a decision: {count}. See: {command}")
        output.say(words.format(count=delivered.dead + delivered.in_doubt, command=output.command("outbox", "list")))


def run_doctor(*, json: bool) -> int:
    """The state of the reminders."""
    from mlw_workflow.interfaces import reminder_shapes
    from mlw_workflow.services.doctor import doctor

    found = doctor(session.desk(), reminders_folder=session.settings().reminders_folder)
    if json:
        output.answer_json(reminder_shapes.health(found))
    else:
        _tell_health(found)
    return DONE if found.holds else REFUSED


def _tell_refused(refused: "RefusedCheckpoint") -> None:
    """Why no checkpoint was signed, in words."""
    from mlw_workflow.interfaces.wording.refused import refused_words

    command, why = output.command("audit", "verify"), refused_words(refused, messages.language())
    output.paragraph(
        _("The day's checkpoint was refused. {why} Find out more: {command}").format(why=why, command=command)
    )


def _tell_health(found: "Health") -> None:
    from mlw_workflow.interfaces.wording.dates import day_short, instant_short
    from mlw_workflow.interfaces.wording.refused import refused_words, unstamped_words

    language = messages.language()
    if found.status == "ok" and not found.problems:
        output.say(_("Reminders go out as they should."))
    elif found.status == "ok":
        output.say(_("Reminders go out, but not everything is as it should be."))
    else:
        output.paragraph(
            _("Reminders stand still. Start the worker: {command}").format(command=output.command("worker"))
        )
    never = _("never")
    rows = [
        (_("Last run of the worker"), instant_short(found.last_tick, language) or never),
        (_("Deadlines to look at"), _since(found.due, day_short(found.due_since, language))),
        (_("Next warning"), day_short(found.next_on, language) or "–"),
        (_("Reminders that wait for their mail"), _since(found.waiting, instant_short(found.waiting_since, language))),
        (_("Mails on their way"), _since(found.unsent, instant_short(found.unsent_since, language))),
        (_("Mails that could not be delivered"), str(found.dead)),
        (_("Mails that may have arrived"), str(found.in_doubt)),
        (_("Last checkpoint"), instant_short(found.checkpoint_at, language) or "–"),
    ]
    output.table((_("What"), _("State")), rows, wide=1)
    if found.dead or found.in_doubt:
        output.paragraph(
            _("These mails wait for a decision. See: {command}").format(command=output.command("outbox", "list"))
        )
    if found.key_problem:
        output.paragraph(refused_words(found.key_problem, language))
    if found.refused:
        _tell_refused(found.refused)
    elif "checkpoint_late" in found.problems:
        output.paragraph(_("No checkpoint was made for more than two days. To make one: mlw audit checkpoint"))
    if found.timestamp_failed:
        words = _("The day's time stamp was not to be had ({why}); the worker asks again tomorrow, or now: {command}")
        why = unstamped_words(found.timestamp_failed, language)
        output.paragraph(words.format(why=why, command=output.command("audit", "timestamp")))
    if found.reminder_files:
        from mlw_workflow.interfaces.wording.reminder_files import bad_file_words

        for file in found.reminder_files:
            output.paragraph(bad_file_words(file, language))
    if found.clock_back is not None:
        words = _("The clock was set back: something was recorded at {when}, which is still to come.")
        output.paragraph(words.format(when=instant_short(found.clock_back, language)))


def _since(count: int, since: str) -> str:
    return _("{count}, since {day}").format(count=count, day=since) if count and since else str(count)
