"""Summen halten: was gemeldet wird, ist, was das Journal als Schuld trägt; sonst keine Freigabe."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import func, select

from payroll.filings import abrechnungen
from payroll.filings.abrechnungen import demand_printed, printed
from payroll.filings.errors import FilingRefused
from payroll.filings.meldungen import lsta, nachweis, versorgung, werte
from payroll.filings.models import Meldung, Zahlung, Zahlungsauftrag
from payroll.filings.sepa.collecting import OWN
from payroll.postings import service
from payroll.postings.errors import PostingRefused
from payroll.postings.models import Buchung, Journal
from payroll.postings.zeilen import zeilen
from tenants.db.session import TenantSession

KEYS = {"lsta": "steuer", "beitragsnachweis": "sv", "zv_monat": "zv"}


@dataclass(frozen=True)
class Zeile:
    """Eine Probe: was, Summe der einen und der anderen Seite (None: gibt es noch nicht)."""

    was: str
    links: int | None
    rechts: int | None

    @property
    def stimmt(self) -> bool | None:
        """None, solange eine Seite fehlt."""
        return None if self.links is None or self.rechts is None else self.links == self.rechts


def checks(session: TenantSession, month: date) -> list[Zeile]:
    """Abrechnungen = Journal = Zahlungen = Meldungen eines abgeschlossenen Monats."""
    lauf = werte.closed_run(session, month)
    journal = session.scalars(select(Journal).where(Journal.lauf_id == lauf.id)).one_or_none()
    paid = session.scalar(
        select(func.sum(Zahlung.betrag)).join(Zahlungsauftrag, Zahlungsauftrag.id == Zahlung.zahlungsauftrag_id)
        .where(Zahlungsauftrag.lauf_id == lauf.id, Zahlungsauftrag.art == "lauf",
               Zahlungsauftrag.zustand != "zurueckgezogen", Zahlung.art.in_(OWN)))
    owed = {key: _booked(session, journal, key) for key in ("steuer", "sv", "zv")}
    tax = lsta.figures(session, lauf)["83"]
    insurance = sum(sum(one.values()) for one in nachweis.totals(session, lauf).values())
    pension = sum(one[name] for one in versorgung.totals(session, lauf).values() for name in versorgung.PAID)
    slips, shown_on_slips = printed(session, lauf)
    state = "ausgestellte Abrechnungen" if slips else "Abrechnungen (noch keine ausgestellt)"
    return [Zeile(f"Auszahlungen: {state} und Journal", shown_on_slips if slips else abrechnungen.owed(session, lauf),
                  None if journal is None else journal.netto),
            Zeile("Auszahlungen: Journal und Zahlungsauftrag", None if journal is None else journal.netto,
                  None if paid is None else int(paid)),
            Zeile("Steuern: Journal und Lohnsteuer-Anmeldung", owed["steuer"], tax),
            Zeile("Sozialversicherung: Journal und Beitragsnachweise", owed["sv"], insurance),
            Zeile("Zusatzversorgung: Journal und Meldungen", owed["zv"], pension)]


def shown(session: TenantSession, month: date) -> tuple[list[Zeile], str]:
    """Die Proben eines Monats; lassen sie sich nicht rechnen, der Grund."""
    try:
        return checks(session, month), ""
    except FilingRefused as refused:
        return [], str(refused)


def demand_tie(session: TenantSession, row: Meldung) -> None:
    """Lehnt die Freigabe ab, wenn das Journal eine andere Schuld trägt als die Meldungen des Monats."""
    key = KEYS.get(row.art)
    if key is None or row.unterart == "schaetzung":
        return
    lauf = werte.closed_run(session, row.monat)
    try:
        journal = service.find(session, row.monat)
    except PostingRefused as refused:
        raise FilingRefused(f"Vor der Freigabe: {refused}") from refused
    demand_printed(session, lauf)
    owed = _booked(session, journal, key)
    if key == "steuer":
        stated = lsta.figures(session, lauf)["83"]
    elif key == "sv":
        stated = sum(sum(one.values()) for one in nachweis.totals(session, lauf).values())
    else:
        stated = sum(one[name] for one in versorgung.totals(session, lauf).values() for name in versorgung.PAID)
    if owed != stated:
        raise FilingRefused(f"{row.monat:%m/%Y}: Meldungen ({stated} Cent) und Journal ({owed} Cent) stimmen nicht "
                            "überein. Nicht freigeben; die Verwaltung der Anwendung verständigen.")


def _booked(session: TenantSession, journal: Journal | None, key: str) -> int | None:
    if journal is None:
        return None
    line = zeilen(Buchung.lauf_id == journal.lauf_id)
    booked = session.execute(select(func.sum(line.c.betrag)).join(Journal, Journal.lauf_id == line.c.lauf_id)
                             .where(line.c.schluessel == key)).scalar()
    return -int(booked or 0)
