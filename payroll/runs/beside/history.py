"""Stand und Verlauf von Vorschuss und Darlehen einer Beschäftigung, dazu was an Dritte gezahlt wurde."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import select

from payroll.masterdata.clocks import known
from payroll.masterdata.models import Darlehen
from payroll.runs.beside.loans import ARTEN
from payroll.runs.beside.models import Verrechnung
from payroll.runs.models import Ergebnis, Lauf
from tenants.db.session import TenantSession

LONGEST = 600  # months; a smaller rate never ends a loan within a working life


@dataclass(frozen=True)
class Monat:
    """Einbehalten in einem Monat und was danach offen war (Cent); vorlaeufig: der Monat ist nicht abgeschlossen."""

    monat: date
    betrag: int
    rest: int
    vorlaeufig: bool


@dataclass(frozen=True)
class Rate:
    """Eine künftige Rate: Monat, Betrag, was danach offen ist (Cent)."""

    monat: date
    betrag: int
    rest: int


@dataclass
class Darlehensstand:
    """Ein Vorschuss oder Darlehen mit seinem Verlauf, der älteste Monat zuerst (Cent)."""

    laufnummer: int
    art: str
    betrag: int
    rate: int
    ausgezahlt_am: date
    erste_rate: date
    endet: date | None = None
    verlauf: list[Monat] = field(default_factory=list)

    @property
    def offen(self) -> int:
        """Was nach allem Gerechneten noch offen ist."""
        return self.betrag - sum(one.betrag for one in self.verlauf)


def balances(session: TenantSession, beschaeftigung_id: int) -> list[Darlehensstand]:
    """Alle Vorschüsse und Darlehen einer Beschäftigung nach ihrer Nummer; zwei Abfragen."""
    rows = session.execute(
        select(Verrechnung.laufnummer, Ergebnis.monat, Verrechnung.betrag, Verrechnung.rest, Lauf.zustand)
        .join(Ergebnis, Ergebnis.id == Verrechnung.ergebnis_id).join(Lauf, Lauf.id == Ergebnis.lauf_id)
        .where(Ergebnis.beschaeftigung_id == beschaeftigung_id, Verrechnung.art.in_(ARTEN)).order_by(Ergebnis.monat))
    months: dict[int, list[Monat]] = defaultdict(list)
    for row in rows:
        months[row.laufnummer].append(Monat(row.monat, row.betrag, row.rest, row.zustand != "abgeschlossen"))
    loans = session.scalars(
        select(Darlehen).where(known(Darlehen, None), Darlehen.beschaeftigung_id == beschaeftigung_id)
        .order_by(Darlehen.laufnummer, Darlehen.valid_from))
    found: dict[int, Darlehensstand] = {}
    for loan in loans:
        found[loan.laufnummer] = Darlehensstand(loan.laufnummer, loan.art, loan.betrag_cent, loan.rate_cent,
                                                loan.ausgezahlt_am, loan.erste_rate, loan.valid_to,
                                                months[loan.laufnummer])
    return list(found.values())


def plan(stand: Darlehensstand, today: date) -> list[Rate]:
    """Wie es weitergeht, wenn die Auszahlung für jede Rate reicht: vom Monat nach dem letzten gerechneten an.

    Leer, wenn nichts offen ist oder die Tatsache geendet hat. Der Plan endet mit dem Rest.
    """
    begin = (_next(stand.verlauf[-1].monat) if stand.verlauf
             else max(today.replace(day=1), stand.erste_rate.replace(day=1)))
    left, month, found = stand.offen, begin, []
    while left > 0 and (stand.endet is None or month <= stand.endet) and len(found) < LONGEST:
        rate = min(stand.rate, left)
        left -= rate
        found.append(Rate(month, rate, left))
        month = _next(month)
    return found


def _next(month: date) -> date:
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)
