"""Jahr der Zusatzversorgung: Abschnitte der Jahresmeldung, Entgelt, Beiträge und Versorgungspunkte je Person."""

from payroll.runs.zusatzversorgung.jahr import AUSSERHALB, NICHT_BELEGT, Versicherter, jahresmeldung
from payroll.runs.zusatzversorgung.liste import export, given_out

__all__ = ["AUSSERHALB", "NICHT_BELEGT", "Versicherter", "export", "given_out", "jahresmeldung"]
