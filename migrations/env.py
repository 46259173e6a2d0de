"""Von Alembic geladen: läuft auf der Verbindung, die der Aufrufer mitgibt, in dessen Transaktion."""

from __future__ import annotations

from alembic import context

from migrations import models

connection = context.config.attributes.get("connection")
if connection is None:
    raise RuntimeError("Umbauten laufen nur über migrations.runner.")
context.configure(connection=connection, target_metadata=models.load(), compare_type=True, compare_server_default=True)
with context.begin_transaction():
    context.run_migrations()
