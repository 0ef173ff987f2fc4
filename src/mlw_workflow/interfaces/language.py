"""Which language a person is spoken to in: chosen once, before the first text is made."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

LANGUAGES = ("pl", "en")
DEFAULT = "pl"


def take_language(arguments: Sequence[str]) -> tuple[str, list[str]]:
    """The language that ``--lang`` names (empty: none), and the arguments without it. It may stand anywhere."""
    rest: list[str] = []
    given = ""
    pending = iter(arguments)
    for argument in pending:
        if argument == "--":
            rest += [argument, *pending]
        elif argument == "--lang":
            given = next(pending, "?")
        elif argument.startswith("--lang="):
            given = argument.removeprefix("--lang=") or "?"
        else:
            rest.append(argument)
    return (known(given, "--lang") if given else ""), rest


def known(given: str, origin: str) -> str:
    """One of ``LANGUAGES``. Raises BadInput naming where the wrong one came from."""
    short = given.strip().lower().replace("-", "_").partition("_")[0].partition(".")[0]
    if short not in LANGUAGES:
        raise BadInput("language_unknown", language=given[:40], origin=origin, known=LANGUAGES)
    return short


def from_locale(environment: Mapping[str, str]) -> str:
    """English where the locale is English, Polish everywhere else."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        value = environment.get(name, "")
        if value:
            return "en" if value.lower().startswith("en") else DEFAULT
    if os.name == "nt":
        import locale

        return "en" if (locale.getlocale()[0] or "").lower().startswith("en") else DEFAULT
    return DEFAULT


def chosen(given: str, environment: Mapping[str, str]) -> str:
    """The language in force: ``--lang``, else ``MLW_LANG``, else the locale."""
    if given:
        return given
    if environment.get("MLW_LANG"):
        return known(environment["MLW_LANG"], "MLW_LANG")
    return from_locale(environment)
