"""Geschlecht als versiegelte Angabe zur Person (Meldungen, Gleichstellungsplan).

Revision ID: 0051
Revises: 0050
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0051"
down_revision = "0050"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person_angaben", sa.Column("geschlecht_siegel", sa.LargeBinary()))


def downgrade() -> None:
    op.drop_column("person_angaben", "geschlecht_siegel")
