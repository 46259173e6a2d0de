"""Gemerkte Szenarien (Was wäre wenn).

Revision ID: 0026
Revises: 0025
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import protect

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

RULES = {
    "name": "name <> ''",
    "monatserster": "extract(day FROM ab) = 1",
    "monate": "monate BETWEEN 1 AND 36",
}


def upgrade() -> None:
    op.create_table(
        "szenario",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kennung", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ab", sa.Date(), nullable=False),
        sa.Column("monate", sa.SmallInteger(), nullable=False),
        sa.Column("massnahmen", postgresql.JSONB(), nullable=False),
        sa.Column("anmerkungen", postgresql.JSONB(), nullable=False),
        sa.Column("ergebnis", postgresql.JSONB(), nullable=False),
        sa.Column("stand", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gerechnet_von", sa.String(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_szenario_{name}")) for name, rule in RULES.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_szenario_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_szenario")),
        sa.UniqueConstraint("tenant_id", "kennung", name=op.f("uq_szenario_tenant_id_kennung")),
    )
    op.create_index("ix_szenario_stand", "szenario", ["tenant_id", "stand"])
    protect("szenario")


def downgrade() -> None:
    op.drop_table("szenario")
