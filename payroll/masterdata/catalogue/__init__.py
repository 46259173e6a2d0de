"""Grundausstattung eines Mandanten: Lohnarten, Krankenkassen, Zusatzversorgungskassen mit datierten Werten.

Die Listen liegen als CSV daneben; jeder Satz nennt seine Quelle. Unbestätigte Sätze tragen den Status „unbestaetigt“.
"""

from payroll.masterdata.catalogue.add import add_fund, add_wage_type
from payroll.masterdata.catalogue.seed import Ids, ids, seed

__all__ = ["Ids", "add_fund", "add_wage_type", "ids", "seed"]
