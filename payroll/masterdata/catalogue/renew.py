"""Den Katalog des Kreises bei einem Arbeitgeber nachführen: neue Lohnarten, neue Fassungen; Eigenes bleibt.

Eine Lohnart ist eigen, sobald der Arbeitgeber sie einmal selbst geändert hat. Alle anderen erhalten ab einem Tag die
ausgelieferte Fassung; davor bleibt, was galt, damit kein abgeschlossener Monat anders gerechnet wird.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import select

from payroll.masterdata.catalogue.seed import ids, seed, shipped_wage_types
from payroll.masterdata.clocks import as_of
from payroll.masterdata.models import LohnartStand
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import record_fact
from tenants import audit
from tenants.db.session import TenantSession

REASON = "Katalog des Kreises, neue Fassung"


@dataclass
class Nachgefuehrt:
    """Zahl der neuen Lohnarten und Kassen; Nummern der nachgeführten und der eigenen, die bleiben."""

    neu: dict[str, int] = field(default_factory=dict)
    nachgefuehrt: list[int] = field(default_factory=list)
    eigene: list[int] = field(default_factory=list)


def renew(session: TenantSession, day: date) -> Nachgefuehrt:
    """Führt den Katalog ab dem Tag nach; ein zweiter Aufruf ändert nichts. Jede Änderung steht im Protokoll."""
    found = Nachgefuehrt(seed(session, reason=REASON))
    own, numbers = _own(session), ids(session).lohnarten
    for number, shipped in sorted(shipped_wage_types(day).items()):
        held = as_of(session, LohnartStand, day, lohnart_id=numbers[number])
        if held and not _differs(contents(session, held[0]), shipped):
            continue
        if numbers[number] in own:
            found.eigene.append(number)
            continue
        record_fact(session, LohnartStand, lohnart_id=numbers[number], valid_from=day, reason=REASON, **shipped)
        found.nachgefuehrt.append(number)
    if found.nachgefuehrt:
        audit.record(session, "lohnarten.nachgefuehrt", "stammdaten",
                     {"ab": day.isoformat(), "lohnarten": found.nachgefuehrt, "eigene": found.eigene}, REASON)
    return found


def _differs(held: dict[str, Any], shipped: dict[str, Any]) -> bool:
    return any(held.get(name) != value for name, value in shipped.items())


def _own(session: TenantSession) -> set[int]:
    """Lohnarten, die der Arbeitgeber selbst angelegt oder geändert hat: eine Fassung nennt einen eigenen Grund."""
    reasons: dict[int, list[str]] = defaultdict(list)
    for row in session.execute(select(LohnartStand.lohnart_id, LohnartStand.reason)
                               .order_by(LohnartStand.recorded_at, LohnartStand.id)):
        reasons[row.lohnart_id].append(row.reason)
    first = {number: texts[0] for number, texts in reasons.items()}
    usual = max(first.values(), key=list(first.values()).count, default="")
    return {number for number, texts in reasons.items() if {*texts} - {usual, REASON}}
