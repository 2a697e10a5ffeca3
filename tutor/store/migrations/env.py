"""Alembic's entrance: upgrades over the connection that ``tutor.store.migration`` hands in, in its transaction."""

from alembic import context

from tutor.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
