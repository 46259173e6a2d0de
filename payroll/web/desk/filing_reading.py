"""Was die Seiten der Meldungen zeigen."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from flask import abort, render_template, request
from flask_babel import lazy_gettext as _
from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import abgleich, alle, krankmeldung, meldebeginn, speichern
from payroll.filings.meldungen.entwurf import FIGURES, counted, layout
from payroll.filings.models import Meldung
from payroll.runs.models import Lauf
from payroll.web.desk import of_year
from payroll.web.desk.payment_reading import own_session, today
from tenants import audit
from tenants.web.identity import current, current_mandate
from tenants.web.lists import listing

KINDS = {"lsta": _("Lohnsteuer-Anmeldung"), "beitragsnachweis": _("Beitragsnachweis"),
         "zv_monat": _("Zusatzversorgung, Monat"), "zv_ereignis": _("Zusatzversorgung, An- und Abmeldungen"),
         "zv_jahr": _("Zusatzversorgung, Jahr"), "deuev": _("Sozialversicherung, Meldungen"),
         "lstb": _("Lohnsteuerbescheinigungen"), "uv": _("Unfallversicherung, Jahr"),
         "sb": _("Schwerbehinderte Menschen, Anzeige"), "eel": _("Entgeltbescheinigungen"),
         "personalstand": _("Personalstandstatistik"), "a1": _("A1-Antrag"),
         "eau": _("eAU-Anforderung"), "bea": _("Arbeitsbescheinigung")}
VARIANTS = {"laufend": "", "schaetzung": _("Schätzung"), "korrektur": _("Korrektur")}
STATES = {"erstellt": ("warning", _("wartet auf Freigabe")), "freigegeben": ("info", _("freigegeben, noch nicht "
                                                                                         "übergeben")),
          "uebergeben": ("info", _("übergeben, Quittung fehlt")), "angenommen": ("success", _("angenommen")),
          "abgelehnt": ("danger", _("abgelehnt")), "zurueckgezogen": ("info", _("zurückgezogen"))}
HELD = ("erstellt", "freigegeben", "abgelehnt")  # nobody outside has it yet
ENTRY_KINDS = {"neu": _("neu"), "storno": _("Stornierung"), "korrektur": _("Korrektur")}


def index_page(errors: dict[str, list[str]]) -> str:
    """Meldungen, abgeschlossene Monate, Proben des jüngsten Monats."""
    with own_session() as session:
        rows = speichern.listed(session)
        months = session.scalars(select(Lauf.monat).where(Lauf.zustand == "abgeschlossen")
                                 .order_by(Lauf.monat.desc())).all()
        of = of_year.chosen(rows, lambda one: (one.monat.year, one.fuer.year), lambda one: one.art)
        shown = listing(
            of.rows, columns={"monat": lambda one: -(one.monat.toordinal() * 1_000_000) + one.id,
                           "faellig": lambda one: one.faellig, "betrag": lambda one: one.betrag},
            searched=lambda one: f"{KINDS[one.art]} {one.empfaenger} {one.empfaenger_name} {one.monat:%m/%Y} "
                                 f"{STATES[one.zustand][1]}", default="monat", keep=("jahr", "art"))
        checks, problem = abgleich.shown(session, months[0]) if months else ([], "")
        return render_template(
            "payroll/desk/filings.html", held=current_mandate(), listing=shown, of=of, months=months, checks=checks,
            problem=problem, errors=errors, kinds=KINDS, states=STATES, variants=VARIANTS, made=alle.KINDS,
            starts=meldebeginn.starts(session), startable=tuple(meldebeginn.ARTEN), raw=request.form, today=today(),
            held_back=HELD)


def filing_page(meldung: uuid.UUID, errors: dict[str, list[str]], *, kinds: Collection[str] = KINDS.keys()) -> str:
    """Eine Meldung mit Feldern oder Sätzen und Schritten; das Lesen der Sätze steht im Protokoll.

    kinds: Arten, die hier zu sehen sind; eine andere ist unbekannt (404).
    """
    with own_session() as session:
        try:
            row = speichern.find(session, meldung)
        except FilingRefused:
            abort(404)
        if row.art not in kinds:
            abort(404)
        content = speichern.content_of(session, row)
        entries = speichern.entries_of(session, row) if row.saetze else []
        shown = listing(entries, columns={"position": lambda one: one[0].position},
                        searched=lambda one: f"{one[0].personalnummer} {one[0].grund}", default="position")
        if entries:
            audit.record_reading(session, "meldung.gelesen", f"meldung:{row.kennung}", {"saetze": len(shown.rows)})
        return render_template(
            "payroll/desk/filing.html", held=current_mandate(), row=row, content=content, listing=shown,
            fields=_fields(row, content), own_login=current().login, errors=errors, raw=request.form, kinds=KINDS,
            states=STATES, variants=VARIANTS, entry_kinds=ENTRY_KINDS, deferred=_told(content, "zurueckgestellt"),
            hints=[*_told(content, "hinweise"), *krankmeldung.hints(session, row)])


def _fields(row: Meldung, content: dict[str, Any]) -> list[tuple[str, str, int, str, bool]]:
    """Schlüssel, Bedeutung, Wert, ob belegt, ob eine Zahl statt eines Betrags."""
    return [(one.schluessel, one.bedeutung, content["werte"][one.schluessel], one.stand,
             counted(row.art, one.schluessel))
            for one in (layout(row.art) if row.art in FIGURES else ()) if one.schluessel in content["werte"]]


def _told(content: dict[str, Any], name: str) -> list[str]:
    return [str(one) for one in content["angaben"].get(name, [])]
