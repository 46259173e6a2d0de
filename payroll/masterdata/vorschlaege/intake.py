"""Eine hochgeladene Datei prüfen, gleich welcher Art: gegen das, was heute bei den Arbeitgebern gilt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from payroll.masterdata.imports.problems import Beanstandung
from payroll.masterdata.vorschlaege import fund_rates, pay_table, service
from tenants.db.session import platform_session, tenant_session


@dataclass(frozen=True)
class Einigung:
    """Tarifwerk, wenn die Datei es nicht nennt; Prozent und Mindestbetrag (Euro), wenn jede Zelle dazu passen muss."""

    tarifwerk: str = ""
    prozent: Decimal | None = None
    mindestens: Decimal | None = None


@dataclass
class Geprueft:
    """Inhalt für den Vorschlag, Vergleich, Probleme und ein Satz dazu."""

    inhalt: dict[str, Any] = field(default_factory=dict)
    zellen: list[pay_table.Zelle] = field(default_factory=list)
    saetze: list[fund_rates.Satz] = field(default_factory=list)
    probleme: list[Beanstandung] = field(default_factory=list)
    gut: bool = False
    words: str = ""


def check(data: bytes, art: str, ab: date, einigung: Einigung, *, actor: str) -> Geprueft:
    """Prüft die Datei; wirft ImportFehler, wenn sie als Ganzes nicht taugt."""
    if art == "entgelttabelle":
        return _table(data, ab, einigung, actor)
    with platform_session(actor=actor) as session:
        tenants = [tenant.id for tenant in service.employers(session)]
    known: fund_rates.Known = {}
    for tenant in tenants:
        with tenant_session(tenant, actor=actor) as own:
            known = fund_rates.known_rates([own], art, ab - timedelta(days=1)) | known
    found = fund_rates.check(data, art, known)
    if ab.day != 1:
        found.probleme.append(Beanstandung(0, "gilt_ab", f"{ab:%d.%m.%Y}", "Sätze beginnen am Ersten eines Monats",
                                           "Tag ändern"))
    rates = {name: own for name, own in found.saetze.items() if own}
    shown = [(f"{one.kuerzel} {one.name}", _percent(one.alt), _percent(one.neu)) for one in found.vergleich]
    held = {"saetze": rates, "vergleich": shown, "hinweise": [str(p) for p in found.probleme]}
    return Geprueft(held, saetze=found.vergleich, probleme=found.probleme, gut=found.gut,
                    words=f"{len(rates)} Kassen, {len(found.vergleich)} Sätze.")


def _table(data: bytes, ab: date, einigung: Einigung, actor: str) -> Geprueft:
    with platform_session(actor=actor) as session:
        uploaded = service.in_force(session, ab - timedelta(days=1))
    expected = pay_table.Erwartet(einigung.prozent, int((einigung.mindestens or 0) * 100))
    found = pay_table.check(data, ab, einigung.tarifwerk, uploaded=uploaded, erwartet=expected)
    scales = ", ".join(found.tabellen)
    shown = [(cell.name, _euro(cell.alt), _euro(cell.neu) + (f" ({cell.prozent:+} %)" if cell.alt else ""))
             for cell in found.zellen]
    held = {"tabellen": found.tabellen, "vergleich": shown, "hinweise": [str(p) for p in found.probleme]}
    return Geprueft(held, zellen=found.zellen, probleme=found.probleme, gut=found.gut,
                    words=f"{len(found.zellen)} Zellen in {scales}.")


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.2f} %".replace(".", ",")


def _euro(cents: int | None) -> str:
    return "–" if cents is None else f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d} €"
