"""Eine Zeitdatei: Summen, jede beanstandete Zeile mit Grund und Abhilfe, Entscheidung, Freigabe, Rücknahme."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from flask import Blueprint, Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response as Answered

from tenants.db.session import TenantSession
from tenants.web import exports
from tenants.web.access import permission
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing
from timekeeping import booked, profiles, service
from timekeeping.imports.problems import ImportFehler
from timekeeping.models import ZeitDatei, ZeitZeile
from timekeeping.web import sharing
from timekeeping.web.words import FILE_STATES, ROW_STATES

timefile_desk = Blueprint("timefile", __name__, url_prefix="/mandanten/<uuid:mandant>/zeiten/dateien/<uuid:datei>")
Answer = str | tuple[str, int] | Answered
SHOWN = 500
PROBLEMS = ("Zeile", "Stand", "Personalnummer", "Schlüssel", "von", "bis", "Menge", "Grund", "Abhilfe")
SUMS = ("Personalnummer", "Schlüssel", "eigener Schlüssel", "Stand", "Anzahl", "Menge")


@timefile_desk.get("")
@permission("time.read")
def page(mandant: uuid.UUID, datei: uuid.UUID) -> str | Response:
    """Stand, Summen je Person und Schlüssel, beanstandete Zeilen."""
    with sharing.session() as session:
        held = _find(session, datei)
        if kind := request.args.get("format"):
            return _exported(session, held, kind, request.args.get("teil", ""))
        return _page(session, held)


@timefile_desk.get("/original")
@permission("import.write")
def original(mandant: uuid.UUID, datei: uuid.UUID) -> Response:
    """Die Datei, wie sie kam."""
    with sharing.session() as session:
        held = _find(session, datei)
        data, name = service.original(session, held), held.dateiname
    return exports.attachment(data, "application/octet-stream", name)


@timefile_desk.post("/entscheiden")
@permission("import.write")
def decide(mandant: uuid.UUID, datei: uuid.UUID) -> Answer:
    """Nimmt zurückgestellte Zeilen an oder lehnt sie ab."""
    def act(session: TenantSession, held: ZeitDatei) -> str:
        lines = {int(text) for text in request.form.getlist("zeile") if text.isascii() and text.isdigit()}
        if sharing.text("alle"):
            lines = {row.zeile for row in service.problems(session, held) if row.stand == "zurueckgestellt"}
        if not lines:
            raise ImportFehler(_("Keine Zeile gewählt"), _("Zeilen ankreuzen"))
        accept = sharing.text("was") == "annehmen"
        count = service.decide(session, held, lines, annehmen=accept, reason=sharing.text("grund"))
        return (ngettext("%(num)d Zeile angenommen.", "%(num)d Zeilen angenommen.", count) if accept
                else ngettext("%(num)d Zeile abgelehnt.", "%(num)d Zeilen abgelehnt.", count))
    return _acting(datei, act)


@timefile_desk.post("/neu-pruefen")
@permission("import.write")
def recheck(mandant: uuid.UUID, datei: uuid.UUID) -> Answer:
    """Prüft die vorgelegte Datei mit den geltenden Zuordnungen von vorn."""
    with sharing.session() as session:
        held = _find(session, datei)
        try:
            with session.begin_nested():
                fresh = service.recheck(session, sharing.ports().stock(session, None), held)
        except ImportFehler as refused:
            session.expire(held)
            return _page(session, held, str(refused)), 422
        kennung = fresh.public_id
    flash(_("Mit den geltenden Zuordnungen neu geprüft."), "success")
    return redirect(url_for("timefile.page", mandant=mandant, datei=kennung))


@timefile_desk.post("/freigeben")
@permission("run.check")
def approve(mandant: uuid.UUID, datei: uuid.UUID) -> Answer:
    """Gibt als zweite Person frei und bucht die angenommenen Zeilen."""
    def act(session: TenantSession, held: ZeitDatei) -> str:
        service.approve(session, sharing.ports().stock(session, None), held)
        count = service.counts(session, held)["angenommen"]
        return ngettext("Freigegeben: %(num)d Zeile gebucht.", "Freigegeben: %(num)d Zeilen gebucht.", count)
    return _acting(datei, act)


@timefile_desk.post("/zuruecknehmen")
@permission("import.write")
def withdraw(mandant: uuid.UUID, datei: uuid.UUID) -> Answer:
    """Nimmt die Datei als Ganzes zurück, solange keiner ihrer Monate abgeschlossen ist."""
    def act(session: TenantSession, held: ZeitDatei) -> str:
        service.withdraw(session, sharing.ports().stock(session, None), held, reason=sharing.text("grund"))
        left = sum(one.datei_id == held.id for one in sharing.ports().verwaist(session))
        more = ngettext("Eine übernommene Fehlzeit gilt noch: unter Vorgeschlagene Fehlzeiten prüfen.",
                        "%(num)d übernommene Fehlzeiten gelten noch: unter Vorgeschlagene Fehlzeiten prüfen.", left)
        return _("Die Datei ist zurückgenommen.") + (f" {more}" if left else "")
    return _acting(datei, act)


def _acting(datei: uuid.UUID, act: Callable[[TenantSession, ZeitDatei], str]) -> Answer:
    with sharing.session() as session:
        held = _find(session, datei)
        try:
            with session.begin_nested():
                words = act(session, held)
        except ImportFehler as refused:
            session.expire_all()
            return _page(session, held, str(refused)), 422
    flash(words, "success")
    return redirect(url_for("timefile.page", mandant=current_mandate().public_id, datei=datei))


def _find(session: TenantSession, datei: uuid.UUID) -> ZeitDatei:
    try:
        return service.find(session, str(datei))
    except ImportFehler:
        abort(404)


def _page(session: TenantSession, held: ZeitDatei, refused: str | None = None) -> str:
    found, counts, proof = service.problems(session, held), service.counts(session, held), service.prove(session, held)
    names = {one.personalnummer: one.name for one in sharing.ports().people(session)}
    sums = listing(service.preview(session, held), default="person", columns={
        "person": lambda one: (one.personalnummer, one.schluessel), "schluessel": lambda one: one.schluessel,
        "stand": lambda one: one.stand, "anzahl": lambda one: -one.anzahl},
        searched=lambda one: f"{one.personalnummer} {names.get(one.personalnummer, '')} {one.schluessel} {one.lohnart}")
    waits = [row for row in found if row.stand == "zurueckgestellt"]
    return render_template(
        "timekeeping/file.html", held=current_mandate(), datei=held, refused=refused, counts=counts, proof=proof,
        sums=sums, problems=found[:SHOWN], hidden=max(0, len(found) - SHOWN), waits=len(waits), names=names,
        own=service.handed_in(session, held, current().login), unconfirmed=booked.unconfirmed(session, held),
        required=profiles.of_version(session, held.profil, held.profil_fassung).bestaetigung,
        states=FILE_STATES, row_states=ROW_STATES,
        raw=request.form, quantity=sharing.quantity, late=sum(row.nachtrag for row in waits),
        totals=_totals(proof.summen_datei))


def _totals(sums: dict[str, object]) -> str:
    parts = [sharing.quantity(unit, value, int(value) if unit == "betrag" else None)  # type: ignore[arg-type,call-overload]  # Decimal
             for unit, value in sorted(sums.items())]
    return "; ".join(parts) or "–"


def _exported(session: TenantSession, held: ZeitDatei, kind: str, part: str) -> Response:
    name = f"zeitdatei-{held.sha256.hex()[:8]}"
    if part == "summen":
        rows = [(one.personalnummer, one.schluessel, one.lohnart or "", one.stand, one.anzahl,
                 sharing.quantity(one.einheit, one.menge, one.betrag)) for one in service.preview(session, held)]
        return exports.respond(kind, f"{name}-summen", SUMS, rows)
    return exports.respond(kind, f"{name}-beanstandet", PROBLEMS, map(_problem, service.problems(session, held)))


def _problem(row: ZeitZeile) -> tuple[object, ...]:
    return (row.zeile, row.stand, row.personalnummer, row.schluessel, row.von, row.bis,
            sharing.quantity(row.einheit, row.menge, row.betrag), row.grund, row.abhilfe)
