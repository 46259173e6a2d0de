"""Was zwei Personen für alle in Kraft setzen: auch Umlagen, Familienzuschlag, Werte des Rechts und Steuerjahre.

Revision ID: 0046
Revises: 0045
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None

BEFORE = ("entgelttabelle", "krankenkassen", "zv_saetze")
NOW = ("entgelttabelle", "familienzuschlag", "krankenkassen", "zv_saetze", "umlagen", "rechtswerte", "steuerjahr")
LIST = "tabelle IS NULL OR (vorschlag IS NOT NULL AND jsonb_typeof(tabelle) = 'array')"


def upgrade() -> None:
    op.add_column("rechtswert", sa.Column("tabelle", postgresql.JSONB(none_as_null=True)))
    op.add_column("rechtswert", sa.Column("vorschlag", sa.Uuid()))
    op.create_check_constraint(op.f("ck_rechtswert_tabelle"), "rechtswert", LIST)
    _kinds(NOW)


def downgrade() -> None:
    # What the older program cannot read goes: facts of the new kinds, then the proposals behind them.
    op.execute("DELETE FROM rechtswert WHERE vorschlag IS NOT NULL")
    op.execute("DELETE FROM tariftabelle WHERE tarifwerk = 'Familienzuschlag NRW'")
    op.execute("DELETE FROM vorschlag WHERE art IN ('familienzuschlag', 'umlagen', 'rechtswerte', 'steuerjahr')")
    op.drop_constraint(op.f("ck_rechtswert_tabelle"), "rechtswert")
    op.drop_column("rechtswert", "vorschlag")
    op.drop_column("rechtswert", "tabelle")
    _kinds(BEFORE)


def _kinds(names: tuple[str, ...]) -> None:
    op.drop_constraint(op.f("ck_vorschlag_art"), "vorschlag")
    op.create_check_constraint(op.f("ck_vorschlag_art"), "vorschlag",
                               f"art IN ({', '.join(repr(name) for name in names)})")
