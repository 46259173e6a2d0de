"""Wann ein Kind nachgewiesen ist; mit welchen Entgelttabellen ein Lauf rechnete; was die Behörde erstattet (IfSG).

Revision ID: 0052
Revises: 0051
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0052"
down_revision = "0051"
branch_labels = None
depends_on = None

REFUNDED = ("ifsg_gezahlt", "ifsg_beitraege")


def upgrade() -> None:
    op.add_column("kind", sa.Column("nachweis_am", sa.Date()))
    op.add_column("kind", sa.Column("nachweis_elektronisch", sa.Boolean(), server_default=sa.text("false"),
                                    nullable=False))
    op.create_check_constraint(op.f("ck_kind_nachweis"), "kind", "NOT nachweis_elektronisch OR nachweis_am IS NOT NULL")
    op.add_column("lauf", sa.Column("tafeln", postgresql.JSONB(none_as_null=True)))
    for name in REFUNDED:
        op.add_column("ergebnis", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))


def downgrade() -> None:
    for name in REFUNDED:
        op.drop_column("ergebnis", name)
    op.drop_column("lauf", "tafeln")
    op.drop_constraint(op.f("ck_kind_nachweis"), "kind")
    op.drop_column("kind", "nachweis_elektronisch")
    op.drop_column("kind", "nachweis_am")
