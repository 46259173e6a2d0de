"""Freie Tage nach dem Brauch des Arbeitgebers (Rosenmontag und andere).

Revision ID: 0043
Revises: 0042
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import no_overlap, protect

revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None

TABLE = "zeit_brauchtag"
REGELN = "'weiberfastnacht', 'rosenmontag', 'fastnachtdienstag', 'jahrestag', 'datum'"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("regel", sa.String(), nullable=False),
        sa.Column("monat", sa.SmallInteger(), nullable=True),
        sa.Column("tag", sa.SmallInteger(), nullable=True),
        sa.Column("anteil", sa.SmallInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _check("regel", f"regel IN ({REGELN})"),
        _check("jahrestag", "(regel = 'jahrestag') = (monat IS NOT NULL AND tag IS NOT NULL)"),
        _check("anteil", "anteil BETWEEN 1 AND 100"),
        _check("name", "name <> ''"),
        _check("kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"),
        _check("zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    no_overlap(TABLE, f"ex_{TABLE}_zeitraum", "hashtextextended(name, 0)")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")
    protect(TABLE, grants="SELECT, INSERT, UPDATE")


def downgrade() -> None:
    op.drop_table(TABLE)


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}"))
