"""``audit checkpoint``, ``timestamp``, ``proof`` and ``consistency``: the signed root over all logs, and proofs."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.cli import output, params, reading, session
from mlw_workflow.interfaces.messages import _, ngettext

if TYPE_CHECKING:
    from mlw_workflow.services.verify_tree import Record


def register(app: typer.Typer) -> None:
    """Add the commands."""
    from mlw_workflow.interfaces.cli.usage import Command

    @app.command(
        "checkpoint", cls=Command, help=_("Sign the whole record as it is now, and print what was signed (a note).")
    )
    def checkpoint(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow import bootstrap
        from mlw_workflow.interfaces import record_shapes
        from mlw_workflow.services.checkpoint import make_checkpoint
        from mlw_workflow.services.checkpoint_post import Post

        settings = session.settings()
        post = Post(bootstrap.open_mailroom(settings), settings.audit.recipients)
        made = make_checkpoint(session.desk(writing=True), post)
        if json:
            output.answer_json(record_shapes.checkpoint(made))
        else:
            output.exactly(made.note)

    @app.command(
        "timestamp", cls=Command, help=_("Have the last checkpoint stamped by the time-stamping authority (RFC 3161).")
    )
    def timestamp(json: Annotated[bool, params.json_option()] = False) -> None:
        from mlw_workflow.audit.seal import instant
        from mlw_workflow.interfaces import messages
        from mlw_workflow.interfaces.wording.dates import instant_short
        from mlw_workflow.services.stamping import stamp

        audit = session.settings().audit
        done = stamp(session.desk(writing=True), audit.timestamp_url, audit.timestamp_ca_file)
        if json:
            told = {"size": done.size, "authority": done.authority, "at": instant(done.at), "new": done.new}
            output.answer_json(told)
            return
        when = instant_short(done.at, messages.language())
        words = _("{authority} stamped the checkpoint of size {size}: {when}.")
        output.paragraph(words.format(authority=done.authority, size=done.size, when=when))

    @app.command("proof", cls=Command, help=_("Prove that an entry is in the record as it was signed."))
    def proof(
        pilot: Annotated[str, params.pilot_argument()],
        entry: Annotated[str, typer.Argument(metavar=_("ENTRY"), help=_("The entry's number in mlw history."))],
        acting: Annotated[str, params.reader_option()] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.interfaces import shapes
        from mlw_workflow.services.proofs import prove_entry

        seq = _number(entry, _("ENTRY"))
        chosen = reading.pilot(pilot, acting, "audit proof")
        found = prove_entry(session.desk(), chosen, seq)
        if not json:
            output.exactly(found.proof.text)
            return
        output.answer_json(shapes.proof(session.name_of(chosen), seq, found))

    @app.command("consistency", cls=Command, help=_("Prove that a checkpoint continues an earlier one."))
    def consistency(
        old: Annotated[str, typer.Argument(metavar=_("OLD"), help=_("The size of the earlier checkpoint."))],
        new: Annotated[
            str, typer.Argument(metavar=_("NEW"), help=_("The size of the later one; without it the last."))
        ] = "",
        json: Annotated[bool, params.json_option()] = False,
    ) -> None:
        from mlw_workflow.interfaces import record_shapes
        from mlw_workflow.services.proofs import prove_consistency

        later = _number(new, _("NEW")) if new else None
        found = prove_consistency(session.desk(), _number(old, _("OLD")), later)
        if not json:
            output.exactly(found.proof.text)
            return
        output.answer_json(record_shapes.consistency(found))


def _number(typed: str, origin: str) -> int:
    number = params.count_of(typed, origin)
    if number is None:
        raise BadInput("number_invalid", origin=origin, value=typed[:40])
    return number


def roots() -> bytes:
    """The certificates under which time stamps must be; empty where the settings name none."""
    file = session.settings().audit.timestamp_ca_file
    return Path(file).read_bytes() if file else b""


def _entries(count: int) -> str:
    return ngettext("{count} entry", "{count} entries", count)


def about(record: "Record") -> list[str]:
    """What the reader should know of how far the record is signed."""
    if record.ring is None and record.failures:
        return []
    if record.ring is None:
        return [_("No signing key is known here, so signatures were not checked. To make one: mlw audit key new")]
    if record.last is None:
        return [_("Nothing is covered by a checkpoint yet. To make one: mlw audit checkpoint")]
    from mlw_workflow.interfaces import messages
    from mlw_workflow.interfaces.wording.dates import instant_short

    made_at = instant_short(record.last.made_at, messages.language())
    told = [_("The last checkpoint ({when}) covers {entries}.").format(when=made_at, entries=_entries(record.size))]
    for witness, size in record.witnessed.items():
        told.append(
            _("{witness} co-signed {entries}.").format(witness=witness.partition("+")[0], entries=_entries(size))
        )
    if not record.outside:
        told.append(_("There is no checkpoint outside the database to compare with."))
    if record.quorum and record.whole:
        words = _("Witnesses asked for: {quorum}; of them, {found} signed the last checkpoint.")
        told.append(words.format(quorum=record.quorum, found=record.vouching))
    return told
