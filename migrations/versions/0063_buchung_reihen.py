"""Buchungen einer Beschäftigung und eines Monats in einer Zeile: ein Journal von 50.000 Menschen in Sekunden.

Revision ID: 0063
Revises: 0062
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, append_only, protect

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None

SUMS = """
CREATE OR REPLACE FUNCTION kreislohn_journal_ausgeglichen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.buchung b JOIN public.lauf l ON (l.tenant_id, l.id) = (b.tenant_id, b.lauf_id){more}
        WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id AND l.zustand = 'abgeschlossen'
        HAVING count(*) = NEW.anzahl AND coalesce(sum({debit}), 0) = NEW.soll
           AND coalesce(sum({credit}), 0) = NEW.haben){each} THEN
        RAISE EXCEPTION 'Ein Journal schließt genau die Buchungen eines abgeschlossenen Laufs ab, Soll gleich Haben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
EACH = """ OR EXISTS (
        SELECT 1 FROM public.buchung b WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id
        AND (SELECT sum(x) FROM unnest(b.betraege) x) <> 0)"""
ROWS = SUMS.format(more=" CROSS JOIN LATERAL unnest(b.betraege) x(betrag)", each=EACH,
                   debit="x.betrag) FILTER (WHERE x.betrag > 0", credit="-x.betrag) FILTER (WHERE x.betrag < 0")
LINES = SUMS.format(more="", each="", debit="b.betrag) FILTER (WHERE b.seite = 'S'",
                    credit="b.betrag) FILTER (WHERE b.seite = 'H'")
TOGETHER = """
INSERT INTO buchung (tenant_id, id, lauf_id, position, monat, in_monat, personenkreis, personalnummer,
    person_public_id, buchungsschluessel, konten, kostenstellen, produkte, betraege)
SELECT tenant_id, min(id), lauf_id, min(position), monat, in_monat, personenkreis, personalnummer, person_public_id,
    array_agg(schluessel ORDER BY position), array_agg(konto ORDER BY position),
    array_agg(kostenstelle ORDER BY position), array_agg(produkt ORDER BY position),
    array_agg(CASE seite WHEN 'S' THEN betrag ELSE -betrag END ORDER BY position)
FROM bisher
GROUP BY tenant_id, lauf_id, monat, in_monat, personenkreis, personalnummer, person_public_id
"""
APART = """
INSERT INTO buchung (tenant_id, id, lauf_id, position, monat, in_monat, konto, seite, betrag, schluessel, kostenstelle,
    produkt, personenkreis, personalnummer, person_public_id)
SELECT b.tenant_id, row_number() OVER (ORDER BY b.tenant_id, b.lauf_id, b.position, x.n), b.lauf_id,
    min(b.position) OVER (PARTITION BY b.tenant_id, b.lauf_id) - 1
    + row_number() OVER (PARTITION BY b.tenant_id, b.lauf_id ORDER BY b.position, x.n),
    b.monat, b.in_monat, x.konto, CASE WHEN x.betrag > 0 THEN 'S' ELSE 'H' END, abs(x.betrag), x.schluessel,
    x.kostenstelle, x.produkt, b.personenkreis, b.personalnummer, b.person_public_id
FROM bisher b CROSS JOIN LATERAL unnest(b.konten, b.buchungsschluessel, b.kostenstellen, b.produkte, b.betraege)
    WITH ORDINALITY x(konto, schluessel, kostenstelle, produkt, betrag, n)
"""


def upgrade() -> None:
    _replace(_in_rows, TOGETHER, ROWS)


def downgrade() -> None:
    _replace(_in_lines, APART, LINES)


def _replace(created: Any, moved: str, balanced: str) -> None:
    op.execute("ALTER TABLE buchung NO FORCE ROW LEVEL SECURITY")  # the owner sees every tenant's rows
    op.execute("CREATE TEMP TABLE bisher ON COMMIT DROP AS SELECT * FROM buchung")
    op.drop_table("buchung")
    created()
    op.execute(moved)
    op.execute("SELECT setval(pg_get_serial_sequence('buchung', 'id'), (SELECT max(id) FROM buchung))")
    op.execute("DROP TABLE bisher")
    op.execute(balanced)
    protect("buchung", grants="SELECT, INSERT")
    op.execute(f"GRANT DELETE ON buchung TO {APP}")
    append_only("buchung")
    op.execute("CREATE TRIGGER geschlossen AFTER INSERT ON buchung REFERENCING NEW TABLE AS neu FOR EACH STATEMENT "
               "EXECUTE FUNCTION kreislohn_journal_geschlossen()")


def _in_rows() -> None:
    lengths = " AND ".join(f"cardinality({name}) = cardinality(betraege)" for name in (
        "buchungsschluessel", "konten", "kostenstellen", "produkte"))
    _table(*(sa.Column(name, sa.ARRAY(kind), nullable=False) for name, kind in (
        ("buchungsschluessel", sa.String()), ("konten", sa.String()), ("kostenstellen", sa.String()),
        ("produkte", sa.String()), ("betraege", sa.BigInteger()))),
        _check("gleich_lang", f"cardinality(betraege) > 0 AND {lengths}"),
        _check("betraege", "0 <> ALL (betraege) AND array_position(betraege, NULL) IS NULL"),
        _check("konten", "array_to_string(konten, ',') ~ '^[0-9]{2,9}(,[0-9]{2,9})*$'"))


def _in_lines() -> None:
    _table(_text("konto"), _text("seite"),
           sa.Column("betrag", sa.BigInteger(), server_default=sa.text("0"), nullable=False), _text("schluessel"),
           _text("kostenstelle"), _text("produkt"), _check("seite", "seite IN ('S', 'H')"),
           _check("betrag", "betrag > 0"), _check("konto", "konto ~ '^[0-9]{2,9}$'"))
    op.create_index(op.f("ix_buchung_tenant_id_lauf_id_konto"), "buchung", ["tenant_id", "lauf_id", "konto"])


def _table(*more: Any) -> None:
    op.create_table(
        "buchung", sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False), sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False), sa.Column("in_monat", sa.Date(), nullable=False),
        _text("personenkreis"), _text("personalnummer"), sa.Column("person_public_id", sa.Uuid(), nullable=False),
        *more, _check("personenkreis", "personenkreis IN ('B', 'T', 'S')"),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_buchung")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f("fk_buchung_tenant_id")),
        sa.ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"],
                                name=op.f("fk_buchung_tenant_id_lauf_id")),
        sa.UniqueConstraint("tenant_id", "lauf_id", "position", name=op.f("uq_buchung_tenant_id_lauf_id_position")))
    op.create_index(op.f("ix_buchung_tenant_id_person_public_id"), "buchung", ["tenant_id", "person_public_id"])


def _check(name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_buchung_{name}"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)
