"""Die Plattform liest den Stand der Umbauten: so unterscheidet das Programm eine neuere Datenbank von eigenen Fehlern.

Revision ID: 0069
Revises: 0068
"""

from __future__ import annotations

from alembic import op

revision = "0069"
down_revision = "0068"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("GRANT SELECT ON alembic_version TO kreislohn_platform")


def downgrade() -> None:
    op.execute("REVOKE SELECT ON alembic_version FROM kreislohn_platform")
