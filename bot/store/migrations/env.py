"""What Alembic runs: the migrations, on the connection and in the transaction it is handed.

There is no ini file; `bot.store.migrate` configures Alembic. To write a new revision, copy the
newest file in `versions`, and set `bot.store.location.REVISION`.
"""

from alembic import context

from bot.store.schema import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    transactional_ddl=True,
    render_as_batch=True,
)
with context.begin_transaction():
    context.run_migrations()
