"""Mandat einer Leitung gilt für eine Organisationseinheit; ein Mandat oder eine Vertretung, die am ersten Tag
zurückgezogen wird, zählt an keinem Tag. Bescheinigungen sind eine weitere Art versiegelter Dokumente.

Revision ID: 0029
Revises: 0028
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None

UNIQUE = "uq_mandate_tenant_id_user_id_role_valid_from"
PERIODS = {"mandate": "valid_to IS NULL OR valid_to >= valid_from{never}",
           "deputy": "valid_to >= valid_from{never} AND valid_to - valid_from <= 366"}


def upgrade() -> None:
    op.add_column("mandate", sa.Column("unit_public_id", sa.Uuid()))
    op.create_check_constraint(op.f("ck_mandate_einheit"), "mandate",
                               "unit_public_id IS NULL OR role = 'department_head'")
    _periods(" - 1")
    op.drop_constraint(op.f(UNIQUE), "mandate")
    op.create_index(UNIQUE, "mandate", ["tenant_id", "user_id", "role", "valid_from"], unique=True,
                    postgresql_where=sa.text("valid_to IS NULL OR valid_to >= valid_from"))
    op.drop_constraint(op.f("ck_dokument_art"), "dokument")
    op.create_check_constraint(op.f("ck_dokument_art"), "dokument", "art IN ('abrechnung', 'verdienstbescheinigung')")


def downgrade() -> None:
    # Issued documents never go; the older program simply issues no more certificates.
    op.drop_constraint(op.f("ck_dokument_art"), "dokument")
    op.execute("ALTER TABLE dokument ADD CONSTRAINT ck_dokument_art CHECK (art IN ('abrechnung')) NOT VALID")
    # What counted on no day is no mandate to the older program: it goes, together with its mark.
    for name in PERIODS:
        op.execute(f"ALTER TABLE {name} NO FORCE ROW LEVEL SECURITY")
        table = sa.table(name, sa.column("valid_from"), sa.column("valid_to"))
        op.execute(table.delete().where(table.c.valid_to < table.c.valid_from))
        op.execute(f"ALTER TABLE {name} FORCE ROW LEVEL SECURITY")
    op.drop_index(UNIQUE, "mandate")
    op.create_unique_constraint(op.f(UNIQUE), "mandate", ["tenant_id", "user_id", "role", "valid_from"])
    _periods("")
    op.drop_constraint(op.f("ck_mandate_einheit"), "mandate")
    op.drop_column("mandate", "unit_public_id")


def _periods(never: str) -> None:
    for table, rule in PERIODS.items():
        op.drop_constraint(op.f(f"ck_{table}_zeitraum"), table)
        op.create_check_constraint(op.f(f"ck_{table}_zeitraum"), table, rule.format(never=never))
