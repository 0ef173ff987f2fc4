"""One module for each noun: an address, one service, one shape."""

from mlw_workflow.interfaces.api.routes import (
    accounts,
    checkpoints,
    control,
    document,
    entries,
    exports,
    files,
    me,
    people,
    pilots,
    public,
    queue,
    reminders,
    tasks,
    tokens,
    webhooks,
)

MODULES = (
    document, me, pilots, public, queue, tasks, entries, control, reminders, people, accounts, checkpoints, exports,
    files, tokens, webhooks,
)  # fmt: skip
"""In the order of the document. Of two addresses that both fit, the first is taken."""
