"""Anträge auf Abwesenheit, Angaben zum Urlaubsjahr, geheime Kalenderadressen.

Revision ID: 0035
Revises: 0034
"""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP, no_overlap, protect

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

FACTS = {"urlaub_angaben": ("beschaeftigung_id", "jahr")}
PERSONAL = ("abwesenheit", "urlaub_angaben", "kalender_abo")  # deleted with the person, by order only


def upgrade() -> None:
    for make in (_abwesenheit, _urlaub_angaben, _kalender_abo):
        make()
    for table, keys in FACTS.items():
        no_overlap(table, f"ex_{table}_zeitraum", *keys)
        op.execute(
            f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
        )
    for table in PERSONAL:
        protect(table, grants="SELECT, INSERT, UPDATE")
        op.execute(
            f"CREATE TRIGGER nur_nach_auftrag BEFORE DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION kreislohn_nur_nach_auftrag()"
        )
        op.execute(f"GRANT DELETE ON {table} TO {APP}")


def downgrade() -> None:
    for table in ("kalender_abo", "urlaub_angaben", "abwesenheit"):
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


def _abwesenheit() -> None:
    table = "abwesenheit"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        _text("art"),
        sa.Column("von", sa.Date(), nullable=False),
        sa.Column("bis", sa.Date(), nullable=False),
        sa.Column("halb", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("zustand", sa.String(), server_default=sa.text("'beantragt'"), nullable=False),
        sa.Column("bemerkung", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("au_seit", sa.Date(), nullable=True),
        sa.Column("au_bis", sa.Date(), nullable=True),
        _text("eau", nullable=True),
        sa.Column("kind_geboren_am", sa.Date(), nullable=True),
        sa.Column("fehlzeit", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        _text("beantragt_von"),
        _moment("beantragt_am", now=True),
        _text("entschieden_von", nullable=True),
        _moment("entschieden_am"),
        _text("entschieden_grund", nullable=True),
        _check(
            table,
            "art",
            "art IN ('urlaub', 'zusatzurlaub', 'krank', 'kind_krank', 'kur', 'gleitzeit', "
            "'ueberstundenfrei', 'regeneration', 'umwandlung', 'dienstreise', 'fortbildung', "
            "'sonderurlaub', 'dienstbefreiung', 'mutterschutz', 'elternzeit', 'unentschuldigt')",
        ),
        _check(table, "eau", "eau IN ('anzufordern', 'angefordert', 'bestaetigt', 'fehlt')"),
        _check(
            table,
            "entschieden",
            "zustand = 'beantragt' OR (entschieden_von IS NOT NULL AND entschieden_am IS NOT NULL)",
        ),
        _check(table, "zustand", "zustand IN ('beantragt', 'genehmigt', 'abgelehnt', 'zurueckgezogen', 'storniert')"),
        _check(table, "begruendet", "zustand NOT IN ('abgelehnt', 'storniert') OR entschieden_grund <> ''"),
        _check(
            table, "zweite_person", "zustand NOT IN ('genehmigt', 'abgelehnt') OR entschieden_von <> beantragt_von"
        ),
        _check(table, "halb", "NOT halb OR von = bis"),
        _check(table, "au", "au_bis IS NULL OR au_bis >= au_seit"),
        _check(table, "zeitraum", "bis >= von AND bis - von <= 1100"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_abwesenheit_tenant_id_public_id")),
    )
    op.create_index("ix_abwesenheit_person", "abwesenheit", ["tenant_id", "beschaeftigung_id", "von"], unique=False)


def _urlaub_angaben() -> None:
    table = "urlaub_angaben"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("jahr", sa.SmallInteger(), nullable=False),
        sa.Column("uebertrag", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("vorher_genommen", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("hinweis_am", sa.Date(), nullable=True),
        sa.Column("uebertragung", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("verhinderung", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("schwerbehindert_von", sa.Date(), nullable=True),
        sa.Column("schwerbehindert_bis", sa.Date(), nullable=True),
        sa.Column("gleichgestellt", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("elternzeit_kuerzung", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        _moment("recorded_at", now=True),
        _moment("superseded_at"),
        _text("recorded_by"),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        _check(table, "uebertragung", "uebertragung IN ('', 'grund', 'dienstlich_bis_31_maerz_verhindert')"),
        _check(table, "verhinderung", "verhinderung IN ('', 'krank', 'dienstlich')"),
        _check(table, "jahr", "jahr > 0"),
        _check(table, "kenntnis", "superseded_at IS NULL OR superseded_at >= recorded_at"),
        _check(table, "tage", "uebertrag >= 0 AND vorher_genommen >= 0"),
        _check(table, "zeitraum", "valid_to IS NULL OR valid_to >= valid_from"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_urlaub_angaben_tenant_id_public_id")),
    )
    op.create_index(
        op.f("ix_urlaub_angaben_tenant_id_beschaeftigung_id"),
        "urlaub_angaben",
        ["tenant_id", "beschaeftigung_id"],
        unique=False,
    )


def _kalender_abo() -> None:
    table = "kalender_abo"
    op.create_table(
        table,
        *_row(),
        _public_id(),
        sa.Column("beschaeftigung_id", sa.BigInteger(), nullable=False),
        sa.Column("schluessel_hash", sa.LargeBinary(), nullable=False),
        _text("angelegt_von"),
        _moment("angelegt_am", now=True),
        _text("widerrufen_von", nullable=True),
        _moment("widerrufen_am"),
        _check(table, "widerrufen", "(widerrufen_am IS NULL) = (widerrufen_von IS NULL)"),
        _check(table, "schluessel_hash", "octet_length(schluessel_hash) = 32"),
        _job(table),
        *_keys(table),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f("uq_kalender_abo_tenant_id_public_id")),
        sa.UniqueConstraint("tenant_id", "schluessel_hash", name=op.f("uq_kalender_abo_tenant_id_schluessel_hash")),
    )
    op.create_index(
        op.f("ix_kalender_abo_tenant_id_beschaeftigung_id"),
        "kalender_abo",
        ["tenant_id", "beschaeftigung_id"],
        unique=False,
    )
