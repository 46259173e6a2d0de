"""Leistungsentgelt am Schreibtisch: Volumen ansehen, gleich oder nach Punkten verteilen, als Bezug erfassen."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.runs import leistung, service
from payroll.runs.models import Lauf
from payroll.web.desk.people_reading import PersonRow, people
from tenants.db.session import TenantSession, tenant_session
from tenants.web import inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

performance_desk = Blueprint(
    "performance", __name__, url_prefix="/mandanten/<uuid:mandant>/abrechnung/<monat>/leistungsentgelt")
LABELS = {"uebertrag": lazy_gettext("Rest aus Vorjahren"), "entgelt": lazy_gettext("Entgelte aus einem Vorsystem"),
          "verteilung": lazy_gettext("Verteilung"), "punkte": lazy_gettext("Punkte")}
EQUAL, POINTS, NONE = "gleich", "punkte", "ohne"
LONGEST = 200_000


@dataclass
class Wish:
    """Was verteilt werden soll: Beträge in Cent, Punkte je Personalnummer (None: zu gleichen Teilen), ob es eine
    Vereinbarung gibt."""

    raw: Mapping[str, str]
    carry: int = 0
    stated: int = 0
    shares: dict[str, int] | None = None
    agreed: bool = True
    errors: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Share:
    """Ein Anteil mit dem Menschen dazu."""

    person: PersonRow | None
    part: leistung.Anteil


@performance_desk.get("")
@permission("person.read")
def page(mandant: uuid.UUID, monat: str) -> str:
    """Volumen des Jahres und was für den Monat schon erfasst ist."""
    return _page(_month(monat), Wish({}), preview=False)


@performance_desk.post("")
@permission("person.write")
def distribute(mandant: uuid.UUID, monat: str) -> Response | str | tuple[str, int]:
    """Vorschau der Verteilung oder, mit schritt=erfassen, ihre Erfassung als Bezug des Monats."""
    month, wish = _month(monat), _wish(request.form)
    if wish.errors:
        return _page(month, wish, preview=False), 422
    if request.form.get("schritt") != "erfassen":
        return _answered(month, wish)
    try:
        with tenant_session(current_mandate().tenant_id, actor=current().login) as session:
            pot = leistung.volume(session, month.year, carry=wish.carry, stated=wish.stated)
            found = leistung.record_performance(session, month, pot, wish.shares, agreed=wish.agreed)
    except service.RunRefused as refused:
        wish.errors["punkte"] = [str(refused)]
        return _page(month, wish, preview=False), 409
    flash(_("Das Leistungsentgelt ist für %(count)s Personen erfasst. Der Monat muss danach (neu) gerechnet werden.",
            count=len(found)), "success")
    return redirect(url_for("performance.page", mandant=mandant, monat=monat))


def _answered(month: date, wish: Wish) -> str | tuple[str, int]:
    shown = _page(month, wish, preview=True)
    return (shown, 422) if wish.errors else shown


def _page(month: date, wish: Wish, *, preview: bool) -> str:
    held, today = current_mandate(), settings_of(current_app).today()
    with tenant_session(held.tenant_id, actor=current().login) as session:
        pot = leistung.volume(session, month.year, carry=wish.carry, stated=wish.stated)
        there = {row.beschaeftigung_id: row for row in people(session, today)}
        shares = _preview(session, month, wish, pot) if preview else []
        stored = leistung.recorded(session, month)
        state = session.scalar(select(Lauf.zustand).where(Lauf.monat == month))
    return render_template(
        "payroll/desk/performance.html", held=held, month=month, pot=pot, wish=wish, labels=LABELS,
        rest=leistung.rest_of(pot, shares or stored) if shares or stored else None,
        preview=[Share(there.get(one.beschaeftigung_id), one) for one in shares],
        stored=[Share(there.get(one.beschaeftigung_id), one) for one in stored],
        changeable=state is None or state in leistung.OFFEN)  # fmt: skip


def _preview(session: TenantSession, month: date, wish: Wish, pot: leistung.Volumen) -> list[leistung.Anteil]:
    try:
        if not wish.agreed:
            return leistung.without_agreement(session, month)
        return leistung.distribute(session, month, pot.betrag, wish.shares)
    except service.RunRefused as refused:
        wish.errors["punkte" if wish.agreed else "verteilung"] = [str(refused)]
        return []


def _wish(form: Mapping[str, str]) -> Wish:
    wish = Wish({name: text.strip() for name, text in form.items()})
    for name, target in (("uebertrag", "carry"), ("entgelt", "stated")):
        text = wish.raw.get(name, "")
        try:
            cents = inputs.cents(text) if text else 0
        except inputs.InputError as error:
            wish.errors[name] = [str(error)]
            continue
        if cents < 0:
            wish.errors[name] = ["Der Betrag darf nicht negativ sein."]
        setattr(wish, target, max(cents, 0))
    wish.agreed = wish.raw.get("verteilung", EQUAL) != NONE
    text = wish.raw.get("punkte", "")
    if wish.raw.get("verteilung", EQUAL) == POINTS:
        try:
            wish.shares = leistung.shares_of(text[:LONGEST].splitlines())
        except service.RunRefused as refused:
            wish.errors["punkte"] = [str(refused)]
        if not text:
            wish.errors["punkte"] = ["Bitte je Zeile Personalnummer;Punkte angeben oder zu gleichen Teilen verteilen."]
    return wish


def _month(text: str) -> date:
    try:
        month = inputs.month(text)
    except inputs.InputError:
        abort(404)
    if not 2024 <= month.year <= 2099:
        abort(404)
    return month
