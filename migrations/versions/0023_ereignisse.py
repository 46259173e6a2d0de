"""Ereignisse mit ihrer gezeigten Wirkung und Wiedervorlagen; beide gehen am Ende der Aufbewahrung nur nach Auftrag.

Revision ID: 0023
Revises: 0022
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import protect

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _event()
    _follow_up()
    for table, grants in (("ereignis", "SELECT, INSERT, DELETE"), ("wiedervorlage", "SELECT, INSERT, DELETE")):
        protect(table, grants=grants)
        op.execute(f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} "
                   "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()")
    op.execute("GRANT UPDATE (faellig, erledigt_von, erledigt_am, vermerk) ON wiedervorlage TO kreislohn_app")


def downgrade() -> None:
    op.drop_table("wiedervorlage")
    op.drop_table("ereignis")


def _event() -> None:
    table = "ereignis"
    op.create_table(
        table, *_row(table), sa.Column("art", sa.String(), nullable=False),
        sa.Column("wirksam_ab", sa.Date(), nullable=False), sa.Column("wirksam_bis", sa.Date()),
        sa.Column("tatsachen", postgresql.JSONB(), nullable=False),
        sa.Column("gezeigt", sa.LargeBinary(), nullable=False), sa.Column("grund", sa.String(), nullable=False),
        sa.Column("erfasst_von", sa.String(), nullable=False), _now("erfasst_am"),
        sa.CheckConstraint("art <> '' AND grund <> ''", name=op.f(f"ck_{table}_grund")),
        sa.CheckConstraint("octet_length(gezeigt) = 32", name=op.f(f"ck_{table}_gezeigt")), *_keys(table))
    _indexes(table)


def _follow_up() -> None:
    table = "wiedervorlage"
    op.create_table(
        table, *_row(table), sa.Column("ereignis_id", sa.BigInteger()),
        sa.Column("thema", sa.String(), nullable=False), sa.Column("herkunft", sa.String(), nullable=False),
        sa.Column("faellig", sa.Date(), nullable=False), sa.Column("text", sa.String(), nullable=False),
        sa.Column("gesetz", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("erstellt_von", sa.String(), nullable=False), _now("erstellt_am"),
        sa.Column("erledigt_von", sa.String()), sa.Column("erledigt_am", sa.DateTime(timezone=True)),
        sa.Column("vermerk", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("text <> '' AND thema <> '' AND herkunft <> ''", name=op.f(f"ck_{table}_text")),
        sa.CheckConstraint("(erledigt_von IS NULL) = (erledigt_am IS NULL)", name=op.f(f"ck_{table}_erledigt")),
        sa.CheckConstraint("erledigt_von IS NULL OR vermerk <> ''", name=op.f(f"ck_{table}_vermerk")),
        sa.ForeignKeyConstraint(["tenant_id", "ereignis_id"], ["ereignis.tenant_id", "ereignis.id"],
                                name=op.f(f"fk_{table}_tenant_id_ereignis_id")),
        sa.UniqueConstraint("tenant_id", "herkunft", name=op.f(f"uq_{table}_tenant_id_herkunft")), *_keys(table))
    _indexes(table)
    op.create_index("ix_wiedervorlage_offen", table, ["tenant_id", "faellig"])


def _row(table: str) -> list[Any]:
    return [sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
            sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
            sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
            sa.Column("person_id", sa.BigInteger(), nullable=False), sa.Column("beschaeftigung_id", sa.BigInteger())]


def _keys(table: str) -> list[Any]:
    return [sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
            sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
            sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
            *(sa.ForeignKeyConstraint(["tenant_id", f"{to}_id"], [f"{to}.tenant_id", f"{to}.id"],
                                      name=op.f(f"fk_{table}_tenant_id_{to}_id"))
              for to in ("person", "beschaeftigung"))]


def _indexes(table: str) -> None:
    for column in ("person_id", "beschaeftigung_id"):
        op.create_index(op.f(f"ix_{table}_tenant_id_{column}"), table, ["tenant_id", column])


def _now(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
