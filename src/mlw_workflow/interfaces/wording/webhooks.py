"""What programs are told of, and what became of it, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENTS: Mapping[str, Text] = {
    "entry.recorded": Text("zapisane kroki", "steps recorded"),
    "entry.refused": Text("odmowy", "attempts refused"),
    "deadline.due": Text("terminy, które nadeszły", "deadlines that came"),
    "finding.opened": Text("nowe ustalenia kontroli", "new findings"),
    "checkpoint.made": Text("nowe punkty kontrolne", "new checkpoints"),
}
REASONS: Mapping[str, Text] = {
    "address": Text(
        "adres nie prowadzi do publicznej sieci albo nie przez https",
        "the address does not lead to the public network, or not over https",
    ),
    "demo": Text("w pokazie nic nie jest wysyłane", "a demonstration sends nothing"),
    "disabled": Text("powiadamianie wyłączono", "it was switched off"),
    "name": Text("nie ma w sieci takiej nazwy", "the name has no address"),
    "redirected": Text("odsyła pod inny adres, a tam nic nie wysyłamy", "it sends on to another address, which is not "
                       "followed"),
    "refused": Text("nikt tam nie odpowiada", "nobody answers there"),
    "status": Text("odpowiada kodem {status}", "it answers with status {status}"),
    "timeout": Text("nie odpowiada w czasie", "it does not answer in time"),
    "tls": Text("jego certyfikat jest nieważny", "its certificate does not hold"),
}  # fmt: skip


def why_not(reason: str, status: int | str, language: str) -> str:
    """Why an event was not taken; empty for a reason that is none."""
    return REASONS[reason][language].format(status=status) if reason in REASONS else ""


def error_words(error: str, language: str) -> str:
    """The same of what is kept of a message: a reason, and perhaps a status."""
    reason, _, status = error.partition(" ")
    return why_not(reason, status, language)
