"""Was die Abrechnung zu Tagen ohne Entgelt sagt: welche Tage, warum, und wer stattdessen zahlt, in einfachen Worten.

Tage mit weitergezahltem Entgelt stehen nicht da: sie ändern nichts, und die Abrechnung wird Dritten vorgelegt.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from payroll.law.rules.entgelt.fehlzeiten import (
    ARTEN,
    BEHOERDE,
    ENTSCHAEDIGUNG,
    MUTTERSCHUTZ,
    OHNE,
    Abschnitt,
    abschnitte,
)
from payroll.law.rules.entgelt.krankheit import ZUSCHUSS
from payroll.masterdata.slices.ausfall import absences
from payroll.statements import wording as w

STATTDESSEN = {
    ZUSCHUSS: "Die sechs Wochen Entgeltfortzahlung sind zu Ende. Die Krankenkasse zahlt Krankengeld, dazu gibt es den "
              "Krankengeldzuschuss (§ 22 TVöD).",
    MUTTERSCHUTZ: "Mutterschutzfrist: Die Krankenkasse zahlt Mutterschaftsgeld, dazu gibt es den Zuschuss (§ 20 "
                  "MuSchG).",
    ENTSCHAEDIGUNG: "Statt des Entgelts gibt es die Entschädigung in Höhe des ausgefallenen Nettos (§ 56 IfSG). Sie "
                    "ist steuerfrei, zählt aber beim Finanzamt für den Steuersatz.",
    BEHOERDE: "Seit der siebten Woche zahlt die Behörde die Entschädigung auf Ihren Antrag (§ 56 IfSG).",
}
KRANK_OHNE = "Entgeltfortzahlung und Krankengeldzuschuss sind zu Ende (§ 22 TVöD)."


def hints(rows: Sequence[Any], status: str, since: date, *, statutory: bool, month: date) -> list[str]:
    """Ein Satz je Zeitraum ohne Entgelt im Monat.

    rows: Fehlzeiten der Beschäftigung; since: Beginn der Beschäftigungszeit; statutory: mit Anspruch auf Krankengeld.
    """
    last = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    pieces = abschnitte(absences(rows, last), status, since, krankengeld=statutory)
    return [_said(first, until, one) for first, until, one in _joined(pieces, month, last)]


def _joined(pieces: Iterable[Abschnitt], first: date, last: date) -> list[tuple[date, date, Abschnitt]]:
    """Aneinander liegende Tage mit gleichem Grund, ohne den Schnitt der Versicherung dazwischen."""
    found: list[tuple[date, date, Abschnitt]] = []
    for one in pieces:
        begin, end = max(one.von, first), min(one.bis, last)
        if one.bezahlt or begin > end:
            continue
        before = found[-1] if found else None
        if before is not None and (begin - before[1]).days == 1 and _same(before[2], one):
            found[-1] = (before[0], end, one)
        else:
            found.append((begin, end, one))
    return found


def _same(a: Abschnitt, b: Abschnitt) -> bool:
    return (a.art, a.leistung) == (b.art, b.leistung)


def _said(first: date, last: date, one: Abschnitt) -> str:
    days = f"Am {w.day(first)}" if first == last else f"Vom {w.day(first)} bis {w.day(last)}"
    kind = ARTEN[one.art]
    if one.leistung != OHNE:
        reason = STATTDESSEN[one.leistung]
    else:
        reason = KRANK_OHNE if one.art == "krankheit" else f"{kind.titel} ({kind.recht})."
    return f"{days} kein Entgelt. Grund: {reason}"
