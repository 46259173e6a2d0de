"""Ausgestellte Abrechnungen in den Summen: was sie zahlen, ist, was das Journal schuldet, sonst keine Freigabe.

Der Inhalt der Dokumente ist an Person und Archiv versiegelt und hier nicht lesbar. Ihr Auftrag nennt den Prüfwert des
Laufs, aus dem sie gedruckt sind; gezählt werden die Zahlbeträge genau dieser Ergebnisse.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, func, select

from payroll.filings.errors import FilingRefused
from payroll.runs.models import Ergebnis, Lauf
from payroll.runs.retro_models import RueckrechnungAuszahlung
from payroll.statements.models import Dokument
from payroll.statements.publish import order_of
from tenants.db.session import TenantSession


def printed(session: TenantSession, lauf: Lauf) -> tuple[int, int]:
    """Wie viele Abrechnungen dieses Laufs ausgestellt sind und was sie zusammen zahlen (Cent); zwei Abfragen."""
    return _summed(session, lauf, Ergebnis.beschaeftigung_id.in_(
        select(Dokument.beschaeftigung_id).where(Dokument.auftrag == order_of(lauf))))


def owed(session: TenantSession, lauf: Lauf) -> int:
    """Was die Abrechnungen dieses Laufs zusammen zahlen (Cent), ausgestellt oder nicht."""
    return _summed(session, lauf)[1]


def _summed(session: TenantSession, lauf: Lauf, *mine: ColumnElement[bool]) -> tuple[int, int]:
    paid = RueckrechnungAuszahlung
    row = session.execute(
        select(func.count(Ergebnis.id).label("anzahl"),
               func.sum(func.coalesce(paid.zahlbetrag, func.greatest(Ergebnis.auszahlung, 0))).label("summe"))
        .outerjoin(paid, (paid.lauf_id == Ergebnis.lauf_id) & (paid.beschaeftigung_id == Ergebnis.beschaeftigung_id))
        .where(Ergebnis.lauf_id == lauf.id, *mine)).one()
    return int(row.anzahl), int(row.summe or 0)


def demand_printed(session: TenantSession, lauf: Lauf) -> None:
    """Lehnt ab, wenn ein Teil der Abrechnungen fehlt oder aus anderen Ergebnissen gedruckt ist als die des Laufs."""
    count, _ = printed(session, lauf)
    if count and count != lauf.anzahl:
        raise FilingRefused(f"{lauf.monat:%m/%Y}: von {lauf.anzahl} Abrechnungen sind {count} aus diesen Ergebnissen "
                            "ausgestellt. Nicht freigeben; die Verwaltung der Anwendung verständigen.")
