"""Tätigkeitsschlüssel und (versiegelt) Staatsangehörigkeit für die Meldungen zur Sozialversicherung.

Revision ID: 0060
Revises: 0059
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0060"
down_revision = "0059"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("person_angaben", sa.Column("staatsangehoerigkeit_siegel", sa.LargeBinary()))
    op.add_column("beschaeftigung_angaben", sa.Column("taetigkeitsschluessel", sa.String()))
    op.create_check_constraint(op.f("ck_beschaeftigung_angaben_taetigkeitsschluessel"), "beschaeftigung_angaben",
                               "taetigkeitsschluessel ~ '^[0-9]{9}$'")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_beschaeftigung_angaben_taetigkeitsschluessel"), "beschaeftigung_angaben")
    op.drop_column("beschaeftigung_angaben", "taetigkeitsschluessel")
    op.drop_column("person_angaben", "staatsangehoerigkeit_siegel")
