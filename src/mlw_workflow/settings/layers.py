"""Settings as they are found: by dotted name, each from the last place that sets it, which is remembered."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from mlw_workflow.domain.door import bounded
from mlw_workflow.domain.errors import BadInput

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


SECRETS = {
    "MLW_METRICS_TOKEN": "server.metrics_token",
    "MLW_OIDC_SECRET": "oidc.client_secret",
    "MLW_SIGNING_KEY": "audit.signing_key",
    "MLW_SMTP_PASSWORD": "mail.password",
}
"""Variables that hold what no file of settings may, and what each of them sets."""
_PASSWORD = re.compile(r"(?<=://)([^/@:]*):[^/@]*@")


@dataclass(frozen=True, slots=True)
class InForce:
    """A setting as it stands, and where it comes from."""

    key: str
    value: Any
    """None for a secret that is set: nobody is shown it."""
    origin: str
    """A file, a variable or an option."""


def masked(url: str) -> str:
    """An address without the password in it."""
    return _PASSWORD.sub(r"\1:***@", url)


class Layers:
    """Settings by dotted name, each with where its value comes from."""

    def __init__(self, defaults: Path) -> None:
        self.values = _flat(_toml(defaults))
        self.origin = dict.fromkeys(self.values, defaults.name)

    def overlay(self, file: Path) -> None:
        """Take what a file of the office's own sets."""
        for key, value in _flat(_toml(file) if file.exists() else {}).items():
            if key not in self.values:
                raise BadInput("setting_unknown", file=str(file), key=key, known=tuple(self.values))
            given = value.isoformat() if isinstance(value, date) else value
            if type(given) is not type(self.values[key]):
                kind = {str: "text", int: "number", list: "list"}.get(type(self.values[key]), "text")
                raise _invalid(key, str(file), given, kind)
            self.values[key] = given
            self.origin[key] = str(file)

    def take(self, environment: Mapping[str, str], names: Mapping[str, str]) -> None:
        """Take what the environment sets; an empty variable sets nothing."""
        for variable, key in names.items():
            if environment.get(variable):
                self.values[key] = environment[variable]
                self.origin[key] = variable

    def in_force(self, environment: Mapping[str, str]) -> tuple[InForce, ...]:
        """Everything that is set, by key; passwords are left out, whether they stand alone or in an address."""
        told = [
            InForce(key, masked(value) if isinstance(value, str) else value, self.origin[key])
            for key, value in self.values.items()
        ]
        told += [InForce(key, None, variable) for variable, key in SECRETS.items() if environment.get(variable)]
        return tuple(sorted(told, key=lambda one: one.key))

    def invalid(self, key: str, value: object, expected: str) -> BadInput:
        """What is to be raised where a setting, or one line of it, is not as it must be."""
        return _invalid(key, self.origin[key], value, expected)

    def text(self, key: str) -> str:
        """A text without blanks around it."""
        return str(self.values[key]).strip()

    def choice(self, key: str, *options: str) -> str:
        """One of the options, whichever way it is capitalised."""
        value = self.text(key).lower()
        if value not in options:
            raise self.invalid(key, value, ", ".join(options))
        return value

    def size(self, key: str) -> int:
        """A number of whatever the key says, at least one."""
        value = self.values[key]
        if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 100_000:
            raise self.invalid(key, value, "1–100000")
        return value

    def lines(self, key: str) -> tuple[str, ...]:
        """The lines of a list."""
        return tuple(str(line) for line in self.values[key])

    def day(self, key: str) -> date | None:
        """A day; None where nothing is set."""
        value = self.text(key)
        if not value:
            return None
        try:
            if len(value) == 10:
                return bounded(date.fromisoformat(value), self.origin[key])
        except ValueError:
            pass
        raise BadInput("day_invalid", origin=self.origin[key], value=value[:40])


def _invalid(key: str, origin: str, value: object, expected: str) -> BadInput:
    return BadInput("setting_invalid", key=key, origin=origin, value=str(value)[:80], expected=expected)


def _toml(file: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        problem = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise BadInput("settings_unreadable", file=str(file), problem=problem) from error


def _flat(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, dict):
            found |= _flat(value, f"{prefix}{key}.")
        else:
            found[prefix + key] = value
    return found
