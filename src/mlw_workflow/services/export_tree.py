"""The lines of what lies over all logs: the access log, the tree, its checkpoints with all that is under them."""

from __future__ import annotations

from binascii import b2a_base64
from typing import TYPE_CHECKING

from mlw_workflow.audit.export import jsonl
from mlw_workflow.audit.seal import instant
from mlw_workflow.domain.errors import IntegrityBroken
from mlw_workflow.storage import access, transfer, tree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.storage.connection import Connection


def tree_lines(connection: Connection) -> Iterator[bytes]:
    """Line by line. The tiles are left out: the spans and the entries' hashes give them again."""
    for seq, digest, body, signature in access.signed_rows(connection):
        line = jsonl.access(bytes(digest), bytes(body), signature)
        if line.count(b"\n") != 1:
            raise IntegrityBroken(pilot="", check="canonical", seq=seq)
        yield line
    for span in tree.spans(connection):
        yield jsonl.record(
            "span", first_leaf=span.first_leaf, pilot=span.pilot_id, first_seq=span.first_seq, entries=span.entries
        )
    for stored in tree.checkpoints(connection):
        cosignatures = [
            {"witness": witness, "line": line, "added_at": instant(added_at)}
            for witness, line, added_at in transfer.cosignatures(connection, stored.size)
        ]
        timestamps = [
            {
                "authority": token.authority,
                "token": b2a_base64(token.token, newline=False).decode(),
                "stamped_at": instant(token.stamped_at),
            }
            for token in tree.tokens(connection, stored.size)
        ]
        yield jsonl.record(
            "checkpoint", size=stored.size, note=stored.note, made_at=instant(stored.made_at),
            cosignatures=cosignatures, timestamps=timestamps,
        )  # fmt: skip
