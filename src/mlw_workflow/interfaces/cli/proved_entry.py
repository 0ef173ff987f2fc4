"""Which entry a proof is about: read from the sealed bytes alone, and never from what stands around them."""

from typing import TYPE_CHECKING, Any

from mlw_workflow.interfaces import messages
from mlw_workflow.interfaces.cli import output
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from mlw_workflow.audit.proof import Inclusion
    from mlw_workflow.domain.definition import Programme
    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.domain.pilot import Pilot


def entry_facts(proof: "Inclusion") -> dict[str, Any]:
    """Which entry of which pilot it is; null for what the proof does not say. Raises ProofMalformed."""
    from mlw_workflow.audit.proof import ProofMalformed
    from mlw_workflow.audit.read import EntryUnreadable, header
    from mlw_workflow.audit.seal import leaf_hash

    try:
        place = header(proof.body)
    except EntryUnreadable as problem:
        raise ProofMalformed("proof_entry") from problem
    entry, pilot = _decoded(proof.body), _pilot(proof)
    return {
        "pilot": pilot.municipality if pilot else None,
        "code": pilot.code if pilot else None,
        "log": place.log,
        "seq": place.seq,
        "recorded_at": place.recorded_at,
        "leaf": leaf_hash(proof.body).hex(),
        "entry": entry.kind if entry else None,
        "machine": (entry.machine or None) if entry else None,
        "trigger": (entry.trigger or None) if entry else None,
    }


def check_said(said: dict[str, Any], told: dict[str, Any]) -> None:
    """What the JSON around a proof says must be what the sealed bytes say. Raises ProofInvalid."""
    from mlw_workflow.audit.merkle import ProofInvalid

    for name in ("seq", "leaf", "size"):
        if name in said and said[name] != told[name]:
            raise ProofInvalid(f"said_{name}")
    if "pilot" in said and told["pilot"] is not None and said["pilot"] not in (told["pilot"], told["code"]):
        raise ProofInvalid("said_pilot")


def tell_entry(told: dict[str, Any], proof: "Inclusion") -> None:
    """Which entry it is and what it records, in the programme's words where that programme is one that comes along."""
    from datetime import datetime

    from mlw_workflow.interfaces.wording.dates import instant_short
    from mlw_workflow.interfaces.wording.entries import happened, sentence
    from mlw_workflow.interfaces.wording.titles import Titles

    language, pilot, entry = messages.language(), _pilot(proof), _decoded(proof.body)
    when = instant_short(datetime.fromisoformat(told["recorded_at"]), language) if entry else told["recorded_at"]
    if pilot is not None:
        words = _("Entry {seq} of the pilot {pilot}, recorded {when}.")
        output.paragraph(words.format(seq=told["seq"], pilot=pilot.municipality, when=when))
    else:
        words = _("Entry {seq} of the log {log}, recorded {when}. The proof does not say of which municipality.")
        output.paragraph(words.format(seq=told["seq"], log=told["log"], when=when))
    if entry is not None:
        what = sentence(entry, Titles(_programme(pilot), language), {}).rstrip(".")
        day = happened(entry, language)
        output.paragraph(_("It says: {what}.").format(what=f"{what} ({day})" if day else what))


def _decoded(body: bytes) -> "Entry | None":
    """The whole entry; None for one of the access log, or of a form that this program does not know."""
    from mlw_workflow.audit.read import EntryUnreadable, decode

    try:
        return decode(body)
    except EntryUnreadable:
        return None


def _pilot(proof: "Inclusion") -> "Pilot | None":
    """The pilot, from the opening of its log; None where that did not come along."""
    from mlw_workflow.audit.replay import pilot_of

    opening = _decoded(proof.opening.body if proof.opening else proof.body)
    try:
        return pilot_of(opening) if opening is not None and opening.kind == "opening" else None
    except (KeyError, TypeError, ValueError):
        return None


def _programme(pilot: "Pilot | None") -> "Programme | None":
    """The programme that the pilot was opened with, if it is one of those that come with this program."""
    from mlw_workflow.definitions.bundled import bundled_programmes, programme_folder
    from mlw_workflow.definitions.loader import load_programme

    if pilot is None or pilot.programme not in bundled_programmes():
        return None
    loaded = load_programme(programme_folder(pilot.programme))
    return loaded.programme if loaded.content_hash == pilot.definition else None
