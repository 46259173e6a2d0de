"""Nachtlauf: je Aufgabe und Lauf eine Zeile, sichtbar für die Verwaltung, ohne Personenbezug.

Revision ID: 0040
Revises: 0039
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import platform_table

revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None

TABLE = "nachtlauf"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("job", sa.String(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("outcome", sa.String(), nullable=False),
        sa.Column("words", sa.String(), nullable=False),
        sa.CheckConstraint("outcome IN ('laeuft', 'gelungen', 'misslungen', 'abgebrochen')",
                           name=op.f(f"ck_{TABLE}_outcome")),
        sa.CheckConstraint("(outcome = 'laeuft') = (finished_at IS NULL)", name=op.f(f"ck_{TABLE}_ende")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("public_id", name=op.f(f"uq_{TABLE}_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_job_id"), TABLE, ["job", "id"])
    platform_table(TABLE)


def downgrade() -> None:
    op.drop_table(TABLE)
