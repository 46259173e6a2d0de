"""Kostenabrechnung des Verbunds: Preisblatt, einzelne Leistungen, Kosten eines Jahres, Bescheide.

Revision ID: 0054
Revises: 0053
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import APP, protect

revision = "0054"
down_revision = "0053"
branch_labels = None
depends_on = None

STEPS = {
    "zustand": "zustand IN ('erstellt', 'freigegeben', 'zurueckgezogen')",
    "zweite_person": "freigegeben_von <> erstellt_von",
    "freigegeben": "(zustand = 'freigegeben') <= (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)",
    "zurueckgezogen": "(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)",
}
STEP_COLUMNS = "zustand, freigegeben_von, freigegeben_am, zurueckgezogen_von, zurueckgezogen_grund"
STAYS = """
CREATE FUNCTION kreislohn_verbund_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.zustand <> 'erstellt' AND (NEW.zustand <> OLD.zustand OR NEW.freigegeben_von IS DISTINCT FROM
       OLD.freigegeben_von) THEN
        RAISE EXCEPTION 'Freigegeben oder zurückgezogen bleibt es, wie es ist.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    op.execute(STAYS)
    _table("preisblatt", sa.Column("gilt_ab", sa.Date(), nullable=False), _json("inhalt"), _text("grund"),
           checks={"grund": "grund <> ''"}, steps=True)
    op.create_index("ix_preisblatt_ab", "preisblatt", ["tenant_id", "gilt_ab"])
    _table("zusatzleistung", sa.Column("tag", sa.Date(), nullable=False), _text("art"), _text("text"),
           sa.Column("menge", sa.Integer()), sa.Column("betrag", sa.BigInteger()), _text("erfasst_von"),
           _moment("erfasst_am"), sa.Column("gestrichen_von", sa.String()), sa.Column("gestrichen_grund", sa.String()),
           checks={"art": "art IN ('stunden', 'auslage')", "text": "text <> '' AND length(text) <= 200",
                   "menge": "(art = 'stunden') = (menge IS NOT NULL) AND (art = 'auslage') = (betrag IS NOT NULL)",
                   "menge_positiv": "menge > 0",
                   "gestrichen": "(gestrichen_von IS NULL) = (gestrichen_grund IS NULL)"})
    op.create_index("ix_zusatzleistung_tag", "zusatzleistung", ["tenant_id", "tag"])
    _table("kostenjahr", sa.Column("jahr", sa.SmallInteger(), nullable=False), _json("kosten"), _json("faelle"),
           sa.Column("vortrag", sa.BigInteger(), nullable=False), checks={"jahr": "jahr > 0"},
           steps=True)
    op.create_index("uq_kostenjahr_jahr", "kostenjahr", ["tenant_id", "jahr"], unique=True,
                    postgresql_where=sa.text("zustand <> 'zurueckgezogen'"))
    _notice()
    for table, columns in (("preisblatt", STEP_COLUMNS), ("kostenjahr", STEP_COLUMNS),
                           ("kostenbescheid", f"{STEP_COLUMNS}, bezahlt_am, bezahlt_vermerk"),
                           ("zusatzleistung", "gestrichen_von, gestrichen_grund")):
        protect(table, grants="SELECT, INSERT")
        op.execute(f"GRANT UPDATE ({columns}) ON {table} TO {APP}")
    for table in ("preisblatt", "kostenjahr", "kostenbescheid"):
        op.execute(f"CREATE TRIGGER bleibt BEFORE UPDATE ON {table} FOR EACH ROW "
                   "EXECUTE FUNCTION kreislohn_verbund_bleibt()")


def downgrade() -> None:
    for table in ("kostenbescheid", "kostenjahr", "zusatzleistung", "preisblatt"):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_verbund_bleibt()")


def _notice() -> None:
    table = "kostenbescheid"
    _table(table, *(_text(name) for name in ("nummer", "art")),
           *(sa.Column(name, sa.Date(), nullable=False) for name in ("von", "bis", "ausgestellt", "faellig")),
           _json("inhalt"), *(sa.Column(name, sa.BigInteger(), nullable=False) for name in (
               "netto", "brutto")), sa.Column("sha256", sa.LargeBinary(), nullable=False),
           sa.Column("preisblatt", sa.Uuid(), nullable=False), sa.Column("bezahlt_am", sa.Date()),
           sa.Column("bezahlt_vermerk", sa.String()),
           sa.UniqueConstraint("tenant_id", "nummer", name=op.f(f"uq_{table}_tenant_id_nummer")),
           checks={"art": "art IN ('vorauszahlung', 'abrechnung')",
                   "zeitraum": "bis >= von AND extract(day FROM von) = 1",
                   "sha256": "octet_length(sha256) = 32",
                   "bezahlt": "(bezahlt_am IS NULL) = (bezahlt_vermerk IS NULL)",
                   "bezahlt_freigegeben": "bezahlt_am IS NULL OR zustand = 'freigegeben'"}, steps=True)
    op.create_index("uq_kostenbescheid_zeitraum", table, ["tenant_id", "art", "von"], unique=True,
                    postgresql_where=sa.text("zustand <> 'zurueckgezogen'"))


def _table(table: str, *columns: Any, checks: dict[str, str], steps: bool = False) -> None:
    names = checks | (STEPS if steps else {})
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        *columns, *(_steps() if steps else ()),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in names.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")))


def _steps() -> list[Any]:
    return [sa.Column("zustand", sa.String(), server_default=sa.text("'erstellt'"), nullable=False),
            _text("erstellt_von"), _moment("erstellt_am"), sa.Column("freigegeben_von", sa.String()),
            sa.Column("freigegeben_am", sa.DateTime(timezone=True)), sa.Column("zurueckgezogen_von", sa.String()),
            sa.Column("zurueckgezogen_grund", sa.String())]


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _json(name: str) -> sa.Column[Any]:
    return sa.Column(name, postgresql.JSONB(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
