"""Was ein Vorschlag kostet, bevor er gilt: je Arbeitgeber und Monat das Entgelt und die Kosten heute und danach."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
from sqlalchemy import select

from payroll.law import encode, official
from payroll.law.engine.overlay import Overlay
from payroll.masterdata.models import Krankenkasse, Vorschlag
from payroll.masterdata.slices import MonthFacts, amtlich
from payroll.masterdata.slices.load import shape
from payroll.masterdata.slices.zeitraum import Zeitraum
from payroll.masterdata.vorschlaege import law_values, service, tax_year
from payroll.runs import taxyear
from payroll.runs.whatif.evaluate import WERTE, Gerechnet, with_rates, with_tables
from payroll.runs.whatif.kosten import Kosten
from payroll.runs.whatif.verlauf import open_months, reckoned, sums_until
from tenants.collector import collector_paused
from tenants.db.session import TenantSession

MILLION = 1_000_000
MOST_MONTHS = 6
INSURED = tuple(encode.KV_ARTEN.index(name) for name in ("gesetzlich", "freiwillig"))
PENSION = {"umlage_satz": "zv_umlage_satz", "an_satz": "zv_an_satz", "sanierungsgeld_satz": "zv_sanierungsgeld_satz"}


def months_of(row: Vorschlag, today: date) -> list[date]:
    """Die Monate der Vorschau: vom ersten Tag bis heute, höchstens sechs; liegt er in der Zukunft, der erste."""
    found, month = [row.gilt_ab], row.gilt_ab
    while len(found) < MOST_MONTHS:
        month = date(month.year + month.month // 12, month.month % 12 + 1, 1)
        if month > today:
            break
        found.append(month)
    return found


def cost(session: TenantSession, row: Vorschlag, months: list[date]) -> Iterator[Kosten]:
    """Die Kosten bei einem Arbeitgeber in aufeinander folgenden Monaten; geschrieben wird nichts.

    Die Tatsachen aller Monate sind einmal gelesen; jeder Monat rechnet mit den Summen der Monate davor, wie sie heute
    und wie sie mit dem Vorschlag entstehen. Ist der erste noch nicht an der Reihe, zählen die offenen davor mit.
    """
    with collector_paused():
        yield from _months(session, row, months)


def _months(session: TenantSession, row: Vorschlag, wanted: list[date]) -> Iterator[Kosten]:
    months = [*open_months(session, wanted[0]), *wanted]
    old, new = (sums_until(session, months[0]) for _ in range(2))
    last = months[-1].replace(day=calendar.monthrange(months[-1].year, months[-1].month)[1])
    facts_of = Zeitraum(session, months[0], last)
    for month in months:
        facts = shape(session, facts_of.month(month))
        before = reckoned(session, facts, old)
        old.add(before)
        if month < wanted[0]:
            new.add(before)
            continue
        with law_of(session, row):
            after = reckoned(session, proposed(session, facts, row), new)
        new.add(after)
        yield _kosten(before, after)


def _kosten(before: Gerechnet, after: Gerechnet) -> Kosten:
    changed = np.zeros(len(before.paid), dtype=bool)
    for name in WERTE:
        changed |= before.values[name] != after.values[name]
    return Kosten(before.month, int(before.paid.sum()), int((changed & before.paid).sum()),
                  before.total("gesamtbrutto"), after.total("gesamtbrutto"), before.total("ag_kosten"),
                  after.total("ag_kosten"), before.total("netto"), after.total("netto"))


@contextmanager
def law_of(session: TenantSession, row: Vorschlag) -> Iterator[None]:
    """Das Recht, wie es mit dem Vorschlag wäre: neue Werte, ein anderes Steuerjahr."""
    new = law_values.overlays_of(row, service.source(row))
    own = {(one.name, one.ab): one for one in amtlich.values_known(session)} | {(one.name, one.ab): one for one in new}
    with ExitStack() as held:
        if new:
            held.enter_context(official.as_known(_following(own[key] for key in sorted(own))))
        if row.art == "steuerjahr":
            held.enter_context(taxyear.tried(tax_year.plan_of(row)))
        yield


def _following(values: Iterable[Overlay]) -> Iterator[Overlay]:
    """Jeder Wert endet am Tag vor dem nächsten seines Namens."""
    for one, after in pairwise([*values, None]):
        assert one is not None
        yield one if after is None or after.name != one.name else replace(one, bis=after.ab - timedelta(days=1))


def proposed(session: TenantSession, facts: MonthFacts, row: Vorschlag) -> MonthFacts:
    """Die Tatsachen, wie sie mit dem Vorschlag wären."""
    if row.art in service.TABLES:
        return with_tables(facts, service.tables_of(row))
    rates: dict[str, dict[str, str]] = row.inhalt.get("saetze", {})
    if not rates:
        return facts
    if row.art == "zv_saetze":
        codes = {encode.ZUSATZVERSORGUNGEN.index(name): _columns(own, PENSION) for name, own in rates.items()}
        return with_rates(facts, "zusatzversorgung", codes)
    numbers = session.execute(select(Krankenkasse.id, Krankenkasse.kuerzel).where(Krankenkasse.kuerzel.in_(rates)))
    funds = {fund.id: _columns(rates[fund.kuerzel], {name: name for name in ("zusatzbeitrag", "u2_satz")})
             for fund in numbers}
    changed = with_rates(facts, "krankenkasse_id", funds)
    # As the facts are read: minijobs and private insurance pay no extra contribution, officials cause no levy.
    status, kind = facts.cases["status"], facts.cases["kv_art"]
    pays = {"zusatzbeitrag": np.isin(kind, INSURED) & (status != encode.STATUS.index("minijob")),
            "u2_satz": status != encode.STATUS.index("beamte")}
    for name, rows in pays.items():
        changed.cases[name] = np.where(rows, changed.cases[name], facts.cases[name])
    return changed


def _columns(rates: Mapping[str, str], names: Mapping[str, str]) -> dict[str, int]:
    return {names[name]: int(Decimal(text) * MILLION / 100) for name, text in rates.items()}
