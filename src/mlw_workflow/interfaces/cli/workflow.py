"""``workflow check`` and ``workflow show``: definitions, before and beside any pilot."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput, UnknownMachine
from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output, params, session
from mlw_workflow.interfaces.exit_codes import DONE, REFUSED
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.definitions.findings import Finding
    from mlw_workflow.definitions.matrix import Row
    from mlw_workflow.domain.definition import Programme, Workflow
    from mlw_workflow.interfaces.wording.titles import Titles


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("check", cls=Command, help=_("Say everything that is wrong with a programme's definition."))
    def check(
        path: Annotated[str, typer.Argument(metavar=_("PATH"), help=_("A programme's folder, or a bundled one's id."))],
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        return run_check(path, json=json)

    @app.command("show", cls=Command, help=_("Show a programme or one of its tasks, as tables or as Mermaid diagrams."))
    def show(
        programme: Annotated[
            str, typer.Argument(metavar=_("PROGRAMME"), help=_("A bundled programme's id, or its folder."))
        ] = "",
        machine: Annotated[str, typer.Argument(metavar=_("MACHINE"), help=_("One task, such as w06."))] = "",
        mermaid: Annotated[bool, typer.Option("--mermaid", help=_("A Mermaid diagram instead of a table."))] = False,
        everything: Annotated[
            bool, typer.Option("--all", help=_("Also suspending, returning, releasing and the like."))
        ] = False,
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        run_show(programme, machine, mermaid=mermaid, everything=everything, json=json)


def run_check(name: str, *, json: bool) -> int:
    """Every finding; 1 when one of them forbids the use of the definition."""
    from mlw_workflow.definitions.bundled import bundled_folder, bundled_programmes
    from mlw_workflow.definitions.check import check
    from mlw_workflow.definitions.findings import has_errors

    path = bundled_folder() / name if name in bundled_programmes() else Path(name)
    if not path.exists():
        raise BadInput("definition_path_missing", path=name)
    found = check(path)
    ok = not has_errors(found)
    if json:
        told = [finding.as_json(messages.language()) for finding in found]
        output.answer_json({"ok": ok, "findings": told})
        return DONE if ok else REFUSED
    for finding in found:
        _tell(finding)
    if not found:
        output.say(_("{path}: nothing is wrong.").format(path=name))
    else:
        errors = sum(finding.severity == "error" for finding in found)
        counts = (
            ngettext("{count} error", "{count} errors", errors),
            ngettext("{count} warning", "{count} warnings", len(found) - errors),
        )
        output.say()
        output.say(f"{name}: {', '.join(counts)}")
    return DONE if ok else REFUSED


def _tell(finding: "Finding") -> None:
    from mlw_workflow.definitions.findings import dotted

    language = messages.language()
    place = f"{finding.file}:{finding.line}" if finding.line else finding.file
    severity = _("error") if finding.severity == "error" else _("warning")
    output.say(" ".join(filter(None, (place, dotted(finding.path)))))
    output.paragraph(finding.message(language), "    ", f"  {severity}: ")
    for hop in finding.counterexample:
        output.paragraph(hop.sentence(language), "      ", "    → ")


def run_show(name: str, machine: str, *, mermaid: bool, everything: bool, json: bool) -> None:
    """A programme's tasks, or one task's rules."""
    from mlw_workflow.definitions.bundled import programme_folder
    from mlw_workflow.definitions.loader import load_programme
    from mlw_workflow.interfaces.wording.titles import Titles

    loaded = load_programme(programme_folder(name or session.settings().programme))
    programme = loaded.programme
    titles = Titles(programme, messages.language())
    workflow = None
    if machine:
        workflow = programme.workflow.get(machine.partition("/")[0])
        if workflow is None:
            known = tuple(programme.workflow)
            raise UnknownMachine("unknown_programme_machine", machine=machine[:80], known=known, programme=programme.id)
    if json:
        from mlw_workflow.definitions.normal_form import to_normal

        output.answer_json(
            {"programme": programme.id, "definition": loaded.content_hash, "normal": to_normal(programme)}
        )
    elif mermaid:
        _draw(programme, workflow, titles.language, everything=everything)
    elif workflow is not None:
        _tell_rules(workflow, titles, everything=everything)
    else:
        _tell_programme(programme, titles)


def _draw(programme: "Programme", workflow: "Workflow | None", language: str, *, everything: bool) -> None:
    from mlw_workflow.definitions import diagram

    if workflow is not None:
        output.say(diagram.state_diagram(workflow, language, common=everything).rstrip())
    else:
        output.say(diagram.needs_diagram(programme, language).rstrip())


def _tell_programme(programme: "Programme", titles: "Titles") -> None:
    """Its tasks, each with the tasks it waits for."""
    output.paragraph(f"{programme.title[titles.language]} ({programme.id})")
    if programme.help[titles.language]:
        output.paragraph(programme.help[titles.language])
    output.say()
    rows = []
    for workflow in programme.workflows:
        needs: dict[str, None] = {}
        for rule in workflow.rules:
            needs |= dict.fromkeys(leaf.name for leaf in rule.need_leaves())
        kind = next((k.title[titles.language] for k in programme.kinds if k.id == workflow.kind), workflow.kind)
        rows.append((workflow.id, workflow.title[titles.language], kind, ", ".join(needs)))
    output.table(("", _("Task"), _("Kind"), _("Waits for")), rows, wide=1)
    output.say()
    output.table((_("Role"), _("Title")), [(role.id, role.title[titles.language]) for role in programme.roles], wide=1)


def _tell_rules(workflow: "Workflow", titles: "Titles", *, everything: bool) -> None:
    """One row for each rule."""
    from mlw_workflow.definitions.matrix import rule_matrix

    output.paragraph(f"{workflow.title[titles.language]} ({workflow.id})")
    if workflow.help[titles.language]:
        output.paragraph(workflow.help[titles.language])
    output.say()
    shown = [row for row in rule_matrix(workflow) if everything or _is_advance(workflow, row)]
    rows = [
        (
            f"{titles.plain_trigger(workflow.id, row.trigger)} ({row.trigger})",
            f"{titles.plain_state(workflow.id, row.from_state)} → {titles.plain_state(workflow.id, row.to_state)}",
            titles.roles(row.by),
            ", ".join(row.needs),
            ", ".join(item.partition(":")[0] for item in row.evidence),
        )
        for row in shown
    ]
    output.table((_("Step"), _("From → to"), _("Who"), _("Needs"), _("Evidence")), rows, wide=0)


def _is_advance(workflow: "Workflow", row: "Row") -> bool:
    return any(
        rule.trigger == row.trigger and rule.from_state == row.from_state and rule.effect == "advance"
        for rule in workflow.rules
    )
