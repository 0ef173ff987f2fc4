"""What the panel and the API need beyond accounts.

A migration is history: it spells out its tables and does not import ours.
"""

from __future__ import annotations

revision = "mlw0005"
down_revision = "mlw0004"


def upgrade() -> None:
    """Make the tables."""
