"""Kapitalgedeckter Abrechnungsverband: Beitragssatz der Kasse, Entgelt und Beitrag der Zusatzversorgung je Ergebnis.

Revision ID: 0017
Revises: 0016
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

VALUES = ("zv_entgelt", "zv2_beitrag", "zv2_steuerfrei", "zv2_sv_frei")
OLD_FUNDS = ("rzvk", "vbl_west")
NEW_FUNDS = (*OLD_FUNDS, "rzvk_av2", "kvw_av1", "kvw_av2")
OLD_RATES = "umlage_satz BETWEEN 0 AND 20 AND an_satz BETWEEN 0 AND 20 AND sanierungsgeld_satz BETWEEN 0 AND 20"


def upgrade() -> None:
    for name in VALUES:
        op.add_column("ergebnis", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
    op.add_column("zv_kasse_satz", sa.Column("beitrag_satz", sa.Numeric(6, 4), server_default=sa.text("0"),
                                             nullable=False))
    _rates(f"{OLD_RATES} AND beitrag_satz BETWEEN 0 AND 20")
    _funds(NEW_FUNDS)


def downgrade() -> None:
    # Funds of a newer kind stay as they are, so that a step up again finds them; new ones are refused.
    _funds(OLD_FUNDS, valid=False)
    _rates(OLD_RATES)
    op.drop_column("zv_kasse_satz", "beitrag_satz")
    for name in reversed(VALUES):
        op.drop_column("ergebnis", name)


def _rates(check: str) -> None:
    op.drop_constraint(op.f("ck_zv_kasse_satz_saetze"), "zv_kasse_satz", type_="check")
    op.create_check_constraint(op.f("ck_zv_kasse_satz_saetze"), "zv_kasse_satz", check)


def _funds(names: tuple[str, ...], *, valid: bool = True) -> None:
    words = ", ".join(repr(name) for name in names)
    op.drop_constraint(op.f("ck_zv_kasse_kuerzel"), "zv_kasse", type_="check")
    op.create_check_constraint(op.f("ck_zv_kasse_kuerzel"), "zv_kasse", f"kuerzel IN ({words})",
                               postgresql_not_valid=not valid)
