"""Meldungen am Schreibtisch: erstellen, als zweite Person freigeben, übergeben, quittieren."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Redirect

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import alle, krankmeldung, meldebeginn, speichern
from payroll.web.desk import filing_reading
from payroll.web.desk.payment_reading import own_session, today
from tenants.db.session import TenantSession
from tenants.web import exports, inputs
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current_mandate

filing_desk = Blueprint("filings", __name__, url_prefix="/mandanten/<uuid:mandant>/meldungen")
Answer = str | Redirect | tuple[str, int]


@filing_desk.get("")
@permission("filing.read")
def index(mandant: uuid.UUID) -> str:
    """Alle Meldungen eines Arbeitgebers und ob die Summen aufgehen."""
    return filing_reading.index_page({})


@filing_desk.post("/erstellen")
@permission("filing.send")
def create(mandant: uuid.UUID) -> Answer:
    """Rechnet die Meldungen eines Monats."""
    kind, estimate = _given("art"), _given("schaetzen") == "ja"
    try:
        month = inputs.month(_given("monat"))
        if kind and kind not in alle.KINDS:
            raise FilingRefused(_("Diese Art von Meldung gibt es nicht."))
        with own_session() as session:
            made = alle.create(session, month, kind=kind or None, estimate=estimate)
            new = sum(one.neu for one in made)
    except (FilingRefused, inputs.InputError) as refused:
        return filing_reading.index_page({"monat": [str(refused)]}), 422
    return _made(new, _("Nichts Neues zu melden."))


@filing_desk.post("/eau")
@permission("filing.send")
def request_notes(mandant: uuid.UUID) -> Answer:
    """Fordert die Bescheinigungen aller Krankmeldungen an, die darauf warten; je Kasse eine Meldung."""
    with own_session() as session:
        made = krankmeldung.request(session, today())
    for words in made.zurueckgestellt:
        flash(words, "info")
    return _made(len(made.meldungen), _("Es wartet keine Krankmeldung auf ihre Bescheinigung."))


def _made(new: int, nothing: str) -> Answer:
    """Zurück zur Liste, mit der Zahl der neuen Meldungen oder dem Satz, dass es nichts gab."""
    flash(ngettext("%(shown)s neue Meldung. Freigeben muss eine zweite Person.",
                   "%(shown)s neue Meldungen. Freigeben muss eine zweite Person.", new, shown=new) if new
          else nothing, "success" if new else "info")
    return redirect(url_for("filings.index", mandant=current_mandate().public_id))


@filing_desk.post("/beginn")
@permission("filing.send")
def begin(mandant: uuid.UUID) -> Answer:
    """Legt fest, ab wann eine Art hier gemeldet wird, die vorher auf anderem Weg ging."""
    try:
        month = inputs.month(_given("ab"))
        with own_session() as session:
            meldebeginn.record(session, _given("art"), month, reason=_given("grund"))
    except (FilingRefused, inputs.InputError) as refused:
        return filing_reading.index_page({"ab": [str(refused)]}), 422
    flash(_("Festgelegt. Die Meldung jetzt neu erstellen."), "success")
    return redirect(url_for("filings.index", mandant=current_mandate().public_id))


@filing_desk.get("/<uuid:meldung>")
@permission("filing.read")
def page(mandant: uuid.UUID, meldung: uuid.UUID) -> str:
    """Eine Meldung mit Inhalt und Schritten."""
    return filing_reading.filing_page(meldung, {})


@filing_desk.post("/<uuid:meldung>/freigeben")
@permission("filing.release")
def release(mandant: uuid.UUID, meldung: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei, was gezeigt wurde."""
    shown = _given("pruefsumme")
    return _step(meldung, lambda session: speichern.release(session, meldung, sha256=shown), "freigabe",
                 _("Freigegeben. Die Datei lässt sich jetzt abrufen."))


@filing_desk.post("/<uuid:meldung>/zurueckziehen")
@permission("filing.send")
def withdraw(mandant: uuid.UUID, meldung: uuid.UUID) -> Answer:
    """Zieht eine noch nicht freigegebene Meldung zurück."""
    reason = _given("grund_zurueck")
    return _step(meldung, lambda session: speichern.withdraw(session, meldung, reason=reason), "grund_zurueck",
                 _("Zurückgezogen."))


@filing_desk.post("/<uuid:meldung>/datei.csv")
@permission("filing.send")
@shows_answer
def hand_over(mandant: uuid.UUID, meldung: uuid.UUID) -> Answer | Response:
    """Die freigegebene Datei; jeder Abruf steht im Protokoll, der erste gilt als Übergabe."""
    try:
        with own_session() as session:
            content, name = speichern.hand_over(session, meldung)
    except FilingRefused as refused:
        return filing_reading.filing_page(meldung, {"freigabe": [str(refused)]}), 422
    return exports.attachment(content, exports.CSV_TYPE, name)


@filing_desk.post("/<uuid:meldung>/quittung")
@permission("filing.send")
def receipt(mandant: uuid.UUID, meldung: uuid.UUID) -> Answer:
    """Hält die Quittung der Annahmestelle fest."""
    words, accepted = _given("quittung"), _given("ergebnis") != "abgelehnt"
    return _step(meldung, lambda session: speichern.receipt(session, meldung, accepted=accepted, words=words),
                 "quittung", _("Die Quittung ist eingetragen."))


def _step(meldung: uuid.UUID, act: Callable[[TenantSession], object], field: str, message: str) -> Answer:
    try:
        with own_session() as session:
            act(session)
    except FilingRefused as refused:
        return filing_reading.filing_page(meldung, {field: [str(refused)]}), 422
    flash(message, "success")
    return redirect(url_for("filings.page", mandant=current_mandate().public_id, meldung=meldung))


def _given(name: str) -> str:
    return str(request.form.get(name, "")).strip()
