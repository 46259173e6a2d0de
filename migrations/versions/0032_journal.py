"""Journal: Buchungen je abgeschlossenem Lauf, nur anfügen, Soll gleich Haben; danach kommt keine Zeile mehr dazu.

Revision ID: 0032
Revises: 0031
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, append_only, protect

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

BALANCED = """
CREATE FUNCTION kreislohn_journal_ausgeglichen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM public.buchung b JOIN public.lauf l ON (l.tenant_id, l.id) = (b.tenant_id, b.lauf_id)
        WHERE b.tenant_id = NEW.tenant_id AND b.lauf_id = NEW.lauf_id AND l.zustand = 'abgeschlossen'
        HAVING count(*) = NEW.anzahl AND coalesce(sum(b.betrag) FILTER (WHERE b.seite = 'S'), 0) = NEW.soll
           AND coalesce(sum(b.betrag) FILTER (WHERE b.seite = 'H'), 0) = NEW.haben) THEN
        RAISE EXCEPTION 'Ein Journal schließt genau die Buchungen eines abgeschlossenen Laufs ab, Soll gleich Haben.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""
CLOSED = """
CREATE FUNCTION kreislohn_journal_geschlossen() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM neu n JOIN public.journal j ON (j.tenant_id, j.lauf_id) = (n.tenant_id, n.lauf_id)) THEN
        RAISE EXCEPTION 'Das Journal dieses Laufs ist abgeschlossen; berichtigt wird in einem späteren Monat.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _journal()
    _posting()
    op.execute(BALANCED)
    op.execute(CLOSED)
    for table in ("journal", "buchung"):
        protect(table, grants="SELECT, INSERT")
        op.execute(f"GRANT DELETE ON {table} TO {APP}")
        append_only(table)
    op.execute("CREATE TRIGGER ausgeglichen BEFORE INSERT ON journal FOR EACH ROW "
               "EXECUTE FUNCTION kreislohn_journal_ausgeglichen()")
    op.execute("CREATE TRIGGER geschlossen AFTER INSERT ON buchung REFERENCING NEW TABLE AS neu FOR EACH STATEMENT "
               "EXECUTE FUNCTION kreislohn_journal_geschlossen()")


def downgrade() -> None:
    op.drop_table("buchung")
    op.drop_table("journal")
    op.execute("DROP FUNCTION kreislohn_journal_ausgeglichen()")
    op.execute("DROP FUNCTION kreislohn_journal_geschlossen()")


def _journal() -> None:
    table = "journal"
    op.create_table(
        table, *_row(table), sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"),
                                       nullable=False),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False), sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("anzahl", sa.Integer(), nullable=False), *(_cents(name) for name in ("soll", "haben", "aufwand",
                                                                                       "netto")),
        sa.Column("sha256", sa.LargeBinary(), nullable=False), _text("erstellt_von"),
        sa.Column("erstellt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _check(table, "ausgeglichen", "soll = haben AND anzahl > 0"),
        _check(table, "sha256", "octet_length(sha256) = 32"), _run(table),
        sa.UniqueConstraint("tenant_id", "lauf_id", name=op.f(f"uq_{table}_tenant_id_lauf_id")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")))


def _posting() -> None:
    table = "buchung"
    op.create_table(
        table, *_row(table), sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False), sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("in_monat", sa.Date(), nullable=False), _text("konto"), _text("seite"), _cents("betrag"),
        *(_text(name) for name in ("schluessel", "kostenstelle", "produkt", "personenkreis", "personalnummer")),
        sa.Column("person_public_id", sa.Uuid(), nullable=False),
        _check(table, "seite", "seite IN ('S', 'H')"), _check(table, "betrag", "betrag > 0"),
        _check(table, "konto", "konto ~ '^[0-9]{2,9}$'"),
        _check(table, "personenkreis", "personenkreis IN ('B', 'T', 'S')"), _run(table),
        sa.UniqueConstraint("tenant_id", "lauf_id", "position",
                            name=op.f(f"uq_{table}_tenant_id_lauf_id_position")))
    for columns in (("lauf_id", "konto"), ("person_public_id",)):
        op.create_index(op.f(f"ix_{table}_tenant_id_{'_'.join(columns)}"), table, ["tenant_id", *columns])


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
            sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _run(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", "lauf_id"], ["lauf.tenant_id", "lauf.id"],
                                   name=op.f(f"fk_{table}_tenant_id_lauf_id"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _text(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=False)


def _cents(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False)
