"""Stammdaten des Mandanten: Profil, Sätze der Kassen, Lohnarten mit ihrer Wirkung."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from datetime import date
from operator import attrgetter, methodcaller

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from payroll.web.desk import fund_reading, wage_types
from payroll.web.desk.fact_forms import FactInput, shown
from payroll.web.desk.fund_kinds import FUNDS, FundKind
from payroll.web.desk.tenant_profile import profile
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

tenant_desk = Blueprint("tenantdata", __name__, url_prefix="/mandanten/<uuid:mandant>/stammdaten")
Answer = str | tuple[str, int] | Response
FUND = "/<any(krankenkassen, zusatzversorgung):art>"


@tenant_desk.get("")
@permission("run.read")
def index(mandant: uuid.UUID) -> str:
    """Profil des Mandanten und Wege zu seinen Listen."""
    with _session() as session:
        words = profile(session)
    return render_template("payroll/desk/tenant_data.html", held=current_mandate(), words=words, funds=FUNDS)


@tenant_desk.get(FUND)
@permission("run.read")
def funds(mandant: uuid.UUID, art: str) -> str | Response:
    """Kassen mit den Sätzen, die heute gelten."""
    kind, held = FUNDS[art], current_mandate()
    with _session() as session:
        rows = fund_reading.funds(session, kind, _today())
    shown_rows = listing(
        rows,
        columns={
            "name": attrgetter("name"),
            "stand": lambda row: row.value("status") or "",
            **{item.name: methodcaller("value", item.name) for item in kind.columns},
        },
        searched=lambda row: f"{row.name} {row.kuerzel} {row.betriebsnummer}",
        default="name",
    )
    if wanted := request.args.get("format"):
        header = ("Name", "Betriebsnummer", *(str(item.label) for item in kind.rates.fields))
        cells = [
            (row.name, row.betriebsnummer, *(_exported(kind, row, item.name) for item in kind.rates.fields))
            for row in shown_rows.rows
        ]
        return exports.respond(wanted, f"{art}-{held.number}", header, cells)
    return render_template(
        "payroll/desk/funds.html", held=held, art=art, kind=kind, listing=shown_rows, total=len(rows)
    )


@tenant_desk.get(f"{FUND}/<uuid:kasse>")
@permission("run.read")
def fund(mandant: uuid.UUID, art: str, kasse: uuid.UUID) -> str:
    """Eine Kasse: alle Sätze mit Zeitraum, Quelle und Stand."""
    with _session() as session:
        held = _found(session, FUNDS[art], kasse)
        return _fund(art, held, FactInput(raw=fund_reading.prefilled(FUNDS[art], held)))


@tenant_desk.post(f"{FUND}/<uuid:kasse>")
@permission("import.write")
def store_rate(mandant: uuid.UUID, art: str, kasse: uuid.UUID) -> Answer:
    """Erfasst einen Satz ab einem Tag; Bisheriges bleibt in der Geschichte."""
    with _session() as session:
        held = _found(session, FUNDS[art], kasse)
        given = fund_reading.save(session, FUNDS[art], held, request.form)
        if given.errors:
            return _fund(art, held, given), 422
    flash(_("Der Satz ist gespeichert. Er wirkt, sobald ein Monat neu gerechnet wird."), "success")
    return redirect(url_for("tenantdata.fund", mandant=mandant, art=art, kasse=kasse))


@tenant_desk.get("/lohnarten")
@permission("run.read")
def wage_type_list(mandant: uuid.UUID) -> str | Response:
    """Lohnarten mit ihrer Wirkung auf Steuer, Sozialversicherung und Zusatzversorgung."""
    held = current_mandate()
    with _session() as session:
        rows = wage_types.wage_types(session, _today())
    found = listing(
        rows,
        columns={"nummer": attrgetter("nummer"), "text": attrgetter("text"), "ziel": attrgetter("ziel")},
        searched=lambda row: f"{row.nummer:04} {row.text} {row.ziel} {row.recht}",
        default="nummer",
    )
    if kind := request.args.get("format"):
        return exports.respond(kind, f"lohnarten-{held.number}", wage_types.HEADER, [r.cells() for r in found.rows])
    return render_template("payroll/desk/wage_types.html", held=held, listing=found, total=len(rows))


def _exported(kind: FundKind, row: fund_reading.FundRow, name: str) -> object:
    item = next(item for item in kind.rates.fields if item.name == name)
    value = row.value(name)
    return "" if value is None else shown(item, value, fund_reading.options(kind).get(name, {}))


def _fund(art: str, held: fund_reading.Fund, given: FactInput) -> str:
    kind = FUNDS[art]
    return render_template(
        "payroll/desk/fund.html",
        held=current_mandate(),
        art=art,
        kind=kind,
        fund=held,
        given=given,
        options=fund_reading.options(kind),
        shown=shown,
        day=_today(),
    )


def _found(session: TenantSession, kind: FundKind, public_id: uuid.UUID) -> fund_reading.Fund:
    found = fund_reading.fund(session, kind, public_id, _today())
    if found is None:
        abort(404)
    return found


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _today() -> date:
    return settings_of(current_app).today()
