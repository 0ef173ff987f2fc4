"""Arguments and options that several commands share, and the reading of what was typed into them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any

import typer

from mlw_workflow.domain.door import bounded
from mlw_workflow.domain.errors import BadInput
from mlw_workflow.interfaces.messages import _

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mlw_workflow.audit.note import VerifierKey

_POLISH_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")


def pilot_argument() -> Any:
    """Which pilot."""
    return typer.Argument(
        help=_("The municipality (or the pilot's code)."), metavar=_("PILOT"), autocompletion=_completing(_pilots)
    )


def pilot_or_pack_argument() -> Any:
    """Which pilot, or which file of an audit pack."""
    return typer.Argument(
        help=_("The municipality (or the pilot's code), or the file of an audit pack."),
        metavar=_("PILOT|PACK"),
        autocompletion=_completing(_pilots),
    )


def machine_argument() -> Any:
    """Which machine."""
    return typer.Argument(
        help=_("The task's id, such as w06, conference or monthly/2014-04."),
        metavar=_("MACHINE"),
        autocompletion=_completing(_machines),
    )


def trigger_argument() -> Any:
    """Which step."""
    return typer.Argument(
        help=_("The step's id, such as appoint."), metavar=_("TRIGGER"), autocompletion=_completing(_triggers)
    )


def json_option() -> Any:
    """For programs."""
    return typer.Option("--json", help=_("Answer in JSON, for programs."))


def as_option() -> Any:
    """Who acts."""
    return typer.Option(
        "--as",
        metavar=_("PERSON_OR_ROLE"),
        help=_("Who takes the step: a role's id, or a person's name, e-mail address or id."),
        autocompletion=_completing(_roles),
    )


def reader_option() -> Any:
    """Who reads."""
    return typer.Option(
        "--as",
        metavar=_("PERSON"),
        help=_("Who reads: an auditor sees the pilots of their programmes, and it is written down."),
    )


def on_option() -> Any:
    """When it happened."""
    return typer.Option("--on", metavar=_("DATE"), help=_("The day on which it happened; by default today."))


def as_of_option() -> Any:
    """By when it had happened."""
    return typer.Option("--as-of", metavar=_("DATE"), help=_("What had happened by the end of this day."))


def known_at_option() -> Any:
    """By when it had been recorded."""
    return typer.Option(
        "--known-at", metavar=_("INSTANT"), help=_("What had been recorded by this instant (2014-05-31T18:00).")
    )


def evidence_option() -> Any:
    """What proves it."""
    return typer.Option(
        "--evidence",
        "-e",
        metavar=_("FIELD=VALUE|FILE"),
        help=_("Evidence: field=value, field=@file, 'list[]=value' or a YAML or JSON file. May be repeated."),
    )


def day_of(text: str, origin: str) -> date | None:
    """A day as typed, ``2014-06-10`` or ``10.06.2014``; None for nothing. Raises BadInput, for a far day too."""
    text = text.strip()
    if not text:
        return None
    polish = _POLISH_DAY.fullmatch(text)
    try:
        if polish:
            return bounded(date(int(polish[3]), int(polish[2]), int(polish[1])), origin)
        if len(text) == 10:
            return bounded(date.fromisoformat(text), origin)
    except ValueError:
        pass
    raise BadInput("day_invalid", origin=origin, value=text[:40])


def days_of(span: tuple[str, str]) -> tuple[date | None, date | None]:
    """The days after --from and --to, either may be missing. Raises BadInput."""
    first, last = day_of(span[0], "--from"), day_of(span[1], "--to")
    if first is not None and last is not None and last < first:
        raise BadInput("days_backwards", first=first, last=last)
    return first, last


def instant_of(text: str, origin: str, timezone: str) -> datetime | None:
    """An instant as typed; without an offset it is local, and a day alone means its end. Raises BadInput."""
    from mlw_workflow.domain.clock import zone

    if not text.strip():
        return None
    try:
        if len(text.strip()) == 10:
            day = day_of(text, origin)
            assert day is not None
            return datetime.combine(day, time.max, zone(timezone)).astimezone(UTC)
        instant = datetime.fromisoformat(text.strip())
        bounded(instant.date(), origin)
        return (instant if instant.tzinfo else instant.replace(tzinfo=zone(timezone))).astimezone(UTC)
    except BadInput as problem:
        if problem.code == "day_far":
            raise
        raise BadInput("instant_invalid", origin=origin, value=text[:40]) from None
    except ValueError:
        raise BadInput("instant_invalid", origin=origin, value=text[:40]) from None


def count_of(text: str, origin: str) -> int | None:
    """A whole number from zero upwards as typed; None for nothing. Raises BadInput."""
    if not text.strip():
        return None
    if not re.fullmatch(r"\d{1,15}", text.strip(), re.ASCII):
        raise BadInput("number_invalid", origin=origin, value=text[:40])
    return int(text)


def verifier_key(text: str, origin: str) -> VerifierKey:
    """A public key as typed. Raises BadInput ``verifier_key_invalid``."""
    from mlw_workflow.audit.note import NoteInvalid, VerifierKey

    try:
        return VerifierKey.parse(text)
    except NoteInvalid as problem:
        raise BadInput("verifier_key_invalid", origin=origin, key=text[:120], problem=problem.problem) from problem


# Completion. It helps or keeps silent: nothing it meets may disturb the shell.


def _completing(found: Callable[[dict[str, Any]], Iterable[str]]) -> Callable[..., list[str]]:
    def complete(ctx: typer.Context, args: list[str], incomplete: str) -> list[str]:  # noqa: ARG001
        try:
            return [word for word in found(ctx.params) if word.startswith(incomplete)]
        except Exception:  # noqa: BLE001 (see above)
            return []

    return complete


def _pilots(given: dict[str, Any]) -> Iterable[str]:  # noqa: ARG001
    from mlw_workflow.interfaces.cli import session

    return session.names_of(session.pilots())


def _standing(given: dict[str, Any]) -> Any:
    from mlw_workflow.interfaces.cli import session
    from mlw_workflow.services.standing import AsOf, standing_of

    desk, pilot = session.desk(), session.pilot(given.get("pilot") or "")
    return standing_of(desk, pilot, AsOf(desk.today(desk.programme(pilot.definition))))


def _machines(given: dict[str, Any]) -> Iterable[str]:
    return tuple(_standing(given).instances)


def _triggers(given: dict[str, Any]) -> Iterable[str]:
    standing = _standing(given)
    machine = given["machine"]
    here = [rule.trigger for rule in standing.instances[machine].workflow.rules_from[standing.position(machine).state]]
    return dict.fromkeys(here)


def _roles(given: dict[str, Any]) -> Iterable[str]:
    return [role.id for role in _standing(given).programme.roles if role.acts]
