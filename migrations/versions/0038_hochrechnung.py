"""Gemerkte Hochrechnungen der Personalkosten.

Revision ID: 0038
Revises: 0037
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import protect

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

RULES = {
    "name": "name <> ''",
    "monatserster": "extract(day FROM ab) = 1",
    "monate": "monate BETWEEN 1 AND 36",
    "uebergabe": "(uebergeben_am IS NULL) = (uebergeben_von IS NULL)",
}


def upgrade() -> None:
    op.create_table(
        "hochrechnung",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("kennung", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("ab", sa.Date(), nullable=False),
        sa.Column("monate", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, postgresql.JSONB(), nullable=False)
          for name in ("annahmen", "anmerkungen", "zeilen", "erstattungen", "personen")),
        sa.Column("stellen_siegel", sa.LargeBinary(), nullable=False),
        sa.Column("stand", sa.DateTime(timezone=True), nullable=False),
        sa.Column("gerechnet_von", sa.String(), nullable=False),
        sa.Column("uebergeben_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("uebergeben_von", sa.String(), nullable=True),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_hochrechnung_{name}")) for name, rule in RULES.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_hochrechnung_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_hochrechnung")),
        sa.UniqueConstraint("tenant_id", "kennung", name=op.f("uq_hochrechnung_tenant_id_kennung")),
    )
    op.create_index("ix_hochrechnung_stand", "hochrechnung", ["tenant_id", "stand"])
    protect("hochrechnung")


def downgrade() -> None:
    op.drop_table("hochrechnung")
