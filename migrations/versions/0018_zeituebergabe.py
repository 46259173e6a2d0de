"""Abgeschlossene Zeitmonate, übergebene Mengen als Tatsachen, Entscheidungen über vorgeschlagene Fehlzeiten.

Revision ID: 0018
Revises: 0017
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import append_only, no_overlap, protect

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

CLOCKS = {"zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
          "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at"}


def upgrade() -> None:
    _monat()
    _bezug()
    _vorschlag()


def downgrade() -> None:
    for table in ("zeit_vorschlag", "zeit_bezug", "zeit_monat"):
        op.drop_table(table)


def _row() -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _text(name: str, *, nullable: bool = False, default: str | None = None) -> sa.Column[Any]:
    server = None if default is None else sa.text(f"'{default}'")
    return sa.Column(name, sa.String(), nullable=nullable, server_default=server)


def _moment(name: str, *, now: bool = True) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=not now)


def _keys(table: str) -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _reference(table: str, column: str, to: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", column], [f"{to}.tenant_id", f"{to}.id"], name=op.f(f"fk_{table}_tenant_id_{column}"))


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _unique(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", column, name=op.f(f"uq_{table}_tenant_id_{column}"))


def _monat() -> None:
    table = "zeit_monat"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("zahlmonat", sa.Date(), nullable=False),
        _text("feiertag", nullable=True),
        _text("grund", default=""),
        _text("abgeschlossen_von"),
        _moment("abgeschlossen_am"),
        _check(table, "monatserster", "extract(day FROM monat) = 1 AND extract(day FROM zahlmonat) = 1"),
        _check(table, "zahlmonat", "zahlmonat >= monat"),
        _check(table, "feiertag", "feiertag IN ('mit', 'ohne')"),
        *_keys(table),
        _unique(table, "public_id"),
        _unique(table, "monat"),
    )
    protect(table, grants="SELECT, INSERT")
    append_only(table)


def _bezug() -> None:
    table = "zeit_bezug"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _moment("recorded_at"),
        _moment("superseded_at", now=False),
        _text("recorded_by"),
        _text("reason", default=""),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("arbeitsmonat", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.SmallInteger(), nullable=False) for name in ("lohnart", "klasse")),
        _text("einheit"),
        sa.Column("menge", sa.Numeric(18, 4), nullable=False),
        sa.Column("nachtrag", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _check(table, "arbeitsmonat", "arbeitsmonat > 0"),
        _check(table, "lohnart", "lohnart BETWEEN 1 AND 9999"),
        _check(table, "klasse", "klasse BETWEEN 0 AND 9"),
        _check(table, "einheit", "einheit IN ('minuten', 'tage', 'betrag')"),
        *(_check(table, name, rule) for name, rule in CLOCKS.items()),
        _reference(table, "beschaeftigung_id", "beschaeftigung"),
        *_keys(table),
        _unique(table, "public_id"),
    )
    op.create_index(op.f(f"ix_{table}_tenant_id_beschaeftigung_id"), table, ["tenant_id", "beschaeftigung_id"])
    no_overlap(table, f"ex_{table}_zeitraum", "beschaeftigung_id", "arbeitsmonat", "lohnart", "klasse")
    protect(table, grants="SELECT, INSERT, UPDATE")
    op.execute(f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
               "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()")


def _vorschlag() -> None:
    table = "zeit_vorschlag"
    op.create_table(
        table,
        *_row(),
        sa.Column("zeile_id", sa.BigInteger(), nullable=False),
        *(_text(name) for name in ("entscheidung", "grund", "entschieden_von")),
        _moment("entschieden_am"),
        _check(table, "entscheidung", "entscheidung IN ('uebernommen', 'verworfen')"),
        _check(table, "grund", "grund <> ''"),
        _reference(table, "zeile_id", "zeit_zeile"),
        *_keys(table),
        _unique(table, "zeile_id"),
    )
    protect(table, grants="SELECT, INSERT")
    append_only(table)
