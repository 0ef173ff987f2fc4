"""CSV (RFC 4180), for spreadsheets: a row for each entry, of whatever kind."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from mlw_workflow.audit.export.course import recorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from mlw_workflow.audit.export.course import Choice, Course, Told
    from mlw_workflow.domain.pilot import Pilot

COLUMNS = (
    "pilot", "municipality", "programme", "seq", "kind", "workflow", "machine", "trigger", "from", "to", "effect",
    "occurred_on", "precision", "recorded_at", "actor", "actor_name", "role", "outcome", "undoes", "relies_on",
    "reasons", "person", "since", "until", "source", "definition", "hash", "prev",
)  # fmt: skip
MARK = b"\xef\xbb\xbf"
"""Without it a spreadsheet takes UTF-8 for the system's old encoding and spoils every Polish letter."""
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", *(chr(ord(sign) + 0xFEE0) for sign in "=+-@"))
"""What a spreadsheet may take for the beginning of a formula, in narrow signs and in wide ones."""
_PART = 1_000


def rows(courses: Iterable[Course], choice: Choice) -> Iterator[bytes]:
    """The table with its headings, by portions. Refused attempts only if chosen."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    yield MARK
    count = 0
    for course in courses:
        pilot = course.pilot
        for told in course.stream():
            if not choice.holds(told.day) or (told.entry.kind == "refusal" and not choice.refusals):
                continue
            writer.writerow(_row(pilot, told, choice))
            count += 1
            if count % _PART == 0:
                yield out.getvalue().encode()
                out.seek(0)
                out.truncate()
    yield out.getvalue().encode()


def _row(pilot: Pilot, told: Told, choice: Choice) -> tuple[object, ...]:
    entry = told.entry
    relies_on = ";".join(f"{need}={seq}" for need, seq in entry.relies_on.items()) if entry.relies_on else ""
    reasons = " ".join(str(reason.get("code", "")) for reason in entry.reasons) if entry.reasons else ""
    return (
        guarded(pilot.code), guarded(pilot.municipality), guarded(pilot.programme), entry.seq, entry.kind,
        guarded(told.workflow), guarded(entry.machine), guarded(entry.trigger), guarded(entry.from_state),
        guarded(entry.to_state), entry.effect, entry.occurred_on or "", entry.precision, recorded(entry),
        guarded(entry.actor), guarded(choice.names.get(entry.actor, "")), guarded(entry.role),
        "refused" if entry.kind == "refusal" else "admitted", entry.undoes or "", guarded(relies_on), reasons,
        guarded(entry.person), entry.since or "", entry.until or "", entry.source, entry.definition, told.hash.hex(),
        entry.prev,
    )  # fmt: skip


def guarded(text: str) -> str:
    """The text, with an apostrophe before what a spreadsheet would run as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text
