"""The OSCAL document passes NIST's published schema, and says what the record says."""

from __future__ import annotations

import io
import json
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from mlw_workflow.audit.export.course import Choice
from mlw_workflow.audit.export.oscal import control
from mlw_workflow.definitions.bundled import programme_folder
from mlw_workflow.definitions.loader import load_programme
from mlw_workflow.domain.clock import FixedDayClock
from mlw_workflow.services.control import compliance_of, findings_of
from mlw_workflow.services.desk import Desk
from mlw_workflow.services.export import Order, export
from mlw_workflow.services.import_history import import_history
from mlw_workflow.services.install_definition import install_definition
from mlw_workflow.services.open_pilot import Opening, open_pilot
from mlw_workflow.services.standing import AsOf
from mlw_workflow.storage import repositories
from mlw_workflow.storage.database import Database

SCHEMA = Path(__file__).with_name("schemas") / "oscal_complete_schema.json"
CASES = Path(__file__).parents[3] / "workflows" / "_cases"
DAY = date(2014, 5, 31)


@pytest.fixture
def desk(sqlite_url: str) -> Any:
    """Tłuszcz as of 31 May 2014, and a pilot that was only opened."""
    database = Database.open(sqlite_url)
    desk = Desk(database, FixedDayClock(DAY))
    definition = install_definition(desk, load_programme(programme_folder("mlw-pilot")))
    import_history(desk, CASES / "tluszcz.yaml", definition_of=lambda _: definition, only_until=DAY)
    open_pilot(desk, Opening("Wzorowo", definition))
    yield desk
    database.close()


def document(desk: Desk, **given: Any) -> Any:
    with desk.database.read() as connection:
        pilots = repositories.pilots(connection)
    out = io.BytesIO()
    export(desk, Order("oscal", pilots, whole=True, choice=Choice(**given)), out)
    return json.loads(out.getvalue())


def validator() -> Any:
    """The schema speaks of letters as ECMAScript does; Python's expressions say the same otherwise."""

    def spoken(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: spoken(inner) for key, inner in value.items()}
        if isinstance(value, list):
            return [spoken(inner) for inner in value]
        return value.replace(r"\p{L}", r"[^\W\d_]").replace(r"\p{N}", r"\d") if isinstance(value, str) else value

    return jsonschema.Draft7Validator(spoken(json.loads(SCHEMA.read_text("utf-8"))))


def test_the_schema_is_the_published_one() -> None:
    """Not a byte of it was changed."""
    digest = sha256(SCHEMA.read_bytes()).hexdigest()
    assert digest in (SCHEMA.parent / "README.md").read_text("utf-8")


@pytest.mark.parametrize("given", [{}, {"until": date(2014, 8, 31)}, {"until": date(2013, 12, 1)}, {"refusals": True}])
def test_the_document_passes_the_published_schema(desk: Desk, given: dict[str, Any]) -> None:
    """On any day, with or without steps."""
    found = document(desk, **given)
    wrong = [
        (list(inner.absolute_path), inner.message[:200])
        for error in validator().iter_errors(found)
        for inner in (error.context or [error])
        if "assessment-results" in inner.absolute_path or not error.context
    ]
    assert wrong == []
    assert validator().is_valid(found)


def test_the_schema_is_not_passed_by_anything(desk: Desk) -> None:
    """The check can fail: a verdict that OSCAL does not know is found."""
    found = document(desk)
    found["assessment-results"]["results"][0]["findings"][0]["target"]["status"]["state"] = 1
    assert list(validator().iter_errors(found))


def test_verdicts_and_findings_are_those_of_the_commands(desk: Desk) -> None:
    """For each machine our verdict beside OSCAL's; each finding of control a risk."""
    found = document(desk, until=DAY)["assessment-results"]
    with desk.database.read() as connection:
        pilots = repositories.pilots(connection)
    for pilot, result in zip(pilots, found["results"], strict=True):
        judged = compliance_of(desk, pilot, AsOf(DAY))
        told = {f["target"]["target-id"]: f for f in result["findings"]}
        assert list(told) == [control(item.machine) for item in judged.machines]
        for item in judged.machines:
            finding = told[control(item.machine)]
            assert finding["props"][0]["value"] == item.verdict
            assert (finding["target"]["status"]["state"] == "satisfied") == (item.verdict == "satisfied")
        codes = [prop["value"] for risk in result.get("risks", []) for prop in risk["props"] if prop["name"] == "code"]
        control_found = findings_of(desk, pilot, AsOf(DAY))
        assert [code for code in codes if code != "at_risk"] == [item.code for item in control_found]
        assert codes.count("at_risk") == sum(1 for item in judged.machines if item.verdict == "at_risk")


def test_every_reference_leads_somewhere(desk: Desk) -> None:
    """No UUID twice; what is referred to is in the document."""
    found = document(desk)["assessment-results"]
    declared: list[str] = []
    named: set[str] = set()

    def walk(value: Any) -> None:
        if isinstance(value, dict):
            for key, inner in value.items():
                if key == "uuid":
                    declared.append(inner)
                elif key.endswith("-uuid"):
                    named.add(inner)
                elif key == "href":
                    named.add(inner.removeprefix("#"))
                walk(inner)
        elif isinstance(value, list):
            for inner in value:
                walk(inner)

    walk(found)
    assert len(declared) == len(set(declared))
    assert named <= set(declared)


def test_ids_stay_the_same_from_one_document_to_the_next(desk: Desk) -> None:
    """The same step is the same observation on every day, so two documents can be laid beside each other."""
    first, second = document(desk, until=DAY), document(desk, until=date(2014, 6, 30))
    ids = [
        {item["uuid"] for result in found["assessment-results"]["results"] for item in result.get("observations", [])}
        for found in (first, second)
    ]
    assert ids[0]
    assert ids[0] <= ids[1]
    assert first["assessment-results"]["uuid"] != second["assessment-results"]["uuid"]
