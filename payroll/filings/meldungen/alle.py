"""Alle Meldungen eines Monats auf einmal, oder eine Art."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from payroll.filings.meldungen import (
    bescheinigung,
    deuev,
    entgeltersatz,
    lsta,
    nachweis,
    personalstand,
    schwerbehinderte,
    speichern,
    unfall,
    versorgung,
)
from payroll.filings.meldungen.entwurf import Entwurf
from tenants.db.bulk import whole_tables
from tenants.db.session import TenantSession

MONTHLY: dict[str, Callable[[TenantSession, date], Sequence[Entwurf]]] = {
    "lsta": lambda session, month: [lsta.draft(session, month)],
    "beitragsnachweis": nachweis.drafts,
    "zv_monat": versorgung.monthly,
    "zv_ereignis": versorgung.events,
    "deuev": deuev.drafts,
    "eel": entgeltersatz.drafts,
}
YEARLY: dict[str, Callable[[TenantSession, date], Sequence[Entwurf]]] = {
    "lstb": lambda session, month: bescheinigung.drafts(session, month),
    "zv_jahr": lambda session, month: versorgung.yearly(session, month.year),
    "uv": unfall.drafts,
    "sb": schwerbehinderte.drafts,
}
JUNE: dict[str, Callable[[TenantSession, date], Sequence[Entwurf]]] = {"personalstand": personalstand.drafts}
ALL = MONTHLY | YEARLY | JUNE
KINDS = (*ALL,)


def create(session: TenantSession, month: date, *, kind: str | None = None,
           estimate: bool = False) -> list[speichern.Erstellt]:
    """Erstellt die Meldungen; `kind` None: alle des Monats, im Juni die Statistik, im Dezember die des Jahres."""
    with whole_tables(session):
        return _created(session, month, kind, estimate)


def _created(session: TenantSession, month: date, kind: str | None, estimate: bool) -> list[speichern.Erstellt]:
    if estimate:
        return speichern.store(session, nachweis.drafts(session, month, estimate=True))
    due = MONTHLY | {6: JUNE, 12: YEARLY}.get(month.month, {})
    found: list[speichern.Erstellt] = []
    for name in [kind] if kind else due:
        drafts = ALL[name](session, month)
        if drafts and name in speichern.LEDGER and speichern.withdraw_waiting(session, name):
            drafts = ALL[name](session, month)  # what waited has not left: one complete collection instead of two
        found += speichern.store(session, drafts)
    return found
