"""Das Archiv öffnen zwei Menschen in zwei Sitzungen: das erste Papier wartet auf das zweite.

Revision ID: 0065
Revises: 0064
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import platform_may, protect

revision = "0065"
down_revision = "0064"
branch_labels = None
depends_on = None

TABLE, DRAFT = "archive_opening", "archive_draft"


def upgrade() -> None:
    op.add_column(DRAFT, sa.Column("new_key", sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("given_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("purpose <> '' AND holder <> '' AND given_by <> ''", name=op.f(f"ck_{TABLE}_namen")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "purpose", name=op.f(f"uq_{TABLE}_tenant_id_purpose")),
    )
    protect(TABLE, grants="SELECT")
    platform_may(TABLE, "SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_table(TABLE)
    op.drop_column(DRAFT, "new_key")
