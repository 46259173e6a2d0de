"""Jahr der Zusatzversorgung: Abschnitte der Jahresmeldung, Entgelt, Beiträge und Versorgungspunkte je Person."""

from payroll.runs.zusatzversorgung.jahr import Versicherter, jahresmeldung
from payroll.runs.zusatzversorgung.liste import export, given_out

__all__ = ["Versicherter", "export", "given_out", "jahresmeldung"]
