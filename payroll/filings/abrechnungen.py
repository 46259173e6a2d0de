"""Ausgestellte Abrechnungen in den Summen: was sie zahlen, ist, was das Journal schuldet, sonst keine Freigabe.

Der Inhalt der Dokumente ist an Person und Archiv versiegelt und hier nicht lesbar. Ihr Auftrag nennt den Prüfwert des
Laufs, aus dem sie gedruckt sind; gezählt werden die Zahlbeträge genau dieser Ergebnisse.
"""

from __future__ import annotations

from datetime import date

from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.postings.models import Zuwendung
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import Rueckrechnung, RueckrechnungAuszahlung
from payroll.statements.models import Dokument
from payroll.statements.publish import order_of
from tenants.db.session import TenantSession


def printed(session: TenantSession, lauf: Lauf) -> tuple[int, int]:
    """Wie viele Abrechnungen dieses Laufs ausgestellt sind und was sie zusammen zahlen (Cent); zwei Abfragen."""
    mine = select(Dokument.beschaeftigung_id).where(Dokument.auftrag == order_of(lauf))
    paid = RueckrechnungAuszahlung
    row = session.execute(
        select(func.count(Ergebnis.id).label("anzahl"),
               func.sum(func.coalesce(paid.zahlbetrag, func.greatest(Ergebnis.auszahlung, 0))).label("summe"))
        .outerjoin(paid, (paid.lauf_id == Ergebnis.lauf_id) & (paid.beschaeftigung_id == Ergebnis.beschaeftigung_id))
        .where(Ergebnis.lauf_id == lauf.id, Ergebnis.beschaeftigung_id.in_(mine))).one()
    return int(row.anzahl), int(row.summe or 0)


def empty_months(session: TenantSession) -> set[date]:
    """Abgeschlossene Monate ohne Abrechnung und ohne Nachberechnung: zu buchen, zu zahlen, nachzuweisen ist nichts."""
    later = select(Rueckrechnung.lauf_id).where(Rueckrechnung.art != "offen")
    gifts = select(Zuwendung.monat).where(Zuwendung.aufgehoben_von.is_(None))
    return set(session.scalars(select(Lauf.monat).where(
        Lauf.zustand == "abgeschlossen", Lauf.anzahl == 0, Lauf.id.not_in(later), Lauf.monat.not_in(gifts))))


def demand_printed(session: TenantSession, lauf: Lauf) -> None:
    """Lehnt ab, wenn ein Teil der Abrechnungen fehlt oder aus anderen Ergebnissen gedruckt ist als die des Laufs."""
    count, _ = printed(session, lauf)
    if count and count != lauf.anzahl:
        raise FilingRefused(f"{lauf.monat:%m/%Y}: von {lauf.anzahl} Abrechnungen sind {count} aus diesen Ergebnissen "
                            "ausgestellt. Nicht freigeben; die Verwaltung der Anwendung verständigen.")
