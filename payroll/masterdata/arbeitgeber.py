"""Ein neuer Arbeitgeber: Nummern prüfen, Lohnarten und Kassen des Kreises hinlegen."""

from __future__ import annotations

from collections.abc import Mapping

from stdnum.de import stnr
from stdnum.exceptions import ValidationError

from payroll.masterdata import numbers
from payroll.masterdata.catalogue import seed
from tenants.db.session import tenant_session


def problems(given: Mapping[str, str]) -> dict[str, str]:
    """Was an Betriebsnummer und Steuernummer nicht stimmt; leer dürfen sie bleiben, bis gemeldet wird."""
    found = {}
    if number := given.get("betriebsnummer", ""):
        try:
            numbers.betriebsnummer(number)
        except numbers.Unlesbar as error:
            found["betriebsnummer"] = f"Betriebsnummer: {error.grund}; {error.abhilfe} (§ 18i SGB IV)."
    if number := given.get("steuernummer", ""):
        try:
            stnr.validate(number)
        except ValidationError:
            found["steuernummer"] = ("Steuernummer: kein gültiges Format, zum Beispiel 133/8150/8159; mit dem Bescheid "
                                     "des Finanzamts vergleichen.")
    return found


def furnish(tenant: int, actor: str) -> dict[str, int]:
    """Legt Lohnarten, Krankenkassen und Zusatzversorgungskassen an, die fehlen; gibt je Liste die Zahl der neuen."""
    with tenant_session(tenant, actor=actor) as session:
        return seed(session)
