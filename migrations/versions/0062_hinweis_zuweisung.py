"""Wer sich um einen Befund kümmert; die Zuweisung geht mit dem Abschluss des Monats.

Revision ID: 0062
Revises: 0061
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0062"
down_revision = "0061"
branch_labels = None
depends_on = None

TABLE = "hinweis_zuweisung"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger()),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("ursache", "feld", "zustaendig", "zugewiesen_von")),
        sa.Column("zugewiesen_am", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("zustaendig <> '' AND ursache <> ''", name=op.f(f"ck_{TABLE}_zustaendig")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        *(sa.ForeignKeyConstraint(["tenant_id", f"{to}_id"], [f"{to}.tenant_id", f"{to}.id"], ondelete="CASCADE",
                                  name=op.f(f"fk_{TABLE}_tenant_id_{to}_id")) for to in ("lauf", "beschaeftigung")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "lauf_id", "beschaeftigung_id", "ursache", "feld",
                            name=op.f(f"uq_{TABLE}_befund"), postgresql_nulls_not_distinct=True))
    protect(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
