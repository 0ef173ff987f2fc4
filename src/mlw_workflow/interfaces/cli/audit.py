"""``audit verify`` and ``audit replay``: was the record changed, and should each entry have been recorded?"""

from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import (
    audit_access,
    audit_export,
    audit_reminders,
    checkpoints,
    findings,
    keys,
    output,
    pack,
    params,
    proof_check,
    reading,
    session,
    witnesses,
)
from mlw_workflow.interfaces.exit_codes import DONE, INTEGRITY
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from collections.abc import Callable

    from mlw_workflow.audit.verify import Failure
    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.audit import Checked
    from mlw_workflow.services.verify_tree import Record


def register(app: typer.Typer) -> None:
    """Add both commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command("verify", cls=Command, help=_("Check that no entry was changed, left out, moved or cut off."))
    def verify(  # noqa: PLR0913, PLR0917 - each is an option of the command line
        pilot: Annotated[str, params.pilot_or_pack_argument()] = "",
        deep: Annotated[
            bool,
            typer.Option(
                "--deep", help=_("Also check the form of each entry's bytes, and signatures under a checkpoint.")
            ),
        ] = False,
        key: Annotated[list[str] | None, pack.key_option()] = None,
        witness: Annotated[list[str] | None, pack.witness_option()] = None,
        quorum: Annotated[str, pack.quorum_option()] = "",
        checkpoint: Annotated[list[str] | None, pack.checkpoint_option()] = None,
        tsa_ca: Annotated[str, pack.tsa_option()] = "",
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        if pack.is_pack(pilot):
            return pack.verify(pilot, pack.trust(key, witness, quorum, checkpoint, tsa_ca), deep=deep, json=json)
        own = {"key": key, "witness": witness, "quorum": quorum, "checkpoint": checkpoint, "tsa-ca": tsa_ca}
        pack.only_for_packs(pilot, **own)
        from mlw_workflow.services import audit, cosign
        from mlw_workflow.services.verify_tree import Record

        set_ = session.settings().audit
        asked = {"quorum": set_.quorum, "quorum_days": set_.quorum_days}
        trusted = cosign.witness_keys(set_.witnesses)
        with Record(session.desk(), whole=not pilot, witnesses=trusted, roots=checkpoints.roots(), **asked) as record:
            check = lambda chosen: audit.verify(session.desk(), chosen, deep=deep, record=record)  # noqa: E731
            return _run(pilot, check, "verify", acting, record=record, deep=deep, json=json)

    @app.command("replay", cls=Command, help=_("Decide every entry again, and compare the board with the record."))
    def replay(
        pilot: Annotated[str, params.pilot_argument()] = "",
        repair: Annotated[
            bool, typer.Option("--repair", help=_("Write a board that differs anew from the record."))
        ] = False,
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> int:
        from mlw_workflow.services import audit

        if repair and acting:
            from mlw_workflow.domain.errors import BadInput

            raise BadInput("repair_as_reader")
        check = lambda chosen: audit.replay_pilot(session.desk(), chosen, repair=repair)  # noqa: E731
        return _run(pilot, check, "replay", acting, repair=repair, json=json)

    audit_reminders.register(app)
    findings.register(app)
    pack.register(app)
    audit_export.register(app)
    audit_access.register(app)
    checkpoints.register(app)
    proof_check.register(app)
    keys.register(app)
    witnesses.register(app)


def _run(
    name: str,
    check: "Callable[[Pilot], Checked]",
    what: str,
    acting: str = "",
    *,
    repair: bool = False,
    record: "Record | None" = None,
    deep: bool = False,
    json: bool,
) -> int:
    """Check one pilot, or all of them, and what is around them."""
    from mlw_workflow.domain.errors import IntegrityBroken
    from mlw_workflow.interfaces import shapes
    from mlw_workflow.interfaces.cli.progress import Progress
    from mlw_workflow.interfaces.wording.checks import check_sentence
    from mlw_workflow.services.audit import stored_form, surroundings

    session.desk()
    around: list[tuple[str, Failure]] = []
    chosen: list[Pilot] = []
    try:
        chosen = [reading.pilot(name, acting, what)] if name else list(reading.pilots(acting, what))
    except IntegrityBroken as problem:
        if problem.facts.get("check") != "stored_form":
            raise
        around.append((session.desk().database.place, stored_form(problem)))
    entries, failed, told = 0, None, list[str]()
    with Progress(_("Checking"), quiet=json) as progress:
        for number, pilot in enumerate(chosen, start=1):
            found = check(pilot)
            entries += found.entries
            if found.first_failure is not None:
                failure = found.first_failure
                facts = {key: str(value) for key, value in failure.facts.items()}
                sentence = check_sentence(failure.check, failure.seq, pilot.municipality, facts, messages.language())
                shape = shapes.failure(session.name_of(pilot), failure.check, failure.seq, facts, sentence)
                failed = failed or shape
                told.append(sentence)
            else:
                told.append(_holds(found, values=record is not None))
            progress(number, len(chosen))
    around += list(record.failures) if record else []
    if not name:
        around += surroundings(session.desk(), repair=repair, record=record, deep=deep)
    around += record.counted() if record else []
    for place, failure in around:
        facts = {key: str(value) for key, value in failure.facts.items()}
        sentence = check_sentence(failure.check, failure.seq, place, facts, messages.language())
        failed = failed or shapes.failure(place, failure.check, failure.seq, facts, sentence)
        told.append(sentence)
    if not told:
        told.append(_("There is no pilot yet, so there is nothing to check."))
    if record is not None:
        told += checkpoints.about(record)
    if json:
        answer = {"holds": failed is None, "entries": entries, "first_failure": failed}
        output.answer_json(answer if record is None else {**answer, "tree": shapes.tree(record)})
    else:
        for line in told:
            output.paragraph(line)
    return DONE if failed is None else INTEGRITY


def _holds(found: "Checked", *, values: bool) -> str:
    count = ngettext("{count} entry", "{count} entries", found.entries)
    line = _("{pilot}: everything holds, {entries}.").format(pilot=found.pilot.municipality, entries=count)
    if found.repaired:
        line += " " + _("The board differed and was written anew.")
    if found.erased:
        words = _("Erased values, which can no longer be checked: {count}.")
        if not values:
            words = _("Entries with erased evidence, which can no longer be decided again in full: {count}.")
        line += " " + words.format(count=found.erased)
    return line
