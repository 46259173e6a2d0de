"""Sammellauf: Aufträge je Arbeitgeber und die Schlange, aus der Arbeiter sie holen (Procrastinate, eigenes Schema).

Das Schema der Schlange bringt das Paket mit, Stand seiner Umbauten bis einschließlich der in `QUEUE_UNTIL` genannten;
ein neuerer braucht einen eigenen Umbau hier (tests/migrations hält beides zusammen).

Revision ID: 0047
Revises: 0046
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from procrastinate.schema import SchemaManager

from migrations.operations import PLATFORM, protect

revision = "0047"
down_revision = "0046"
branch_labels = None
depends_on = None

TABLE, SCHEMA = "sammelauftrag", "warteschlange"
QUEUE_UNTIL = "03.04.00_50_post_add_retry_failed_job_procedure.sql"


def upgrade() -> None:
    op.create_table(
        TABLE,
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("public_id", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("sammlung", sa.Uuid(), nullable=False),
        sa.Column("monat", sa.Date(), nullable=False),
        sa.Column("art", sa.String(), nullable=False),
        sa.Column("ergebnis_hash", sa.String(), nullable=True),
        sa.Column("zustand", sa.String(), server_default=sa.text("'offen'"), nullable=False),
        sa.Column("versuche", sa.SmallInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("beauftragt_von", sa.String(), nullable=False),
        sa.Column("beauftragt_am", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("begonnen_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fertig_am", sa.DateTime(timezone=True), nullable=True),
        sa.Column("worte_siegel", sa.LargeBinary(), nullable=True),
        sa.CheckConstraint("art IN ('rechnen', 'abschliessen')", name=op.f(f"ck_{TABLE}_art")),
        sa.CheckConstraint("zustand IN ('offen', 'fertig', 'abgelehnt', 'gescheitert')",
                           name=op.f(f"ck_{TABLE}_zustand")),
        sa.CheckConstraint("extract(day FROM monat) = 1", name=op.f(f"ck_{TABLE}_monatserster")),
        sa.CheckConstraint("(zustand = 'offen') = (fertig_am IS NULL)", name=op.f(f"ck_{TABLE}_ende")),
        sa.CheckConstraint("(art = 'abschliessen') = (ergebnis_hash IS NOT NULL)", name=op.f(f"ck_{TABLE}_gezeigt")),
        sa.ForeignKeyConstraint(["tenant_id"], ["tenant.id"], name=op.f(f"fk_{TABLE}_tenant_id")),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f(f"pk_{TABLE}")),
        sa.UniqueConstraint("tenant_id", "public_id", name=op.f(f"uq_{TABLE}_tenant_id_public_id")),
    )
    op.create_index("uq_sammelauftrag_offen", TABLE, ["tenant_id", "monat", "art"], unique=True,
                    postgresql_where=sa.text("zustand = 'offen'"))
    op.create_index("ix_sammelauftrag_monat", TABLE, ["tenant_id", "monat"])
    protect(TABLE)
    _queue()


def downgrade() -> None:
    op.execute(f"DROP SCHEMA {SCHEMA} CASCADE")
    op.drop_table(TABLE)


def _queue() -> None:
    """Das Schema des Pakets; die Plattform stellt hinein und holt heraus, die Anwendung sieht es nicht."""
    op.execute(f"CREATE SCHEMA {SCHEMA}")
    op.execute(f"SET LOCAL search_path = {SCHEMA}, pg_catalog")
    op.get_bind().exec_driver_sql(SchemaManager.get_schema().replace("%", "%%"))
    op.execute("SET LOCAL search_path = public")
    op.execute(f"GRANT USAGE ON SCHEMA {SCHEMA} TO {PLATFORM}")
    op.execute(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA {SCHEMA} TO {PLATFORM}")
    op.execute(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {SCHEMA} TO {PLATFORM}")
    op.execute(f"REVOKE ALL ON ALL FUNCTIONS IN SCHEMA {SCHEMA} FROM PUBLIC")
    op.execute(f"GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA {SCHEMA} TO {PLATFORM}")
