"""Zurückgenommene Ergebnisse des alten Verfahrens gehen am Ende ihrer Aufbewahrung, die Rücknahme mit ihnen.

Revision ID: 0075
Revises: 0074
"""

from __future__ import annotations

from alembic import op

from migrations.operations import APP

revision = "0075"
down_revision = "0074"
branch_labels = None
depends_on = None

TABLE = "vergleichsruecknahme"


def upgrade() -> None:
    op.execute(f"GRANT DELETE ON {TABLE} TO {APP}")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} FOR EACH ROW "
               "EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")


def downgrade() -> None:
    op.execute(f"DROP TRIGGER nur_nach_auftrag ON {TABLE}")
    op.execute(f"REVOKE DELETE ON {TABLE} FROM {APP}")
