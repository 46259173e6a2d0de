"""Sätze der Krankenkassen und der Zusatzversorgung aus einer Datei, für alle Arbeitgeber, die die Kasse führen."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from payroll.masterdata.clocks import as_of
from payroll.masterdata.imports.problems import Beanstandung, ImportFehler
from payroll.masterdata.models import Krankenkasse, KrankenkasseSatz, Vorschlag, ZvKasse, ZvKasseSatz
from payroll.masterdata.sealing import contents
from payroll.masterdata.service import record_fact
from payroll.masterdata.vorschlaege.reading import number_of, read
from tenants.db.session import TenantSession

RATES = {"krankenkassen": ("zusatzbeitrag", "u2_satz"), "zv_saetze": ("umlage_satz", "an_satz", "sanierungsgeld_satz")}
MODELS: dict[str, tuple[Any, Any, str]] = {"krankenkassen": (Krankenkasse, KrankenkasseSatz, "krankenkasse_id"),
                                           "zv_saetze": (ZvKasse, ZvKasseSatz, "zv_kasse_id")}
MOST, JUMP = Decimal(20), Decimal(1)
Known = dict[str, dict[str, Decimal | None]]


@dataclass(frozen=True)
class Satz:
    """Ein Satz einer Kasse: bisher und neu, Prozent."""

    kuerzel: str
    name: str
    alt: Decimal | None
    neu: Decimal


@dataclass
class Gelesen:
    """Neue Sätze je Kasse (als Text, Prozent), der Vergleich und was nicht stimmt."""

    saetze: dict[str, dict[str, str]] = field(default_factory=dict)
    vergleich: list[Satz] = field(default_factory=list)
    probleme: list[Beanstandung] = field(default_factory=list)

    @property
    def gut(self) -> bool:
        """Kein schweres Problem."""
        return not any(problem.schwer for problem in self.probleme)


def known_rates(sessions: Iterable[TenantSession], art: str, day: date) -> Known:
    """Die Kassen aller Arbeitgeber mit ihren Sätzen am Tag; der erste Arbeitgeber, der eine führt, nennt sie."""
    anchor, model, key = MODELS[art]
    found: Known = {}
    for session in sessions:
        for fund in session.scalars(select(anchor).order_by(anchor.kuerzel)):
            if fund.kuerzel not in found:
                held = as_of(session, model, day, **{key: fund.id})
                found[fund.kuerzel] = {name: getattr(held[0], name) if held else None for name in RATES[art]}
    return found


def check(data: bytes, art: str, known: Known) -> Gelesen:
    """Liest und prüft: jede Kasse einmal, jeder Satz eine Zahl von 0 bis 20; ein leerer Satz bleibt, wie er ist."""
    names, found = RATES[art], Gelesen()
    blatt = read(data, lambda column: column in ("kuerzel", *names))
    if "kuerzel" not in blatt.spalten or not set(names) & set(blatt.spalten):
        raise ImportFehler("Spalten fehlen", f"kuerzel und {', '.join(names)} als Kopf verwenden")
    found.probleme += blatt.probleme
    for line, texts in blatt.zeilen:
        fund = texts.get("kuerzel", "")
        if fund not in known:
            _add(found, line, "kuerzel", fund, "diese Kasse führt kein Arbeitgeber",
                 "Kürzel berichtigen oder die Kasse zuerst anlegen")
        elif fund in found.saetze:
            _add(found, line, "kuerzel", fund, "diese Kasse steht schon in der Datei", "eine der Zeilen löschen")
        else:
            found.saetze[fund] = {}
            for name in names:
                _rate(found, line, fund, name, texts.get(name, ""), known[fund][name])
    if not any(found.saetze.values()):
        _add(found, 0, "", "", "die Datei nennt keinen Satz", "nach der Vorlage ausfüllen")
    return found


def _rate(found: Gelesen, line: int, fund: str, name: str, text: str, before: Decimal | None) -> None:
    if not text:
        return
    value = number_of(text)
    if value is None or not 0 <= value <= MOST:
        _add(found, line, name, text, "ist kein Satz von 0 bis 20 Prozent", "so schreiben: 2,69")
        return
    found.saetze[fund][name] = str(value)
    found.vergleich.append(Satz(fund, name, before, value))
    if before is not None and abs(value - before) > JUMP:
        _add(found, line, name, text, f"{fund} ändert sich um mehr als einen Prozentpunkt (bisher {before:.2f} %)",
             "mit Satzung oder Bekanntmachung vergleichen", severe=False)


def _add(found: Gelesen, line: int, column: str, value: str, rule: str, remedy: str, *, severe: bool = True) -> None:
    found.probleme.append(Beanstandung(line, column, value, rule, remedy, severe))


def apply(session: TenantSession, row: Vorschlag, source: str, later: frozenset[str]) -> None:
    """Schreibt die Sätze bei einem Arbeitgeber; Kassen, die er nicht führt oder für die anderes gilt, übergeht er."""
    anchor, model, key = MODELS["krankenkassen" if row.art == "umlagen" else row.art]
    funds = {fund.kuerzel: fund.id for fund in session.scalars(select(anchor))}
    for kuerzel, named in sorted(row.inhalt["saetze"].items()):
        number = funds.get(kuerzel)
        rates = {name: text for name, text in named.items() if f"{kuerzel}.{name}" not in later}
        held = as_of(session, model, row.gilt_ab, **{key: number}) if number is not None and rates else []
        new_zv = row.art == "zv_saetze" and not held  # nobody said how this fund is taxed here
        if number is None or not rates or new_zv:
            continue
        values = contents(session, held[0]) if held else {}
        values |= {name: Decimal(text) for name, text in rates.items()}
        values |= {key: number, "quelle": source, "status": "recht"}
        record_fact(session, model, valid_from=row.gilt_ab, reason=source, **values)
