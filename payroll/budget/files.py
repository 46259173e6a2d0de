"""Haushaltszahlen als Datei: je Kostenstelle, Produkt und Konto die Monate eines Ansatzes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from payroll.budget import kept, provisions
from payroll.budget.models import Hochrechnung
from payroll.postings.accounts import accounts_on, chart, title
from payroll.postings.offene_ansprueche import ACCOUNT
from tenants import audit
from tenants.db.session import TenantSession
from tenants.web import exports


def header(row: Hochrechnung) -> tuple[str, ...]:
    """Die Spalten: Ziel, Konto, Bezeichnung, je Monat ein Betrag, Summe."""
    return ("Kostenstelle", "Produkt", "Konto", "Bezeichnung", *(f"{month:%Y-%m}" for month in kept.months_of(row)),
            "Summe")


def rows(session: TenantSession, row: Hochrechnung) -> Iterator[tuple[Any, ...]]:
    """Eine Zeile je Ziel und Konto, dann Erstattungen mit umgekehrtem Zeichen, zuletzt was Rückstellungen ändern."""
    names, months = labels(session, row), kept.months_of(row)
    cells: dict[tuple[str, str, str], dict[Any, int]] = defaultdict(lambda: defaultdict(int))
    for (month, centre, product, account, _), cents in kept.lines_of(row).items():
        cells[centre, product, account][month] += cents
    for (centre, product, account), own in sorted(cells.items()):
        yield (centre, product, account, names.get(account, ""),
               *(exports.euros(own[month]) for month in months), exports.euros(sum(own.values())))
    back: dict[str, dict[str, int]] = defaultdict(dict)
    for month, source, cents in row.erstattungen:
        back[source][month] = -int(cents)
    for source, held in sorted(back.items()):
        yield ("", "", "", f"Erstattung {source}", *(exports.euros(held.get(month.isoformat(), 0)) for month in months),
               exports.euros(sum(held.values())))
    for art, by_month in provisions.changes(kept.provisions_of(row)).items():
        yield ("", "", ACCOUNT, f"Rückstellung {provisions.WORTE[art]}, Veränderung",
               *(exports.euros(by_month.get(month, 0)) for month in months), exports.euros(sum(by_month.values())))


def labels(session: TenantSession, row: Hochrechnung) -> dict[str, str]:
    """Bezeichnung je Konto: aus dem Kontenrahmen, aus den Buchungsschlüsseln, aus den Zuschlägen."""
    own = {account: title(key) for key, account in accounts_on(session, row.ab).items()}
    return dict(chart()) | own


def made(session: TenantSession, row: Hochrechnung, suffix: str) -> bytes | None:
    """Die Datei als CSV oder XLSX; None bei einer anderen Endung. Die Ausgabe steht im Protokoll."""
    build = {".csv": exports.as_csv, ".xlsx": exports.as_xlsx}.get(suffix)
    if build is None:
        return None
    audit.record(session, "hochrechnung.ausgegeben", f"hochrechnung:{row.kennung}", {"name": row.name, "art": suffix})
    return build(header(row), rows(session, row))
