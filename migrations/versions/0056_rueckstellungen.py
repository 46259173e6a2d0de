"""Stände der Rückstellungen in gemerkten Hochrechnungen.

Revision ID: 0056
Revises: 0055
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0056"
down_revision = "0055"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("hochrechnung", sa.Column("rueckstellungen", postgresql.JSONB(), server_default=sa.text("'[]'"),
                                            nullable=False))


def downgrade() -> None:
    op.drop_column("hochrechnung", "rueckstellungen")
