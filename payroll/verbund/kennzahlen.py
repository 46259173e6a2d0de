"""Kennzahlen eines Jahres für den Bericht an den Rat: Fälle, Berichtigungen, Pünktlichkeit, Dauer der Antworten."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta

from sqlalchemy import func, select

from payroll.masterdata.models import Anliegen
from payroll.masterdata.slices.tarif import overlays
from payroll.runs.models import Lauf
from payroll.runs.termine import pay_days
from payroll.runs.ueberzahlung.models import Ueberzahlung
from payroll.verbund import faelle
from payroll.verbund.felder import hundredths
from payroll.verbund.models import Kostenbescheid, gilt
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant


@dataclass(frozen=True)
class Kennzahlen:
    """Zahlen eines Arbeitgebers in einem Jahr; Beträge in Cent; wartezeit: aller beantworteten Anliegen zusammen."""

    nummer: str
    name: str
    monate: int
    faelle: int
    rueckrechnungen: int
    ueberzahlungen: int
    puenktlich: int
    anliegen: int
    wartezeit: timedelta
    berechnet: int

    @property
    def antwort_tage(self) -> int | None:
        """Mittlere Zeit bis zur Antwort in ganzen Tagen, aufgerundet; None ohne beantwortetes Anliegen."""
        return -(-self.wartezeit // (timedelta(days=1) * self.anliegen)) if self.anliegen else None

    @property
    def je_hundert(self) -> int | None:
        """Rückrechnungen je 100 Fälle, in Hundertsteln."""
        return None if not self.faelle else (self.rueckrechnungen * 20_000 + self.faelle) // (2 * self.faelle)


HEADER = ("Nummer", "Arbeitgeber", "Monate", "Fälle", "Rückrechnungen", "je 100 Fälle", "Überzahlungen",
          "pünktlich abgeschlossen", "Anliegen", "Tage bis zur Antwort", "berechnet (€)")


def of_tenant(session: TenantSession, jahr: int, nummer: str, name: str) -> Kennzahlen:
    """Kennzahlen eines Arbeitgebers; was die Person selbst zurücknahm, hat niemand beantwortet."""
    first, last = date(jahr, 1, 1), date(jahr, 12, 31)
    months = faelle.closed_months(session, first, last)
    counted = faelle.cases(session, months, "beschaeftigung")
    waiting = _answers(session, first, last)
    return Kennzahlen(
        nummer, name, len(months), sum(one.abrechnungen for one in counted),
        sum(one.weitere["rueckrechnung"] for one in counted),
        session.scalar(select(func.count(Ueberzahlung.id)).where(Ueberzahlung.monat >= first,
                                                                 Ueberzahlung.monat <= last)) or 0,
        _on_time(session, first, last), len(waiting),
        sum(waiting, timedelta()),
        int(session.scalar(select(func.sum(Kostenbescheid.brutto)).where(
            gilt(), Kostenbescheid.zustand == "freigegeben", Kostenbescheid.von >= first,
            Kostenbescheid.von <= last)) or 0))


def here(session: TenantSession, jahr: int) -> Kennzahlen:
    """Kennzahlen des Arbeitgebers dieser Sitzung."""
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    return of_tenant(session, jahr, tenant.number, tenant.name)


def _answers(session: TenantSession, first: date, last: date) -> list[timedelta]:
    rows = session.execute(select(Anliegen.gestellt_am, Anliegen.entschieden_am).where(
        Anliegen.stand.in_(("angenommen", "abgelehnt")), func.date(Anliegen.gestellt_am) >= first,
        func.date(Anliegen.gestellt_am) <= last))
    return [row.entschieden_am - row.gestellt_am for row in rows]


def _on_time(session: TenantSession, first: date, last: date) -> int:
    """Monate, deren Lauf spätestens am Zahltag des Tarifs abgeschlossen war."""
    rows: Sequence[tuple[date, datetime]] = [(row.monat, row.abgeschlossen_am) for row in session.execute(
        select(Lauf.monat, Lauf.abgeschlossen_am).where(
            Lauf.zustand == "abgeschlossen", Lauf.monat >= first, Lauf.monat <= last))]
    return sum(closed.date() <= pay_days(month, overlays(session, month, None))[0].zahltag for month, closed in rows)


def rows(found: Sequence[Kennzahlen], written: Callable[[int | None], str | None] | None = None) -> list[list[object]]:
    """Zeilen zur Kopfzeile HEADER, zuletzt die Summe aller Arbeitgeber; written: wie die Seite Beträge schreibt."""
    hundred = written or _hundredths
    total = {one.name: sum(getattr(row, one.name) for row in found) for one in fields(Kennzahlen)
             if one.name not in ("nummer", "name", "wartezeit")}
    everyone = Kennzahlen("", "Verbund", wartezeit=sum((row.wartezeit for row in found), timedelta()), **total)
    return [[one.nummer, one.name, one.monate, one.faelle, one.rueckrechnungen, hundred(one.je_hundert),
             one.ueberzahlungen, one.puenktlich, one.anliegen, one.antwort_tage, hundred(one.berechnet)]
            for one in (*found, everyone)]


def _hundredths(value: int | None) -> str | None:
    return None if value is None else hundredths(value)
