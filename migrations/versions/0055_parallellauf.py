"""Parallellauf eines neuen Arbeitgebers: Werte des alten Verfahrens, Erklärungen, Produktivstart durch zwei Personen.

Revision ID: 0055
Revises: 0054
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, protect

revision = "0055"
down_revision = "0054"
branch_labels = None
depends_on = None

OF_PEOPLE = ("vergleichswert", "vergleichserklaerung")
STAYS = """
CREATE FUNCTION kreislohn_produktivstart_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF (OLD.kreis_von IS NOT NULL OR OLD.arbeitgeber_von IS NOT NULL) AND NEW.monat <> OLD.monat
       OR OLD.kreis_von IS NOT NULL AND NEW.kreis_von IS DISTINCT FROM OLD.kreis_von
       OR OLD.arbeitgeber_von IS NOT NULL AND NEW.arbeitgeber_von IS DISTINCT FROM OLD.arbeitgeber_von THEN
        RAISE EXCEPTION 'Ein freigegebener Produktivstart bleibt, wie er ist.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _table("vergleichswert", sa.Column("monat", sa.Date(), nullable=False),
           sa.Column("fassung", sa.SmallInteger(), nullable=False), _text("personalnummer"),
           sa.Column("person_public_id", sa.Uuid()), sa.Column("werte_siegel", sa.LargeBinary(), nullable=False),
           _text("eingelesen_von"), _moment("eingelesen_am"),
           sa.UniqueConstraint("tenant_id", "monat", "fassung", "personalnummer", name="uq_vergleichswert_fassung"),
           checks={"personalnummer": "personalnummer <> ''"})
    _table("vergleichserklaerung", sa.Column("monat", sa.Date(), nullable=False), _text("personalnummer"),
           sa.Column("person_public_id", sa.Uuid()), _text("wert"), sa.Column("alt", sa.BigInteger()),
           sa.Column("neu", sa.BigInteger()), _text("text"), _text("erklaert_von"), _moment("erklaert_am"),
           checks={"text": "text <> ''"})
    op.create_index("ix_vergleichserklaerung_monat", "vergleichserklaerung", ["tenant_id", "monat"])
    for table in OF_PEOPLE:
        op.create_index(op.f(f"ix_{table}_tenant_id_person_public_id"), table, ["tenant_id", "person_public_id"])
        protect(table, grants="SELECT, INSERT, DELETE")
        op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} FOR EACH ROW "
                   "EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    _start()


def downgrade() -> None:
    for table in ("produktivstart", *OF_PEOPLE):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_produktivstart_bleibt()")


def _start() -> None:
    table = "produktivstart"
    _table(table, sa.Column("monat", sa.Date(), nullable=False), _text("angelegt_von"), _moment("angelegt_am"),
           sa.Column("kreis_von", sa.String()), sa.Column("kreis_am", sa.DateTime(timezone=True)),
           sa.Column("arbeitgeber_von", sa.String()), sa.Column("arbeitgeber_am", sa.DateTime(timezone=True)),
           sa.UniqueConstraint("tenant_id", name=op.f(f"uq_{table}_tenant_id")),
           checks={"monatserster": "extract(day FROM monat) = 1", "zweite_person": "kreis_von <> arbeitgeber_von",
                   "kreis": "(kreis_von IS NULL) = (kreis_am IS NULL)",
                   "arbeitgeber": "(arbeitgeber_von IS NULL) = (arbeitgeber_am IS NULL)"})
    protect(table, grants="SELECT, INSERT")
    op.execute(f"GRANT UPDATE (monat, kreis_von, kreis_am, arbeitgeber_von, arbeitgeber_am) ON {table} TO {APP}")
    op.execute(STAYS)
    op.execute(f"CREATE TRIGGER bleibt BEFORE UPDATE ON {table} FOR EACH ROW "
               "EXECUTE FUNCTION kreislohn_produktivstart_bleibt()")


def _table(table: str, *columns: Any, checks: dict[str, str]) -> None:
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False), *columns,
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in checks.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
