"""Lohnarten als Daten: Entstehung, Bemessungen, Pfändung, Bescheinigung, Statistik, Sicherheit der Angaben.

Was schon erfasst ist, bekommt „unklar“ und die niedrigste Sicherheit: niemand hat diese Angaben geprüft.

Revision ID: 0006
Revises: 0005
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLE = "lohnart_stand"
COLUMNS = {
    "personenkreis": ("alle", ("alle", "tarif", "beamte", "auszubildende")),
    "entstehung": ("eingabe", ("tabelle", "fest", "stunden", "tage", "prozent", "abgeleitet", "eingabe")),
    "sonderzahlung": ("unklar", ("ja", "nein", "ausbildung", "unklar")),
    "durchschnitt": ("unklar", ("monat", "durchschnitt", "nein", "unklar")),
    "pfaendbar": ("unklar", ("ganz", "halb", "nicht", "zusammenrechnung", "mindert", "entfaellt", "unklar")),
    "gesamtbrutto": ("unklar", ("plus", "minus", "neutral", "ohne", "unklar")),
    "statistik": ("unklar", ("regelmaessig", "sonstige_bezuege", "zuschlaege", "ueberstunden", "keine", "unklar")),
    "sicherheit": ("niedrig", ("hoch", "mittel", "niedrig")),
}


def upgrade() -> None:
    for name, (default, values) in COLUMNS.items():
        op.add_column(TABLE, sa.Column(name, sa.String(), server_default=sa.text(f"'{default}'"), nullable=False))
        allowed = ", ".join(f"'{value}'" for value in values)
        op.create_check_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, f"{name} IN ({allowed})")


def downgrade() -> None:
    for name in reversed(COLUMNS):
        op.drop_constraint(op.f(f"ck_{TABLE}_{name}"), TABLE, type_="check")
        op.drop_column(TABLE, name)
