"""Whether what is about to be packed holds under the log: nobody gives evidence away without having looked at it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.audit import pack_format as form
from mlw_workflow.audit.verify import Failure
from mlw_workflow.definitions.normal_form import content_hash
from mlw_workflow.domain.access import ACCESS_LOG
from mlw_workflow.services import audit
from mlw_workflow.services.verify_tree import Record
from mlw_workflow.storage import packed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mlw_workflow.domain.pilot import Pilot
    from mlw_workflow.services.desk import Desk

_NOT_PACKED = frozenset({"triggers_missing", "projection_auditor"})
"""What is wrong in the office and with nothing that leaves it."""


def broken(desk: Desk, pilots: tuple[Pilot, ...], *, whole: bool) -> Iterator[form.PackedDamage]:
    """What does not hold of the pilots' logs, and with ``whole`` of the tree over all logs and of the access log.

    Their chains, their places under the last checkpoint, signatures, evidence, the definitions they are decided under,
    and what the signer remembers. Witnesses and time stamps may come later than a pack; they are not asked for.
    """
    codes = {pilot.id: pilot.code for pilot in pilots}
    with Record(desk, whole=whole) as record:
        for pilot in pilots:
            found = audit.verify(desk, pilot, record=record).first_failure
            if found is not None:
                yield _damage(pilot.code, found)
        around = list(record.failures)
        if whole:
            around += audit.surroundings(desk, record=record)
        around += record.counted()
    for place, failure in around:
        if failure.check not in _NOT_PACKED:
            yield _damage(place if place == ACCESS_LOG else codes.get(place, ""), failure)
    with desk.database.read() as connection:
        for definition in sorted({pilot.definition for pilot in pilots}) if not whole else ():
            body = packed.definition(connection, definition)
            if body is None or content_hash(body) != definition:
                yield _damage("", Failure("definition_broken", 0, {"definition": definition}))


def _damage(place: str, failure: Failure) -> form.PackedDamage:
    facts = {name: str(value) for name, value in sorted(failure.facts.items())}
    return form.PackedDamage(place, failure.check, failure.seq, facts)
