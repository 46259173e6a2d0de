"""Eigene Zeiterfassung: Regelungen, Dienste, Stempel, Korrekturen, Aufträge; Zugänge zu Zeitsystemen.

Revision ID: 0034
Revises: 0033
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import APP, append_only, no_overlap, protect

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

FACTS = {"zeit_regelung": ("beschaeftigung_id",), "zeit_dienst": ("beschaeftigung_id",)}
PERSONAL = (
    "zeit_regelung",
    "zeit_dienst",
    "zeit_korrektur",
    "zeit_auftrag",
)  # deleted with the person, by order only


def upgrade() -> None:
    for make in (_zeit_quelle, _zeit_regelung, _zeit_dienst, _zeit_stempel, _zeit_korrektur, _zeit_auftrag):
        make()
    for table, keys in FACTS.items():
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        op.execute(
            f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
        )
    protect("zeit_quelle")
    protect("zeit_stempel", grants="SELECT, INSERT")
    append_only("zeit_stempel")
    op.execute(f"GRANT DELETE ON zeit_stempel TO {APP}")
    for table in PERSONAL:
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(
            f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()"
        )
        op.execute(f"GRANT DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in ("zeit_auftrag", "zeit_korrektur", "zeit_stempel", "zeit_dienst", "zeit_regelung", "zeit_quelle"):
        op.drop_table(table)


def _row() -> list[Any]:
    return [
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
    ]


def _public_id() -> sa.Column[Any]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.String(), nullable=nullable)


def _moment(name: str, *, now: bool = False, nullable: bool = True) -> sa.Column[Any]:
    default = sa.text("now()") if now else None
    return sa.Column(name, sa.DateTime(timezone=True), server_default=default, nullable=nullable and not now)


def _keys(table: str) -> list[Any]:
    return [
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
    ]


def _job(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["tenant_id", "beschaeftigung_id"],
        ["beschaeftigung.tenant_id", "beschaeftigung.id"],
        name=op.f(f"fk_{table}_tenant_id_beschaeftigung_id"),
    )


def _check(table: str, name: str, rule: str) -> sa.CheckConstraint:
    return sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}"))


def _zeit_quelle() -> None:
    table = "zeit_quelle"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        _text("name"),
        _text("adresse"),
        _text("profil"),
        sa.Column("token_siegel", sa.LargeBinary(), nullable=False),
        _text("angelegt_von"),
        _moment("angelegt_am", now=True),
        _moment("zuletzt"),
        _check(table, "adresse", "left(adresse, 8) = 'https://'"),
        _check(table, "name", "name <> ''"),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "name", name=op.f("uq_zeit_quelle_tenant_id_name")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_quelle_tenant_id_public_id")),
    )


def _zeit_regelung() -> None:
    table = "zeit_regelung"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        _text("art"),
        sa.Column("wochen", postgresql.JSONB(), nullable=False),
        sa.Column("anker", sa.Date(), nullable=False),
        sa.Column("rahmen_von", sa.SmallInteger(), nullable=False),
        sa.Column("rahmen_bis", sa.SmallInteger(), nullable=False),
        sa.Column("kern_von", sa.SmallInteger(), nullable=True),
        sa.Column("kern_bis", sa.SmallInteger(), nullable=True),
        _text("pausen"),
        sa.Column("plus_grenze", sa.Integer(), nullable=True),
        sa.Column("minus_grenze", sa.Integer(), nullable=True),
        _text("kappung"),
        sa.Column("saldo_anfang", sa.Integer(), server_default=sa.text("0"), nullable=False),
        _text("bereich"),
        _text("schichtarbeit"),
        sa.Column("staendig", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("nachtarbeit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _moment("recorded_at", now=True),
        _moment("superseded_at"),
        _text("recorded_by"),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _check(table, "art", "art IN ('fest', 'gleitend', 'schicht')"),
        _check(
            table,
            "bereich",
            "bereich IN ('verwaltung', 'krankenhaus', 'pflege', 'rettung_feuerwehr', 'ordnung', "
            "'kultur_freizeit', 'verkehr', 'versorgung_entsorgung')",
        ),
        _check(table, "kappung", "kappung IN ('nie', 'monat', 'jahr')"),
        _check(table, "pausen", "pausen IN ('gestempelt', 'gesetzlich')"),
        _check(table, "schichtarbeit", "schichtarbeit IN ('keine', 'schicht', 'wechselschicht')"),
        _check(table, "kern", "kern_von < kern_bis"),
        _check(table, "rahmen", "rahmen_von < rahmen_bis"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_regelung_tenant_id_public_id")),
    )
    op.create_index(
        op.f("ix_zeit_regelung_tenant_id_beschaeftigung_id"),
        "zeit_regelung",
        ["tenant_id", "beschaeftigung_id"],
        unique=False,
    )


def _zeit_dienst() -> None:
    table = "zeit_dienst"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("beginn", sa.SmallInteger(), nullable=False),
        sa.Column("ende", sa.SmallInteger(), nullable=False),
        sa.Column("pause", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _moment("recorded_at", now=True),
        _moment("superseded_at"),
        _text("recorded_by"),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _check(table, "dienst", "beginn >= 0 AND ende >= beginn"),
        _check(table, "pause", "pause >= 0"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"),
        _check(table, "tag", "valid_to = valid_from"),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_dienst_tenant_id_public_id")),
    )
    op.create_index(
        op.f("ix_zeit_dienst_tenant_id_beschaeftigung_id"),
        "zeit_dienst",
        ["tenant_id", "beschaeftigung_id"],
        unique=False,
    )


def _zeit_stempel() -> None:
    table = "zeit_stempel"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        _moment("zeitpunkt", nullable=False),
        _text("richtung"),
        _text("quelle"),
        _text("erfasst_von"),
        _moment("erfasst_am", now=True),
        _check(table, "quelle", "quelle IN ('portal', 'terminal')"),
        _check(table, "richtung", "richtung IN ('kommen', 'gehen')"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_stempel_tenant_id_public_id")),
    )
    op.create_index(
        "ix_zeit_stempel_person", "zeit_stempel", ["tenant_id", "beschaeftigung_id", "zeitpunkt"], unique=False
    )


def _zeit_korrektur() -> None:
    table = "zeit_korrektur"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("tag", sa.Date(), nullable=False),
        sa.Column("zeiten", postgresql.JSONB(), nullable=False),
        _text("grund"),
        sa.Column("zustand", sa.String(), server_default=sa.text("'beantragt'"), nullable=False),
        _text("beantragt_von"),
        _moment("beantragt_am", now=True),
        _text("entschieden_von", nullable=True),
        _moment("entschieden_am"),
        _text("entschieden_grund", nullable=True),
        _check(table, "zweite_person", "entschieden_von <> beantragt_von OR zustand = 'zurueckgezogen'"),
        _check(table, "grund", "grund <> ''"),
        _check(
            table,
            "entschieden",
            "zustand = 'beantragt' OR (entschieden_von IS NOT NULL AND entschieden_am IS NOT NULL)",
        ),
        _check(table, "zustand", "zustand IN ('beantragt', 'genehmigt', 'abgelehnt', 'zurueckgezogen')"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_korrektur_tenant_id_public_id")),
    )
    op.create_index(
        op.f("ix_zeit_korrektur_tenant_id_beschaeftigung_id"),
        "zeit_korrektur",
        ["tenant_id", "beschaeftigung_id"],
        unique=False,
    )
    op.create_index(
        "uq_zeit_korrektur_offen",
        "zeit_korrektur",
        ["tenant_id", "beschaeftigung_id", "tag"],
        unique=True,
        postgresql_where=sa.text("zustand = 'beantragt'"),
    )


def _zeit_auftrag() -> None:
    table = "zeit_auftrag"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        _text("art"),
        _moment("beginn", nullable=False),
        _moment("ende", nullable=False),
        _text("grund"),
        _text("erfasst_von"),
        _moment("erfasst_am", now=True),
        _text("zurueckgezogen_von", nullable=True),
        _moment("zurueckgezogen_am"),
        _check(table, "art", "art IN ('anordnung', 'rufbereitschaft', 'einsatz_ausserhalb', 'einsatz_telefonisch')"),
        _check(table, "grund", "grund <> ''"),
        _check(table, "zurueckgezogen", "(zurueckgezogen_am IS NULL) = (zurueckgezogen_von IS NULL)"),
        _check(table, "zeitraum", "ende >= beginn"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_zeit_auftrag_tenant_id_public_id")),
    )
    op.create_index(
        "ix_zeit_auftrag_person", "zeit_auftrag", ["tenant_id", "beschaeftigung_id", "beginn"], unique=False
    )
