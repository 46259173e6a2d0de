"""Zugänge für andere Programme: Zeichen nur als Hash, Bereiche, Frist, Widerruf, Zähler der Minute.

Revision ID: 0045
Revises: 0044
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import platform_may, protect

revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None

TABLE = "api_zugang"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("scopes", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_start", sa.DateTime(timezone=True), nullable=True),
        sa.Column("window_count", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("octet_length(secret_hash) = 32", name=op.f(f"ck_{TABLE}_hash")),
        sa.CheckConstraint("scopes <> ''", name=op.f(f"ck_{TABLE}_bereiche")),
        sa.CheckConstraint("valid_to >= valid_from AND valid_to - valid_from <= 731", name=op.f(f"ck_{TABLE}_frist")),
        sa.CheckConstraint("(revoked_at IS NULL) = (revoked_by IS NULL)", name=op.f(f"ck_{TABLE}_widerruf")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "secret_hash", name=op.f(f"uq_{TABLE}_tenant_id_secret_hash")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    protect(TABLE, grants="SELECT, INSERT, UPDATE")
    platform_may(TABLE, "SELECT, UPDATE")


def downgrade() -> None:
    op.drop_table(TABLE)
