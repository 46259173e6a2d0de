"""Hinterbliebene als Empfangende von Sterbegeld: Art, verstorbene Person und Verhältnis zu ihr.

Revision ID: 0028
Revises: 0027
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

TABLE = "beschaeftigung_angaben"
ART = "art IN ('tarif', 'beamte', 'auszubildende', 'minijob'{})"
CHECKS = {
    "hinterbliebene": "art = 'hinterbliebene' OR (verstorbene IS NULL AND verhaeltnis IS NULL)",
    "verhaeltnis": "verhaeltnis IN ('ehegatte', 'lebenspartner', 'kind', 'sonstige')",
}


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("verstorbene", sa.String()))
    op.add_column(TABLE, sa.Column("verhaeltnis", sa.String()))
    _kinds(", 'hinterbliebene'")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE)
    # Rows of this kind stay as they are, so that a step up finds them again; new ones are refused.
    _kinds("", valid=False)
    op.drop_column(TABLE, "verhaeltnis")
    op.drop_column(TABLE, "verstorbene")


def _kinds(more: str, *, valid: bool = True) -> None:
    op.drop_constraint(op.f(f"ck_{TABLE}_art"), TABLE)
    op.create_check_constraint(op.f(f"ck_{TABLE}_art"), TABLE, ART.format(more), postgresql_not_valid=not valid)
