"""Gezogene Papiere des Archivs, bis die zweite Person ihre zieht.

Revision ID: 0059
Revises: 0058
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import platform_may, protect

revision = "0059"
down_revision = "0058"
branch_labels = None
depends_on = None

TABLE = "archive_draft"
CHECKS = {
    "binding": "octet_length(binding) = 32",
    "salt": "octet_length(salt) = 32",
    "namen": "holder <> '' AND shown_to <> ''",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("holder", sa.String(), nullable=False),
        sa.Column("algorithm", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.LargeBinary(), nullable=False) for name in ("salt", "public_key", "binding")),
        sa.Column("shown_to", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "holder", name=op.f(f"uq_{TABLE}_tenant_id_holder")),
    )
    protect(TABLE, grants="SELECT")
    platform_may(TABLE, "SELECT, INSERT, DELETE")


def downgrade() -> None:
    op.drop_table(TABLE)
