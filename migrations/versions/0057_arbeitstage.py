"""Arbeitstage der Woche an der Eingruppierung; Umwandlungstage als Anlass; Urlaub als Fehlzeit mit Tagesdurchschnitt.

Revision ID: 0057
Revises: 0056
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0057"
down_revision = "0056"
branch_labels = None
depends_on = None

DAY = "(Mo|Di|Mi|Do|Fr|Sa|So)(/2)?"
WEEK = f"arbeitstage_woche ~ '^{DAY}( {DAY}){{0,6}}$'"
BEFORE = ("urlaubsabgeltung", "abschlusspraemie", "tauschtage")
CONVERSION = "umwandlungstag"
ABSENCES = (
    "krankheit", "kind_krank", "mutterschutz", "beschaeftigungsverbot", "elternzeit", "sonderurlaub",
    "sonderurlaub_dienstlich", "pflegezeit", "pflege_kurz", "streik", "unentschuldigt", "rente_auf_zeit",
    "freistellung", "altersteilzeit", "absonderung", "taetigkeitsverbot", "elternzeit_teilzeit")
LEAVE = "urlaub"


def upgrade() -> None:
    op.add_column("bezuegezuordnung", sa.Column("arbeitstage_woche", sa.String()))
    op.create_check_constraint(op.f("ck_bezuegezuordnung_arbeitstage_woche"), "bezuegezuordnung", WEEK)
    _occasions((*BEFORE, CONVERSION), (BEFORE[0], BEFORE[2], CONVERSION))
    _absences((*ABSENCES, LEAVE))


def downgrade() -> None:
    # Rows of the new kind stay as they are, so that a step up finds them again; new ones are refused.
    _absences(ABSENCES, valid=False)
    _occasions(BEFORE, (BEFORE[0], BEFORE[2]), valid=False)
    op.drop_constraint(op.f("ck_bezuegezuordnung_arbeitstage_woche"), "bezuegezuordnung")
    op.drop_column("bezuegezuordnung", "arbeitstage_woche")


def _occasions(names: tuple[str, ...], counted: tuple[str, ...], *, valid: bool = True) -> None:
    kinds, amount = op.f("ck_anlasszahlung_anlass_art"), op.f("ck_anlasszahlung_menge")
    op.drop_constraint(kinds, "anlasszahlung")
    op.create_check_constraint(kinds, "anlasszahlung", f"art IN ({_words(names)})", postgresql_not_valid=not valid)
    op.drop_constraint(amount, "anlasszahlung")
    op.create_check_constraint(amount, "anlasszahlung",
                               f"menge >= 0 AND (art NOT IN ({_words(counted)}) OR menge > 0)")


def _absences(names: tuple[str, ...], *, valid: bool = True) -> None:
    kinds = op.f("ck_fehlzeit_fehlzeit_art")
    op.drop_constraint(kinds, "fehlzeit")
    op.create_check_constraint(kinds, "fehlzeit", f"art IN ({_words(names)})", postgresql_not_valid=not valid)


def _words(names: tuple[str, ...]) -> str:
    return ", ".join(repr(one) for one in names)
