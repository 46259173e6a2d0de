"""Hochgeladene Entgelttabellen und die Vorschläge, über die eine zweite Person entscheidet.

Revision ID: 0020
Revises: 0019
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from migrations.operations import no_overlap, platform_table, protect

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

TABLE_RULES = {
    "tarifwerk": "tarifwerk <> ''",
    "zellen": "jsonb_typeof(zellen) = 'object'",
    "quelle": "quelle <> ''",
    "datei_hash": "octet_length(datei_hash) = 32",
    "monatserster": "extract(day FROM valid_from) = 1",
    "zeitraum": "valid_to IS NULL OR valid_to >= valid_from",
    "kenntnis": "superseded_at IS NULL OR superseded_at >= recorded_at",
}
PROPOSAL_RULES = {
    "art": "art IN ('entgelttabelle', 'krankenkassen', 'zv_saetze')",
    "zustand": "zustand IN ('offen', 'bestaetigt', 'abgelehnt', 'zurueckgezogen')",
    "quelle": "titel <> '' AND quelle <> ''",
    "monatserster": "extract(day FROM gilt_ab) = 1",
    "datei_hash": "octet_length(datei_hash) = 32",
    "entschieden": "(zustand = 'offen') = (entschieden_von IS NULL)",
    "entschieden_am": "(entschieden_von IS NULL) = (entschieden_am IS NULL)",
    "zweite_person": "zustand NOT IN ('bestaetigt', 'abgelehnt') OR entschieden_von <> hochgeladen_von",
    "verteilt": "verteilt_am IS NULL OR zustand = 'bestaetigt'",
}
DECIDED_STAYS = """
CREATE FUNCTION kreislohn_vorschlag_entschieden() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.zustand <> 'offen' AND (NEW.zustand, NEW.entschieden_von, NEW.entschieden_am, NEW.grund)
            IS DISTINCT FROM (OLD.zustand, OLD.entschieden_von, OLD.entschieden_am, OLD.grund) THEN
        RAISE EXCEPTION 'Über diesen Vorschlag ist schon entschieden.' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$
"""


def upgrade() -> None:
    _pay_table()
    _proposal()


def downgrade() -> None:
    op.drop_table("vorschlag")
    op.execute("DROP FUNCTION kreislohn_vorschlag_entschieden()")
    op.drop_table("tariftabelle")


def _pay_table() -> None:
    table = "tariftabelle"
    op.create_table(
        table,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        _public_id(),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date()),
        _now("recorded_at"),
        sa.Column("superseded_at", sa.DateTime(timezone=True)),
        sa.Column("recorded_by", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("tarifwerk", sa.String(), nullable=False),
        sa.Column("zellen", postgresql.JSONB(), nullable=False),
        sa.Column("quelle", sa.String(), nullable=False),
        sa.Column("datei_hash", sa.LargeBinary(), nullable=False),
        sa.Column("vorschlag", sa.Uuid(), nullable=False),
        *_checks(table, TABLE_RULES),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{table}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{table}_tenant_id_public_id")),
    )
    no_overlap(table, f"ex_{table}_zeitraum", "hashtext(tarifwerk)")
    protect(table, grants="SELECT, INSERT, UPDATE")
    op.execute(
        f"CREATE TRIGGER tatsache_bleibt BEFORE UPDATE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_tatsache_bleibt()"
    )


def _proposal() -> None:
    op.create_table(
        "vorschlag",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        _public_id(),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("titel", sa.String(), nullable=False),
        sa.Column("gilt_ab", sa.Date(), nullable=False),
        sa.Column("quelle", sa.String(), nullable=False),
        sa.Column("datei_name", sa.String(), nullable=False),
        sa.Column("datei_hash", sa.LargeBinary(), nullable=False),
        sa.Column("inhalt", postgresql.JSONB(), nullable=False),
        sa.Column("hochgeladen_von", sa.String(), nullable=False),
        _now("hochgeladen_am"),
        sa.Column("zustand", sa.String(), server_default=sa.text("'offen'"), nullable=False),
        sa.Column("entschieden_von", sa.String()),
        sa.Column("entschieden_am", sa.DateTime(timezone=True)),
        sa.Column("grund", sa.String(), server_default=sa.text("''"), nullable=False),
        sa.Column("verteilt_am", sa.DateTime(timezone=True)),
        *_checks("vorschlag", PROPOSAL_RULES),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vorschlag")),
        sa.UniqueConstraint("public_id", name=op.f("uq_vorschlag_public_id")),
    )
    platform_table("vorschlag", "SELECT, INSERT")
    op.execute(
        "GRANT UPDATE (zustand, entschieden_von, entschieden_am, grund, verteilt_am) ON vorschlag TO kreislohn_platform"
    )
    op.execute(DECIDED_STAYS)
    op.execute(
        "CREATE TRIGGER entschieden_bleibt BEFORE UPDATE ON vorschlag "
        "FOR EACH ROW EXECUTE FUNCTION kreislohn_vorschlag_entschieden()"
    )


def _checks(table: str, rules: dict[str, str]) -> list[sa.CheckConstraint]:
    return [sa.CheckConstraint(rule, name=op.f(f"ck_{table}_{name}")) for name, rule in rules.items()]


def _public_id() -> sa.Column[object]:
    return sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False)


def _now(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
