"""Templates in a language: GOV.UK Frontend's macros, our own texts from the catalogue ``web``, days as people write."""

from __future__ import annotations

import gettext
from typing import TYPE_CHECKING, Any

from jinja2 import ChoiceLoader, Environment, PackageLoader, PrefixLoader

import mlw_workflow
from mlw_workflow.interfaces.language import LANGUAGES
from mlw_workflow.interfaces.messages import LOCALE
from mlw_workflow.interfaces.wording.dates import day_short, day_unbroken, instant_short

if TYPE_CHECKING:
    from mlw_workflow.interfaces.web.assets import Assets

DOMAIN = "web"


class Renderer:
    """Renders templates; made once, safe to share between threads."""

    def __init__(self, assets: Assets) -> None:
        """One environment for each language."""
        self.environments = {language: _environment(language, assets) for language in LANGUAGES}

    def render(self, template: str, language: str, values: dict[str, Any]) -> str:
        """A whole page."""
        return self.environments[language].get_template(template).render(values)


def _environment(language: str, assets: Assets) -> Environment:
    loader = ChoiceLoader(
        [
            PackageLoader("mlw_workflow.interfaces.web"),
            PrefixLoader({"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja")}),
        ]
    )
    made = Environment(
        loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"],
        auto_reload=False,
    )  # fmt: skip
    catalogue = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)
    made.install_gettext_translations(catalogue, newstyle=True)  # type: ignore[attr-defined]
    made.filters["day"] = lambda day: "" if day is None else day_unbroken(day, language)
    made.filters["day_short"] = lambda day: day_short(day, language)
    made.filters["instant"] = lambda moment: instant_short(moment, language)
    made.globals |= {"asset": assets.url, "lang": language, "version": mlw_workflow.__version__}
    return made
