"""An office on each database, on a quiet morning in January 2014."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from tests.integration.reminders.office import Office, local

if TYPE_CHECKING:
    from mlw_workflow.storage.database import Database


@pytest.fixture
def office(database: Database) -> Office:
    """An office whose clock shows noon of 2 January 2014."""
    return Office(database, local("2014-01-02"))
