"""``person add``, ``person change`` and ``person list``; ``person export`` has a module of its own."""

from typing import Annotated

import typer

from mlw_workflow.interfaces import messages, people_shapes
from mlw_workflow.interfaces.cli import output, params, person_export, reading, session
from mlw_workflow.interfaces.messages import _


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("add", cls=Command, help=_("Add a person. What the person may do is said by roles: mlw member add."))
    def add(
        name: Annotated[str, typer.Argument(metavar=_("FULL_NAME"), help=_("First name and surname."))],
        email: Annotated[str, typer.Option("--email", metavar=_("ADDRESS"), help=_("E-mail address."))] = "",
        language: Annotated[
            str, typer.Option("--language", metavar="pl|en", help=_("The language of messages to the person."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_add(name, email, language, json=json)

    @app.command(
        "change", cls=Command, help=_("Correct a person's name, address or language; what is not named stays.")
    )
    def change(
        person: Annotated[str, typer.Argument(metavar=_("PERSON"), help=_("Name, e-mail address or id."))],
        name: Annotated[
            str | None, typer.Option("--name", metavar=_("FULL_NAME"), help=_("First name and surname."))
        ] = None,
        email: Annotated[str | None, typer.Option("--email", metavar=_("ADDRESS"), help=_("E-mail address."))] = None,
        no_email: Annotated[bool, typer.Option("--no-email", help=_("The person has no address any more."))] = False,
        language: Annotated[
            str | None, typer.Option("--language", metavar="pl|en", help=_("The language of messages to the person."))
        ] = None,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_change(person, name, "" if no_email else email, language, json=json)

    @app.command("list", cls=Command, help=_("List the people."))
    def list_(
        acting: Annotated[str, params.reader_option()] = "", json: Annotated[bool, params.json_option()] = False
    ) -> None:
        run_list(acting, json=json)

    person_export.register(app)


def run_add(name: str, email: str, language: str, *, json: bool) -> None:
    """Add one person."""
    from mlw_workflow.interfaces.language import known
    from mlw_workflow.services.people import add_person

    speaks = known(language, "--language") if language else messages.language()
    person = add_person(session.desk(writing=True), name, email, speaks)
    if json:
        output.answer_json(people_shapes.person(person))
        return
    output.say(_("Added: {name} ({id})").format(name=person.name, id=person.id))
    output.say(_("Next: {command}").format(command=output.command("member", "add", person.name, _("ROLE"), _("PILOT"))))


def run_change(who: str, name: str | None, email: str | None, language: str | None, *, json: bool) -> None:
    """Change one person."""
    from mlw_workflow.domain.errors import BadInput
    from mlw_workflow.interfaces.language import known
    from mlw_workflow.interfaces.wording.access import WHAT
    from mlw_workflow.services.change_person import Changes, change_person

    if name is None and email is None and language is None:
        raise BadInput("person_change_nothing")
    speaks = None if language is None else known(language, "--language")
    done = change_person(session.desk(writing=True), who, Changes(name, email, speaks))
    person = done.person
    if json:
        told = {"id": person.id, "name": person.name, "email": person.email, "language": person.language}
        output.answer_json(told | {"changed": list(done.what)})
        return
    if not done.what:
        output.say(_("{name}: all of this was so already.").format(name=person.name))
        return
    what = ", ".join(WHAT[one][messages.language()] for one in done.what)
    output.say(_("{name}: changed ({what}).").format(name=person.name, what=what))


def run_list(acting: str, *, json: bool) -> None:
    """Everybody, by name; to a reader those who hold or held a role in a pilot within reach."""
    from mlw_workflow.storage import repositories
    from mlw_workflow.storage.repositories import fold_name

    reach = reading.pilots(acting, "person list")
    with session.desk().database.read() as connection:
        found = sorted(repositories.people(connection), key=lambda person: fold_name(person.name))
        if acting:
            here = {held.person for pilot in reach for held in repositories.memberships(connection, pilot.id)}
            found = [person for person in found if person.id in here]
    if json:
        output.answer_json({"people": [people_shapes.person(p) for p in found]})
        return
    if not found:
        words = _("There is nobody yet. Add somebody: {command}")
        output.say(words.format(command=output.command("person", "add", _("NAME"))))
        return
    rows = [(p.name, p.email, p.language, p.id) for p in found]
    output.table((_("Name"), _("E-mail"), _("Language"), _("Id")), rows, wide=0)
