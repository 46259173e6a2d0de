"""Lohnarten am Schreibtisch anlegen und ab einem Tag ändern: Daten des Mandanten, kein Programm."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any

from flask import Blueprint, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response

from payroll.masterdata.catalogue.add import add_wage_type
from payroll.masterdata.clocks import known
from payroll.masterdata.models import Lohnart, LohnartStand
from payroll.masterdata.service import FactError, record_fact
from payroll.runs.lohnartregeln import ohne_regel
from payroll.web.desk import fact_forms, law_reading
from payroll.web.desk.fact_writing import WHOLE_FORM
from payroll.web.desk.wage_type_kinds import ABOUT, ADDED, CHANGED, OPTIONS
from tenants.db.session import TenantSession, tenant_session
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

wage_type_desk = Blueprint("wagetype", __name__, url_prefix="/mandanten/<uuid:mandant>/stammdaten/lohnart")
Answer = str | tuple[str, int] | Response



@wage_type_desk.get("/neu")
@permission("import.write")
def new(mandant: uuid.UUID) -> str:
    """Leeres Formular."""
    return _page(None, (), fact_forms.FactInput(raw={"entstehung": "eingabe", "personenkreis": "alle"}))


@wage_type_desk.post("/neu")
@permission("import.write")
def add(mandant: uuid.UUID) -> Answer:
    """Legt eine Lohnart mit ihrer Wirkung an."""
    made: Lohnart | None = None
    with _session() as session:
        given = fact_forms.read(ADDED, request.form, _options())
        number = given.values.pop("nummer", None)
        if not given.errors and not 1 <= number <= 9999:
            given.refuse("nummer", _("Eine Nummer von 1 bis 9999."))
        if not given.errors and given.valid_from is not None:
            try:
                made = add_wage_type(session, number, valid_from=given.valid_from, reason=given.reason,
                                     **given.values)
            except FactError as refused:
                given.refuse("nummer", str(refused))
        if made is None:
            return _page(None, (), given), 422
        key = made.public_id
    flash(_("Lohnart %(number)s ist angelegt.", number=f"{number:04}"), "success")
    return redirect(url_for("wagetype.one", mandant=mandant, lohnart=key))


@wage_type_desk.get("/<uuid:lohnart>")
@permission("run.read")
def one(mandant: uuid.UUID, lohnart: uuid.UUID) -> str:
    """Eine Lohnart mit allen Zeiträumen."""
    with _session() as session:
        found, states = _found(session, lohnart)
        held = {item.name: getattr(states[0], item.name) for item in ABOUT} if states else {}
        return _page(found, states, fact_forms.FactInput(raw=fact_forms.filled(CHANGED, held, _options())))


@wage_type_desk.post("/<uuid:lohnart>")
@permission("import.write")
def change(mandant: uuid.UUID, lohnart: uuid.UUID) -> Answer:
    """Erfasst eine andere Wirkung ab einem Tag; Bisheriges bleibt in der Geschichte."""
    with _session() as session:
        found, states = _found(session, lohnart)
        given = fact_forms.read(CHANGED, request.form, _options())
        if not given.errors and given.valid_from is not None:
            try:
                record_fact(session, LohnartStand, lohnart_id=found.id, valid_from=given.valid_from,
                            valid_to=given.valid_to, reason=given.reason, **given.values)
            except FactError as refused:
                given.refuse(WHOLE_FORM, str(refused))
        if given.errors:
            return _page(found, states, given), 422
    flash(_("Die Wirkung ist gespeichert. Sie gilt, sobald ein Monat neu gerechnet wird."), "success")
    return redirect(url_for("wagetype.one", mandant=mandant, lohnart=lohnart))


def _found(session: TenantSession, public_id: uuid.UUID) -> tuple[Lohnart, Sequence[LohnartStand]]:
    found = session.scalars(select(Lohnart).where(Lohnart.public_id == public_id)).one_or_none()
    if found is None:
        abort(404)
    return found, session.scalars(
        select(LohnartStand).where(known(LohnartStand, None), LohnartStand.lohnart_id == found.id)
        .order_by(LohnartStand.valid_from.desc())).all()


def _options() -> dict[str, Any]:
    return {name: {key: (key, str(text)) for key, text in choices} for name, choices in OPTIONS.items()}


def _page(found: Lohnart | None, states: Sequence[LohnartStand], given: fact_forms.FactInput) -> str:
    kind = ADDED if found is None else CHANGED
    month = settings_of(current_app).today().replace(day=1)
    known, number = law_reading.entries(month), found.nummer if found else 0
    values = [known.get(law_reading.value_of(state.ziel)) for state in states]
    return render_template("payroll/desk/wage_type.html", held=current_mandate(), lohnart=found, states=states,
                           values=values, rules=law_reading.rules_of(month, number), why=ohne_regel(number),
                           kind=kind, given=given, options=_options(), shown=fact_forms.shown)


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)
