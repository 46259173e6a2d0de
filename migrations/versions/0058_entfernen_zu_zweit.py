"""Ein Dokument der Personalakte entfernen zwei Menschen: eine Person merkt mit Grund vor, eine andere entfernt.

Was früher eine Person allein entfernt hat, sagt das in vorgemerkt_von.

Revision ID: 0058
Revises: 0057
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from migrations.operations import APP

revision = "0058"
down_revision = "0057"
branch_labels = None
depends_on = None

TABLE, ALONE = "akte_dokument", "niemand (allein entfernt, vor der Regel)"
CHECKS = {
    "vorgemerkt_von": "(vorgemerkt_am IS NULL) = (vorgemerkt_von IS NULL)",
    "vorgemerkt": "entfernt_am IS NULL OR vorgemerkt_am IS NOT NULL",
    "zweite_person": "entfernt_von <> vorgemerkt_von",
}
COLUMNS = ("vorgemerkt_am", "vorgemerkt_von", "vorgemerkt_grund_siegel")


def upgrade() -> None:
    op.add_column(TABLE, sa.Column("vorgemerkt_am", sa.DateTime(timezone=True)))
    op.add_column(TABLE, sa.Column("vorgemerkt_von", sa.String()))
    op.add_column(TABLE, sa.Column("vorgemerkt_grund_siegel", sa.LargeBinary()))
    op.execute(f"ALTER TABLE {TABLE} NO FORCE ROW LEVEL SECURITY")  # the owner sees every tenant's rows
    op.execute(f"UPDATE {TABLE} SET vorgemerkt_am = entfernt_am, vorgemerkt_von = '{ALONE}' "  # noqa: S608 # names of the program
               "WHERE entfernt_am IS NOT NULL")
    op.execute(f"ALTER TABLE {TABLE} FORCE ROW LEVEL SECURITY")
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, rule)
    op.execute(f"GRANT UPDATE ({', '.join(COLUMNS)}) ON {TABLE} TO {APP}")


def downgrade() -> None:
    for name in CHECKS:
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE)
    for name in reversed(COLUMNS):
        op.drop_column(TABLE, name)
