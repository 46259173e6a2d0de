"""Verlauf: Personalkosten, Fälle und Unterschied zum Vormonat als Bild mit Tabelle."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import Blueprint, Response, render_template, request

from payroll.runs.reading import months
from payroll.web.desk.costs import CostChart, chart, signed_chart
from tenants.db.session import tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

history_desk = Blueprint("history", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/verlauf")
MONTHS = 13  # a year and the same month a year ago
HEADER = ("Monat", "Personalkosten", "Unterschied zum Vormonat", "Fälle", "Auszahlung", "Stand")


@dataclass(frozen=True)
class Month:
    """Ein gerechneter Monat; Beträge in Cent. difference leer: der Monat davor ist nicht gerechnet."""

    monat: date
    cost: int
    difference: int | None
    cases: int
    paid: int
    state: str


@history_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> str | Response:
    """Die letzten dreizehn gerechneten Monate."""
    held = current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        states = [state.lauf for state in months(session, MONTHS + 1) if state.lauf.zustand != "offen"]
        rows = read([(one.monat, one.ag_kosten, one.anzahl, one.auszahlung, one.zustand) for one in states])
    if kind := request.args.get("format"):
        cells = [(f"{one.monat:%m/%Y}", exports.euros(one.cost), exports.euros(one.difference), one.cases,
                  exports.euros(one.paid), one.state) for one in rows]
        return exports.respond(kind, f"verlauf-{held.number}", HEADER, cells)
    return render_template("payroll/desk/history.html", held=held, rows=rows, **pictures(rows))


def read(found: Sequence[tuple[date, int, int, int, str]]) -> list[Month]:
    """Monate in ihrer Reihenfolge, je mit dem Unterschied zum Kalendermonat davor."""
    known = {month: cost for month, cost, *_rest in found}
    rows = []
    for month, cost, cases, paid, state in sorted(found):
        before = known.get((month.replace(day=1) - date.resolution).replace(day=1))
        rows.append(Month(month, cost, cost - before if before is not None else None, cases, paid, state))
    return rows[-MONTHS:]


def pictures(rows: Sequence[Month]) -> dict[str, CostChart | None]:
    """Die drei Bilder."""
    changed = [(one.monat, one.difference) for one in rows if one.difference is not None]
    return {"costs": chart([(one.monat, one.cost) for one in rows]),
            "cases": chart([(one.monat, one.cases) for one in rows]), "differences": signed_chart(changed)}
