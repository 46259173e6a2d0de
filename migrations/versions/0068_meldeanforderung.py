"""Verlangte Meldungen (57, 58) als Tatsache, eAU zurückziehen, Buchungen verweisen durch ihren Lauf auf den Mandanten.

Revision ID: 0068
Revises: 0067
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, no_overlap, protect

revision = "0068"
down_revision = "0067"
branch_labels = None
depends_on = None

TABLE = "meldeanforderung"
CHECKS = {
    "anforderung": "art IN ('rentenantrag', 'gkv_monatsmeldung')",
    "monatsende": "valid_to IS NOT NULL AND extract(day FROM valid_to + 1) = 1",
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}

MOVING = ("'zustand', 'freigegeben_von', 'freigegeben_am', 'uebergeben_am', 'quittung', 'quittiert_von', "
          "'quittiert_am', 'zurueckgezogen_von', 'zurueckgezogen_grund'")
STAYS = f"""
CREATE OR REPLACE FUNCTION kreislohn_meldung_bleibt() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF {{first}}(OLD.zustand, NEW.zustand) IN (('erstellt', 'freigegeben'), ('erstellt', 'zurueckgezogen'),
              ('freigegeben', 'uebergeben'), ('uebergeben', 'angenommen'), ('uebergeben', 'abgelehnt')){{more}}
       AND (to_jsonb(NEW) - ARRAY[{MOVING}]) = (to_jsonb(OLD) - ARRAY[{MOVING}]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Eine Meldung bleibt, wie sie erstellt wurde; freigeben, übergeben und quittieren geht je einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
NOTES = """
           OR (OLD.art = 'eau' AND (OLD.zustand, NEW.zustand) = ('freigegeben', 'zurueckgezogen')))"""

BALANCED = """
CREATE OR REPLACE FUNCTION kreislohn_journal_ausgeglichen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM (
            SELECT sum(s.anzahl) AS anzahl, sum(s.soll) AS soll, sum(s.haben) AS haben,
                   bool_and(s.soll = s.haben) AS jede
            FROM public.buchung b CROSS JOIN LATERAL (
                SELECT count(*) AS anzahl, coalesce(sum(x) FILTER (WHERE x > 0), 0) AS soll,
                       coalesce(-sum(x) FILTER (WHERE x < 0), 0) AS haben
                FROM unnest(b.betraege) x) s
            WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id) z
        JOIN public.lauf l ON (l.tenant_id, l.id) = (NEW.tenant_id, NEW.lauf_id) AND l.zustand = 'abgeschlossen'
        WHERE z.anzahl = NEW.anzahl AND z.soll = NEW.soll AND z.haben = NEW.haben AND z.jede) THEN
        RAISE EXCEPTION 'Ein Journal schließt genau die Buchungen eines abgeschlossenen Laufs ab, Soll gleich Haben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
BALANCED_BEFORE = """
CREATE OR REPLACE FUNCTION kreislohn_journal_ausgeglichen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.buchung b JOIN public.lauf l ON (l.tenant_id, l.id) = (b.tenant_id, b.lauf_id)\
 CROSS JOIN LATERAL unnest(b.betraege) x(betrag)
        WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id AND l.zustand = 'abgeschlossen'
        HAVING count(*) = NEW.anzahl AND coalesce(sum(x.betrag) FILTER (WHERE x.betrag > 0), 0) = NEW.soll
           AND coalesce(sum(-x.betrag) FILTER (WHERE x.betrag < 0), 0) = NEW.haben) OR EXISTS (
        SELECT 1 FROM public.buchung b WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id
        AND (SELECT sum(x) FROM unnest(b.betraege) x) <> 0) THEN
        RAISE EXCEPTION 'Ein Journal schließt genau die Buchungen eines abgeschlossenen Laufs ab, Soll gleich Haben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _requests()
    op.execute(_stays("(", NOTES))
    op.drop_constraint(op.f("fk_buchung_tenant_id"), "buchung", type_="foreignkey")
    op.execute(BALANCED)


def downgrade() -> None:
    op.create_foreign_key(op.f("fk_buchung_tenant_id"), "buchung", "tenant", ["tenant_id"], ["id"])
    op.execute(_stays("", ""))
    op.execute(BALANCED_BEFORE)
    op.drop_table(TABLE)


def _stays(first: str, more: str) -> str:
    return STAYS.replace("{first}", first).replace("{more}", more)


def _requests() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("eingegangen_am", sa.Date(), nullable=False),
        *(sa.CheckConstraint(rule, name=op.f(f"ck_{TABLE}_{name}")) for name, rule in CHECKS.items()),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.ForeignKeyConstraint(["tenant_id", "beschaeftigung_id"], ["beschaeftigung.tenant_id", "beschaeftigung.id"],
                                name=op.f(f"fk_{TABLE}_tenant_id_beschaeftigung_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index(op.f(f"ix_{TABLE}_tenant_id_beschaeftigung_id"), TABLE, ["tenant_id", "beschaeftigung_id"])
    no_overlap(TABLE, f"ex_{TABLE}_zeitraum", "beschaeftigung_id", "hashtext(art)")
    protect(TABLE, grants="SELECT, INSERT, UPDATE")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")
    op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {TABLE} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute(f"GRANT DELETE ON {TABLE} TO {APP}")
