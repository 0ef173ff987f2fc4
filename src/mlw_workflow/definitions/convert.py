"""From the vocabulary's models to the domain's values; names are taken as they are."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from mlw_workflow.definitions import schema, vocabulary
from mlw_workflow.domain import recurrence
from mlw_workflow.domain.definition import Among, CorrectionRule, Field, MinEach, Need, Option, Series
from mlw_workflow.domain.texts import NO_TEXT, Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def text(model: vocabulary.Text | None) -> Text:
    """A wording; none at all is the empty one."""
    return Text(model.pl, model.en) if model else NO_TEXT


def options(models: Mapping[str, vocabulary.Text]) -> tuple[Option, ...]:
    """The options of a choice, in the order of the file."""
    return tuple(Option(name, text(title)) for name, title in models.items())


def fields(
    models: Mapping[str, schema.EvidenceField], vocabularies: Mapping[str, Mapping[str, vocabulary.Text]]
) -> tuple[Field, ...]:
    """Evidence fields, in the order of the file. A vocabulary that does not exist gives no options."""
    return tuple(_field(name, model, vocabularies) for name, model in models.items())


def _field(name: str, model: schema.EvidenceField, vocabularies: Mapping[str, Mapping[str, vocabulary.Text]]) -> Field:
    shared: dict[str, Any] = {
        "id": name,
        "title": text(model.title),
        "help": text(model.help),
        "required": model.required,
        "public": model.public,
    }
    match model:
        case schema.TextField():
            return Field(type="text", minimum=model.min, maximum=model.max, **shared)
        case schema.DateField():
            return Field(type="date", default=model.default or "", **shared)
        case schema.NumberField():
            return Field(type="number", minimum=model.min, maximum=model.max, integer=model.integer, **shared)
        case schema.ChoiceField():
            named = vocabularies.get(model.options, {}) if isinstance(model.options, str) else model.options or {}
            given = model.among
            among = Among(given.machine, given.field, given.subfield or "") if given else None
            return Field(
                type="choice", options=options(named), many=model.many, minimum=model.min, among=among, **shared
            )
        case schema.RecordsField():
            return Field(
                type="records",
                fields=fields(model.fields, vocabularies),
                minimum=model.min,
                maximum=model.max,
                min_each=MinEach(model.min_each.field, model.min_each.at_least) if model.min_each else None,
                collects=model.collects or "",
                **shared,
            )
        case schema.FileField():
            return Field(type="file", **shared)


def need(model: schema.Need) -> Need:
    """A prerequisite."""
    match model:
        case str():
            machine, state = model.split(".")
            return Need(machine, state)
        case schema.EveryNeed():
            machine, state = model.every.split(".")
            return Need(machine, state, every=True, at_least=model.at_least or 0)
        case schema.AllNeed():
            return Need(at_least=len(model.all), of=needs(model.all))
        case schema.AnyNeed():
            return Need(at_least=1, of=needs(model.any))
        case schema.SomeNeed():
            return Need(at_least=model.at_least, of=needs(model.of))


def needs(models: Iterable[schema.Need]) -> tuple[Need, ...]:
    """Several prerequisites."""
    return tuple(need(model) for model in models)


def correction(
    model: schema.CorrectModel | None, vocabularies: Mapping[str, Mapping[str, vocabulary.Text]]
) -> CorrectionRule:
    """Who may correct; nobody when nothing is said."""
    if model is None:
        return CorrectionRule()
    return CorrectionRule(tuple(model.by), fields(model.evidence, vocabularies), model.source)


def series(model: schema.SeriesModel | None) -> Series | None:
    """The periods of a recurring machine."""
    if model is None:
        return None
    if model.rrule is None:
        return Series(model.months or 0, model.key or "month", model.whole)
    starts = date.fromisoformat(model.starts) if model.starts else None
    return Series(key=model.key or "day", rule=recurrence.parse(model.rrule), starts=starts)
