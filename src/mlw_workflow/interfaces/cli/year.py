"""``demo --year``: a whole pilot on a simulated clock, and the mails that would have gone out, month by month."""

from typing import TYPE_CHECKING

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, session
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.year import Played, PlayedMail


def run_year(*, json: bool = False) -> None:
    """Play the pilot in a folder that is thrown away, and tell of its mails."""
    from dataclasses import replace
    from pathlib import Path
    from tempfile import TemporaryDirectory

    from mlw_workflow import bootstrap, logs
    from mlw_workflow.definitions.bundled import programme_folder
    from mlw_workflow.definitions.loader import load_programme
    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.interfaces.wording.titles import Titles
    from mlw_workflow.services.year import play
    from mlw_workflow.settings import places

    session.demo(on=True)
    settings = session.settings()
    loaded = load_programme(programme_folder(settings.programme))
    cases = places.data_folder("workflows") / "_cases"
    with TemporaryDirectory(prefix="mlw-year-") as folder:
        url = places.sqlite_url(Path(folder) / places.DATABASE)
        own = replace(settings, home=Path(folder), database_url=url, log_to="off", today=None)
        logs.configure_log(own)
        desk = bootstrap.open_desk(own, create=True)
        try:
            with Progress(_("Playing the year"), quiet=json) as progress:
                files = [cases / name for name in settings.demo_year]
                played = play(desk, bootstrap.open_mailroom(own), loaded, files, messages.language(), progress)
        finally:
            desk.database.close()
    if json:
        output.answer_json(_as_json(played))
        return
    _tell(played, Titles(loaded.programme, messages.language()))


def _as_json(played: "Played") -> dict[str, object]:
    return {
        "pilot": played.pilot.municipality,
        "mails": [
            {
                "day": mail.day.isoformat(),
                "recipient": mail.recipient,
                "subject": mail.subject,
                "urgent": mail.urgent,
                "about": [{"machine": n.machine, "rule": n.rule, "rung": n.rung} for n in mail.about],
            }
            for mail in played.mails
        ],
    }


def _tell(played: "Played", titles: "Titles") -> None:
    from mlw_workflow.interfaces.wording.dates import month_words

    pilot = played.pilot
    words = _("{pilot}: the pilot from {start} to {end} on a simulated clock, and the mails that would have gone out.")
    output.paragraph(words.format(pilot=pilot.municipality, start=titles.day(pilot.start), end=titles.day(pilot.end)))
    output.paragraph(
        _(
            "Steps up to May are those of the sources, some dated by us; the days of the reports and everything after "
            "May are assumed. The people are made up. No mail is sent."
        )
    )
    months = dict.fromkeys((mail.day.year, mail.day.month) for mail in played.mails)
    months |= dict.fromkeys((event.on.year, event.on.month) for event in played.events)
    for year, month in sorted(months):
        mails = [mail for mail in played.mails if (mail.day.year, mail.day.month) == (year, month)]
        happened = [event for event in played.events if (event.on.year, event.on.month) == (year, month)]
        assumed = sum(event.source == "assumed" for event in happened)
        output.say()
        steps = ngettext("{count} step recorded", "{count} steps recorded", len(happened))
        of_them = _(", of which assumed: {count}").format(count=assumed) if assumed else ""
        count = ngettext("{count} mail", "{count} mails", len(mails))
        output.say(f"{month_words(year, month, titles.language)}: {steps}{of_them}; {count}")
        rows = [_row(mail, titles) for mail in mails]
        output.table((_("Day"), _("To"), _("Subject"), _("About")), rows, wide=3)
    output.say()
    total = ngettext("{count} mail in the whole pilot", "{count} mails in the whole pilot", len(played.mails))
    people = len({mail.recipient for mail in played.mails})
    output.say(_("{mails}, to {people} people.").format(mails=total, people=people))


def _row(mail: "PlayedMail", titles: "Titles") -> tuple[str, str, str, str]:
    from mlw_workflow.interfaces.wording.dates import day_short
    from mlw_workflow.interfaces.wording.deadlines import rung_words

    language = titles.language
    about = ", ".join(f"{n.machine} ({rung_words(n.rung, language, n.due_on)})" for n in mail.about)
    return day_short(mail.day, titles.language), mail.recipient, mail.subject, about
