"""Zahlungen: Arbeitgeberkonto mit zweiter Person, Zahlungsaufträge mit versiegelter Datei, ihre Zahlungen.

Revision ID: 0024
Revises: 0023
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, append_only, no_overlap, protect

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

CONFIRMED_BY_ANOTHER = """
CREATE FUNCTION kreislohn_konto_zweite_person() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.arbeitgeberkonto k WHERE k.tenant_id = NEW.tenant_id
                   AND k.public_id = NEW.konto AND k.recorded_by = NEW.erfasst_von) THEN
        RAISE EXCEPTION 'Ein Arbeitgeberkonto bestätigt eine andere Person als die, die es erfasst hat.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
ORDER_STAYS = """
CREATE FUNCTION kreislohn_zahlungsauftrag_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF OLD.zustand = 'erstellt' AND NEW.zustand IN ('freigegeben', 'zurueckgezogen')
       AND (to_jsonb(NEW) - ARRAY['zustand', 'freigegeben_von', 'freigegeben_am', 'zurueckgezogen_von',
                                  'zurueckgezogen_grund'])
         = (to_jsonb(OLD) - ARRAY['zustand', 'freigegeben_von', 'freigegeben_am', 'zurueckgezogen_von',
                                  'zurueckgezogen_grund']) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Ein Zahlungsauftrag bleibt, wie er erstellt wurde; freigeben oder zurückziehen geht einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ORDER_BEGINS = """
CREATE FUNCTION kreislohn_zahlungsauftrag_beginnt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.zustand <> 'erstellt' OR NEW.freigegeben_von IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM public.lauf l WHERE (l.tenant_id, l.id) = (NEW.tenant_id, NEW.lauf_id)
        AND l.zustand = 'abgeschlossen') THEN
        RAISE EXCEPTION 'Ein Zahlungsauftrag entsteht aus einem abgeschlossenen Lauf und ist noch nicht freigegeben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _account()
    _confirmation()
    _order()
    _payment()
    for function in (CONFIRMED_BY_ANOTHER, ORDER_STAYS, ORDER_BEGINS):
        op.execute(function)
    protect("arbeitgeberkonto", grants="SELECT, INSERT, UPDATE")
    protect("arbeitgeberkonto_bestaetigung", grants="SELECT, INSERT")
    protect("zahlungsauftrag")
    protect("zahlung", grants="SELECT, INSERT")
    op.execute(f"GRANT DELETE ON zahlung TO {APP}")
    _trigger("tatsache_bleibt", "UPDATE", "arbeitgeberkonto", "kreislohn_tatsache_bleibt")
    _trigger("zweite_person", "INSERT", "arbeitgeberkonto_bestaetigung", "kreislohn_konto_zweite_person")
    _trigger("auftrag_beginnt", "INSERT", "zahlungsauftrag", "kreislohn_zahlungsauftrag_beginnt")
    _trigger("auftrag_bleibt", "UPDATE OR DELETE", "zahlungsauftrag", "kreislohn_zahlungsauftrag_bleibt")
    append_only("arbeitgeberkonto_bestaetigung")
    append_only("zahlung")


def downgrade() -> None:
    for table in ("zahlung", "zahlungsauftrag", "arbeitgeberkonto_bestaetigung", "arbeitgeberkonto"):
        op.drop_table(table)
    for name in ("kreislohn_zahlungsauftrag_beginnt()", "kreislohn_zahlungsauftrag_bleibt()",
                 "kreislohn_konto_zweite_person()"):
        op.execute(f"DROP FUNCTION {name}")


def _trigger(name: str, event: str, table: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def _account() -> None:
    table = "arbeitgeberkonto"
    op.create_table(
        table, *_row(table), sa.Column("valid_from", sa.Date(), nullable=False), sa.Column("valid_to", sa.Date()),
        _now("recorded_at"), sa.Column("superseded_at", sa.DateTime(timezone=True)), _text("recorded_by"),
        _text("reason", ""), _text("inhaber"), sa.Column("bic", sa.String()), _bytes("iban_siegel"),
        _bytes("iban_hash"), _text("iban_ende"),
        _check(table, "iban_ende", "length(iban_ende) = 4"),
        _check(table, "inhaber", "inhaber <> '' AND length(inhaber) <= 70"),
        _check(table, "bic", "bic IS NULL OR bic ~ '^[A-Z0-9]{8}([A-Z0-9]{3})?$'"),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"))
    no_overlap(table, f"ex_{table}_zeitraum")


def _confirmation() -> None:
    table = "arbeitgeberkonto_bestaetigung"
    op.create_table(
        table, *_row(table), sa.Column("konto", sa.Uuid(), nullable=False), _bytes("pruefwert"), _text("erfasst_von"),
        _text("bestaetigt_von"), _now("bestaetigt_am"),
        _check(table, "pruefwert", "octet_length(pruefwert) = 32"),
        _check(table, "zweite_person", "bestaetigt_von <> erfasst_von"),
        sa.UniqueConstraint("tenant_id", "pruefwert", name=op.f(f"uq_{table}_tenant_id_pruefwert")))


def _order() -> None:
    table = "zahlungsauftrag"
    op.create_table(
        table, *_row(table), _number("lauf_id"), sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("nummer", sa.SmallInteger(), nullable=False), _text("art"), _text("msg_id"),
        _text("zustand", "erstellt"), _count("anzahl"), _cents("summe"), _count("liste_anzahl"), _cents("liste_summe"),
        sa.Column("erste_ausfuehrung", sa.Date()), _text("konto_ende"), _bytes("sha256"),
        sa.Column("datei_siegel", sa.LargeBinary()), _text("grund", ""), _text("erstellt_von"), _now("erstellt_am"),
        sa.Column("freigegeben_von", sa.String()), sa.Column("freigegeben_am", sa.DateTime(timezone=True)),
        sa.Column("zurueckgezogen_von", sa.String()), sa.Column("zurueckgezogen_grund", sa.String()),
        _check(table, "art", "art IN ('lauf', 'folge')"),
        _check(table, "zustand", "zustand IN ('erstellt', 'freigegeben', 'zurueckgezogen')"),
        _check(table, "zweite_person", "freigegeben_von <> erstellt_von"),
        _check(table, "freigegeben",
               "zustand <> 'freigegeben' OR (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)"),
        _check(table, "zurueckgezogen", "(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)"),
        _check(table, "datei", "(anzahl > 0) = (datei_siegel IS NOT NULL)"),
        _check(table, "sha256", "octet_length(sha256) = 32"),
        _check(table, "summen", "anzahl >= 0 AND summe >= 0 AND liste_anzahl >= 0 AND liste_summe >= 0"),
        _check(table, "msg_id", "length(msg_id) BETWEEN 1 AND 35"),
        sa.ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"],
                                name=op.f(f"fk_{table}_tenant_id_lauf_id")),
        sa.UniqueConstraint("tenant_id", "lauf_id", "nummer", name=op.f(f"uq_{table}_tenant_id_lauf_id_nummer")),
        sa.UniqueConstraint("tenant_id", "msg_id", name=op.f(f"uq_{table}_tenant_id_msg_id")))
    op.create_index("uq_zahlungsauftrag_lauf", table, ["tenant_id", "lauf_id"], unique=True,
                    postgresql_where=sa.text("art = 'lauf' AND zustand <> 'zurueckgezogen'"))


def _payment() -> None:
    table = "zahlung"
    op.create_table(
        table, *_row(table), _number("zahlungsauftrag_id"), _count("position"),
        sa.Column("monat", sa.Date(), nullable=False), _text("art"), _text("weg"), _text("grund", ""),
        sa.Column("person_public_id", sa.Uuid(), nullable=False), _text("personalnummer"), _text("anspruch"),
        _text("empfaenger"), sa.Column("iban_siegel", sa.LargeBinary()), sa.Column("iban_ende", sa.String()),
        _bytes("text_siegel"), _cents("betrag"), _text("zweck", ""), sa.Column("end_to_end_id", sa.String()),
        sa.Column("ausfuehrung", sa.Date()), sa.Column("ersetzt", sa.Uuid()),
        _check(table, "art", "art IN ('bezuege', 'entgelt', 'pfaendung', 'sparen')"),
        _check(table, "weg", "weg IN ('datei', 'liste')"),
        _check(table, "betrag", "betrag BETWEEN 1 AND 99999999999"),
        _check(table, "kennung", "(weg = 'datei') = (end_to_end_id IS NOT NULL)"),
        _check(table, "konto", "weg = 'liste' OR (iban_siegel IS NOT NULL AND ausfuehrung IS NOT NULL)"),
        _check(table, "grund", "(weg = 'liste') = (grund <> '')"),
        _check(table, "iban_ende", "iban_ende IS NULL OR length(iban_ende) = 4"),
        sa.ForeignKeyConstraint(["tenant_id", "zahlungsauftrag_id"], ["zahlungsauftrag.tenant_id",
                                                                      "zahlungsauftrag.id"],
                                name=op.f(f"fk_{table}_tenant_id_zahlungsauftrag_id")),
        sa.UniqueConstraint("tenant_id", "zahlungsauftrag_id", "position",
                            name=op.f(f"uq_{table}_tenant_id_zahlungsauftrag_id_position")),
        sa.UniqueConstraint("tenant_id", "end_to_end_id", name=op.f(f"uq_{table}_tenant_id_end_to_end_id")))
    for column in ("person_public_id", "ersetzt"):
        op.create_index(op.f(f"ix_{table}_tenant_id_{column}"), table, ["tenant_id", column])


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id"))]


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _text(name: str, default: str | None = None) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False,
                     server_default=None if default is None else sa.text(f"'{default}'"))


def _number(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _count(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Integer(), nullable=False)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
