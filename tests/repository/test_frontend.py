"""What the panel's pages fetch: locked, built once, packed, and from versions without known holes."""

import importlib.metadata
import json
from pathlib import Path

import pytest
from packaging.version import Version

ROOT = Path(__file__).resolve().parents[2]
VENDOR = ROOT / "src" / "mlw_workflow" / "interfaces" / "web" / "static" / "vendor"


def test_the_lock_names_no_place() -> None:
    """Each package of the front-end lock has its digest, and none says where it is fetched from."""
    packages = json.loads((ROOT / "frontend" / "package-lock.json").read_text("utf-8"))["packages"]
    fetched = {name: package for name, package in packages.items() if name}
    assert fetched
    assert [name for name, package in fetched.items() if "resolved" in package] == []
    assert [name for name, package in fetched.items() if not package["integrity"].startswith("sha512-")] == []


def test_the_front_end_is_built_with_its_licences() -> None:
    """An installation has the style sheet, the script and the licences of what they are made from."""
    names = {file.name for file in VENDOR.iterdir()}
    assert names == {"panel.css", "govuk-frontend.min.js", "htmx.min.js", "LICENCES.txt", "stamp.json"}


def test_the_style_sheet_uses_no_crown_and_no_foreign_font() -> None:
    """Neither the crown nor GDS Transport is ours to use, and a page fetches nothing from elsewhere."""
    style = (VENDOR / "panel.css").read_text("utf-8")
    assert "GDS Transport" not in style
    assert "crown" not in style
    assert "url(" not in style


@pytest.mark.parametrize(("package", "floor"), [("starlette", "1.5.1"), ("python-multipart", "0.0.27")])
def test_no_version_with_a_known_hole_is_installed(package: str, floor: str) -> None:
    """Below these versions a request can stop the server."""
    assert Version(importlib.metadata.version(package)) >= Version(floor)
