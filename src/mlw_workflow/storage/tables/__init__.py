"""The tables, as rows that only ``storage`` sees. SQLModel tables do not validate, so nothing trusts them to.

One module for each thing that is kept, called as the module of ``storage`` that asks for it. Importing the package
declares all of them, as the migrations need it; the way of a transition never does (see ``storage``).
"""

from sqlmodel import SQLModel

from mlw_workflow.storage.tables import (
    access,
    accounts,
    api,
    checkpoints,
    drafts,
    entry_index,
    feeds,
    heartbeat,
    ledger,
    outbox,
    people,
    public_pages,
    reminders,
    tree,
    webhooks,
)

metadata = SQLModel.metadata

__all__ = [
    "access",
    "accounts",
    "api",
    "checkpoints",
    "drafts",
    "entry_index",
    "feeds",
    "heartbeat",
    "ledger",
    "metadata",
    "outbox",
    "people",
    "public_pages",
    "reminders",
    "tree",
    "webhooks",
]
