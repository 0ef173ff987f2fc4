"""The words around the answers: headings, help texts, hints. Written in English here, translated by gettext.

What the engine itself has to say (reasons, errors, failed checks) is in ``wording``, in both languages side by side.
"""

from __future__ import annotations

import gettext
import os
from pathlib import Path

DOMAIN = "mlw"
LOCALE = Path(__file__).resolve().parents[1] / "locale"


class _Chosen:
    language = "en"
    catalogue: gettext.NullTranslations = gettext.NullTranslations()


def use(language: str) -> None:
    """Speak this language from now on, also where the command line library speaks (it asks gettext itself)."""
    _Chosen.language = language
    _Chosen.catalogue = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)
    gettext.bindtextdomain(DOMAIN, str(LOCALE))
    gettext.textdomain(DOMAIN)
    os.environ["LANGUAGE"] = language


def language() -> str:
    """The language in use."""
    return _Chosen.language


def _(message: str) -> str:
    """The message in the language in use."""
    return _Chosen.catalogue.gettext(message)


def N_(message: str) -> str:  # noqa: N802 (the name that extraction knows)
    """The message as it is: it is only marked, and translated elsewhere."""
    return message


def ngettext(one: str, many: str, count: int) -> str:
    """The message with the right plural, ``{count}`` filled in."""
    return _Chosen.catalogue.ngettext(one, many, count).format(count=count)
