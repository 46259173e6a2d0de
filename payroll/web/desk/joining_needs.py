"""Was ein neuer Arbeitgeber braucht, damit sein erster Monat bis zur Zahlung kommt: je Voraussetzung Stand und Ort."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext
from sqlalchemy import select

from payroll.filings.sepa import employer_account
from payroll.masterdata.models import Krankenkasse, Lohnart, ZvKasse
from tenants.db.session import TenantSession, platform_session
from tenants.laender import LAENDER
from tenants.models.documents import ArchiveKey
from tenants.models.tenant import Tenant
from tenants.users.mandates import holders
from tenants.web.identity import HeldMandate, current

STEPS = {"run.calculate": lazy_gettext("Rechnen"), "run.release": lazy_gettext("Freigabe durch den Kreis"),
         "run.release_municipality": lazy_gettext("Freigabe durch den Arbeitgeber"),
         "posting.release": lazy_gettext("Zahlung freigeben"), "filing.release": lazy_gettext("Meldung freigeben")}
NUMBERS = {"betriebsnummer": lazy_gettext("Betriebsnummer"), "finanzamt": lazy_gettext("Finanzamt"),
           "steuernummer": lazy_gettext("Steuernummer")}
CATALOGUES = {Lohnart: lazy_gettext("Lohnarten"), Krankenkasse: lazy_gettext("Krankenkassen"),
              ZvKasse: lazy_gettext("Zusatzversorgungskassen")}


@dataclass(frozen=True)
class Bedarf:
    """Eine Voraussetzung: ob sie da ist, was fehlt oder gilt, und die Seite dazu (leer: dort darf man nicht hin)."""

    was: str
    da: bool
    einzelheit: str
    ort: str = ""


def needs(session: TenantSession, held: HeldMandate, today: date) -> list[Bedarf]:
    """Alle Voraussetzungen in der Reihenfolge, in der sie gebraucht werden; eine feste Zahl von Abfragen."""
    row = session.scalars(select(Tenant).where(Tenant.id == held.tenant_id)).one()
    data = url_for("tenantdata.index", mandant=held.public_id)
    missing = [str(word) for name, word in NUMBERS.items() if not getattr(row, name)]
    bare = [str(word) for model, word in CATALOGUES.items()
            if session.scalars(select(model.id).limit(1)).first() is None]
    return [
        Bedarf(_("Land der Betriebsstätte"), True, _("%(land)s; nach ihm richten sich Kirchensteuer und "
                                                     "Beitragsgrenzen", land=LAENDER[row.bundesland]), data),
        Bedarf(_("Nummern für Meldungen"), not missing, _missing(missing, _("die Verwaltung trägt sie ein")), data),
        Bedarf(_("Lohnarten und Kassen"), not bare, _missing(bare, _("die Verwaltung ergänzt sie")), data),
        _mandates(held, today), _archive(session, held), _account(session, held)]


def _missing(names: list[str], remedy: str) -> str:
    return _("fehlt: %(names)s; %(remedy)s", names=", ".join(names), remedy=remedy) if names else _("vollständig")


def _mandates(held: HeldMandate, today: date) -> Bedarf:
    """Für jeden Schritt bis zur Zahlung hat jemand ein Mandat, und für die Freigaben zwei verschiedene."""
    found: dict[str, Any] = {}
    with platform_session(actor=current().login) as session:
        for step in STEPS:
            found[step] = holders(session, [held.tenant_id], step, today).get(held.tenant_id, {})
    nobody = [str(word) for step, word in STEPS.items() if not found[step]]
    alone = found["run.release"].keys() | found["run.release_municipality"].keys()
    words = _missing(nobody, _("die Verwaltung erteilt die Mandate"))
    if not nobody and len(alone) < 2:
        nobody, words = [""], _("Kreis und Arbeitgeber geben durch verschiedene Personen frei; es gibt nur eine")
    place = url_for("adminusers.index") if current().may("user.admin") else ""
    return Bedarf(_("Mandate"), not nobody, words, place)


def _archive(session: TenantSession, held: HeldMandate) -> Bedarf:
    there = session.scalars(select(ArchiveKey.id).where(ArchiveKey.retired_at.is_(None)).limit(1)).first() is not None
    return Bedarf(_("Archivschlüssel"), there, _("vorhanden") if there else _(
        "fehlt: zwei Leitungen legen ihn unter „Archiv und Notfall“ an; ohne ihn entsteht keine Abrechnung"),
        url_for("archive.index", mandant=held.public_id) if held.may("archive.use") else "")


def _account(session: TenantSession, held: HeldMandate) -> Bedarf:
    accounts = employer_account.accounts(session)
    confirmed = any(one.bestaetigt_von for one in accounts)
    words = _("bestätigt") if confirmed else _("erfasst; eine zweite Person bestätigt es") if accounts else _(
        "fehlt: unter Zahlungen erfassen; ohne bestätigtes Konto wird nicht gezahlt")
    return Bedarf(_("Arbeitgeberkonto"), confirmed, words,
                  url_for("payments.index", mandant=held.public_id) if held.may("posting.read") else "")
