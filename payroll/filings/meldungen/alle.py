"""Alle Meldungen eines Monats auf einmal, oder eine Art."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from payroll.filings.meldungen import bescheinigung, deuev, lsta, nachweis, speichern, versorgung
from payroll.filings.meldungen.entwurf import Entwurf
from tenants.db.session import TenantSession

MONTHLY: dict[str, Callable[[TenantSession, date], Sequence[Entwurf]]] = {
    "lsta": lambda session, month: [lsta.draft(session, month)],
    "beitragsnachweis": nachweis.drafts,
    "zv_monat": versorgung.monthly,
    "zv_ereignis": versorgung.events,
    "deuev": deuev.drafts,
}
YEARLY: dict[str, Callable[[TenantSession, date], Sequence[Entwurf]]] = {
    "lstb": lambda session, month: bescheinigung.drafts(session, month),
    "zv_jahr": lambda session, month: versorgung.yearly(session, month.year),
}
KINDS = (*MONTHLY, *YEARLY)


def create(session: TenantSession, month: date, *, kind: str | None = None,
           estimate: bool = False) -> list[speichern.Erstellt]:
    """Erstellt die Meldungen; `kind` None: alle des Monats, im Dezember auch die des Jahres."""
    if estimate:
        return speichern.store(session, nachweis.drafts(session, month, estimate=True))
    chosen = MONTHLY | YEARLY if month.month == 12 or kind in YEARLY else MONTHLY
    found: list[speichern.Erstellt] = []
    for name in [kind] if kind else chosen:
        drafts = chosen[name](session, month)
        if drafts and name in speichern.LEDGER and speichern.withdraw_waiting(session, name):
            drafts = chosen[name](session, month)  # what waited has not left: one complete collection instead of two
        found += speichern.store(session, drafts)
    return found
