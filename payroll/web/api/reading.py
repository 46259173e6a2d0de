"""Nur lesen: Ergebnisse abgeschlossener Monate, verdichtete Buchungen. Beträge in Cent.

Beides rechnet ein Lauf aus Tatsachen und Zeiten; von außen geschrieben, erklärte es kein Cent mehr.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from sqlalchemy import select

from payroll.postings import service as postings
from payroll.postings.errors import PostingRefused
from payroll.postings.zeilen import condensed
from payroll.runs import reading
from payroll.runs.models import Ergebnis, Ergebniszeile
from payroll.web.api import description
from payroll.web.api.door import Answer, Refused, api, as_json, needs, query_month, query_number
from tenants.db.session import TenantSession
from tenants.web.access import public

PAGE = 500


@api.get("/openapi.json")
@public("Beschreibung der Schnittstelle, ohne persönlichen Inhalt")
def document() -> Any:
    """Die Beschreibung der Schnittstelle (OpenAPI 3.1)."""
    return as_json(description.document())


@api.get("/ergebnisse")
@needs("ergebnisse.lesen")
def results(session: TenantSession) -> Answer:
    """Abrechnungen eines abgeschlossenen Monats mit ihren Zeilen, seitenweise."""
    month, page = query_month(), query_number("seite", 1, 1, 100_000)
    state = reading.month_state(session, month)
    if state is None:
        raise Refused(404, ("monat", "diesen Monat gibt es nicht", "einen abgerechneten Monat nennen"))
    if state.lauf.zustand != "abgeschlossen":
        raise Refused(409, ("monat", "der Monat ist noch nicht abgeschlossen", "nach dem Abschluss noch einmal fragen"))
    found = reading.results(session, month, page=page, size=PAGE)
    lines = _lines(session, [one.public_id for one in found.rows])
    rows = [{"kennung": str(one.public_id), "personalnummer": one.personalnummer, "gesamtbrutto": one.gesamtbrutto,
             "netto": one.netto, "auszahlung": one.auszahlung, "ag_kosten": one.ag_kosten,
             "zeilen": lines[one.public_id]} for one in found.rows]
    return Answer({"monat": f"{month:%Y-%m}", "hash": state.lauf.ergebnis_hash, "anzahl": found.total, "seite": page,
                   "seiten": max(1, -(-found.total // PAGE)), "ergebnisse": rows}, counts={"zeilen": len(rows)})


def _lines(session: TenantSession, ids: list[Any]) -> dict[Any, list[dict[str, Any]]]:
    found = defaultdict(list)
    statement = (
        select(Ergebnis.public_id, Ergebniszeile)
        .join(Ergebniszeile, Ergebniszeile.ergebnis_id == Ergebnis.id)
        .where(Ergebnis.public_id.in_(ids)).order_by(Ergebnis.id, Ergebniszeile.position)
    )
    for public_id, row in session.execute(statement):
        found[public_id].append({"bereich": row.bereich, "lohnart": row.lohnart, "text": row.text,
                                 "betrag": row.betrag})
    return found


@api.get("/buchungen")
@needs("buchungen.lesen")
def bookings(session: TenantSession) -> Answer:
    """Verdichtete Buchungen eines Monats, ohne Personen."""
    month = query_month()
    try:
        journal = postings.find(session, month)
    except PostingRefused:
        raise Refused(404, ("monat", "diesen Monat bucht noch kein Journal", "zuerst buchen")) from None
    rows = [{"monat": f"{one.monat:%Y-%m}", "konto": one.konto, "kostenstelle": one.kostenstelle,
             "produkt": one.produkt, "personenkreis": one.personenkreis, "seite": one.seite, "betrag": one.betrag}
            for one in condensed(session, journal)]
    return Answer({"monat": f"{month:%Y-%m}", "buchungen": rows}, counts={"zeilen": len(rows)})
