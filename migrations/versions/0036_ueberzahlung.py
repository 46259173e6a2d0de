"""Überzahlungen: Fälle mit Fristen und ihre Schritte; Raten einer Überzahlung als eigene Art von Darlehen.

Revision ID: 0036
Revises: 0035
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import protect

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

LOANS = "'vorschuss', 'darlehen'"
TAKEN = f"{LOANS}, 'jahresausgleich_lohnsteuer', 'jahresausgleich_soli', 'jahresausgleich_kirchensteuer'"
CHECKS = {"darlehen": LOANS, "verrechnung": TAKEN}
BACK = {"darlehen": "UPDATE darlehen SET art = 'darlehen' WHERE art = 'ueberzahlung'",
        "verrechnung": "UPDATE verrechnung SET art = 'darlehen' WHERE art = 'ueberzahlung'"}
STEPS = ("'anhoerung', 'geltendmachung', 'einwand', 'erlass_vorschlag', 'erlass', 'ratenplan', 'zahlung', "
         "'abschluss'")


def upgrade() -> None:
    _case()
    _step()
    for table in ("ueberzahlung", "ueberzahlung_schritt"):
        protect(table, grants="SELECT, INSERT, DELETE")
        op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute("GRANT UPDATE (verrechnet) ON ueberzahlung_schritt TO kreislohn_app")
    # Locking a case needs a right to update; only a column nobody changes is open for it.
    op.execute("GRANT UPDATE (monat) ON ueberzahlung TO kreislohn_app")
    for table, kinds in CHECKS.items():
        _kinds(table, f"{kinds}, 'ueberzahlung'" if table == "darlehen" else
               kinds.replace(LOANS, f"{LOANS}, 'ueberzahlung'"))


def downgrade() -> None:
    for table, kinds in CHECKS.items():
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        op.execute(BACK[table])
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        _kinds(table, kinds)
    op.drop_table("ueberzahlung_schritt")
    op.drop_table("ueberzahlung")


def _kinds(table: str, kinds: str) -> None:
    name = op.f(f"ck_{table}_art")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"art IN ({kinds})")


def _case() -> None:
    table = "ueberzahlung"
    op.create_table(
        table, *_row(table), sa.Column("person_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False), sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("status", sa.String(), nullable=False), _cents("brutto"),
        _cents("netto"),
        sa.Column("monate", postgresql.JSONB(), nullable=False), *_recorded(),
        sa.CheckConstraint("brutto > 0 AND netto > 0", name=op.f(f"ck_{table}_betrag")),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f(f"ck_{table}_monatserster")),
        sa.UniqueConstraint("tenant_id", "beschaeftigung_id", "monat",
                            name=op.f(f"uq_{table}_tenant_id_beschaeftigung_id_monat")),
        *(sa.ForeignKeyConstraint(["tenant_id", f"{to}_id"], [f"{to}.tenant_id", f"{to}.id"],
                                  name=op.f(f"fk_{table}_tenant_id_{to}_id")) for to in ("person", "beschaeftigung")))
    op.create_index("ix_ueberzahlung_person", table, ["tenant_id", "person_id"])


def _step() -> None:
    table = "ueberzahlung_schritt"
    op.create_table(
        table, *_row(table), sa.Column("fall_id", sa.BigInteger(), nullable=False),
        sa.Column("art", sa.String(), nullable=False), sa.Column("am", sa.Date(), nullable=False),
        _cents("betrag"), sa.Column("text", sa.String(), nullable=False),
        sa.Column("angaben", postgresql.JSONB(), nullable=False), sa.Column("verrechnet", sa.Date()), *_recorded(),
        sa.CheckConstraint(f"art IN ({STEPS})", name=op.f(f"ck_{table}_art")),
        sa.CheckConstraint("betrag >= 0 AND (betrag = 0) = (art NOT IN ('erlass', 'ratenplan', 'zahlung', "
                           "'erlass_vorschlag'))", name=op.f(f"ck_{table}_betrag")),
        sa.CheckConstraint("text <> ''", name=op.f(f"ck_{table}_text")),
        sa.ForeignKeyConstraint(["tenant_id", "fall_id"], ["ueberzahlung.tenant_id", "ueberzahlung.id"],
                                name=op.f(f"fk_{table}_tenant_id_fall_id")))
    op.create_index("ix_ueberzahlung_schritt_fall", table, ["tenant_id", "fall_id"])
    op.create_index("ix_ueberzahlung_schritt_verrechnet", table, ["tenant_id", "verrechnet"])


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
            sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id"))]


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _recorded() -> list[sa.Column[Any]]:
    return [sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
            sa.Column("recorded_by", sa.String(), nullable=False)]
