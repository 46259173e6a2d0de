"""Massenänderung: Datei hochladen, alt und neu je Person und die Wirkung ansehen, genau das Gezeigte übernehmen."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from payroll.masterdata.imports import ImportFehler
from payroll.masterdata.imports.problems import Beanstandung
from payroll.masterdata.massen import datei, plan
from payroll.masterdata.massen.merkmale import MERKMALE
from payroll.masterdata.service import FactError
from payroll.runs.wirkung import Wirkung, first_open, probe, shown_months
from payroll.web.desk import fact_forms
from payroll.web.desk.staffing import names
from tenants import audit
from tenants.db.session import TenantSession, tenant_session
from tenants.web import exports, uploads
from tenants.web.access import permission, shows_answer
from tenants.web.identity import current, current_mandate
from tenants.web.lists import sort_key
from tenants.web.shell import settings_of

mass_desk = Blueprint("masschanges", __name__, url_prefix="/mandanten/<uuid:mandant>/massenaenderung")
SHOWN, MOST_MONTHS = 500, 4
EXAMPLE = ("10001", "01.01.2027", "wochenstunden", "19,5")


@dataclass(frozen=True)
class Vorschau:
    """Was die Datei täte: Änderungen, Beanstandungen, Wirkung; kennzeichen: nur genau das wird übernommen; namen je
    Personalnummer."""

    made: plan.Plan
    problems: list[Beanstandung]
    wirkung: Wirkung | None
    kennzeichen: str
    namen: Mapping[str, str]

    @property
    def bereit(self) -> bool:
        """Ob sich alles übernehmen lässt."""
        return self.wirkung is not None and not self.problems


@mass_desk.get("")
@permission("import.write")
def form(mandant: uuid.UUID) -> str:
    """Hochladen, mit Vorlage und der Liste dessen, was sich ändern lässt."""
    return _form(None)


@mass_desk.get("/vorlage.<any(csv,xlsx):art>")
@permission("import.write")
def template(mandant: uuid.UUID, art: str) -> Response:
    """Vorlage mit einer Beispielzeile."""
    return exports.respond(art, "massenaenderung-vorlage", datei.SPALTEN, [EXAMPLE])


@mass_desk.post("")
@permission("import.write")
@shows_answer
def trial(mandant: uuid.UUID) -> str | tuple[str, int]:
    """Probe: alt und neu je Zeile, Wirkung auf die Zahlung; geschrieben wird nichts."""
    sent = request.files.get("datei")
    if sent is None or not sent.filename:
        return _form(ImportFehler(_("Es fehlt die Datei"), _("Bitte eine XLSX- oder CSV-Datei wählen"))), 422
    data = sent.read()
    with _session() as session:
        try:
            shown = preview(session, data)
        except ImportFehler as error:
            return _form(error), 422
        token = uploads.keep(session, data, owner=current().login)
    return _page(shown, token)


@mass_desk.post("/uebernehmen")
@permission("import.write")
def confirm(mandant: uuid.UUID) -> Response | str | tuple[str, int]:
    """Übernimmt alles oder nichts, und nur, was genau so gezeigt war."""
    token, reason = request.form.get("zeichen", ""), request.form.get("grund", "").strip()
    with _session() as session:
        data = uploads.fetch(session, token, owner=current().login)
        if data is None:
            return _form(ImportFehler(_("Die Probe ist abgelaufen, nichts wurde übernommen"),
                                      _("Bitte die Datei noch einmal hochladen"))), 409
        shown = preview(session, data)
        if not shown.bereit:
            return _page(shown, token), 422
        if not reason:
            return _page(shown, token, {"grund": [fact_forms.REQUIRED]}), 422
        if request.form.get("gezeigt") != shown.kennzeichen:
            return _page(shown, token, changed=True), 409
        plan.write(session, shown.made, reason=reason)
        audit.record(session, "massenaenderung.uebernommen", f"datei:{shown.made.datei.pruefsumme}", {
            "zeilen": len(shown.made.aenderungen), "gezeigt": shown.kennzeichen}, reason)
    uploads.forget(token)
    flash(ngettext("%(num)d Änderung übernommen.", "%(num)d Änderungen übernommen.", len(shown.made.aenderungen)),
          "success")
    return redirect(url_for("people.index", mandant=mandant))


def preview(session: TenantSession, data: bytes) -> Vorschau:
    """Liest, prüft und probiert alles aus, ohne etwas zu behalten."""
    made = plan.plan(session, datei.read(data))
    problems = list(made.datei.problems)
    wirkung = None
    if not problems and made.aenderungen:
        days = {one.ab for one in made.aenderungen}
        months = shown_months(first_open(session, settings_of(current_app).today()), days)[:MOST_MONTHS]

        def write() -> list[int]:
            plan.write(session, made, reason="Probe")
            return []

        try:
            wirkung = probe(session, made.jobs, write, months)
        except FactError as refused:
            problems.append(Beanstandung(0, "", "", str(refused), _("Zeile berichtigen")))
    digest = wirkung.digest() if wirkung else ""
    changes = [f"{one.zeile.nummer}|{one.bisher}|{one.neu}" for one in made.aenderungen]
    mark = hashlib.sha256("\n".join([made.datei.pruefsumme, digest, *changes]).encode()).hexdigest()
    return Vorschau(made, problems, wirkung, mark, names(session))


def _session() -> AbstractContextManager[TenantSession]:
    return tenant_session(current_mandate().tenant_id, actor=current().login)


def _form(error: ImportFehler | None) -> str:
    return render_template("payroll/desk/mass_form.html", held=current_mandate(), error=error, words=MERKMALE)


def _page(shown: Vorschau, token: str, errors: dict[str, list[str]] | None = None, *, changed: bool = False) -> str:
    return render_template("payroll/desk/mass_trial.html", held=current_mandate(), shown=shown, token=token,
                           errors=errors or {}, changed=changed, limit=SHOWN, totals=_totals(shown.wirkung),
                           people=_people(shown.wirkung, shown.namen), names=shown.namen,
                           reason=request.form.get("grund", ""))


def _totals(wirkung: Wirkung | None) -> dict[date, dict[str, tuple[int, int]]]:
    """Summen jedes gezeigten offenen Monats vorher und nachher: Brutto, Netto, Zahlbetrag, Kosten."""
    found: dict[date, dict[str, tuple[int, int]]] = {}
    for one in wirkung.monate if wirkung else ():
        own = found.setdefault(one.monat, {}) if not one.geschlossen else {}
        for wert in one.haupt:
            old, new = own.get(wert.text, (0, 0))
            own[wert.text] = (old + wert.alt, new + wert.neu)
    return dict(sorted(found.items()))


@dataclass
class Mensch:
    """Eine Beschäftigung in der Vorschau: was sich an Nachzahlung und je offenem Monat an der Zahlung ändert (Cent)."""

    personalnummer: str
    name: str
    nachzahlung: int = 0
    monate: dict[date, int] = field(default_factory=dict)


def _people(wirkung: Wirkung | None, called: Mapping[str, str]) -> list[Mensch]:
    """Alle, die die Datei nennt, nach Name."""
    found: dict[int, Mensch] = {}
    for one in wirkung.monate if wirkung else ():
        number = wirkung.personalnummern[one.beschaeftigung_id] if wirkung else ""
        own = found.setdefault(one.beschaeftigung_id, Mensch(number, called.get(number, "")))
        if one.geschlossen:
            own.nachzahlung += sum(wert.differenz for wert in one.werte if wert.name == "auszahlung")
        else:
            own.monate[one.monat] = sum(wert.differenz for wert in one.haupt if wert.name == "zahlbetrag")
    return sorted(found.values(), key=lambda one: (sort_key(one.name), one.personalnummer))
