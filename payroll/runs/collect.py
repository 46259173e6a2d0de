"""Von den Tatsachen eines Monats zu den Eingangsspalten der Abrechnung.

Zweimal wird vorab gerechnet, je nur für die Fälle, die es brauchen: das regelmäßige Entgelt
(Übergangsbereich, § 20 Abs. 2 SGB IV) und der voraussichtliche Jahresarbeitslohn bei Einmalzahlungen
(§ 39b Abs. 3 EStG, R 39b.6 LStR).
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.encode import STATUS, gruppe_code
from payroll.law.engine import evaluate
from payroll.law.parameters.pay_tables import load_pay_tables
from payroll.masterdata.settings import settings_on
from payroll.masterdata.slices import MonthFacts
from payroll.runs.altersteilzeit import top_up
from payroll.runs.anlaesse import pay_occasions
from payroll.runs.beside import benefits, church
from payroll.runs.beside.third import Zahlung
from payroll.runs.earlier import sums_before
from payroll.runs.fehlzeiten import Gaps, gaps, pay_absences
from payroll.runs.joint import join
from payroll.runs.kurzfristig import counted
from payroll.runs.pauschal import flat_tax
from payroll.runs.pricing import Prices, price
from payroll.runs.sabbatical import pay_special_cases
from payroll.runs.sterbegeld import pay_death_grants
from payroll.runs.umwandlungstage import reduce_allowances
from payroll.runs.zeiten.paying import Geld, pay_times
from tenants.db.session import TenantSession

Column = Any


@dataclass
class Collected:
    """Eingangsspalten (ganze Zahlen je Fall), die Preise mit ihren Zeilen, Spalten nur für die Prüfungen.

    neben: Eingaben der Nebenleistungen je Zeile, dritte: Zahlungen an Dritte; nur wo es welche gibt. zeiten: was aus
    Zeiten kommt.
    """

    month: date
    inputs: dict[str, Column]
    prices: Prices
    checks: dict[str, Column] = field(default_factory=dict)
    neben: dict[int, dict[str, int]] = field(default_factory=dict)
    dritte: dict[int, list[Zahlung]] = field(default_factory=dict)
    zeiten: Geld = field(default_factory=Geld)


def collect(session: TenantSession, facts: MonthFacts, earlier: dict[str, Column] | None = None) -> Collected:
    """Alle Eingangsspalten der Fälle eines Monats; eine feste Zahl von Abfragen.

    earlier: Werte früherer Monate je Fall, wenn sie schon feststehen (Rückrechnung); sonst gelten die gespeicherten.
    """
    settings = settings_on(session, facts.month, facts.known_at)
    prices = price(facts, drafts=settings.abschlag_auf_entwurf)
    reduce_allowances(session, facts, prices)
    geld = pay_times(session, facts, prices)
    known = law_of(facts.month).inputs
    inputs = {name: np.asarray(values) for name, values in facts.cases.items()
              if name in known and not isinstance(values, list)}
    inputs |= {name: values for name, values in prices.inputs.items() if name in known}
    if earlier is None:
        earlier = sums_before(session, facts.month, facts.cases["beschaeftigung_id"])
    inputs |= {name: values for name, values in earlier.items() if name in known}
    beside = benefits.add(facts, prices, inputs, settings)
    inputs |= beside.columns
    # The law asks for age, insurance and tax class itself; contract cases without a run never get it unasked.
    inputs["aktivrente"] = np.ones(facts.size, dtype=np.int64)
    geld.join(inputs)
    inputs["regelmaessiges_entgelt"] = _regular_pay(facts.month, inputs, prices)
    top_up(facts, inputs, prices)
    pay_absences(session, facts, inputs, prices)
    pay_occasions(session, facts, inputs, prices)
    pay_death_grants(session, facts, inputs, prices)
    pay_special_cases(session, facts, inputs, prices)
    checks = join(facts, inputs) | flat_tax(facts, prices, inputs, settings) | counted(session, facts)
    inputs["jahresarbeitslohn_erwartet"] = expected_year(facts.month, inputs, earlier["steuerbrutto_bisher"],
                                                         prices.full, gaps(facts))
    if settings.kirchensteuer_kappung:
        inputs |= church.cap(facts.month, inputs)
    return Collected(facts.month, inputs, prices, checks, beside.own, beside.thirds, geld)


def _regular_pay(month: date, inputs: dict[str, Column], prices: Prices) -> Column:
    """Regelmäßiges Entgelt: ein voller Monat samt Hinzurechnung und ein Zwölftel der Jahressonderzahlung.

    Nur für Tarifbeschäftigte, bei denen es über den Übergangsbereich entscheidet; wer einen Wert erfasst hat, behält
    ihn. Mit der Jahressonderzahlung ist mit hinreichender Sicherheit zu rechnen (§ 20 TVöD).
    """
    given = np.array(inputs["regelmaessiges_entgelt"])
    rows = np.flatnonzero((given < 0) & (inputs["status"] == STATUS.index("tarif")))
    if rows.size:
        full = _rows(inputs, rows) | {name: values[rows] for name, values in prices.full.items()} | NOTHING_ELSE
        monthly = gross_to_net(month, full, ("sv_entgelt_laufend",)).cents("sv_entgelt_laufend")
        given[rows] = monthly + _twelfth_of_bonus(month, prices, rows)
    return given


NOTHING_ELSE = {"zulagen": 0, "von_tag": 0, "bis_tag": 0, "sv_fehltage": 0, "einmalzahlung": 0,
                "steuerfreie_bezuege": 0, "sonstige_abzuege": 0, "vwl_sparbetrag": 0, "regelmaessiges_entgelt": -1}


def _twelfth_of_bonus(month: date, prices: Prices, rows: Column) -> Column:
    """Ein Zwölftel der Jahressonderzahlung, die das volle Entgelt dieses Monats ergäbe, kaufmännisch auf Cent."""
    amounts = np.zeros(rows.size, dtype=np.int64)
    known = np.array([code in _bonus_groups() for code in prices.gruppe[rows].tolist()], dtype=bool)
    if known.any():
        pay = (prices.full["brutto"] - prices.full["zv_frei"])[rows[known]]
        columns = {"bemessung_summe": pay, "bemessung_monate": 1, "bemessung_tage": 0, "zwoelftel": 12,
                   "entgeltgruppe": prices.gruppe[rows[known]]}
        bonus = evaluate(law_of(month, rule_book("entgelt")), columns, ("sonderzahlung",)).cents("sonderzahlung")
        amounts[known] = (2 * bonus + 12) // 24
    return amounts


@cache
def _bonus_groups() -> frozenset[int]:
    """Codes der Gruppen, die nach dem Tarif eine Jahressonderzahlung haben."""
    return frozenset(gruppe_code(g.tarifwerk, g.entgeltgruppe) for g in load_pay_tables().gruppen
                     if g.sonderzahlungsklasse)


def expected_year(month: date, inputs: dict[str, Column], so_far: Column,
                  full: dict[str, Column] | None = None, absent: Gaps | None = None) -> Column:
    """Bisheriger Arbeitslohn, der laufende dieses Monats und ein gewöhnlicher für jeden Monat, der noch bleibt.

    Die Einmalzahlung kann die Umlage dieses Monats über die Freigrenzen heben; dieser individuell versteuerte Teil
    gehört zum laufenden Lohn dieses Monats, kehrt aber in den folgenden nicht wieder. Wer im Monat eintritt, hat danach
    volle Monate (full: volle Beträge je Fall); wer im Monat ausscheidet, keinen mehr. Fehlzeiten (absent) ebenso: fehlt
    jemand nur in diesem Monat, sind die folgenden voll; dauert die Fehlzeit an, kommt kein Entgelt mehr.
    """
    expected = np.zeros(len(so_far), dtype=np.int64)
    once = np.flatnonzero(inputs["einmalzahlung"] != 0)
    if once.size:
        name, rows = "steuerpflichtig_laufend", _rows(inputs, once)
        current = gross_to_net(month, rows, (name,)).cents(name)
        missing = None if absent is None else absent.some[once]
        ordinary = gross_to_net(month, rows | _whole_month(month, rows, once, full, missing), (name,)).cents(name)
        left = _months_left(month, rows, once.size)
        left = left if absent is None else np.where(absent.lasting[once], 0, left)
        expected[once] = so_far[once] + current + ordinary * left
    return expected


def _whole_month(month: date, rows: dict[str, Column], which: Column, full: dict[str, Column] | None,
                 missing: Column | None = None) -> dict[str, Any]:
    """Eingaben eines vollen Monats ohne Einmalzahlung; nur wer im Teilmonat ist, bekommt die vollen Beträge."""
    without: dict[str, Any] = {"einmalzahlung": 0}
    if full is None or "von_tag" not in rows:
        return without
    partial = (rows["von_tag"] > 1) | _leaving(month, rows) | (False if missing is None else missing)
    own = {name: np.where(partial, values[which], rows[name]) for name, values in full.items()}
    whole = {name: np.where(partial, 0, rows[name]) for name in (*SPAN, "zulagen") if name in rows}
    return without | own | whole


SPAN = ("von_tag", "bis_tag", "sv_fehltage")


def _months_left(month: date, rows: dict[str, Column], count: int) -> Column:
    left = np.full(count, 12 - month.month, dtype=np.int64)
    return np.where(_leaving(month, rows), 0, left) if "bis_tag" in rows else left


def _leaving(month: date, rows: dict[str, Column]) -> Column:
    return (rows["bis_tag"] > 0) & (rows["bis_tag"] < calendar.monthrange(month.year, month.month)[1])


def _rows(inputs: dict[str, Column], which: Column) -> dict[str, Column]:
    return {name: values[which] for name, values in inputs.items()}
