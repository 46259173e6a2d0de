"""Familienzuschlag der Beamten als Tatsache: Stufe 1, Zahl der Kinder, Mietenstufe.

Revision ID: 0008
Revises: 0007
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = "familienzuschlag"
CHECKS = {
    "kinder": "kinder BETWEEN 0 AND 20",
    "anspruch": "stufe1 OR kinder > 0",
    "mietenstufe": "mietenstufe IN ('I', 'II', 'III', 'IV', 'V', 'VI', 'VII')",
    "wohnsitz": "kinder = 0 OR mietenstufe IS NOT NULL",
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("stufe1", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("kinder", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("mietenstufe", sa.String()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(
            ["tenant_id", "beschaeftigung_id"],
            ["beschaeftigung.tenant_id", "beschaeftigung.id"],
            name=op.f(f"fk_{TABLE}_tenant_id_beschaeftigung_id"),
        ),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_beschaeftigung_id"), TABLE, ["tenant_id", "beschaeftigung_id"])
    no_overlap(TABLE, f"ex_{TABLE}_zeitraum", "beschaeftigung_id")
    protect(TABLE, grants="SELECT, INSERT, UPDATE")
    op.execute(
        f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {TABLE} "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
    )


def downgrade() -> None:
    op.drop_table(TABLE)
