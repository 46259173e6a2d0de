"""Who is to be insured with the fund (§ 1 ATV-K, §§ 18 to 20 of the statutes), with the reason."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from payroll.law.rules.entgelt.laufzeit import plus_jahre, plus_monate

WARTEZEIT_MONATE = 60
MINDESTALTER, REGELALTER = 17, 67


@dataclass(frozen=True)
class Pflicht:
    """Whether insurance is compulsory, from which day, and why."""

    pflichtig: bool
    ab: date | None
    grund: str


def versicherungspflicht(status: str, geburtsdatum: date, beginn: date, *, kurzfristig: bool = False,
                         wissenschaftlich_befristet: bool = False, bisherige_monate: int = 0) -> Pflicht:
    """Check an employment; to be repeated at every change of contract.

    bisherige_monate: months that already count for the waiting time (also with other funds).
    wissenschaftlich_befristet: scientific staff of a project that asked to be exempt within two months.
    """
    for excluded, reason in (
            (status == "beamte", "Beamte sind nicht zusatzversichert"),
            (kurzfristig, "kurzfristige Beschäftigung (§ 8 Abs. 1 Nr. 2 SGB IV)"),
            (wissenschaftlich_befristet, "befristete wissenschaftliche Tätigkeit, auf Antrag befreit")):
        if excluded:
            return Pflicht(False, None, f"{reason} (§ 1 ATV-K)")
    start = max(beginn, plus_jahre(geburtsdatum, MINDESTALTER))
    missing = max(WARTEZEIT_MONATE - bisherige_monate, 0)
    if plus_monate(start, missing) > plus_jahre(geburtsdatum, REGELALTER):
        return Pflicht(False, None, f"die Wartezeit von {WARTEZEIT_MONATE} Monaten ist bis zur Regelaltersgrenze nicht "
                                    "mehr erreichbar (§ 1 Abs. 1 ATV-K)")
    reason = "vom ersten Tag an" if start == beginn else f"von Vollendung des {MINDESTALTER}. Lebensjahres an"
    return Pflicht(True, start, f"pflichtversichert {reason} (§ 1 Abs. 1 ATV-K)")
