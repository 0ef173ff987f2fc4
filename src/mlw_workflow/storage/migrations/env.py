"""What Alembic runs for each command. The connection and its transaction come from ``storage.migrate``."""

from __future__ import annotations

from alembic import context

from mlw_workflow.storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    compare_type=True,
    render_as_batch=True,
    transactional_ddl=False,  # the caller's transaction holds all migrations
)
context.run_migrations()
