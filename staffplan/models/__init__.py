"""Tabellen des Stellenplans.

Anker (Organisationseinheit, Kontierung, Stelle) ändern sich nie; was sich ändern kann, steht in Tatsachen mit zwei
Uhren. Anteile sind genaue Brüche aus zwei ganzen Zahlen. Ein Plan mit seinen vorgesehenen Änderungen steht für sich,
bis er beschlossen ist; danach ist er eingefroren. Personen erscheinen nur mit ihrer Personalnummer.
"""

from staffplan.models.occupancy import StelleBesetzung, StelleBewertung, StelleUnterlage
from staffplan.models.organisation import (
    Kontierung,
    KontierungStand,
    Organisationseinheit,
    OrganisationseinheitStand,
)
from staffplan.models.plan import Stellenplan, StellenplanAenderung, StellenplanNachwuchs
from staffplan.models.posts import Stelle, StelleFinanzierung, StelleStand, StelleVermerk, StelleVerteilung

FACTS = (
    OrganisationseinheitStand,
    KontierungStand,
    StelleStand,
    StelleVerteilung,
    StelleFinanzierung,
    StelleVermerk,
    StelleBesetzung,
    StelleBewertung,
)

__all__ = [
    "FACTS",
    "Kontierung",
    "KontierungStand",
    "Organisationseinheit",
    "OrganisationseinheitStand",
    "Stelle",
    "StelleBesetzung",
    "StelleBewertung",
    "StelleFinanzierung",
    "StelleStand",
    "StelleUnterlage",
    "StelleVermerk",
    "StelleVerteilung",
    "Stellenplan",
    "StellenplanAenderung",
    "StellenplanNachwuchs",
]
