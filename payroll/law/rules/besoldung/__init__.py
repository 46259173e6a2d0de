"""Civil servants of NRW: family supplement and pay in limited fitness for duty; the basic salary is a table amount.

The table totals of the family supplement for children contain step 1; without a claim to step 1 it is taken off.
"""

from payroll.law.engine import Input
from payroll.law.parameters.pay_tables import MIETENSTUFEN

INPUTS = (
    Input("familienzuschlag_stufe_1", "Condition", "ja/nein", "Anspruch auf Familienzuschlag der Stufe 1", default=0),
    Input("familienzuschlag_kinder", "Count", "anzahl", "Kinder, die im Familienzuschlag zählen", default=0),
    Input("mietenstufe", "Choice", "auswahl", "Mietenstufe der Gemeinde des Hauptwohnsitzes", default=0,
          names=MIETENSTUFEN),
    Input("anwaerter_einstiegsamt", "Choice", "auswahl", "Einstiegsamt der Anwärter A5 bis A8", default=0,
          names=("unbekannt", "A5-A6", "A7-A8")),
    Input("dienstfaehigkeit", "Rate", "anteil", "festgesetzter Anteil bei begrenzter Dienstfähigkeit; 0 = keine",
          default=0, den=10000),
)
EXPORTS = ("familienzuschlag", "zuschlag_begrenzte_dienstfaehigkeit")
