"""Lohnkonten und Rückstellungen als Tabelle für CSV und XLSX; Beträge in Euro."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import Any

from payroll.filings.jahresende.lohnkonto import TITLE, Lohnkonto
from payroll.filings.jahresende.rueckstellungen import Rueckstellung
from payroll.postings.offene_ansprueche import ACCOUNT

PROVISIONS = ("Personalnummer", "Art", "Menge", "Jahreskosten", "Betrag", "Konto", "Hinweis")
KINDS = {"urlaub": "Urlaub (Tage)", "zeitguthaben": "Zeitguthaben (Stunden)",
         "altersteilzeit": "Altersteilzeit (Monatskosten)", "sabbatical": "Sabbatical (Monatskosten)"}


def euro(cents: int) -> Decimal:
    """Cent als Euro mit zwei Stellen."""
    return Decimal(cents).scaleb(-2)


def account_header(konto: Lohnkonto) -> list[str]:
    """Kopf: Wert, die Monate, Summe."""
    return ["Personalnummer", "Wert", *(f"{month:%m/%Y}" for month in konto.monate), "Summe", "davon nachgebucht"]


def account_rows(konto: Lohnkonto) -> Iterator[list[Any]]:
    """Eine Zeile je Wert, der im Jahr vorkommt."""
    for name in konto.namen:
        later = sum(values.get(name, 0) for values in konto.nachgebucht.values())
        yield [konto.personalnummer, TITLE[name], *(euro(values.get(name, 0)) for values in konto.monate.values()),
               euro(konto.summe(name)), euro(later)]


def provision_rows(rows: Sequence[Rueckstellung]) -> Iterator[list[Any]]:
    """Eine Zeile je Rückstellung, am Ende die Summe."""
    for one in rows:
        yield [one.personalnummer, KINDS[one.art], euro(one.menge), euro(one.jahreskosten), euro(one.betrag), ACCOUNT,
               one.hinweis]
    yield ["", "Summe", "", "", euro(sum(one.betrag for one in rows)), ACCOUNT, ""]
