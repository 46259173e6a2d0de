"""Was die Seiten der Kosten des Verbunds zeigen."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Any

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _l

from payroll.verbund import bescheide, kosten, leistungen, preisblatt, schritte, storno
from payroll.verbund.errors import BillingRefused
from payroll.verbund.faelle import closed_months
from payroll.verbund.felder import hundredths
from payroll.verbund.kosten import Anteil
from payroll.verbund.models import Kostenbescheid
from payroll.verbund.preise import ABRECHNUNG, TURNUS, ZAEHLUNG, from_plain
from payroll.verbund.steuer import BEHANDLUNG, GRUENDE
from payroll.web.desk import price_fields
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import tenant_session
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing

STATES = {"erstellt": ("warning", _l("wartet auf Freigabe")), "freigegeben": ("success", _l("freigegeben")),
          "zurueckgezogen": ("info", _l("zurückgezogen"))}
KINDS = {"vorauszahlung": _l("Vorauszahlung"), "abrechnung": _l("Abrechnung"), "storno": _l("Storno")}
EVER = date(2000, 1, 1)


def index_page(errors: dict[str, list[str]]) -> str:
    """Geltende Preise, Bescheide, Leistungen."""
    with own_session() as session:
        try:
            prices = preisblatt.on(session, today())
        except BillingRefused:
            prices = None
        shown = listing(
            bescheide.listed(session), columns={"nummer": lambda one: one.nummer, "brutto": lambda one: one.brutto,
                                                "faellig": lambda one: one.faellig},
            searched=lambda one: f"{one.nummer} {one.art} {one.zustand}", default="nummer")
        return render_template(
            "payroll/desk/billing.html", held=current_mandate(), errors=errors, raw=request.form, prices=prices,
            listing=shown, works=leistungen.all_of(session), states=STATES, kinds=KINDS, today=today(),
            months=closed_months(session, EVER, today())[::-1], treatments=BEHANDLUNG, ways=ABRECHNUNG,
            counts=ZAEHLUNG)


def notice_page(bescheid: uuid.UUID, errors: dict[str, list[str]]) -> str:
    """Ein Bescheid."""
    with own_session() as session:
        try:
            row = schritte.find(session, Kostenbescheid, bescheid)
        except BillingRefused:
            abort(404)
        return render_template(
            "payroll/desk/billing_notice.html", held=current_mandate(), row=row, content=row.inhalt, errors=errors,
            prices=from_plain(row.inhalt["preise"]), partner=storno.partner(session, row), raw=request.form,
            states=STATES, kinds=KINDS, today=today(), own_login=current().login, treatments=BEHANDLUNG,
            grounds=GRUENDE)


def prices_page(errors: dict[str, list[str]]) -> str:
    """Alle Preisblätter und das Formular, vorbelegt mit dem geltenden."""
    with own_session() as session:
        rows = preisblatt.all_of(session)
        first = from_plain(rows[0].inhalt) if rows else None
        return render_template(
            "payroll/desk/billing_prices.html", held=current_mandate(), errors=errors, today=today(), states=STATES,
            rows=[(row, from_plain(row.inhalt), schritte.shown(row).hex()) for row in rows],
            raw=request.form or fields_of(first), own_login=current().login, counts=ZAEHLUNG.items(),
            ways=ABRECHNUNG.items(), rhythms=[(one, one.capitalize()) for one in TURNUS], treatments=BEHANDLUNG.items(),
            grounds=GRUENDE.items(), words=GRUENDE, labels=price_fields.labels(), sheet=price_fields.SHEET.keys())


def fields_of(prices: Any) -> dict[str, str]:
    """Felder des Formulars zu geltenden Preisen."""
    if prices is None:
        return {}
    sides = {f"{prefix}_{name}": value for prefix, side in (("kreis", prices.kreis), ("ag", prices.arbeitgeber))
             for name, value in vars(side).items()}
    return {**sides, "leitweg": prices.arbeitgeber.leitweg, "zaehlung": prices.zaehlung,
            "staffel": "; ".join(f"{start}: {hundredths(cents)}" for start, cents in prices.staffel),
            "mindestens": hundredths(prices.mindestens), "stunde": hundredths(prices.stunde),
            "abrechnung": prices.abrechnung, "turnus": prices.turnus, "ziel_tage": str(prices.ziel_tage),
            "steuer": prices.steuer.behandlung, "satz": hundredths(prices.steuer.satz),
            "steuergrund": prices.steuer.grund, "steuerworte": prices.steuer.worte,
            **{f"preis_{kind}": hundredths(cents) for kind, cents in prices.weitere.items()}}


def share_of(jahr: int, number: str) -> Anteil | None:
    """Anteil am freigegebenen Kostenjahr, aus dem Mandat beim Kreis, der es führt; bei zweien wird nicht geraten.

    Nur wenn der Arbeitgeber dieser Anfrage nach tatsächlichen Kosten abrechnet."""
    with own_session() as session:
        if preisblatt.on(session, date(jahr, 12, 1)).abrechnung != "istkosten":
            return None
    found: list[tuple[str, Anteil]] = []
    for held in current().holding("billing.read"):
        with tenant_session(held.tenant_id, actor=current().login) as session:
            row = kosten.current(session, jahr)
            if row is not None and row.zustand == "freigegeben" and row.faelle.get(number):
                found.append((f"{held.number} {held.name}", kosten.share_of(session, jahr, number)))
    if len(found) > 1:
        raise BillingRefused(
            f"Kostenjahr {jahr}: {' und '.join(name for name, _share in found)} führen je ein freigegebenes mit Fällen "
            f"von {number}. Abrechnen lassen von jemandem mit Mandat bei nur einem davon, oder mit „kreislohn billing "
            f"settle --provider“ sagen, welches gilt.")
    return found[0][1] if found else None
