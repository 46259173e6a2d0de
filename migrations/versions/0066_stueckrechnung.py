"""Ein großer Lauf in Stücken: der geteilte Lauf, seine Stücke, ihre versiegelten Blöcke.

Revision ID: 0066
Revises: 0065
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import protect

revision = "0066"
down_revision = "0065"
branch_labels = None
depends_on = None

RUN, PART, BLOCK = "stueckrechnung", "laufstueck", "laufblock"


def upgrade() -> None:
    op.create_table(
        RUN, *_key(), _public(), sa.Column("monat", sa.Date(), nullable=False), _text("schluessel"),
        _number("lauf_nummer"), sa.Column("stand", sa.DateTime(timezone=True), nullable=False), _text("grundlage"),
        sa.Column("am_jahresende", sa.Integer()), _text("begonnen_von"),
        sa.Column("angelegt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f(f"ck_{RUN}_monatserster")),
        *_owned(RUN), _alike(RUN, "public_id"), _alike(RUN, "monat"))
    op.create_table(
        PART, *_key(), _public(), _number("rechnung_id"), sa.Column("nummer", sa.Integer(), nullable=False),
        *(sa.Column(name, sa.ARRAY(sa.BigInteger()), nullable=False)
          for name in ("personen", "beschaeftigungen", "ergebnisse")),
        sa.Column("zustand", sa.String(), server_default=sa.text("'offen'"), nullable=False),
        sa.Column("versuche", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("begonnen_am", sa.DateTime(timezone=True)), sa.Column("fertig_am", sa.DateTime(timezone=True)),
        sa.CheckConstraint("zustand IN ('offen', 'fertig')", name=op.f(f"ck_{PART}_zustand")),
        sa.CheckConstraint("(zustand = 'offen') = (fertig_am IS NULL)", name=op.f(f"ck_{PART}_ende")),
        sa.CheckConstraint("cardinality(beschaeftigungen) = cardinality(ergebnisse)",
                           name=op.f(f"ck_{PART}_je_eines")),
        *_owned(PART), _below(PART, "rechnung_id", RUN), _alike(PART, "public_id"),
        _alike(PART, "rechnung_id", "nummer"))
    op.create_table(
        BLOCK, *_key(), _number("stueck_id"), _text("art"), sa.Column("nummer", sa.Integer(), nullable=False),
        _number("erste"), sa.Column("inhalt", sa.LargeBinary(), nullable=False),
        *_owned(BLOCK), _below(BLOCK, "stueck_id", PART), _alike(BLOCK, "stueck_id", "art", "nummer"))
    # Sealed bytes do not get smaller: the database need not try.
    op.execute(f"ALTER TABLE {BLOCK} ALTER COLUMN inhalt SET STORAGE EXTERNAL")
    for table in (RUN, PART, BLOCK):
        protect(table)


def downgrade() -> None:
    for table in (BLOCK, PART, RUN):
        op.drop_table(table)


def _key() -> list[sa.Column[Any]]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False)]


def _public() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=False)


def _owned(table: str) -> list[sa.schema.SchemaItem]:
    return [sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}"))]


def _below(table: str, column: str, above: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{above}.tenant_id", f"{above}.id"], ondelete="CASCADE",
                                   name=op.f(f"fk_{table}_tenant_id_{column}"))


def _alike(table: str, *columns: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint("tenant_id", *columns, name=op.f(f"uq_{table}_tenant_id_{'_'.join(columns)}"))
