"""UV-Jahresmeldung, Anzeige nach § 163 SGB IX, Entgeltbescheinigung, Personalstand; eigene Gefahrtarifstelle.

Revision ID: 0061
Revises: 0060
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0061"
down_revision = "0060"
branch_labels = None
depends_on = None

BEFORE = ("lsta", "beitragsnachweis", "zv_monat", "zv_ereignis", "zv_jahr", "lstb", "deuev")
NEW = ("uv", "sb", "eel", "personalstand", "a1")


def upgrade() -> None:
    op.add_column("beschaeftigung_angaben", sa.Column("gefahrtarifstelle", sa.String()))
    op.create_check_constraint(op.f("ck_beschaeftigung_angaben_gefahrtarifstelle"), "beschaeftigung_angaben",
                               "gefahrtarifstelle ~ '^[0-9]{1,8}$'")
    _kinds((*BEFORE, *NEW))


def downgrade() -> None:
    # Filings of the new kinds stay, so that a step up finds them again; new ones are refused.
    _kinds(BEFORE, valid=False)
    op.drop_constraint(op.f("ck_beschaeftigung_angaben_gefahrtarifstelle"), "beschaeftigung_angaben")
    op.drop_column("beschaeftigung_angaben", "gefahrtarifstelle")


def _kinds(names: tuple[str, ...], *, valid: bool = True) -> None:
    name, listed = op.f("ck_meldung_art"), ", ".join(f"'{one}'" for one in names)
    op.drop_constraint(name, "meldung")
    op.create_check_constraint(name, "meldung", f"art IN ({listed})", postgresql_not_valid=not valid)
