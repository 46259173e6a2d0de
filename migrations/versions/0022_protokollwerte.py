"""Schlüssel der Werte, die versiegelt im Protokoll stehen; sie gehen nur nach einem Auftrag zum Löschen.

Revision ID: 0022
Revises: 0021
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None

TABLE = "audit_key"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("record_class", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("person_public_id", sa.Uuid()),
        sa.Column("wrapped", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "record_class", "subject",
                            name=op.f(f"uq_{TABLE}_tenant_id_record_class_subject")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_person_public_id"), TABLE, ["tenant_id", "person_public_id"])
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_subject"), TABLE, ["tenant_id", "subject"])
    protect(TABLE, grants="SELECT, INSERT, DELETE")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")


def downgrade() -> None:
    op.drop_table(TABLE)
