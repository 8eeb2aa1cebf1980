"""Alembic's entry: upgrades the ledger over the connection that `data.ledger` hands in."""

from alembic import context

from data.ledger import _METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=_METADATA, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
