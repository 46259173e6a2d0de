"""Überzahlungen: Fälle, Fristen, Schritte und das Schreiben."""

from __future__ import annotations

import uuid
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import Blueprint, Response, abort, current_app, flash, redirect, render_template, request, url_for
from flask_babel import lazy_gettext as _
from sqlalchemy import select
from werkzeug.wrappers import Response as Answer

from payroll.masterdata.models import Beschaeftigung, Person
from payroll.runs.ueberzahlung import schritte
from payroll.runs.ueberzahlung.models import MINDERN
from payroll.runs.ueberzahlung.schritte import Fallstand, UeberzahlungError
from payroll.runs.wirkung.probe import first_open
from payroll.runs.wirkung.stand import stand as standing
from payroll.statements import overpayment_letter
from payroll.statements.briefe import ausgabe
from payroll.statements.briefe.ausgabe import Fertig
from payroll.web.desk.person_reading import name_of
from payroll.web.desk.whose import is_me
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, inputs
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.shell import settings_of

overpayment_desk = Blueprint("overpayments", __name__, url_prefix="/mandanten/<uuid:mandant>/ueberzahlungen")
STEPS = {
    "anhoerung": _("Anhörung"), "geltendmachung": _("Geltend gemacht"), "einwand": _("Einwand"),
    "erlass_vorschlag": _("Erlass vorgeschlagen"), "erlass": _("Erlassen"), "ratenplan": _("Raten vereinbart"),
    "zahlung": _("Überwiesen"), "abschluss": _("Abgeschlossen"),
}  # fmt: skip
ONE_CLICK = ("anhoerung", "geltendmachung", "einwand", "abschluss")


@dataclass(frozen=True)
class Seite:
    """Ein Fall mit Person; einbehalt: was der nächste Lauf davon nimmt (Cent; leer: kein Entgelt mehr)."""

    stand: Fallstand
    person: uuid.UUID
    name: str
    personalnummer: str
    einbehalt: int | None = None


@overpayment_desk.get("")
@permission("claim.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Fälle, die jüngsten zuerst."""
    with _session() as session:
        rows = [_page(session, one) for one in schritte.cases(session)]
    return render_template("payroll/desk/overpayments.html", held=current_mandate(), rows=rows, today=_today())


@overpayment_desk.get("/<uuid:fall>")
@permission("claim.read")
def page(mandant: uuid.UUID, fall: uuid.UUID) -> str:
    """Ein Fall: Monate mit Ursache und Frist, was offen ist, Schritte."""
    return _show(fall, None)


@overpayment_desk.post("/<uuid:fall>/<any(anhoerung,geltendmachung,einwand,erlass_vorschlag,ratenplan,zahlung,"
                       "abschluss):art>")
@permission("claim.write")
def step(mandant: uuid.UUID, fall: uuid.UUID, art: str) -> Answer | tuple[str, int]:
    """Hält einen Schritt fest."""
    return _taken(mandant, fall, art)


@overpayment_desk.post("/<uuid:fall>/erlassen")
@permission("run.release")
def remit(mandant: uuid.UUID, fall: uuid.UUID) -> Answer | tuple[str, int]:
    """Die zweite Person entscheidet über einen vorgeschlagenen Erlass."""
    return _taken(mandant, fall, "erlass")


@overpayment_desk.get("/<uuid:fall>/<any(anhoerung,geltendmachung):art>.pdf")
@permission("claim.read")
def document(mandant: uuid.UUID, fall: uuid.UUID, art: str) -> Response:
    """Das Schreiben als PDF; dass es gelesen wurde, steht im Protokoll."""
    with _session() as session:
        done, shown = _letter(session, fall, art)
        audit.record(session, "ueberzahlung.schreiben", f"ueberzahlung:{fall}", {"art": art})
    return exports.attachment(done.pdf, "application/pdf", f"{art}-{shown.personalnummer}.pdf")


@overpayment_desk.post("/<uuid:fall>/<any(anhoerung,geltendmachung):art>/ablegen")
@permission("claim.write")
def keep(mandant: uuid.UUID, fall: uuid.UUID, art: str) -> Answer:
    """Legt das Schreiben in die Akte der Person (nie in die eigene) und gibt es ins Portal."""
    if not current_mandate().may("file.write"):
        abort(404)
    try:
        key = uuid.UUID(request.form.get("vorgang", ""))
    except ValueError:
        abort(400)
    with _session() as session:
        done, shown = _letter(session, fall, art)
        person = session.scalars(select(Person).where(Person.public_id == shown.person)).one()
        if is_me(session, person):
            abort(403)
        ausgabe.keep(session, person, done, key=key, portal=request.form.get("im_portal") == "1")
    flash(_("Der Brief liegt in der Akte."), "success")
    return redirect(url_for("overpayments.page", mandant=mandant, fall=fall))


def _letter(session: TenantSession, fall: uuid.UUID, art: str) -> tuple[Fertig, Seite]:
    found = schritte.read(session, fall)
    if found is None:
        abort(404)
    shown = _page(session, found, whole=True)
    last = next((one for one in reversed(found.schritte) if one.art == art), None)
    until, day = last.angaben.get("bis") if last else None, last.am if last else _today()
    brief = overpayment_letter.letter(
        session, found, anhoerung=art == "anhoerung", bis=date.fromisoformat(until) if until else None,
        einbehalt=shown.einbehalt, day=day)
    return overpayment_letter.render(brief, day), shown


def _taken(mandant: uuid.UUID, fall: uuid.UUID, art: str) -> Answer | tuple[str, int]:
    try:
        with _session() as session:
            found = schritte.take(session, fall, art, **_given(art))
    except (UeberzahlungError, inputs.InputError) as refused:
        return _show(fall, str(refused)), 422
    if found is None:
        abort(404)
    flash(str(STEPS[art]) + ".", "success")
    return redirect(url_for("overpayments.page", mandant=mandant, fall=fall))


def _given(art: str) -> dict[str, Any]:
    form = request.form
    day = inputs.day(form["am"]) if form.get("am", "").strip() else _today()
    details: dict[str, Any] = {}
    if form.get("bis", "").strip():
        details["bis"] = inputs.day(form["bis"]).isoformat()
    if art == "ratenplan":
        details["rate_cent"] = inputs.cents(form.get("rate", ""))
        details["erste_rate"] = inputs.day(form.get("erste_rate", "")).isoformat()
    amount = inputs.cents(form.get("betrag", "")) if art in (*MINDERN, "erlass_vorschlag") else 0
    return {"am": day, "text": form.get("text", ""), "betrag": amount, "angaben": details}


def _show(fall: uuid.UUID, refused: str | None) -> str:
    with _session() as session:
        found = schritte.read(session, fall)
        if found is None:
            abort(404)
        shown = _page(session, found, whole=True)
    return render_template("payroll/desk/overpayment.html", held=current_mandate(), page=shown, stand=found,
                           today=_today(), refused=refused, words=STEPS, one_click=ONE_CLICK, me_login=current().login,
                           keys={art: uuid.uuid4() for art in ("anhoerung", "geltendmachung")})


def _page(session: TenantSession, found: Fallstand, *, whole: bool = False) -> Seite:
    case = found.fall
    number, person = session.execute(
        select(Beschaeftigung.personalnummer, Person.public_id).join(Person, Person.id == Beschaeftigung.person_id)
        .where(Beschaeftigung.id == case.beschaeftigung_id)).one()
    return Seite(found, person, name_of(session, case.person_id, _today()), number,
                 _next(session, case.beschaeftigung_id, found.offen) if whole else None)


def _next(session: TenantSession, job: int, owed: int) -> int | None:
    """Was der nächste Lauf von dem, was offen ist, einbehält; ohne Entgelt None."""
    month = first_open(session, _today())
    own = standing(session, [job], [month]).offen.get((month, job))
    return None if own is None or not own.werte else max(owed + own.uebertrag, 0)


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _today() -> date:
    return settings_of(current_app).today()
