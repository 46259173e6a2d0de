"""Wessen Schlüssel vernichtet wurden, ehe es den Zustand gab, ist ausgeschieden.

Vernichtet heißt: die Kette der Plattform hält die Vernichtung fest, und einen Schlüssel gibt es nicht mehr. Wer nie
einen hatte, ist nicht gegangen; wer mit einer Sicherung zurückkam, hat wieder welche.

Revision ID: 0071
Revises: 0070
"""

from __future__ import annotations

from alembic import op

revision = "0071"
down_revision = "0070"
branch_labels = None
depends_on = None

READ = ("tenant", "tenant_key", "audit_entry")
LEFT = """
UPDATE tenant SET state = 'ausgeschieden'
WHERE state <> 'ausgeschieden'
  AND NOT EXISTS (SELECT FROM tenant_key k WHERE k.tenant_id = tenant.id)
  AND EXISTS (SELECT FROM audit_entry a WHERE a.tenant_id = 0 AND a.action = 'key.destroy'
              AND a.subject = tenant.public_id::text)
"""


def upgrade() -> None:
    for table in READ:
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")  # the owner sees every tenant's rows
    op.execute(LEFT)
    for table in READ:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")


def downgrade() -> None:
    """Wer ausgeschieden ist, bleibt es: auch die Fassung davor kennt den Zustand und setzt ihn bei der Vernichtung."""
