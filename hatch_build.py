"""Build hook: compiles the message catalogues, and puts the programmes and the settings into the wheel."""

from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface


def compile_catalogues(locale: Path) -> None:
    """Write a .mo beside each .po below `locale`; having none is fine."""
    for source in sorted(locale.rglob("*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs for wheels and for editable installations alike; Hatchling finds it by its base class."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        compile_catalogues(root / "src" / "mlw_workflow" / "locale")
        # An editable installation reads both folders where they lie. A copy there would only grow old.
        if version == "standard":
            for folder in ("workflows", "config"):
                build_data["force_include"][str(root / folder)] = f"mlw_workflow/_data/{folder}"
