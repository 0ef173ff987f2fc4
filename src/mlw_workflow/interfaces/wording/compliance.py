"""Verdicts in words, and what each rests on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from mlw_workflow.domain.texts import Text
from mlw_workflow.interfaces.wording.findings import rule_words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from mlw_workflow.domain.compliance import Ground
    from mlw_workflow.interfaces.wording.titles import Titles

VERDICT: Mapping[str, Text] = {
    "satisfied": Text("spełnione", "satisfied"),
    "on_course": Text("na dobrej drodze", "on course"),
    "at_risk": Text("zagrożone", "at risk"),
    "violated": Text("naruszone", "violated"),
}
UNTIL = Text("{verdict} (do {day})", "{verdict} (until {day})")
MARK: Mapping[str, str] = {"satisfied": "✓", "on_course": "·", "at_risk": "!", "violated": "✗"}
"""One sign for each verdict, for a matrix; the legend below it says them in words."""
GROUNDS: Mapping[str, Text] = {
    "done": Text("Wykonane {day}.", "Done on {day}."),
    "accepted": Text("Zaakceptowane {day}.", "Accepted on {day}."),
    "waived": Text("Gminę zwolniono z tego zadania {day}.", "The municipality was released from it on {day}."),
    "done_late": Text("Wykonane po terminie „{rule}” ({day}).", "Done after the deadline “{rule}” ({day})."),
    "missed": Text("Termin „{rule}” minął {day}.", "The deadline “{rule}” passed on {day}."),
    "out_of_reach": Text(
        "Krok {step} był możliwy najpóźniej {day}.", "The step {step} was possible until {day} at the latest."
    ),
    "out_of_reach.other": Text(
        "Zależy od zadania {machine}: krok {step} był możliwy najpóźniej {day}.",
        "It hangs on {machine}: the step {step} was possible until {day} at the latest.",
    ),
    "out_of_reach.lost": Text(
        "Żaden krok nie prowadzi już do ukończenia zadania.", "No step leads to the end of this task any more."
    ),
    "tight": Text(
        "Termin „{rule}”: nieprzekraczalnie do {day}. {left}", "The deadline “{rule}”: by {day} at the latest. {left}"
    ),
    "tight.end": Text(
        "Krok {step}: nieprzekraczalnie do {day}. {left}", "The step {step}: by {day} at the latest. {left}"
    ),
    "tight.other": Text(
        "Zależy od zadania {machine}: krok {step}, nieprzekraczalnie do {day}. {left}",
        "It hangs on {machine}: the step {step}, by {day} at the latest. {left}",
    ),
    "in_time": Text("Termin „{rule}”: {day}. {left}", "The deadline “{rule}” is {day}. {left}"),
    "in_time.end": Text(
        "Krok {step} jest możliwy najpóźniej {day}. {left}",
        "The step {step} is possible until {day} at the latest. {left}",
    ),
    "in_time.other": Text(
        "Zależy od zadania {machine}: krok {step} jest możliwy najpóźniej {day}. {left}",
        "It hangs on {machine}: the step {step} is possible until {day} at the latest. {left}",
    ),
    "nothing_due": Text("Nic nie jest terminowe.", "Nothing is due."),
    "suspended": Text(
        "Prace są zawieszone od {day}; terminy biegną dalej.", "Suspended since {day}; deadlines run on."
    ),
    "returned": Text("Zwrócone do poprawy {day}.", "Returned for improvement on {day}."),
    "no_date": Text("Termin „{rule}” nie ma jeszcze daty.", "No date is set yet for the deadline “{rule}”."),
}
LEFT: Mapping[str, Text] = {
    "some": Text("Zapas w dniach roboczych: {days}.", "Working days in hand: {days}."),
    "none": Text(
        "Zacząć trzeba do {begin}: zwykle potrzeba całego pozostałego czasu.",
        "Begin by {begin}: the usual time is all that is left.",
    ),
    "short": Text(
        "Należało zacząć do {begin}; przy zwykłym tempie brakuje dni roboczych: {days}.",
        "It should have been begun by {begin}; working days short, at the usual pace: {days}.",
    ),
}


def verdict_words(verdict: str, until: date | None, titles: Titles) -> str:
    """A verdict, with the last day on which what is at risk can be met."""
    told = VERDICT[verdict][titles.language]
    return told if until is None else UNTIL[titles.language].format(verdict=told, day=titles.day(until))


def ground_sentence(ground: Ground, machine: str, titles: Titles) -> str:
    """What a verdict on a machine rests on, in a sentence."""
    other = ground.machine or machine
    facts = {
        "day": titles.day(ground.day) if ground.day else "–",
        "rule": rule_words(machine, ground.rule, titles),
        "machine": titles.machine(other),
        "step": titles.quoted(titles.plain_trigger(other, ground.trigger)),
        "left": _left(ground, titles),
    }
    return GROUNDS[_variant(ground)][titles.language].format_map(facts)


def _variant(ground: Ground) -> str:
    special = "other" if ground.machine else "end" if not ground.rule else ""
    if ground.code == "out_of_reach" and not ground.trigger:
        special = "lost"
    return f"{ground.code}.{special}" if f"{ground.code}.{special}" in GROUNDS else ground.code


def _left(ground: Ground, titles: Titles) -> str:
    key = "some" if ground.slack > 0 else "none" if ground.slack == 0 else "short"
    begin = titles.day(ground.begin_on) if ground.begin_on else "–"
    return LEFT[key][titles.language].format(days=abs(ground.slack), begin=begin)
