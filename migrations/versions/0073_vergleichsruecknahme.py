"""Zu einem falschen Monat gelesene Ergebnisse des alten Verfahrens lassen sich zurücknehmen; sie bleiben stehen.

Revision ID: 0073
Revises: 0072
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0073"
down_revision = "0072"
branch_labels = None
depends_on = None

TABLE = "vergleichsruecknahme"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("fassung", sa.SmallInteger(), nullable=False),
        sa.Column("grund", sa.String(), nullable=False),
        sa.Column("von", sa.String(), nullable=False),
        sa.Column("am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("grund <> ''", name=op.f(f"ck_{TABLE}_grund")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "monat", "fassung", name=f"uq_{TABLE}_fassung"))
    protect(TABLE, grants="SELECT, INSERT")


def downgrade() -> None:
    """Zurückgenommene Ergebnisse zählen danach wieder: der frühere Stand kennt keine Rücknahme."""
    op.drop_table(TABLE)
