"""``erase``: evidence and names go, digests stay."""

import re
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.services.erase import Erased
    from mlw_workflow.services.erasure_files import Folders
    from mlw_workflow.services.erasure_plan import Asked, Place

_PLACE = re.compile(r"(.+?):(\d{1,9})(?::(.+))?")


def register(app: typer.Typer) -> None:
    """Add the command."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("erase", cls=Command, help=_("Erase a person's data, or evidence; its digests stay in the record."))
    def erase(
        person: Annotated[
            str, typer.Option("--person", metavar=_("PERSON"), help=_("Whose data: name, e-mail address or id."))
        ] = "",
        evidence: Annotated[
            list[str] | None,
            typer.Option(
                "--evidence",
                metavar=_("PILOT:NUMBER[:FIELD]"),
                help=_("Evidence of an entry, or one field of it. May be repeated."),
            ),
        ] = None,
        reason: Annotated[str, typer.Option("--reason", metavar=_("TEXT"), help=_("Why, for the record."))] = "",
        acting: Annotated[
            str,
            typer.Option(
                "--as",
                metavar=_("PERSON_OR_ROLE"),
                help=_("Who erases: somebody of the implementing body; by default whoever is at the computer."),
            ),
        ] = "",
        end_roles: Annotated[
            bool, typer.Option("--end-roles", help=_("Also end the roles that the person still holds."))
        ] = False,
        dry_run: Annotated[bool, typer.Option("--dry-run", help=_("Only say what would happen."))] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.services.erasure_plan import Asked

        places = tuple(place_of(given) for given in evidence or ())
        holds = session.settings().legal_holds
        run_erase(Asked(reason, person, places, acting, end_roles, holds), dry_run=dry_run, json=json)


def place_of(given: str) -> "Place":
    """``PILOT:NUMBER`` or ``PILOT:NUMBER:FIELD``. Raises BadInput."""
    from mlw_workflow.services.erasure_plan import Place

    found = _PLACE.fullmatch(given.strip())
    if found is None:
        raise BadInput("erase_place", given=given[:80])
    return Place(session.pilot(found[1]), int(found[2]), found[3] or "")


def folders() -> "Folders":
    """Where the office keeps files."""
    from mlw_workflow.services.erasure_files import Folders

    settings = session.settings()
    return Folders(settings.home, settings.files, settings.mail_folder)


def run_erase(asked: "Asked", *, dry_run: bool, json: bool) -> None:
    """Erase, or only say what would go."""
    from mlw_workflow.services import erase as service

    desk = session.desk(writing=True)
    done = service.Erased(service.plan(desk, asked)) if dry_run else service.erase(desk, asked, folders())
    if json:
        output.answer_json(_shape(done, dry_run=dry_run))
    else:
        _tell(done, dry_run=dry_run)


def _elsewhere(done: "Erased") -> list[str]:
    sent = any(mail.status == "sent" for mail in done.plan.mails) and session.settings().mail.transport != "file"
    return ["backups", "packs", *(["mailboxes"] if sent else []), "sources"]


def _left(done: "Erased") -> list[str]:
    codes = list(done.left.bytes)
    if done.left.files:
        codes.append("files")
    if done.plan.mails_waiting:
        codes.append("mails_waiting")
    return codes


def _shape(done: "Erased", *, dry_run: bool) -> dict[str, Any]:
    plan = done.plan
    return {
        "dry_run": dry_run,
        "person": plan.person.id if plan.person else None,
        "erased": [{"pilot": session.name_of(p.pilot), "seq": p.seq, "field": p.field} for p in plan.values],
        "entries": [{"pilot": session.name_of(pilot), "seq": seq} for pilot, seq in done.entries],
        "roles_ended": [{"pilot": session.name_of(pilot), "role": held.role} for pilot, held in plan.roles],
        "audits_ended": plan.audits,
        "mails": len(plan.mails),
        "files": done.files,
        "mentions": [
            {"pilot": session.name_of(m.pilot), "seq": m.seq, "field": m.field, "certain": m.certain}
            for m in plan.mentions
        ],
        "left": _left(done),
        "elsewhere": _elsewhere(done),
    }


def _tell(done: "Erased", *, dry_run: bool) -> None:
    from mlw_workflow.interfaces.wording.erasure import ELSEWHERE, LEFT
    from mlw_workflow.interfaces.wording.titles import Titles

    plan, language = done.plan, messages.language()
    if not plan.values and plan.person is None:
        output.paragraph(_("There is nothing to erase: all of it was erased before."))
        return
    output.paragraph(_("This would be erased; nothing was:") if dry_run else _("Erased:"))
    if plan.person is not None:
        output.paragraph(_("name, address and calendar feeds of {name}").format(name=plan.person.name), "    ", "  - ")
    for place in plan.values:
        words = _("{pilot}, entry {seq}: {field}")
        told = words.format(pilot=session.name_of(place.pilot), seq=place.seq, field=place.field)
        output.paragraph(told, "    ", "  - ")
    for pilot, held in plan.roles:
        role = Titles(session.desk().programme(pilot.definition), language).role(held.role)
        words = _("the role {role} in {pilot} is ended")
        output.paragraph(words.format(role=role, pilot=session.name_of(pilot)), "    ", "  - ")
    for programme in plan.audits:
        output.paragraph(_("the right to audit {programme} is ended").format(programme=programme), "    ", "  - ")
    if plan.mails:
        count = ngettext("the texts of {count} mail", "the texts of {count} mails", len(plan.mails))
        output.paragraph(count, "    ", "  - ")
    if done.files:
        output.paragraph(ngettext("{count} file", "{count} files", done.files), "    ", "  - ")
    for pilot, seq in done.entries:
        words = _("It stands in the record of {pilot} as entry {seq}.")
        output.paragraph(words.format(pilot=session.name_of(pilot), seq=seq))
    _tell_mentions(done)
    for code in _left(done):
        told = LEFT[code][language].format(files=", ".join(done.left.files), count=plan.mails_waiting)
        output.paragraph(told)
    places = "; ".join(ELSEWHERE[code][language] for code in _elsewhere(done))
    output.paragraph(_("Copies that this program cannot reach may be in: {places}.").format(places=places))


def _tell_mentions(done: "Erased") -> None:
    """Evidence that names the person: a command to paste for each, because somebody has to decide."""
    if not done.plan.mentions:
        return
    output.say()
    output.paragraph(_("Evidence that seems to name the person. Read it, and decide on each:"))
    for mention in done.plan.mentions:
        name = session.name_of(mention.pilot)
        place = f"{name}:{mention.seq}:{mention.field}"
        output.say("  " + output.command("erase", "--evidence", place, "--reason", "…"))
        sure = _("by full name or address") if mention.certain else _("perhaps: a word like the surname")
        output.say(f"    {sure}; " + output.command("evidence", name, str(mention.seq), mention.field))
    output.say()
