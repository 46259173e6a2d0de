"""Zeilen einer Abrechnung und einer Rückrechnung verweisen auf ihren Mandanten nur noch durch das, wozu sie gehören.

Ergebnis und Rückrechnung verweisen selbst auf ihn, und ihr Schlüssel trägt ihn: der zweite Verweis prüfte bei jeder
Zeile dasselbe noch einmal.

Revision ID: 0067
Revises: 0066
"""

from __future__ import annotations

from alembic import op

revision = "0067"
down_revision = "0066"
branch_labels = None
depends_on = None

TABLES = ("ergebniszeile", "rueckrechnung_zeile")


def upgrade() -> None:
    for table in TABLES:
        op.drop_constraint(op.f(f"fk_{table}_tenant_id"), table, type_="foreignkey")


def downgrade() -> None:
    for table in TABLES:
        op.create_foreign_key(op.f(f"fk_{table}_tenant_id"), table, "tenant", ["tenant_id"], ["id"])
