"""Zugänge am Ende ihrer Aufbewahrung: gelöscht wird nur, was zwei Menschen der Verwaltung angeordnet haben.

Revision ID: 0030
Revises: 0029
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import PLATFORM, platform_table

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None

TABLE = "account_deletion"
GRANTED = ("user_account", "mandate", "deputy", "passkey", "sso_identity", "user_code", "signin_token", "document_key")
ORDERED = {"user_account": "OLD.id", "mandate": "OLD.user_id"}
# The order stands in the data before anything goes, like the order of a tenant's deletion.
ONLY_ORDERED = """
CREATE FUNCTION kreislohn_{table}_nur_nach_auftrag() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM public.account_deletion d JOIN public.user_account u ON u.public_id = d.account_public_id
               WHERE u.id = {key} AND d.approved_by <> d.ordered_by) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Tabelle {table}: ein Zugang geht nur, wenn zwei Menschen der Verwaltung es angeordnet haben.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("account_public_id", sa.Uuid(), nullable=False),
        sa.Column("due_day", sa.Date(), nullable=False),
        sa.Column("ordered_by", sa.String(), nullable=False),
        sa.Column("approved_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("approved_by <> ordered_by", name=op.f(f"ck_{TABLE}_zweite_person")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{TABLE}_grund")),
        sa.PrimaryKeyConstraint("id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("account_public_id", name=op.f(f"uq_{TABLE}_account_public_id")),
    )
    platform_table(TABLE, "SELECT, INSERT")
    for table, key in ORDERED.items():
        op.execute(ONLY_ORDERED.format(table=table, key=key))
        op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} "
                   f"FOR EACH ROW EXECUTE FUNCTION kreislohn_{table}_nur_nach_auftrag()")
    for table in GRANTED:
        op.execute(f"GRANT DELETE ON {table} TO {PLATFORM}")


def downgrade() -> None:
    for table in GRANTED:
        op.execute(f"REVOKE DELETE ON {table} FROM {PLATFORM}")
    for table in ORDERED:
        op.execute(f"DROP TRIGGER nur_nach_auftrag ON {table}")
        op.execute(f"DROP FUNCTION kreislohn_{table}_nur_nach_auftrag()")
    op.drop_table(TABLE)
