"""Übergebene Zeiten werden Zeilen und Eingaben: steuerfrei, nur steuerfrei (über 25 Euro Grundlohn), pflichtig."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import numpy as np

from payroll.law.encode import STATUS, UnknownName
from payroll.masterdata.slices import MonthFacts
from payroll.masterdata.slices.findings import Finding
from payroll.runs.books import book_for
from payroll.runs.pricing import Prices
from payroll.runs.zeilen import Herkunft, Zeile
from payroll.runs.zeiten.reading import Arbeitsmonat, Posten, assignments, by_month, due
from tenants.db.session import TenantSession
from timekeeping.handover.kinds import ARTEN, BETRAG, HINTERLEGT, PFLICHTIGER_TEIL, TAGE
from timekeeping.handover.rates import Preis, RateMissing, price, rule_of
from timekeeping.rules.rates import AREAS, PricingError

AREA = "zeit"  # of the origin of a line; with the area of law and the month of work the rate can be explained
_TAX = {"pflichtig": "L", "einmalig": "S", "frei": "F", "pauschal": "P", "keine": "-"}
_SV = {"laufend": "L", "einmalig": "E", "frei": "F", "keine": "-"}
AMOUNTS = ("zulagen", "steuerfreie_bezuege", "einmalzahlung")


@dataclass
class Geld:
    """Steuerfreie, aber beitragspflichtige Teile je Fall (§ 1 Abs. 1 Satz 1 Nr. 1 SvEV), in Cent."""

    beitragspflichtig: Any = None
    pfaendbar: dict[tuple[int, str], tuple[str, str, bool]] = field(default_factory=dict)

    def join(self, inputs: dict[str, Any]) -> None:
        """Trägt die Teile in die Eingaben der Abrechnung ein, neben dem, was Nebenleistungen ergeben."""
        if self.beitragspflichtig is not None:
            for name in ("geldleistungen", "nebenleistungen_sv_pflichtig"):
                inputs[name] = inputs.get(name, 0) + self.beitragspflichtig


def pay_times(session: TenantSession, facts: MonthFacts, prices: Prices) -> Geld:
    """Zahlt, was übergeben ist; ohne Zeiten eine Abfrage, sonst eine feste Zahl je Monat der Arbeit."""
    rows = {number: row for row, number in enumerate(np.asarray(facts.cases["beschaeftigung_id"]).tolist())}
    posten = due(session, facts)
    own = [one for one in posten if one.beschaeftigung_id in rows]
    facts.findings += [_absent(facts, one) for one in posten if one.beschaeftigung_id not in rows]
    held = {month: assignments(session, month, jobs, facts.known_at) for month, jobs in by_month(own).items()}
    geld = Geld(np.zeros(facts.size, dtype=np.int64) if own else None)
    for one in own:
        row = rows[one.beschaeftigung_id]
        if one.wirkung.ziel is None:
            _unpaid(facts, row, one, f"Lohnart {one.lohnart} ist nicht erfasst")
        elif one.einheit == BETRAG:
            _amount(facts, prices, row, one, geld)
        else:
            _hours(facts, prices, row, one, held[one.monat], geld)
    return geld


def _hours(facts: MonthFacts, prices: Prices, row: int, one: Posten, held: Arbeitsmonat, geld: Geld) -> None:
    assigned = held.zuordnungen.get(one.beschaeftigung_id)
    if assigned is None:
        _unpaid(facts, row, one, f"im {one.monat:%m/%Y} keine Eingruppierung")
        return
    try:
        # A rate the employer entered is, like every rate, the one of the month of work.
        known = held.festlegungen if ARTEN[one.lohnart].satz == HINTERLEGT else facts.tarif.overlays
        cost = price(one.lohnart, one.mengen, assigned, one.monat, book_for(known, *AREAS))
    except RateMissing as error:
        _unpaid(facts, row, one, str(error), error.remedy)
        return
    except (PricingError, UnknownName) as error:
        _unpaid(facts, row, one, str(error))
        return
    prices.inputs["steuerfreie_bezuege"][row] += cost.frei
    prices.inputs["zulagen"][row] += cost.pflichtig
    zv = bool(one.wirkung.zv)
    if not zv:
        prices.inputs["zv_frei"][row] += cost.pflichtig
    geld.beitragspflichtig[row] += cost.steuerfrei
    rule, given = rule_of(one.lohnart, assigned, one.monat)
    prices.lines[row] += _lines(facts, row, one, cost, (f"{AREA}:entgelt@{one.monat:%Y-%m}", rule, [given]))
    ziel = "zulagen" if cost.pflichtig == cost.betrag else "steuerfreie_bezuege"
    geld.pfaendbar[row, f"{one.lohnart}"] = (one.wirkung.pfaendbar, ziel, zv)


def _lines(facts: MonthFacts, row: int, one: Posten, cost: Preis, origin: Herkunft) -> list[Zeile]:
    """Bis zu drei Zeilen: frei, nur steuerfrei, pflichtig (bei einem sonst freien Zuschlag eigens benannt)."""
    official = facts.cases["status"][row] == STATUS.index("beamte")
    social, taxed = "-" if official else "L", "P" if facts.flat_taxed(row) else "L"
    zv = "J" if one.wirkung.zv else "N"
    text, free = one.wirkung.text, cost.frei + cost.steuerfrei > 0
    parts = [(f"{one.lohnart}", text, "FFN", cost.frei), (f"{one.lohnart}", text, f"F{social}N", cost.steuerfrei)]
    if free:
        parts.append((f"{PFLICHTIGER_TEIL}", f"{text}, pflichtiger Teil", f"{taxed}{social}N", cost.pflichtig))
    else:
        parts.append((f"{one.lohnart}", text, f"{taxed}{social}{zv}", cost.pflichtig))
    found, detail = [], detail_of(one, cost)
    for number, words, marks, cents in parts:
        if cents:
            found.append(Zeile("bezug", number, words, detail, marks, cents, origin))
    return found


def detail_of(one: Posten, cost: Preis) -> str:
    """Menge mal Satz und der Monat der Arbeit."""
    total = sum(one.mengen.values(), Decimal(0))
    rate = f"{float_free(cost.satz)} €"
    words = f"{_number(total)} Tage" if one.einheit == TAGE else f"{clock(total)} Std."
    return f"{words} × {rate} {one.monat:%m/%Y}{' Nachtrag' if one.nachtrag else ''}"


def clock(minutes: Decimal) -> str:
    """Minuten als Stunden und Minuten; Bruchteile einer Minute als Dezimalstunden."""
    if minutes != int(minutes):
        return _number((minutes / 60).quantize(Decimal("0.01")))
    whole, rest = divmod(abs(int(minutes)), 60)
    return f"{'-' if minutes < 0 else ''}{whole}:{rest:02d}"


def float_free(cents: Any) -> str:
    """Cent (auch gebrochen) als Euro mit zwei Stellen, ungerundete mit vier."""
    digits = 2 if cents == int(cents) else 4
    value = (Decimal(cents.numerator) / Decimal(cents.denominator) / 100).quantize(Decimal(1).scaleb(-digits))
    return f"{value}".replace(".", ",")


def _number(value: Decimal) -> str:
    return f"{value.normalize():f}".replace(".", ",")


def _amount(facts: MonthFacts, prices: Prices, row: int, one: Posten, geld: Geld) -> None:
    cents, effect = int(sum(one.mengen.values(), Decimal(0))), one.wirkung
    if effect.ziel not in AMOUNTS:
        _unpaid(facts, row, one, f"ein Betrag der Lohnart {one.lohnart} ({effect.text}) gehört nicht in eine Zeitdatei")
        return
    prices.inputs[effect.ziel][row] += cents
    if effect.ziel != "steuerfreie_bezuege" and not effect.zv:
        prices.inputs["zv_frei"][row] += cents
    tax = "P" if facts.flat_taxed(row) and effect.steuer in ("pflichtig", "einmalig") else _TAX[effect.steuer]
    detail = f"{one.monat:%m/%Y}{' Nachtrag' if one.nachtrag else ''}"
    origin: Herkunft = (AREA, f"{one.monat:%Y-%m}", [])
    prices.lines[row].append(Zeile("bezug", f"{one.lohnart}", effect.text, detail,
                                   tax + _SV[effect.sv] + "NJ"[bool(effect.zv)], cents, origin))
    geld.pfaendbar[row, f"{one.lohnart}"] = (effect.pfaendbar, effect.ziel, bool(effect.zv))


REMEDY = "Angaben ergänzen oder die Zeitdatei berichtigen, dann neu rechnen"


def _unpaid(facts: MonthFacts, row: int, one: Posten, why: str, remedy: str = REMEDY) -> None:
    facts.findings.append(Finding(
        f"Personalnummer {facts.cases['personalnummer'][row]} ({facts.cases['name'][row]})", "zeiten",
        f"Zeiten aus {one.monat:%m/%Y}, Lohnart {one.lohnart}, sind nicht bezahlt: {why}",
        remedy, False, one.beschaeftigung_id))


def _absent(facts: MonthFacts, one: Posten) -> Finding:
    return Finding(
        f"Personalnummer {one.personalnummer}", "zeiten",
        f"Zeiten aus {one.monat:%m/%Y}, Lohnart {one.lohnart}, sind für {facts.month:%m/%Y} übergeben, aber die Person "
        "wird in diesem Monat nicht abgerechnet",
        "Austritt prüfen; die Zeitdatei des Monats berichtigen, dann gilt der letzte Monat mit Entgelt", False,
        one.beschaeftigung_id)

