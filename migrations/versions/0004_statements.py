"""Abrechnungen: ausgestellte Dokumente, verschlüsselt und nur anzufügen.

Revision ID: 0004
Revises: 0003
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import append_only, protect

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "dokument",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("fassung", sa.SmallInteger(), nullable=False),
        sa.Column("auftrag", sa.String(), nullable=False),
        sa.Column("inhalt", sa.LargeBinary(), nullable=False),
        sa.Column("daten", sa.LargeBinary(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("groesse", sa.Integer(), nullable=False),
        sa.Column("seiten", sa.SmallInteger(), nullable=False),
        sa.Column("erstellt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("erstellt_von", sa.String(), nullable=False),
        sa.CheckConstraint("art IN ('abrechnung')", name=op.f("ck_dokument_art")),
        sa.CheckConstraint("fassung >= 1", name=op.f("ck_dokument_fassung")),
        sa.CheckConstraint("seiten >= 1", name=op.f("ck_dokument_seiten")),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f("ck_dokument_monatserster")),
        sa.CheckConstraint("octet_length(sha256) = 32", name=op.f("ck_dokument_sha256")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_dokument_tenant_id")),
        sa.ForeignKeyConstraint(
            ["tenant_id", "beschaeftigung_id"],
            ["beschaeftigung.tenant_id", "beschaeftigung.id"],
            name=op.f("fk_dokument_tenant_id_beschaeftigung_id"),
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_dokument")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_dokument_tenant_id_public_id")),
        sa.UniqueConstraint(
            "tenant_id", "beschaeftigung_id", "monat", "art", "fassung", name=op.f("uq_dokument_fassung")
        ),
        sa.UniqueConstraint("tenant_id", "auftrag", "beschaeftigung_id", "art", name=op.f("uq_dokument_auftrag")),
    )
    op.create_index("ix_dokument_monat", "dokument", ["tenant_id", "monat"])
    # Sealed bytes do not compress; the database need not try.
    op.execute("ALTER TABLE dokument ALTER COLUMN inhalt SET STORAGE EXTERNAL")
    protect("dokument", grants="SELECT, INSERT")
    append_only("dokument")


def downgrade() -> None:
    op.drop_table("dokument")
