"""Rückrechnung: Unterschiede früherer Monate, gebucht im laufenden; mit ihrem Lauf eingefroren.

Revision ID: 0005
Revises: 0004
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

from migrations.operations import append_only, protect

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

BY_RUN = "JOIN lauf l ON (l.tenant_id, l.id) = (z.tenant_id, z.lauf_id)"
BY_RETRO = (
    "JOIN rueckrechnung r ON (r.tenant_id, r.id) = (z.tenant_id, z.rueckrechnung_id) "
    "JOIN lauf l ON (l.tenant_id, l.id) = (r.tenant_id, r.lauf_id)"
)
JOINS = {
    "rueckrechnung_lauf": BY_RUN,
    "rueckrechnung": BY_RUN,
    "rueckrechnung_zeile": BY_RETRO,
    "rueckrechnung_auszahlung": BY_RUN,
}
STAYS = """
CREATE FUNCTION kreislohn_{table}_bleibt() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT 1 FROM geaendert z {join}
               WHERE l.zustand NOT IN ('offen', 'probe')) THEN
        RAISE EXCEPTION 'Tabelle {table}: Der Lauf ist geprüft oder abgeschlossen, seine Rückrechnung bleibt.'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$
"""


def upgrade() -> None:
    _lauf()
    _rueckrechnung()
    _zeile()
    _auszahlung()
    _bestaetigung()
    for table, join in JOINS.items():
        protect(table)
        op.execute(STAYS.format(table=table, join=join))
        for event, which in (("INSERT", "NEW"), ("UPDATE", "OLD"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER {table}_bleibt_{event.lower()} AFTER {event} ON {table} "
                f"REFERENCING {which} TABLE AS geaendert "
                f"FOR EACH STATEMENT EXECUTE FUNCTION kreislohn_{table}_bleibt()"
            )
    protect("rueckrechnung_bestaetigung", grants="SELECT, INSERT")
    append_only("rueckrechnung_bestaetigung")


def downgrade() -> None:
    for table in ("rueckrechnung_bestaetigung", *reversed(JOINS)):
        op.drop_table(table)
    for table in JOINS:
        op.execute(f"DROP FUNCTION kreislohn_{table}_bleibt()")


def _tenant_row() -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _cents(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for name in names]


def _keys(table: str) -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _reference(table: str, column: str, to: str, *, cascade: bool = False) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column],
        [f"{to}.tenant_id", f"{to}.id"],
        name=op.f(f"fk_{table}_tenant_id_{column}"),
        ondelete="CASCADE" if cascade else None,
    )


def _unique(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", *columns, name=op.f(f"uq_{table}_tenant_id_{'_'.join(columns)}"))


def _lauf() -> None:
    table = "rueckrechnung_lauf"
    op.create_table(
        table,
        *_tenant_row(),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("bis", sa.DateTime(timezone=True), nullable=False),
        _reference(table, "lauf_id", "lauf", cascade=True),
        *_keys(table),
        _unique(table, "lauf_id"),
    )


def _rueckrechnung() -> None:
    table = "rueckrechnung"
    op.create_table(
        table,
        *_tenant_row(),
        _public_id(),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("grund", sa.String(), nullable=True),
        sa.Column("seit", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ursachen", JSONB(), nullable=False),
        sa.CheckConstraint("art IN ('entstehung', 'zufluss', 'offen')", name=op.f("ck_rueckrechnung_art")),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f("ck_rueckrechnung_monatserster")),
        sa.CheckConstraint(
            "art <> 'offen' OR (grund IS NOT NULL AND seit IS NOT NULL)",
            name=op.f("ck_rueckrechnung_offen_begruendet"),
        ),
        _reference(table, "lauf_id", "lauf", cascade=True),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        _unique(table, "lauf_id", "beschaeftigung_id", "monat", "art"),
        _unique(table, "public_id"),
    )
    op.create_index("ix_rueckrechnung_beschaeftigung", table, ["tenant_id", "beschaeftigung_id", "monat"])


def _zeile() -> None:
    table = "rueckrechnung_zeile"
    op.create_table(
        table,
        *_tenant_row(),
        sa.Column("rueckrechnung_id", sa.BigInteger(), nullable=False),
        sa.Column("position", sa.SmallInteger(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in ("bereich", "name", "text", "merkmale")),
        *_cents("alt", "neu", "betrag"),
        sa.CheckConstraint(
            "bereich IN ('wert', 'bezug', 'abzug', 'netto')", name=op.f("ck_rueckrechnung_zeile_bereich")
        ),
        _reference(table, "rueckrechnung_id", "rueckrechnung", cascade=True),
        *_keys(table),
        _unique(table, "rueckrechnung_id", "position"),
    )


def _auszahlung() -> None:
    table = "rueckrechnung_auszahlung"
    op.create_table(
        table,
        *_tenant_row(),
        sa.Column("lauf_id", sa.BigInteger(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        *_cents("eigen", "rueckrechnung", "vortrag", "zahlbetrag", "uebertrag"),
        sa.CheckConstraint(
            "eigen + rueckrechnung + vortrag = zahlbetrag + uebertrag", name=op.f(f"ck_{table}_summe")
        ),
        sa.CheckConstraint(
            "zahlbetrag >= 0 AND vortrag <= 0 AND uebertrag <= 0", name=op.f(f"ck_{table}_vorzeichen")
        ),
        _reference(table, "lauf_id", "lauf", cascade=True),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        _unique(table, "lauf_id", "beschaeftigung_id"),
    )


def _bestaetigung() -> None:
    table = "rueckrechnung_bestaetigung"
    op.create_table(
        table,
        *_tenant_row(),
        _public_id(),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=True),
        sa.Column("ab_monat", sa.Date(), nullable=False),
        sa.Column("grund", sa.String(), nullable=False),
        sa.Column("bestaetigt_von", sa.String(), nullable=False),
        sa.Column("bestaetigt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("grund <> ''", name=op.f(f"ck_{table}_grund")),
        sa.CheckConstraint(
            "extract(day FROM monat) = 1 AND extract(day FROM ab_monat) = 1", name=op.f(f"ck_{table}_monatserste")
        ),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        _unique(table, "public_id"),
    )
