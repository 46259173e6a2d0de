"""When civil servants are paid: in advance, so that the pay day lies in the month before the pay belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from payroll.law.engine.overlay import Overlay
from payroll.law.rules.entgelt.feiertage import werktag_vor
from payroll.law.rules.entgelt.fristen import faelligkeit
from payroll.law.rules.entgelt.laufzeit import monatserster, plus_monate
from payroll.law.rules.entgelt.werte import zahl

ABSCHLAG_VORBEHALT = "Abschlag auf einen Gesetzentwurf, unter dem Vorbehalt der Rückforderung"


@dataclass(frozen=True)
class Zahlung:
    """The pay of a month: the day of credit and the month of wage tax (always the month the pay belongs to)."""

    monat: date
    zahltag: date
    lohnsteuermonat: date
    grund: str


def zahlung(status: str, monat: date, overlays: Sequence[Overlay] = ()) -> Zahlung:
    """The payment of a month by status ("beamte" in advance, all others at the end of the month)."""
    first = monatserster(monat)
    ahead = zahl("zahlung_im_voraus_beamte", first, overlays) if status == "beamte" else 0
    if not ahead:
        return Zahlung(first, faelligkeit(first), first, "nachträglich am Ende des Monats (§ 24 Abs. 1 TVöD)")
    day = werktag_vor(plus_monate(first, 1 - ahead))
    return Zahlung(first, day, first, "im Voraus (§ 3 Abs. 4 LBesG NRW); laufender Arbeitslohn des Monats, "
                                      "für den gezahlt wird (§ 38a Abs. 1, § 39b EStG)")


def verjaehrt_am(monat: date) -> date:
    """The first day on which claims of a month are barred by limitation (no exclusion period as in the TVöD)."""
    due = zahlung("beamte", monat).zahltag
    return date(due.year + zahl("verjaehrung_jahre_beamte", max(due, date(2024, 1, 1))) + 1, 1, 1)
