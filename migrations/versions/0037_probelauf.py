"""Frühere Probeläufe eines offenen Monats, zum Vergleichen.

Revision ID: 0037
Revises: 0036
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

BALANCE = ("eigen", "rueckrechnung", "vortrag", "zahlbetrag", "uebertrag")


def upgrade() -> None:
    op.create_table(
        "probelauf", *_row("probelauf"),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("fassung", sa.Integer(), nullable=False),
        sa.Column("stand", sa.DateTime(timezone=True), nullable=False),
        sa.Column("berechnet_von", sa.String(), nullable=False),
        sa.Column("berechnet_am", sa.DateTime(timezone=True), nullable=False),
        sa.Column("regelwerk", sa.String(), nullable=False),
        sa.Column("ergebnis_hash", sa.String(), nullable=False),
        sa.Column("anzahl", sa.Integer(), nullable=False),
        _cents("auszahlung"),
        sa.ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"], ondelete="CASCADE",
                                name=op.f("fk_probelauf_tenant_id_lauf_id")),
        sa.UniqueConstraint("tenant_id", "lauf_id", "fassung", name=op.f("uq_probelauf_tenant_id_lauf_id_fassung")))
    op.create_table(
        "probebogen", *_row("probebogen"),
        sa.Column("probelauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("kennung", sa.Uuid(), nullable=False),
        sa.Column("inhalt", sa.LargeBinary(), nullable=False),
        *(_cents(name) for name in BALANCE),
        sa.Column("ausgleich", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "probelauf_id"], ["probelauf.tenant_id", "probelauf.id"],
                                ondelete="CASCADE", name=op.f("fk_probebogen_tenant_id_probelauf_id")),
        sa.ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                                ondelete="CASCADE", name=op.f("fk_probebogen_tenant_id_beschaeftigung_id")),
        sa.UniqueConstraint("tenant_id", "probelauf_id", "beschaeftigung_id",
                            name=op.f("uq_probebogen_tenant_id_probelauf_id_beschaeftigung_id")))
    protect("probelauf")
    protect("probebogen")


def downgrade() -> None:
    op.drop_table("probebogen")
    op.drop_table("probelauf")


def _row(table: str) -> list[sa.SchemaItem]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _cents(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
