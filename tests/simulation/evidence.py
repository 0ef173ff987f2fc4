"""Evidence for random courses: made to fit a rule's fields, spoilt on purpose, and judged by a reading of its own."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterable, Sequence

    from tests.simulation.model import Fact

Json = dict[str, Any]
_WORDS = ("Ośrodek", "Rada", "Biblioteka", "Klub", "Fundacja", "Urząd", "Szkoła", "Straż")


def make(rng: random.Random, fields: Iterable[Json], recorded: Callable[[str, str], list[Any]], on: date) -> Json:
    """Evidence that fits, as far as the choices that depend on others are to be had."""
    given = {}
    for field in fields:
        if (field.get("required", True) and not (field.get("default") and rng.random() < 0.5)) or rng.random() < 0.25:
            given[field["id"]] = _value(rng, field, recorded, on)
    return given


def _value(rng: random.Random, field: Json, recorded: Callable[[str, str], list[Any]], on: date) -> Any:
    match field["type"]:
        case "text":
            return f"{rng.choice(_WORDS)} {rng.randrange(1000)}"
        case "date":
            return on.isoformat()
        case "number":
            least, most = int(field.get("minimum", 0)), int(field.get("maximum", 10_000))
            return rng.randint(least, max(least, most))
        case "choice":
            options = _options(field, recorded) or ["nobody"]
            if field.get("many"):
                return rng.sample(options, min(len(options), max(1, int(field.get("minimum", 1)))))
            return rng.choice(options)
        case "records":
            rows = [
                {
                    column["id"]: _value(rng, column, recorded, on)
                    for column in field["fields"]
                    if column.get("required", True) or rng.random() < 0.3
                }
                for _ in range(int(field.get("minimum", 1)))
            ]
            each = field.get("min_each")
            if each:
                column = next(c for c in field["fields"] if c["id"] == each["field"])
                for option in column["options"]:
                    for _ in range(each.get("at_least", 1)):
                        row = {c["id"]: _value(rng, c, recorded, on) for c in field["fields"]}
                        rows.append({**row, column["id"]: option["id"]})
            return rows
        case "file":
            return {"name": "raport.pdf", "sha256": f"{rng.getrandbits(256):064x}", "size": rng.randrange(10**6)}
    raise AssertionError(field["type"])


def spoil(rng: random.Random, fields: Sequence[Json], given: Json) -> Json:
    """Evidence with one thing wrong: missing, empty, of another kind, or unknown."""
    spoilt = dict(given)
    if not fields or rng.random() < 0.2:
        return {**spoilt, "unheard_of": "x"}
    field = rng.choice(fields)
    wrong = {
        "text": [None, "", "  ", ["list"], True],
        "date": ["2014-02-30", "tomorrow", 7],
        "number": [None, "many", -5, 1.5],
        "choice": ["no-such-option", 3, []],
        "records": [[], "text", [3]],
        "file": ["raport.pdf", {"name": "x"}],
    }[field["type"]]
    spoilt[field["id"]] = rng.choice(wrong)
    return spoilt


def filled(fields: Iterable[Json], given: Json, course: Iterable[Fact], on: date) -> Json:
    """What is left out and can be known: lists collected from earlier steps, days that default to the event's."""
    whole = dict(given)
    course = list(course)
    for field in fields:
        name = field["id"]
        if field.get("collects") and not whole.get(name):
            rows = [_collected(field, fact) for fact in course if fact.trigger == field["collects"]]
            if rows:
                whole[name] = rows
        if field.get("default") == "occurred_on" and _blank(whole.get(name)):
            whole[name] = on.isoformat()
    return whole


def _collected(field: Json, fact: Fact) -> Json:
    columns = [column["id"] for column in field["fields"]]
    row = {name: fact.evidence[name] for name in columns if name in fact.evidence}
    days = [column["id"] for column in field["fields"] if column["type"] == "date" and column["id"] not in row]
    return {**row, **dict.fromkeys(days[:1], fact.on.isoformat())}


def fits(fields: Iterable[Json], given: Json, recorded: Callable[[str, str], list[Any]]) -> bool:
    """Whether evidence is what the fields ask for."""
    fields = list(fields)
    known = {field["id"] for field in fields}
    if any(name not in known and not _blank(value) for name, value in given.items()):
        return False
    for field in fields:
        value = given.get(field["id"])
        if _blank(value):
            if field.get("required", True):
                return False
        elif not _fits(field, value, recorded):
            return False
    return True


def _fits(field: Json, value: Any, recorded: Callable[[str, str], list[Any]]) -> bool:  # noqa: PLR0911
    match field["type"]:
        case "text":
            return isinstance(value, str | int | float) and not isinstance(value, bool)
        case "date":
            try:
                return isinstance(value, str) and bool(date.fromisoformat(value))
            except ValueError:
                return False
        case "number":
            if isinstance(value, bool) or not isinstance(value, int | float):
                return False
            if field.get("integer") and value != int(value):
                return False
            return field.get("minimum", value) <= value <= field.get("maximum", value)
        case "choice":
            chosen = value if isinstance(value, list) else [value]
            options = _options(field, recorded)
            enough = len(set(map(str, chosen))) >= field.get("minimum", 1) if field.get("many") else len(chosen) == 1
            return enough and all(item in options for item in chosen)
        case "records":
            if not isinstance(value, list) or len(value) < field.get("minimum", 0):
                return False
            if not all(isinstance(row, dict) and fits(field["fields"], row, recorded) for row in value):
                return False
            each = field.get("min_each")
            if not each:
                return True
            column = next(c for c in field["fields"] if c["id"] == each["field"])
            counts = [sum(row.get(column["id"]) == o["id"] for row in value) for o in column["options"]]
            return min(counts) >= each.get("at_least", 1)
        case "file":
            return isinstance(value, dict) and {"name", "sha256"} <= set(value)
    raise AssertionError(field["type"])


def _options(field: Json, recorded: Callable[[str, str], list[Any]]) -> list[str]:
    among = field.get("among")
    if among is None:
        return [option["id"] for option in field["options"]]
    found = []
    for value in recorded(among["machine"], among["field"]):
        items = value if isinstance(value, list) else [value]
        found += [item[among["subfield"]] if isinstance(item, dict) else item for item in items]
    return list(dict.fromkeys(found))


def _blank(value: Any) -> bool:
    return value is None or value in ([], {}) or (isinstance(value, str) and not value.strip())
