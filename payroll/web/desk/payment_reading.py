"""Was die Seiten der Zahlungen zeigen."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Response, abort, current_app, render_template, request
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import func, select

from payroll.filings.errors import FilingRefused
from payroll.filings.models import Zahlung, Zahlungsauftrag
from payroll.filings.sepa import by_hand, collecting, employer_account, feedback, followup, orders, reading
from payroll.runs.models import Lauf
from payroll.web.desk import of_year
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports
from tenants.web.identity import HeldMandate, current, current_mandate
from tenants.web.lists import listing
from tenants.web.shell import settings_of

KINDS = {"bezuege": _l("Bezüge"), "entgelt": _l("Entgelte"), "pfaendung": _l("Gläubiger"), "sparen": _l("Sparverträge"),
         "steuer": _l("Finanzamt"), "beitrag": _l("Krankenkassen"), "zusatzversorgung": _l("Zusatzversorgung")}
ORDERS = {"lauf": "", "folge": _l("Folgeauftrag"), "abgaben": _l("Abgaben")}
STATES = {"erstellt": ("warning", _l("wartet auf Freigabe")), "freigegeben": ("success", _l("freigegeben")),
          "zurueckgezogen": ("info", _l("zurückgezogen"))}


@dataclass(frozen=True)
class Stand:
    """Ein Arbeitgeber auf der Übersicht der Kasse."""

    held: HeldMandate
    wartend: int
    aufgaben: int
    letzter: Zahlungsauftrag | None


def today() -> date:
    """Der Tag des Amtes."""
    return settings_of(current_app).today()


def own_session() -> AbstractContextManager[TenantSession]:
    """Sitzung beim Arbeitgeber der Adresse."""
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def all_tenants() -> list[Stand]:
    """Je Arbeitgeber mit Leserecht eine Zeile."""
    rows = []
    for held in current().holding("posting.read"):
        with tenant_session(held.tenant_id, actor=current().login) as session:
            found = reading.orders_of(session)
            waiting = sum(one.zustand == "erstellt" for one in found)
            rows.append(Stand(held, waiting, len(feedback.tasks(session)), found[0] if found else None))
    return rows


def index_values() -> dict[str, Any]:
    """Aufträge, Monate ohne Auftrag, Konten, Zahl der Aufgaben."""
    with own_session() as session:
        found = reading.orders_of(session)
        covered = {one.monat for one in found if one.art == "lauf" and one.zustand != "zurueckgezogen"}
        closed = session.scalars(select(Lauf.monat).where(Lauf.zustand == "abgeschlossen")
                                 .order_by(Lauf.monat.desc()))
        months = [month for month in closed if month not in covered]
        of = of_year.chosen(found, lambda one: (one.monat.year,))
        shown = listing(of.rows, columns={"monat": lambda one: -(one.monat.toordinal() * 100 + one.nummer),
                                          "summe": lambda one: one.summe},
                        searched=lambda one: f"{one.msg_id} {one.monat:%m/%Y} {STATES[one.zustand][1]} "
                                             f"{ORDERS[one.art]}", default="monat", keep=("jahr",))
        return {"listing": shown, "of": of, "orders": ORDERS, "months": months,
                "accounts": employer_account.accounts(session), "tasks": len(feedback.tasks(session)),
                "states": STATES, "today": today()}


def order_page(auftrag: uuid.UUID, errors: dict[str, list[str]]) -> str | Response:
    """Die Seite eines Auftrags, oder seine Zahlungen als Datei."""
    with own_session() as session:
        try:
            order = orders.find(session, auftrag)
        except FilingRefused:
            abort(404)
        rows = reading.payments_of(session, order)
        shown = listing(
            rows, columns={"position": lambda one: one.position, "personalnummer": lambda one: one.personalnummer,
                           "empfaenger": lambda one: one.empfaenger, "betrag": lambda one: one.betrag},
            searched=lambda one: f"{one.personalnummer} {one.empfaenger} {one.iban_ende or ''} {one.grund}",
            default="position")
        if "format" in request.args and not errors:
            return _export(order, list(shown.rows))
        listed, paid_with = [one for one in rows if one.weg == "liste"], by_hand.paid_with(session, order)
        opened = [one for one, _ in followup.open_payments(session, order)] if order.zustand == "freigegeben" else []
        return render_template(
            "payroll/desk/payment_order.html", held=current_mandate(), order=order, listing=shown, errors=errors,
            raw=request.form, kinds=KINDS, states=STATES, own_login=current().login, opened=opened, today=today(),
            chosen=request.form.getlist("zahlung"), paid_with=paid_with,
            blocks=_blocks(session, order), tasks=feedback.tasks(session, open_only=False, order=order.id),
            listed=listed, unsettled=[one for one in listed if one.public_id not in paid_with],
            cash=order.zustand != "zurueckgezogen" and all(one.grund == collecting.GEZAHLT for one in rows))


def refused_page(auftrag: uuid.UUID, errors: dict[str, list[str]]) -> tuple[str, int]:
    """Dieselbe Seite mit dem Grund der Ablehnung."""
    made = order_page(auftrag, errors)
    assert isinstance(made, str)  # a form carries no wish for a file
    return made, 422


def _blocks(session: TenantSession, order: Zahlungsauftrag) -> list[tuple[str, Any, int, int]]:
    rows = session.execute(
        select(Zahlung.art, Zahlung.ausfuehrung, func.count(Zahlung.id).label("anzahl"),
               func.sum(Zahlung.betrag).label("summe"))
        .where(Zahlung.zahlungsauftrag_id == order.id, Zahlung.weg == "datei")
        .group_by(Zahlung.art, Zahlung.ausfuehrung).order_by(Zahlung.ausfuehrung, Zahlung.art))
    return [(row.art, row.ausfuehrung, row.anzahl, int(row.summe)) for row in rows]


def _export(order: Zahlungsauftrag, rows: list[Zahlung]) -> Response:
    header = [_("Personalnr."), _("Empfänger"), _("Art"), _("Konto endet auf"), _("Betrag"), _("Ausführung"),
              _("Kennung"), _("nicht in der Datei, weil")]
    lines = [[one.personalnummer, one.empfaenger, str(KINDS[one.art]), one.iban_ende, exports.euros(one.betrag),
              one.ausfuehrung, one.end_to_end_id, one.grund] for one in rows]
    return exports.respond(request.args["format"], order.msg_id, header, lines)
