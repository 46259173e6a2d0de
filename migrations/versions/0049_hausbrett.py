"""Bewerbungen über das Brett im Haus: vor dem öffentlichen Tag, von angemeldeten Beschäftigten.

Revision ID: 0049
Revises: 0048
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0049"
down_revision = "0048"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("bewerbung", sa.Column("intern", sa.Boolean(), server_default=sa.text("false"), nullable=False))


def downgrade() -> None:
    op.drop_column("bewerbung", "intern")
