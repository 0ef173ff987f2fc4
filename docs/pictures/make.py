"""Draw the README's pictures from what the commands really print: ``.venv/bin/python docs/pictures/make.py``.

Each picture is a terminal as SVG, with the reader's own monospace font (no font is fetched from anywhere).
"""

import io
import os
import re
import subprocess
import sys
import tempfile
import textwrap
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import SVG_EXPORT_THEME
from rich.text import Text

HERE = Path(__file__).parent
MLW = Path(sys.executable).with_name("mlw")
PICTURES = {
    "board.svg": (["--demo", "status", "Tłuszcz"], 20),
    "refusal.svg": (["--demo", "why", "Tłuszcz", "w06", "code", "--as", "animator"], 14),
}
WIDTH = 132
"""Columns."""
FONTS = "font-family: ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace;"


def printed(arguments: list[str], home: str) -> str:
    """What a command prints, as on a terminal."""
    environment = os.environ | {"MLW_HOME": home, "MLW_LANG": "pl", "COLUMNS": str(WIDTH), "NO_COLOR": "1"}
    done = subprocess.run([MLW, *arguments], env=environment, capture_output=True, text=True, check=False)  # noqa: S603
    return re.sub(r"\S*/mlw ", "mlw ", done.stdout)


def wrapped(line: str) -> str:
    """A line as a terminal would show it, its indent in blanks that SVG keeps."""
    indent = len(line) - len(line.lstrip())
    margin = "\N{NO-BREAK SPACE}" * indent
    parts = textwrap.wrap(line.strip(), WIDTH - indent - 2, drop_whitespace=False) or [""]
    return "\n".join(
        margin + (part if number == 0 else f"\N{NO-BREAK SPACE} {part}") for number, part in enumerate(parts)
    )


def draw(title: str, text: str, target: Path) -> None:
    """Write the text as the picture of a terminal."""
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text(f"$ {title}\n\n{text}", no_wrap=True), soft_wrap=True)
    svg = console.export_svg(title="mlw", theme=SVG_EXPORT_THEME, unique_id=target.stem)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.DOTALL)
    svg = re.sub(r"font-family: [^;]+;", FONTS, svg)
    target.write_text(re.sub(r"<!--.*?-->\n?", "", svg, flags=re.DOTALL), encoding="utf-8")


def main() -> None:
    """Make the demo's data in a folder of its own, and draw."""
    with tempfile.TemporaryDirectory() as home:
        printed(["demo", "--no-serve"], home)
        for name, (arguments, lines) in PICTURES.items():
            shown = "\n".join(wrapped(line) for line in printed(arguments, home).splitlines()[:lines])
            draw("mlw " + " ".join(arguments), shown, HERE / name)


if __name__ == "__main__":
    main()
