"""Codes auf Papier: zur Wiederherstellung des zweiten Faktors und für die erste Anmeldung per Brief.

Revision ID: 0007
Revises: 0006
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import platform_table

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "user_code",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("user_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("code_hash", sa.LargeBinary(), nullable=False),
        sa.Column("issued_by", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True)),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.Column("revoked_at", sa.DateTime(timezone=True)),
        sa.CheckConstraint("kind IN ('recovery', 'letter')", name=op.f("ck_user_code_kind")),
        sa.CheckConstraint(
            "octet_length(salt) = 32 AND octet_length(code_hash) = 32", name=op.f("ck_user_code_hash")
        ),
        sa.CheckConstraint("kind <> 'letter' OR expires_at IS NOT NULL", name=op.f("ck_user_code_frist")),
        sa.CheckConstraint("used_at IS NULL OR revoked_at IS NULL", name=op.f("ck_user_code_ende")),
        sa.ForeignKeyConstraint(["user_id"], ["user_account.id"], name=op.f("fk_user_code_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_code")),
    )
    op.create_index("ix_user_code_user_id", "user_code", ["user_id"])
    platform_table("user_code", "SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table("user_code")
