"""Geringfügig Beschäftigte: Befreiung aus dem Antrag, kurzfristige Beschäftigung mit Tagen und Pauschsteuer.

Revision ID: 0019
Revises: 0018
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

DAYS = ("befreiung_eingang", "befreiung_gemeldet", "befreiung_widerruf")
FLAGS = ("kurzfristig_pauschal", "berufsmaessig")
CHECKS = {
    "befreiung": "befreiung_eingang IS NOT NULL OR (befreiung_gemeldet IS NULL AND befreiung_widerruf IS NULL)",
    "befreiung_gemeldet": "befreiung_gemeldet IS NULL OR befreiung_gemeldet >= befreiung_eingang",
    "kurzfristig": "kurzfristig_arbeitstage IS NULL OR kurzfristig_arbeitstage BETWEEN 1 AND 366",
    "kurzfristig_stunden": "kurzfristig_stunden IS NULL OR kurzfristig_stunden > 0",
}
KINDS = "art IN ('versichert', 'minijob'{})"


def upgrade() -> None:
    for name in DAYS:
        op.add_column("versicherung", sa.Column(name, sa.Date()))
    op.add_column("versicherung", sa.Column("kurzfristig_arbeitstage", sa.SmallInteger()))
    op.add_column("versicherung", sa.Column("kurzfristig_stunden", sa.Numeric(6, 2)))
    for name in FLAGS:
        op.add_column(
            "versicherung", sa.Column(name, sa.Boolean(), server_default=sa.text("false"), nullable=False)
        )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_versicherung_{name}"), "versicherung", rule)
    op.add_column("weitere_beschaeftigung", sa.Column("arbeitstage", sa.SmallInteger()))
    op.create_check_constraint(
        op.f("ck_weitere_beschaeftigung_arbeitstage"), "weitere_beschaeftigung",
        "arbeitstage IS NULL OR (art = 'kurzfristig' AND arbeitstage BETWEEN 1 AND 366)",
    )  # fmt: skip
    _kinds(", 'kurzfristig'")


def downgrade() -> None:
    op.execute("ALTER TABLE weitere_beschaeftigung NO FORCE ROW LEVEL SECURITY")  # the owner sees every tenant's rows
    op.execute("DELETE FROM weitere_beschaeftigung WHERE art = 'kurzfristig'")
    op.execute("ALTER TABLE weitere_beschaeftigung FORCE ROW LEVEL SECURITY")
    _kinds("")
    op.drop_constraint(op.f("ck_weitere_beschaeftigung_arbeitstage"), "weitere_beschaeftigung")
    op.drop_column("weitere_beschaeftigung", "arbeitstage")
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_versicherung_{name}"), "versicherung")
    for name in (*FLAGS, "kurzfristig_stunden", "kurzfristig_arbeitstage", *DAYS):
        op.drop_column("versicherung", name)


def _kinds(more: str) -> None:
    op.drop_constraint(op.f("ck_weitere_beschaeftigung_art"), "weitere_beschaeftigung")
    op.create_check_constraint(op.f("ck_weitere_beschaeftigung_art"), "weitere_beschaeftigung", KINDS.format(more))
