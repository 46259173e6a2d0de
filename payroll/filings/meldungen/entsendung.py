"""Antrag auf eine A1-Bescheinigung (§ 106 SGB IV) für Beamte und Beschäftigte im öffentlichen Dienst.

Dienstreisen und Entsendungen in Staaten der EU, des EWR, in die Schweiz und das Vereinigte Königreich (Art. 11 Abs. 3
Buchst. b VO (EG) Nr. 883/2004). Zuständig ist die gesetzliche Krankenkasse der Person, ohne sie die
Rentenversicherung; bei einer geringfügigen Beschäftigung kennt der Arbeitgeber die Kasse nicht. Das amtliche Schema
ist nicht öffentlich; gegeben wird der belegte Inhalt.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import konto, speichern, stamm, werte
from payroll.filings.meldungen.deuev import problem_of
from payroll.filings.meldungen.entwurf import Entwurf, Satz
from tenants.db import guard
from tenants.db.session import TenantSession
from tenants.models import Tenant

STAATEN = {
    "BE": "Belgien", "BG": "Bulgarien", "DK": "Dänemark", "EE": "Estland", "FI": "Finnland", "FR": "Frankreich",
    "GR": "Griechenland", "IE": "Irland", "IS": "Island", "IT": "Italien", "HR": "Kroatien", "LV": "Lettland",
    "LI": "Liechtenstein", "LT": "Litauen", "LU": "Luxemburg", "MT": "Malta", "NL": "Niederlande", "NO": "Norwegen",
    "AT": "Österreich", "PL": "Polen", "PT": "Portugal", "RO": "Rumänien", "SE": "Schweden", "CH": "Schweiz",
    "SK": "Slowakei", "SI": "Slowenien", "ES": "Spanien", "CZ": "Tschechien", "HU": "Ungarn",
    "GB": "Vereinigtes Königreich", "CY": "Zypern",
}
TYPE = "A1-Antrag Beamte/Beschäftigte im Öffentlichen Dienst"
PENSION = ("rentenversicherung", "Deutsche Rentenversicherung")
LIMIT = 120


@dataclass(frozen=True)
class Reise:
    """Staat (zwei Buchstaben), erster und letzter Tag, Ort und Beschäftigungsstelle dort."""

    staat: str
    von: date
    bis: date
    ort: str
    stelle: str


def request(session: TenantSession, number: str, trip: Reise) -> speichern.Erstellt:
    """Erstellt den Antrag für eine Beschäftigung; freigeben muss eine zweite Person."""
    file = next((one for one in stamm.files_of(session).values() if one.personalnummer == number), None)
    if file is None or file.art == "hinterbliebene":
        raise FilingRefused(f"Personalnummer {number} gibt es bei diesem Arbeitgeber nicht; Nummer prüfen.")
    _demand(file, trip)
    key = f"{number}|a1|{trip.staat}|{trip.von}|{trip.bis}"
    if key in konto.ledger(session, "a1"):
        raise FilingRefused(f"Für {number} ist diese Bescheinigung schon beantragt; die Meldung ansehen oder "
                            "zurückziehen.")
    tenant = session.scalars(select(Tenant).where(Tenant.id == guard.tenant_of(session))).one()
    held = werte.in_month(werte.insurances(session, None).get(file.beschaeftigung, ()), trip.von.replace(day=1))
    fund = _fund(number, held)
    content = {
        "nachricht": TYPE, "vsnr": file.vsnr, **{name: file.inhalt[name] for name in (
            "nachname", "vorname", "geburtsdatum", "strasse", "plz", "ort", "land")},
        "staatsangehoerigkeit": file.staat, "beamter": "ja" if file.art == "beamte" else "nein",
        "betriebsnummer": tenant.betriebsnummer or "", "arbeitgeber": tenant.name,
        "arbeitgeber_anschrift": _address(tenant),
        "staat": trip.staat, "von": trip.von.isoformat(), "bis": trip.bis.isoformat(), "einsatzort": trip.ort,
        "beschaeftigungsstelle": trip.stelle, "personalnummer": number}
    month = trip.von.replace(day=1)
    entry = Satz(key, "a1", trip.von, trip.bis, trip.von, file.person, number, content)
    draft = Entwurf("a1", month, month, *fund, trip.von, saetze=(entry,), befunde=() if tenant.betriebsnummer else (
        f"Arbeitgeber {tenant.name}: Betriebsnummer fehlt (§ 18i SGB IV); bei den Angaben des Arbeitgebers ergänzen.",))
    return speichern.store(session, [draft])[0]


def _fund(number: str, held: werte.Abschnitt | None) -> tuple[str, str]:
    """Wer entscheidet; die Minijob-Zentrale nie, sie ist nicht die Krankenkasse der Person (§ 106 SGB IV)."""
    if held is None or held.kv_art not in werte.STATUTORY:
        return PENSION
    if held.personengruppe in werte.GERINGFUEGIG:
        raise FilingRefused(f"{number}: geringfügig beschäftigt, hier gemeldet ist die Minijob-Zentrale; über die "
                            "Bescheinigung entscheidet die eigene Krankenkasse der Person (§ 106 SGB IV): nach ihr "
                            "fragen und den Antrag im SV-Meldeportal an diese Kasse stellen.")
    return (held.betriebsnummer, held.kasse) if held.betriebsnummer else PENSION


def _address(tenant: Tenant) -> str:
    place = f"{tenant.plz or ''} {tenant.ort or ''}".strip()
    return ", ".join(part for part in (tenant.strasse, place) if part)


def _demand(file: stamm.Akte, trip: Reise) -> None:
    if trip.staat not in STAATEN:
        raise FilingRefused(f"Staat „{trip.staat}“: die Bescheinigung gibt es für EU, EWR, Schweiz und Vereinigtes "
                            f"Königreich; zwei Buchstaben angeben ({', '.join(sorted(STAATEN)[:3])}, …).")
    if trip.bis < trip.von:
        raise FilingRefused("Der letzte Tag liegt vor dem ersten; Zeitraum berichtigen.")
    if trip.von < file.eintritt or trip.bis > (file.austritt or trip.bis):
        raise FilingRefused(f"Personalnummer {file.personalnummer} ist in diesem Zeitraum nicht durchgehend "
                            "beschäftigt; Zeitraum prüfen.")
    for name, text in (("Ort", trip.ort), ("Beschäftigungsstelle", trip.stelle)):
        if not text.strip() or len(text) > LIMIT:
            raise FilingRefused(f"{name} im Ausland: 1 bis {LIMIT} Zeichen angeben.")
    problem = problem_of(file) or ("" if file.staat else "Staatsangehörigkeit fehlt; an der Person erfassen.")
    if problem:
        raise FilingRefused(f"{file.personalnummer}: {problem}")
