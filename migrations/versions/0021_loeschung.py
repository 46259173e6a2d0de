"""Löschung am Ende der Aufbewahrung: Sperren, Aufträge mit zwei Personen, Posten; gelöscht wird nur, was darin steht.

Revision ID: 0021
Revises: 0020
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import APP, protect

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None

# The data decide, not a setting of the session: the row stands in an order two people made, and no hold names it.
# Names carry their schema, because the application may create temporary tables that would come first.
MAY_GO = """
CREATE FUNCTION kreislohn_loeschbar(mandant int, tabelle text, zeile bigint) RETURNS boolean LANGUAGE sql STABLE AS $$
    SELECT EXISTS (
        SELECT 1 FROM public.deletion_item i
        JOIN public.deletion_order o ON (o.tenant_id, o.id) = (i.tenant_id, i.order_id)
        WHERE i.tenant_id = mandant AND i.table_name = tabelle AND i.row_id = zeile AND i.state = 'due'
          AND o.state = 'approved' AND o.approved_by <> o.ordered_by
          AND NOT EXISTS (
            SELECT 1 FROM public.retention_hold h
            WHERE h.tenant_id = i.tenant_id AND h.superseded_at IS NULL
              AND (h.valid_to IS NULL OR h.valid_to >= o.due_day)
              AND (h.person_public_id IS NULL OR h.person_public_id = i.person_public_id)
              AND (h.record_class IS NULL OR h.record_class = i.record_class)))
$$
"""
ONLY_ORDERED = """
CREATE FUNCTION kreislohn_nur_nach_auftrag() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
        RETURN OLD;
    END IF;
    RAISE EXCEPTION 'Tabelle %: gelöscht wird nur, was ein genehmigter Auftrag nennt und keine Sperre hält.',
        TG_TABLE_NAME
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
ORDER_STAYS = """
CREATE FUNCTION kreislohn_loeschauftrag_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('done', 'withdrawn')
       OR (OLD.state = 'ordered' AND NEW.state NOT IN ('ordered', 'approved', 'withdrawn'))
       OR (OLD.state = 'approved' AND NEW.state NOT IN ('approved', 'done', 'withdrawn'))
       OR (OLD.state = 'approved'
           AND (NEW.approved_by, NEW.approved_at) IS DISTINCT FROM (OLD.approved_by, OLD.approved_at))
       OR (NEW.public_id, NEW.due_day, NEW.reason, NEW.plan, NEW.digest, NEW.kept_from, NEW.ordered_by, NEW.ordered_at)
          IS DISTINCT FROM
          (OLD.public_id, OLD.due_day, OLD.reason, OLD.plan, OLD.digest, OLD.kept_from, OLD.ordered_by, OLD.ordered_at)
    THEN
        RAISE EXCEPTION 'Ein Auftrag zum Löschen ändert nur seinen Stand, und der geht nie zurück.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
ORDER_BEGINS = """
CREATE FUNCTION kreislohn_loeschauftrag_beginnt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.state <> 'ordered' OR NEW.approved_by IS NOT NULL THEN
        RAISE EXCEPTION 'Ein Auftrag zum Löschen beginnt angeordnet; genehmigen muss ihn eine zweite Person.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
ITEM_STAYS = """
CREATE FUNCTION kreislohn_loeschposten_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE stand text;
BEGIN
    SELECT o.state INTO stand FROM public.deletion_order o
    WHERE (o.tenant_id, o.id) = (NEW.tenant_id, NEW.order_id);
    IF TG_OP = 'INSERT' AND stand = 'ordered' AND NEW.state = 'due' THEN
        RETURN NEW;
    END IF;
    IF TG_OP = 'UPDATE' AND stand = 'approved' AND OLD.state = 'due'
       AND (to_jsonb(NEW) - 'state') = (to_jsonb(OLD) - 'state') THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'Posten eines Auftrags zum Löschen stehen mit seiner Anordnung fest.'
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
APPEND_ONLY = """
CREATE OR REPLACE FUNCTION kreislohn_nur_anfuegen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
{exception}    RAISE EXCEPTION 'Tabelle %: Zeilen dürfen nur hinzukommen (% abgewiesen).', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$
"""
# The log itself never loses a line, whatever an order says.
AFTER_RETENTION = """    IF TG_OP = 'DELETE' AND TG_TABLE_NAME <> 'audit_entry' THEN
        IF public.kreislohn_loeschbar(OLD.tenant_id, TG_TABLE_NAME, OLD.id) THEN
            RETURN OLD;
        END IF;
    END IF;
"""
STAYS = """
CREATE OR REPLACE FUNCTION kreislohn_{table}_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z JOIN lauf l ON (l.tenant_id, l.id) = (z.tenant_id, z.lauf_id)
               WHERE l.zustand NOT IN ('offen', 'probe'){exception}) THEN
        RAISE EXCEPTION 'Tabelle {table}: Der Lauf ist geprüft oder abgeschlossen, {what}'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""
UNLESS_ORDERED = """
               AND NOT (TG_OP = 'DELETE' AND public.kreislohn_loeschbar(z.tenant_id, TG_TABLE_NAME, z.id))"""
RESULTS = {"ergebnis": "seine Ergebnisse bleiben.", "hinweis": "seine Ergebnisse bleiben.",
           "rueckrechnung": "seine Rückrechnung bleibt.", "rueckrechnung_auszahlung": "seine Rückrechnung bleibt.",
           "einbehalt": "seine Einbehalte bleiben."}
APPENDED = ("dokument", "dokument_empfaenger", "rueckrechnung_bestaetigung")
ORDERED = (
    "person", "beschaeftigung", "person_angaben", "kind", "bankverbindung", "weitere_beschaeftigung",
    "beschaeftigung_angaben", "vortragswerte", "steuermerkmale", "versicherung", "zusatzversorgung", "bezuegezuordnung",
    "familienzuschlag", "wiederkehrender_bezug", "dienstwagen", "arbeitsweg", "sachbezug", "sparvertrag", "darlehen",
    "pfaendung", "unterhaltspflicht", "unterhaltsausschluss", "fehlzeit", "stufenregelung", "hoehere_taetigkeit",
    "beschaeftigungszeit", "anlasszahlung", "zeit_bezug", "zeit_datei", "zeit_zeile", "employee_access",
    "recipient_key", "retention_hold")


def upgrade() -> None:
    _hold()
    _order()
    _item()
    op.execute(MAY_GO)
    op.execute(ONLY_ORDERED)
    op.execute(ORDER_STAYS)
    op.execute(ORDER_BEGINS)
    op.execute(ITEM_STAYS)
    protect("retention_hold", grants="SELECT, INSERT, UPDATE")
    protect("deletion_order", grants="SELECT, INSERT, UPDATE")
    protect("deletion_item", grants="SELECT, INSERT, UPDATE")
    _trigger("tatsache_bleibt", "UPDATE", "retention_hold", "kreislohn_tatsache_bleibt")
    _trigger("auftrag_bleibt", "UPDATE OR DELETE", "deletion_order", "kreislohn_loeschauftrag_bleibt")
    _trigger("auftrag_beginnt", "INSERT", "deletion_order", "kreislohn_loeschauftrag_beginnt")
    _trigger("posten_bleibt", "INSERT OR UPDATE", "deletion_item", "kreislohn_loeschposten_bleibt")
    for table in ORDERED:
        _trigger("nur_nach_auftrag", "DELETE", table, "kreislohn_nur_nach_auftrag")
    for table in (*ORDERED, *APPENDED):
        op.execute(f"GRANT DELETE ON {table} TO {APP}")
    op.execute(APPEND_ONLY.format(exception=AFTER_RETENTION))
    for table, what in RESULTS.items():
        op.execute(STAYS.format(table=table, what=what, exception=UNLESS_ORDERED))


def downgrade() -> None:
    for table, what in RESULTS.items():
        op.execute(STAYS.format(table=table, what=what, exception=""))
    op.execute(APPEND_ONLY.format(exception=""))
    for table in (*ORDERED, *APPENDED):
        op.execute(f"REVOKE DELETE ON {table} FROM {APP}")
    for table in ORDERED:
        op.execute(f"DROP TRIGGER nur_nach_auftrag ON {table}")
    for table in ("deletion_item", "deletion_order", "retention_hold"):
        op.drop_table(table)
    for name in ("kreislohn_loeschposten_bleibt()", "kreislohn_loeschauftrag_beginnt()",
                 "kreislohn_loeschauftrag_bleibt()", "kreislohn_nur_nach_auftrag()",
                 "kreislohn_loeschbar(int, text, bigint)"):
        op.execute(f"DROP FUNCTION {name}")


def _trigger(name: str, event: str, table: str, function: str) -> None:
    op.execute(f"CREATE TRIGGER {name} BEFORE {event} ON {table} FOR EACH ROW EXECUTE FUNCTION {function}()")


def _hold() -> None:
    table = "retention_hold"
    op.create_table(
        table, *_row(table), _public_id(), sa.Column("person_public_id", sa.Uuid()),
        sa.Column("record_class", sa.String()), sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()), _moment("recorded_at", now=True), _moment("superseded_at", nullable=True),
        _words("recorded_by"), sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("valid_to IS NULL OR valid_to >= valid_from", name=op.f(f"ck_{table}_zeitraum")),
        sa.CheckConstraint("superseded_at IS NULL OR superseded_at >= recorded_at", name=op.f(f"ck_{table}_kenntnis")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_grund")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")))
    op.create_index(op.f(f"ix_{table}_tenant_id_person_public_id"), table, ["tenant_id", "person_public_id"])


def _order() -> None:
    table = "deletion_order"
    op.create_table(
        table, *_row(table), _public_id(), sa.Column("due_day", sa.Date(), nullable=False),
        sa.Column("state", sa.String(), server_default=sa.text("'ordered'"), nullable=False), _words("reason"),
        sa.Column("plan", postgresql.JSONB(), nullable=False), sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("kept_from", sa.Date()), _words("ordered_by"), _moment("ordered_at", now=True),
        sa.Column("approved_by", sa.String()), _moment("approved_at", nullable=True),
        _moment("finished_at", nullable=True), sa.Column("certificate", postgresql.JSONB()),
        sa.CheckConstraint("state IN ('ordered', 'approved', 'done', 'withdrawn')", name=op.f(f"ck_{table}_state")),
        sa.CheckConstraint("reason <> ''", name=op.f(f"ck_{table}_grund")),
        sa.CheckConstraint("approved_by <> ordered_by", name=op.f(f"ck_{table}_zweite_person")),
        sa.CheckConstraint("state NOT IN ('approved', 'done') OR (approved_by IS NOT NULL AND approved_at IS NOT NULL)",
                           name=op.f(f"ck_{table}_genehmigt")),
        sa.CheckConstraint("state <> 'done' OR (finished_at IS NOT NULL AND certificate IS NOT NULL)",
                           name=op.f(f"ck_{table}_urkunde")),
        sa.CheckConstraint("octet_length(digest) = 32", name=op.f(f"ck_{table}_digest")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")))
    op.create_index("uq_deletion_order_offen", table, ["tenant_id"], unique=True,
                    postgresql_where=sa.text("state IN ('ordered', 'approved')"))


def _item() -> None:
    table = "deletion_item"
    op.create_table(
        table, *_row(table), sa.Column("order_id", sa.BigInteger(), nullable=False), _words("record_class"),
        _words("table_name"), sa.Column("row_id", sa.BigInteger(), nullable=False),
        sa.Column("person_public_id", sa.Uuid()),
        sa.Column("state", sa.String(), server_default=sa.text("'due'"), nullable=False),
        sa.ForeignKeyConstraint(["tenant_id", "order_id"], ["deletion_order.tenant_id", "deletion_order.id"],
                                name=op.f(f"fk_{table}_tenant_id_order_id")),
        sa.UniqueConstraint("tenant_id", "order_id", "table_name", "row_id",
                            name=op.f(f"uq_{table}_tenant_id_order_id_table_name_row_id")),
        sa.CheckConstraint("state IN ('due', 'deleted', 'held')", name=op.f(f"ck_{table}_state")))
    op.create_index(op.f(f"ix_{table}_tenant_id_table_name_row_id"), table, ["tenant_id", "table_name", "row_id"])


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _words(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _moment(name: str, *, now: bool = False, nullable: bool = False) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable)
