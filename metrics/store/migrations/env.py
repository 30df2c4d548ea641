"""What Alembic runs to migrate: on the connection, and inside the transaction, of the caller."""

from __future__ import annotations

from alembic import context

import metrics.store.tables  # noqa: F401 - defines what stands in METADATA
from metrics.store.metadata import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
