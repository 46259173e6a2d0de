"""Pauschale Lohnsteuer mit 20 und 25 Prozent in eigenen Spalten; wer vom Jahresausgleich ausgenommen ist.

Revision ID: 0027
Revises: 0026
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

VALUES = ("pauschsteuer_20", "pauschsteuer_25", "pauschsteuer_40a_soli", "pauschsteuer_40a_kist")
FLAGS = {"versicherung": ("pauschal_20",), "steuermerkmale": ("ausgleich_verzicht", "auslandslohn")}
ONE_WAY = "NOT (pauschal_20 AND (individuell_besteuert OR kurzfristig_pauschal))"


def upgrade() -> None:
    for name in VALUES:
        op.add_column("ergebnis", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    for table, names in FLAGS.items():
        for name in names:
            op.add_column(table, sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False))
    op.create_check_constraint(op.f("ck_versicherung_pauschal_20"), "versicherung", ONE_WAY)


def downgrade() -> None:
    op.drop_constraint(op.f("ck_versicherung_pauschal_20"), "versicherung")
    for table, names in FLAGS.items():
        for name in names:
            op.drop_column(table, name)
    for name in VALUES:
        op.drop_column("ergebnis", name)
