"""Entries of the log that say how people are reminded, each in a sentence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mlw_workflow.domain.ledger import Entry
    from mlw_workflow.interfaces.wording.titles import Titles

REMINDING: Mapping[str, Text] = {
    "acknowledgement": Text(
        "{machine}: potwierdzono termin {rule}; bez dalszych przypomnień dla osoby: {person}",
        "{machine}: {rule} acknowledged; no more reminders to {person}",
    ),
    "snooze": Text(
        "{machine}: przypomnienie o terminie {rule} odłożono do {until} dla osoby: {person}",
        "{machine}: the reminder of {rule} was put off until {until} for {person}",
    ),
    "deputy": Text(
        "Zastępstwo: {deputy} za osobę {person}, od {since} do {until}",
        "Deputy: {deputy} for {person}, from {since} to {until}",
    ),
    "deputy.taken_back": Text(
        "Odwołano zastępstwo: {deputy} za osobę {person}, od {since}",
        "Deputy taken back: {deputy} for {person}, from {since}",
    ),
    "policy": Text(
        "Zmieniono zasady przypominania w tym pilotażu", "The rules of reminding were changed for this pilot"
    ),
    "policy.programme": Text(
        "Przywrócono zasady przypominania z programu", "The programme's rules of reminding are back"
    ),
}


def reminding(entry: Entry, titles: Titles, names: Mapping[str, str]) -> str:
    """An acknowledgement, a snooze, a deputy or a policy, with who and until when."""
    key: str = entry.kind
    if entry.kind == "deputy" and entry.since and entry.until and entry.until < entry.since:
        key = "deputy.taken_back"
    if entry.kind == "policy" and not entry.policy:
        key = "policy.programme"
    workflow = titles.workflow(entry.machine) if entry.machine else None
    rules = workflow.deadlines if workflow else ()
    rule = next((rule.title[titles.language] for rule in rules if rule.id == entry.trigger), entry.trigger)
    return REMINDING[key][titles.language].format(
        machine=entry.machine,
        rule=titles.quoted(rule),
        person=names.get(entry.person, entry.person),
        deputy=names.get(entry.deputy, entry.deputy),
        since=titles.day(entry.since) if entry.since else "",
        until=titles.day(entry.until) if entry.until else "",
    )
