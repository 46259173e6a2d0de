"""Ein neuer Arbeitgeber: Nummern prüfen, Lohnarten und Kassen des Kreises hinlegen."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import select
from stdnum.de import stnr
from stdnum.exceptions import ValidationError

from payroll.masterdata import numbers
from payroll.masterdata.catalogue import seed
from payroll.masterdata.models import Krankenkasse, Lohnart, ZvKasse
from tenants.db.session import tenant_session


def checked(given: Mapping[str, str]) -> tuple[dict[str, str], dict[str, str]]:
    """Betriebsnummer und Steuernummer ohne Leerzeichen, so wie sie gemeldet werden; dazu je Feld, was nicht stimmt.

    Leer dürfen sie bleiben, bis gemeldet wird.
    """
    values = dict(given)
    found = {}
    if number := given.get("betriebsnummer", ""):
        try:
            values["betriebsnummer"] = numbers.betriebsnummer(number)
        except numbers.Unlesbar as error:
            found["betriebsnummer"] = f"Betriebsnummer: {error.grund}; {error.abhilfe} (§ 18i SGB IV)."
    if number := given.get("steuernummer", ""):
        try:
            stnr.validate(number)
            values["steuernummer"] = "".join(number.split())
        except ValidationError:
            found["steuernummer"] = ("Steuernummer: kein gültiges Format, zum Beispiel 133/8150/8159; mit dem Bescheid "
                                     "des Finanzamts vergleichen.")
    return values, found


def furnish(tenant: int, actor: str) -> dict[str, int]:
    """Legt Lohnarten, Krankenkassen und Zusatzversorgungskassen an, die fehlen; gibt je Liste die Zahl der neuen."""
    with tenant_session(tenant, actor=actor) as session:
        return seed(session)


def furnished(tenant: int, actor: str) -> bool:
    """Ob er Lohnarten, Krankenkassen und Zusatzversorgungskassen hat; ohne sie wird dort nichts gerechnet."""
    with tenant_session(tenant, actor=actor) as session:
        return all(session.scalars(select(model.id).limit(1)).first() is not None
                   for model in (Lohnart, Krankenkasse, ZvKasse))
