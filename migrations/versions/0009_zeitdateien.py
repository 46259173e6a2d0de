"""Zeitdateien: Profile je Fassung, versiegelte Dateien, ihre Zeilen; gebucht wird nur aus freigegebenen Dateien.

Revision ID: 0009
Revises: 0008
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.operations import APP, append_only, protect

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

FIRST = sa.text("ersetzt_id IS NULL AND zustand IN ('vorgelegt', 'freigegeben')")
LIVING = sa.text("zustand IN ('vorgelegt', 'freigegeben')")
FILE_CHANGES = "zustand, freigegeben_von, freigegeben_am, zurueckgezogen_von, zurueckgezogen_am, zurueckgezogen_grund"
ROW_CHANGES = "stand, grund, abhilfe, entschieden, gebucht"
RELEASED_ONLY = """
CREATE FUNCTION kreislohn_zeit_zeile_freigegeben() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z JOIN zeit_datei d ON (d.tenant_id, d.id) = (z.tenant_id, z.datei_id)
               WHERE z.gebucht AND d.zustand NOT IN ('freigegeben', 'ersetzt')) THEN
        RAISE EXCEPTION 'Tabelle zeit_zeile: gebucht wird nur aus einer freigegebenen Datei.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _profil()
    _datei()
    _zeile()
    protect("zeit_profil", grants="SELECT, INSERT")
    append_only("zeit_profil")
    protect("zeit_datei", grants="SELECT, INSERT")
    protect("zeit_zeile", grants="SELECT, INSERT")
    # What was read never changes; only what people decide about it does.
    op.execute(f"GRANT UPDATE ({FILE_CHANGES}) ON zeit_datei TO {APP}")
    op.execute(f"GRANT UPDATE ({ROW_CHANGES}) ON zeit_zeile TO {APP}")
    op.execute("ALTER TABLE zeit_datei ALTER COLUMN inhalt SET STORAGE EXTERNAL")
    op.execute(RELEASED_ONLY)
    for event in ("INSERT", "UPDATE"):
        op.execute(
            f"CREATE TRIGGER zeit_zeile_freigegeben_{event.lower()} AFTER {event} ON zeit_zeile "
            "REFERENCING NEW TABLE AS geaendert FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_zeit_zeile_freigegeben()"
        )


def downgrade() -> None:
    for table in ("zeit_zeile", "zeit_datei", "zeit_profil"):
        op.drop_table(table)
    op.execute("DROP FUNCTION kreislohn_zeit_zeile_freigegeben()")


def _tenant_row() -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _texts(*names: str, nullable: bool = False) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.String(), nullable=nullable) for name in names]


def _moment(name: str, *, now: bool = False) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _keys(table: str) -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}")
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", *columns, name=op.f(f"uq_{table}_tenant_id_{'_'.join(columns)}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _profil() -> None:
    table = "zeit_profil"
    op.create_table(
        table,
        *_tenant_row(),
        _public_id(),
        *_texts("name"),
        sa.Column("fassung", sa.Integer(), nullable=False),
        *_texts("inhalt", "grund", "angelegt_von"),
        _moment("angelegt_am", now=True),
        _check(table, "fassung", "fassung >= 1"),
        _check(table, "grund", "grund <> ''"),
        *_keys(table),
        _unique(table, "name", "fassung"),
        _unique(table, "public_id"),
    )


def _datei() -> None:
    table = "zeit_datei"
    op.create_table(
        table,
        *_tenant_row(),
        _public_id(),
        *_texts("dateiname"),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("groesse", sa.Integer(), nullable=False),
        sa.Column("inhalt", sa.LargeBinary(), nullable=False),
        *_texts("profil"),
        sa.Column("profil_fassung", sa.Integer(), nullable=False),
        sa.Column("zustand", sa.String(), server_default=sa.text("'vorgelegt'"), nullable=False),
        sa.Column("ersetzt_id", sa.BigInteger(), nullable=True),
        sa.Column("zeilen", sa.Integer(), nullable=False),
        *(sa.Column(name, JSONB(), nullable=False) for name in ("kontrolle", "hinweise")),
        *_texts("eingelesen_von"),
        _moment("eingelesen_am", now=True),
        *_texts("freigegeben_von", nullable=True),
        _moment("freigegeben_am"),
        *_texts("zurueckgezogen_von", nullable=True),
        _moment("zurueckgezogen_am"),
        *_texts("zurueckgezogen_grund", nullable=True),
        _check(table, "zustand", "zustand IN ('vorgelegt', 'freigegeben', 'ersetzt', 'zurueckgezogen')"),
        _check(table, "sha256", "octet_length(sha256) = 32"),
        _check(table, "profil_fassung", "profil_fassung >= 0"),
        _check(table, "zweite_person", "freigegeben_von <> eingelesen_von"),
        _check(table, "freigegeben",
               "zustand <> 'freigegeben' OR (freigegeben_von IS NOT NULL AND freigegeben_am IS NOT NULL)"),
        _check(table, "zurueckgezogen",
               "zustand <> 'zurueckgezogen' OR (zurueckgezogen_von IS NOT NULL AND zurueckgezogen_grund <> '')"),
        _reference(table, "ersetzt_id", table),
        *_keys(table),
        _unique(table, "public_id"),
    )
    for name, column, where in (("sha256", "sha256", FIRST), ("ersetzt", "ersetzt_id", LIVING)):
        op.create_index(f"uq_zeit_datei_{name}", table, ["tenant_id", column], unique=True, postgresql_where=where)


def _zeile() -> None:
    table = "zeit_zeile"
    op.create_table(
        table,
        *_tenant_row(),
        sa.Column("datei_id", sa.BigInteger(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("position", "zeile")),
        sa.Column("quellzeilen", sa.SmallInteger(), nullable=False),
        *_texts("art", "personalnummer", "schluessel", "kostenstelle"),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=True),
        *_texts("lohnart", nullable=True),
        *(sa.Column(name, sa.Date(), nullable=True) for name in ("von", "bis")),
        sa.Column("monat", sa.Boolean(), nullable=False),
        _moment("beginn"),
        _moment("ende"),
        *_texts("einheit", nullable=True),
        sa.Column("menge", sa.Numeric(18, 4), nullable=True),
        sa.Column("betrag", sa.BigInteger(), nullable=True),
        *_texts("stand", "grund", "abhilfe"),
        sa.Column("nachtrag", sa.Boolean(), nullable=False),
        *(sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
          for name in ("entschieden", "gebucht")),
        sa.Column("fingerabdruck", sa.LargeBinary(), nullable=True),
        _check(table, "art", "art IN ('menge', 'stempel', 'abwesenheit')"),
        _check(table, "einheit", "einheit IN ('stunden', 'tage', 'stueck', 'faktor', 'sekunden', 'betrag')"),
        _check(table, "stand", "stand IN ('angenommen', 'zurueckgestellt', 'abgelehnt', 'bekannt')"),
        _check(table, "begruendet",
               "stand NOT IN ('zurueckgestellt', 'abgelehnt') OR (grund <> '' AND abhilfe <> '')"),
        _check(table, "vollstaendig",
               "stand NOT IN ('angenommen', 'bekannt') OR (beschaeftigung_id IS NOT NULL AND lohnart IS NOT NULL "
               "AND octet_length(fingerabdruck) = 32 AND bis >= von)"),
        _check(table, "gebucht", "NOT gebucht OR stand = 'angenommen'"),
        _reference(table, "datei_id", "zeit_datei"),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        _unique(table, "datei_id", "position"),
    )
    op.create_index("uq_zeit_zeile_gebucht", table, ["tenant_id", "fingerabdruck"], unique=True,
                    postgresql_where=sa.text("gebucht"))
    op.create_index("ix_zeit_zeile_person", table, ["tenant_id", "beschaeftigung_id", "von"])
