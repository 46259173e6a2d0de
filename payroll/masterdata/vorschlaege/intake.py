"""Eine hochgeladene Datei prüfen, gleich welcher Art: gegen das, was heute bei den Arbeitgebern gilt."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from payroll.law import official
from payroll.law.parameters.pay_table_parameters import BEGIN
from payroll.law.taxyear import written_until
from payroll.masterdata.imports.problems import Beanstandung
from payroll.masterdata.vorschlaege import family, fund_rates, law_values, levies, pay_table, service, tax_year
from tenants.db.session import platform_session, tenant_session

YEARS_AHEAD = 2


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
    words: str = ""

    @property
    def gut(self) -> bool:
        """Kein schweres Problem."""
        return not any(problem.schwer for problem in self.probleme)


def check(data: bytes, art: str, ab: date, einigung: Einigung, *, actor: str) -> Geprueft:
    """Prüft die Datei; wirft ImportFehler, wenn sie als Ganzes nicht taugt."""
    found = _checked(data, art, ab, einigung, actor)
    if ab.day != 1 and not any(problem.spalte == "gilt_ab" for problem in found.probleme):
        found.probleme.append(Beanstandung(0, "gilt_ab", f"{ab:%d.%m.%Y}", "es beginnt am Ersten eines Monats",
                                           "Tag ändern"))
    first, last = BEGIN.year, written_until().year + YEARS_AHEAD
    if not first <= ab.year <= last:
        found.probleme.append(Beanstandung(0, "gilt_ab", f"{ab:%d.%m.%Y}", "das Jahr ist wohl verschrieben: möglich "
                                           f"sind {first} bis {last}", "Tag berichtigen"))
    found.inhalt["hinweise"] = [str(problem) for problem in found.probleme]
    return found


def _checked(data: bytes, art: str, ab: date, einigung: Einigung, actor: str) -> Geprueft:
    match art:
        case "entgelttabelle" | "familienzuschlag":
            return _table(data, art, ab, einigung, actor)
        case "rechtswerte":
            return _values(law_values.check(data, ab, _entered(ab, actor)))
        case "umlagen":
            found = levies.check(data, ab, known_rates("krankenkassen", ab, actor=actor), _entered(ab, actor))
            made = _values(found)
            made.inhalt["saetze"], made.saetze = found.saetze, found.kassen
            made.inhalt["vergleich"] += _rates(found.kassen)
            return made
        case "steuerjahr":
            read = tax_year.check(data, ab)
            plan = read.plan
            shown = [("Programmablaufplan", "–", plan.name), ("SHA-256", "–", plan.digest[:16]),
                     ("Eingaben, Ausgaben", "–", f"{len(plan.inputs)}, {len(plan.outputs)}")]
            held = {"datei": read.datei, "plan": plan.name, "vergleich": shown}
            return Geprueft(held, probleme=read.probleme, words=f"Programmablaufplan {plan.name}.")
    rates = fund_rates.check(data, art, known_rates(art, ab, actor=actor))
    own = {name: values for name, values in rates.saetze.items() if values}
    return Geprueft({"saetze": own, "vergleich": _rates(rates.vergleich)}, saetze=rates.vergleich,
                    probleme=rates.probleme, words=f"{len(own)} Kassen, {len(rates.vergleich)} Sätze.")


def known_rates(art: str, ab: date, *, actor: str) -> fund_rates.Known:
    """Die Sätze der Kassen aller Arbeitgeber am Tag davor."""
    with platform_session(actor=actor) as session:
        tenants = [tenant.id for tenant in service.employers(session)]
    known: fund_rates.Known = {}
    for tenant in tenants:
        with tenant_session(tenant, actor=actor) as own:
            known = fund_rates.known_rates([own], art, ab - timedelta(days=1)) | known
    return known


def _entered(ab: date, actor: str) -> official.Values:
    with platform_session(actor=actor) as session:
        return service.values_in_force(session, ab - timedelta(days=1))


def _values(found: law_values.Gelesen) -> Geprueft:
    shown = [(one.titel, _number(one.alt, one.einheit), _number(one.neu, one.einheit) + (
        f" ({one.prozent:+} %)" if one.prozent is not None else "")) for one in found.vergleich]
    return Geprueft({"werte": found.werte, "vergleich": shown}, probleme=found.probleme,
                    words=f"{len(found.werte)} Werte des Rechts.")


def _rates(rates: list[fund_rates.Satz]) -> list[tuple[str, str, str]]:
    return [(f"{one.kuerzel} {one.name}", _percent(one.alt), _percent(one.neu)) for one in rates]


def _table(data: bytes, art: str, ab: date, einigung: Einigung, actor: str) -> Geprueft:
    with platform_session(actor=actor) as session:
        uploaded = service.in_force(session, ab - timedelta(days=1))
    expected = pay_table.Erwartet(einigung.prozent, int((einigung.mindestens or 0) * 100))
    if art == "familienzuschlag":
        found = family.check(data, ab, uploaded=uploaded, erwartet=expected)
    else:
        found = pay_table.check(data, ab, einigung.tarifwerk, uploaded=uploaded, erwartet=expected)
    scales = ", ".join(found.tabellen)
    shown = [(cell.name, _euro(cell.alt), _euro(cell.neu) + (f" ({cell.prozent:+} %)" if cell.alt else ""))
             for cell in found.zellen]
    return Geprueft({"tabellen": found.tabellen, "vergleich": shown}, zellen=found.zellen, probleme=found.probleme,
                    words=f"{len(found.zellen)} Zellen in {scales}.")


def _number(value: Decimal | None, unit: str) -> str:
    return "–" if value is None else f"{value:f} {unit}".replace(".", ",")


def _percent(value: Decimal | None) -> str:
    return "–" if value is None else f"{value:.2f} %".replace(".", ",")


def _euro(cents: int | None) -> str:
    return "–" if cents is None else f"{cents // 100:,}".replace(",", ".") + f",{cents % 100:02d} €"
