"""Whose panel it is, as the accessibility statement has to say it (act of 4 April 2019, Dz.U. 2019 poz. 848)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from mlw_workflow.settings.layers import Layers


@dataclass(frozen=True)
class AccessibilitySettings:
    """What only the office can say of itself; what is empty is left out of the statement."""

    office: str = ""
    contact: str = ""
    email: str = ""
    phone: str = ""
    building: str = ""
    """How the office's building is reached and moved in."""
    published_on: date | None = None
    reviewed_on: date | None = None


def accessibility_settings(found: Layers) -> AccessibilitySettings:
    """As the settings say it. Raises BadInput for a day that is none."""
    return AccessibilitySettings(
        office=found.text("accessibility.office"),
        contact=found.text("accessibility.contact"),
        email=found.text("accessibility.email"),
        phone=found.text("accessibility.phone"),
        building=found.text("accessibility.building"),
        published_on=found.day("accessibility.published_on"),
        reviewed_on=found.day("accessibility.reviewed_on"),
    )
