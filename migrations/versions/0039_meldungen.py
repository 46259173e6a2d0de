"""Meldungen an Finanzamt und Kassen mit ihren Sätzen, Konten der Empfänger, Zahlungen von Abgaben.

Revision ID: 0039
Revises: 0038
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import APP, append_only, protect

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

KINDS = "'lsta', 'beitragsnachweis', 'zv_monat', 'zv_ereignis', 'zv_jahr', 'lstb', 'deuev'"
STATES = "'erstellt', 'freigegeben', 'uebergeben', 'angenommen', 'abgelehnt', 'zurueckgezogen'"
MOVING = ("'zustand', 'freigegeben_von', 'freigegeben_am', 'uebergeben_am', 'quittung', 'quittiert_von', "
          "'quittiert_am', 'zurueckgezogen_von', 'zurueckgezogen_grund'")
REPORT_STAYS = f"""
CREATE FUNCTION kreislohn_meldung_bleibt() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    ELSIF (OLD.zustand, NEW.zustand) IN (('erstellt', 'freigegeben'), ('erstellt', 'zurueckgezogen'),
              ('freigegeben', 'uebergeben'), ('uebergeben', 'angenommen'), ('uebergeben', 'abgelehnt'))
       AND (to_jsonb(NEW) - ARRAY[{MOVING}]) = (to_jsonb(OLD) - ARRAY[{MOVING}]) THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Eine Meldung bleibt, wie sie erstellt wurde; freigeben, übergeben und quittieren geht je einmal.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
REPORT_BEGINS = """
CREATE FUNCTION kreislohn_meldung_beginnt() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, public AS $$
BEGIN
    IF NEW.zustand <> 'erstellt' OR NEW.freigegeben_von IS NOT NULL THEN
        RAISE EXCEPTION 'Eine Meldung beginnt als erstellt und ist noch nicht freigegeben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
CONFIRMED = """
CREATE FUNCTION kreislohn_empfaenger_zweite_person() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public AS $$
BEGIN
    IF NOT EXISTS (SELECT 1 FROM public.empfaengerkonto k WHERE k.tenant_id = NEW.tenant_id
                   AND k.public_id = NEW.konto AND k.recorded_by = NEW.erfasst_von) THEN
        RAISE EXCEPTION 'Ein Empfängerkonto bestätigt eine andere Person als die, die es erfasst hat.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
WITHOUT_DUTIES = (
    "DELETE FROM zahlungsmeldung t USING zahlung z WHERE (z.tenant_id, z.id) = (t.tenant_id, t.zahlung_id) AND "
    "(z.person_public_id IS NULL OR z.art IN ('steuer', 'beitrag', 'zusatzversorgung'))",
    "DELETE FROM zahlungsmeldung t USING zahlungsbericht b, zahlungsauftrag a WHERE (b.tenant_id, b.id) = "
    "(t.tenant_id, t.zahlungsbericht_id) AND (a.tenant_id, a.id) = (b.tenant_id, b.zahlungsauftrag_id) "
    "AND a.art = 'abgaben'",
    "DELETE FROM zahlungsbericht t USING zahlungsauftrag a WHERE (a.tenant_id, a.id) = (t.tenant_id, "
    "t.zahlungsauftrag_id) AND a.art = 'abgaben'",
    "DELETE FROM zahlung t WHERE person_public_id IS NULL OR art IN ('steuer', 'beitrag', 'zusatzversorgung') OR "
    "EXISTS (SELECT 1 FROM zahlungsauftrag a WHERE (a.tenant_id, a.id) = (t.tenant_id, t.zahlungsauftrag_id) "
    "AND a.art = 'abgaben')",
    "DELETE FROM zahlungsauftrag WHERE art = 'abgaben'")
ORDERS, PAID = "'lauf', 'folge'", "'bezuege', 'entgelt', 'pfaendung', 'sparen'"


def upgrade() -> None:
    _report()
    _entry()
    _account()
    for function in (REPORT_STAYS, REPORT_BEGINS, CONFIRMED):
        op.execute(function)
    protect("meldung")
    protect("meldesatz", grants="SELECT, INSERT")
    op.execute(f"GRANT DELETE ON meldesatz TO {APP}")
    protect("empfaengerkonto", grants="SELECT, INSERT, UPDATE")
    protect("empfaengerkonto_bestaetigung", grants="SELECT, INSERT")
    _trigger("meldung_beginnt", "INSERT", "meldung", "kreislohn_meldung_beginnt")
    _trigger("meldung_bleibt", "UPDATE OR DELETE", "meldung", "kreislohn_meldung_bleibt")
    _trigger("tatsache_bleibt", "UPDATE", "empfaengerkonto", "kreislohn_tatsache_bleibt")
    _trigger("zweite_person", "INSERT", "empfaengerkonto_bestaetigung", "kreislohn_empfaenger_zweite_person")
    append_only("meldesatz")
    append_only("empfaengerkonto_bestaetigung")
    _kinds("zahlungsauftrag", f"{ORDERS}, 'abgaben'")
    _kinds("zahlung", f"{PAID}, 'steuer', 'beitrag', 'zusatzversorgung'")
    op.alter_column("zahlung", "person_public_id", nullable=True)


def downgrade() -> None:
    # Duties paid know no place in the older tables: their orders leave with what hangs on them.
    tables = ("zahlungsmeldung", "zahlungsbericht", "zahlung", "zahlungsauftrag")
    for table in tables:
        op.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        op.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
    for statement in WITHOUT_DUTIES:
        op.execute(statement)
    for table in tables:
        op.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
        op.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    op.alter_column("zahlung", "person_public_id", nullable=False)
    _kinds("zahlung", PAID)
    _kinds("zahlungsauftrag", ORDERS)
    for table in ("empfaengerkonto_bestaetigung", "empfaengerkonto", "meldesatz", "meldung"):
        op.drop_table(table)
    for name in ("kreislohn_meldung_bleibt()", "kreislohn_meldung_beginnt()", "kreislohn_empfaenger_zweite_person()"):
        op.execute(f"DROP FUNCTION {name}")


def _kinds(table: str, kinds: str) -> None:
    name = op.f(f"ck_{table}_art")
    op.drop_constraint(name, table)
    op.create_check_constraint(name, table, f"art IN ({kinds})")


def _trigger(name: str, event: str, table: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def _report() -> None:
    table = "meldung"
    op.create_table(
        table, *_row(table), *(_text(name) for name in ("kennung", "art", "unterart")), _day("monat"), _day("fuer"),
        *(_text(name) for name in ("empfaenger", "empfaenger_name", "fassung")), _text("zustand", "erstellt"),
        sa.Column("betrag", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("saetze", sa.Integer(), nullable=False), _day("faellig"),
        sa.Column("befunde", postgresql.JSONB(), nullable=False), _bytes("sha256"), _bytes("inhalt_siegel"),
        sa.Column("ersetzt", sa.Uuid()), _text("erstellt_von"), _moment("erstellt_am"),
        *(sa.Column(f"{name}_von", sa.String()) for name in ("freigegeben", "quittiert", "zurueckgezogen")),
        *(sa.Column(f"{name}_am", sa.DateTime(timezone=True)) for name in ("freigegeben", "uebergeben", "quittiert")),
        _text("quittung", ""), sa.Column("zurueckgezogen_grund", sa.String()),
        _check(table, "art", f"art IN ({KINDS})"),
        _check(table, "unterart", "unterart IN ('laufend', 'schaetzung', 'korrektur')"),
        _check(table, "zustand", f"zustand IN ({STATES})"),
        _check(table, "monatserste", "extract(day FROM monat) = 1 AND extract(day FROM fuer) = 1"),
        _check(table, "zweite_person", "freigegeben_von <> erstellt_von"),
        _check(table, "freigegeben", "zustand NOT IN ('freigegeben', 'uebergeben', 'angenommen', 'abgelehnt') OR "
                                     "(freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)"),
        _check(table, "quittung", "(zustand IN ('angenommen', 'abgelehnt')) = (quittung <> '')"),
        _check(table, "zurueckgezogen", "(zustand = 'zurueckgezogen') = (zurueckgezogen_von IS NOT NULL)"),
        _check(table, "sha256", "octet_length(sha256) = 32"),
        sa.UniqueConstraint("tenant_id", "kennung", name=op.f(f"uq_{table}_tenant_id_kennung")))
    op.create_index(op.f(f"ix_{table}_tenant_id_art_monat"), table, ["tenant_id", "art", "monat"])


def _entry() -> None:
    table = "meldesatz"
    op.create_table(
        table, *_row(table), sa.Column("meldung_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False), _day("monat"),
        *(_text(name) for name in ("satzart", "schluessel", "grund")), *(_day(name) for name in ("von", "bis",
                                                                                                 "frist")),
        sa.Column("person_public_id", sa.Uuid(), nullable=False), _text("personalnummer"), _bytes("pruefwert"),
        _bytes("inhalt_siegel"), sa.Column("ersetzt", sa.Uuid()),
        _check(table, "satzart", "satzart IN ('neu', 'storno', 'korrektur')"),
        _check(table, "pruefwert", "octet_length(pruefwert) = 32"),
        sa.ForeignKeyConstraint(["tenant_id", "meldung_id"], ["meldung.tenant_id", "meldung.id"],
                                name=op.f(f"fk_{table}_tenant_id_meldung_id")),
        sa.UniqueConstraint("tenant_id", "meldung_id", "position",
                            name=op.f(f"uq_{table}_tenant_id_meldung_id_position")))
    for column in ("person_public_id", "schluessel"):
        op.create_index(op.f(f"ix_{table}_tenant_id_{column}"), table, ["tenant_id", column])


def _account() -> None:
    table = "empfaengerkonto"
    op.create_table(
        table, *_row(table), _day("valid_from"), sa.Column("valid_to", sa.Date()), _moment("recorded_at"),
        sa.Column("superseded_at", sa.DateTime(timezone=True)), _text("recorded_by"), _text("reason", ""),
        _text("empfaenger"), _text("inhaber"), _bytes("iban_siegel"), _bytes("iban_hash"), _text("iban_ende"),
        _check(table, "iban_ende", "length(iban_ende) = 4"),
        _check(table, "inhaber", "inhaber <> '' AND length(inhaber) <= 70"),
        _check(table, "empfaenger", "empfaenger <> ''"),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"))
    op.execute(f"ALTER TABLE {table} ADD CONSTRAINT ex_{table}_zeitraum EXCLUDE USING gist (int8range("
               "tenant_id::bigint, tenant_id::bigint, '[]') WITH &&, int8range(hashtextextended(empfaenger, 0), "
               "hashtextextended(empfaenger, 0), '[]') WITH &&, daterange(valid_from, valid_to, '[]') WITH &&) "
               "WHERE (superseded_at IS NULL)")
    table = "empfaengerkonto_bestaetigung"
    op.create_table(
        table, *_row(table), sa.Column("konto", sa.Uuid(), nullable=False), _bytes("pruefwert"), _text("erfasst_von"),
        _text("bestaetigt_von"), _moment("bestaetigt_am"),
        _check(table, "pruefwert", "octet_length(pruefwert) = 32"),
        _check(table, "zweite_person", "bestaetigt_von <> erfasst_von"),
        sa.UniqueConstraint("tenant_id", "pruefwert", name=op.f(f"uq_{table}_tenant_id_pruefwert")))


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


def _day(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.Date(), nullable=False)


def _moment(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)


def _bytes(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.LargeBinary(), nullable=False)
