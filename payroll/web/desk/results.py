"""Ergebnisse eines Monats: Liste aller Personen, eine Person, Warum."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, abort, render_template, request
from werkzeug.wrappers import Response

from payroll.law.engine import Explanation
from payroll.runs import reading
from payroll.runs.errors import RunRefused
from payroll.runs.explaining import explain_line, explain_result
from payroll.runs.names import Name
from payroll.runs.values import TITLES
from payroll.web.desk.result_reading import ResultFile, result_file
from payroll.web.desk.retro_reading import part_of_payout
from payroll.web.desk.runs import month_of
from payroll.web.reasons import Told, told
from payroll.web.spoken import named, spoken
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, formats, lists
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate

result_desk = Blueprint("results", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/personen")
HEADER = (
    "Personalnummer",
    "Name",
    "Gesamtbrutto",
    "Netto",
    "Auszahlung",
    "Kosten des Arbeitgebers",
    "Netto im Vormonat",
    "Unterschied",
)
EVERYTHING = 1_000_000
EXPLAINED = frozenset(TITLES) - {"tabellenentgelt"}


@result_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID, monat: str) -> str | Response:
    """Alle Personen mit Beträgen; der Unterschied zum Vormonat zeigt, wo man hinsehen sollte."""
    month, held = month_of(monat), current_mandate()
    search, sort, descending, page = lists.wanted(reading.SORTS, "name")
    kind = request.args.get("format")
    with tenant_session(held.tenant_id, actor=current().login) as session:
        state = reading.month_state(session, month)
        found = reading.results(
            session,
            month,
            search=search,
            sort=sort,
            descending=descending,
            page=1 if kind else page,
            size=EVERYTHING if kind else lists.PAGE_SIZE,
        )
    if kind:
        rows = [_exported(row) for row in found.rows]
        return exports.respond(kind, f"abrechnung-{held.number}-{monat}", HEADER, rows)
    shown = lists.prepared(
        found.rows, found.total, search=search, sort=sort, default="name", descending=descending, page=page
    )
    return render_template("payroll/desk/results.html", held=held, month=month, state=state, listing=shown)


def _exported(row: reading.ResultRow) -> tuple[object, ...]:
    amounts = (row.gesamtbrutto, row.netto, row.auszahlung, row.ag_kosten, row.netto_vormonat, row.unterschied)
    return (row.personalnummer, row.name, *(exports.euros(cents) for cents in amounts))


@result_desk.get("/<uuid:ergebnis>")
@permission("run.read")
def page(mandant: uuid.UUID, monat: str, ergebnis: uuid.UUID) -> str:
    """Eine Person im Lauf: Zeilen, Abzüge, Kosten, daneben der Vormonat."""
    month, held = month_of(monat), current_mandate()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        file = result_file(session, month, ergebnis)
        balance = part_of_payout(session, ergebnis)
    if file is None:
        abort(404)
    return render_template("payroll/desk/result.html", held=held, month=month, file=file, balance=balance)


@result_desk.get("/<uuid:ergebnis>/warum/<name>")
@permission("run.read")
def why(mandant: uuid.UUID, monat: str, ergebnis: uuid.UUID, name: str) -> str:
    """Warum ein Betrag so ist: nächste Schritte, Angaben, Rechtswerte mit Quelle; der ganze Weg zugeklappt."""
    if name not in EXPLAINED:
        abort(404)
    file, parts, refused = _explained(monat, ergebnis, lambda session: [explain_result(session, ergebnis, name)])
    return _why(monat, file, named(TITLES[name]), parts, refused, file.values[name].cents)


@result_desk.get("/<uuid:ergebnis>/zeilen/<int:zeile>/warum")
@permission("run.read")
def why_line(mandant: uuid.UUID, monat: str, ergebnis: uuid.UUID, zeile: int) -> str:
    """Warum eine Zeile so ist; je Zeitabschnitt des Monats eine Erklärung."""
    file, parts, refused = _explained(monat, ergebnis, lambda session: explain_line(session, ergebnis, zeile))
    line = next((line for line in file.lines if line.position == zeile), None)
    if line is None:
        abort(404)
    return _why(monat, file, named(line.text), parts, refused, line.betrag)


Explaining = Callable[[TenantSession], list[Explanation]]


def _explained(monat: str, result: uuid.UUID, explain: Explaining) -> tuple[ResultFile, list[Told], str | None]:
    """Das Ergebnis, seine Erklärungen und – wenn es keine gibt – der Grund dafür."""
    parts, refused = [], None
    with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
        file = result_file(session, month_of(monat), result)
        if file is None:
            abort(404)
        try:
            with spoken():
                parts = told(explain(session))
        except RunRefused as reason:
            refused = str(reason)
    return file, parts, refused


def _why(monat: str, file: ResultFile, title: Name, parts: list[Told], refused: str | None, cents: int) -> str:
    return render_template(
        "payroll/desk/why.html",
        held=current_mandate(),
        month=month_of(monat),
        file=file,
        title=title,
        parts=parts,
        refused=refused,
        amount=formats.euro(cents),
    )
