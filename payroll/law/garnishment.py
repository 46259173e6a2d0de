"""Garnishment of a month: the notional calculation without the exempt items, how far each claim reaches, who gets what.

Rows are claims: the payslip columns of the person stand beside the claim's own ``pf_`` columns (see the inputs of
:mod:`payroll.law.rules.pfaendung`), so that every claim may count its own dependants and have its own order.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from payroll.law.calculate import gross_to_net, law_of, rule_book
from payroll.law.engine import InputError, Result, RuleBook, evaluate
from payroll.law.plan import Plan
from payroll.law.rules.pfaendung.forderungen import Forderung, VerteilungFehler, Zuteilung
from payroll.law.rules.pfaendung.verteilung import verteile

KINDS = {"mehrarbeit": "pf_frei_mehrarbeit", "urlaubsgeld": "pf_frei_urlaubsgeld",
         "weihnachtsgeld": "pf_frei_weihnachtsgeld", "aufwand": "pf_frei_aufwand", "beihilfen": "pf_frei_aufwand",
         "vermoegensbildung": "", "entgeltumwandlung": "pf_frei_umwandlung"}
COLUMNS = ("brutto", "zulagen", "einmalzahlung", "steuerfreie_bezuege", "vwl_ag")
OUTPUTS = ("pf_netto", "pf_unpfaendbar", "pf_tabellenbetrag", "pf_pfaendbar", "pf_reichweite")
ORDINARY = "pf_betrag_gewoehnlich"


@dataclass(frozen=True)
class ExemptItem:
    """A pay item of § 850a or § 851 and where it sits in the payslip: the column that its whole amount is part of.

    kind: one of KINDS. column: one of COLUMNS. cents: one integer or a column. pensionable: False when the item is also
    part of ``zv_frei``.
    """

    kind: str
    column: str
    cents: Any
    pensionable: bool = True


def notional_inputs(month: date, inputs: Mapping[str, Any], items: Sequence[ExemptItem], *,
                    book: RuleBook | None = None) -> dict[str, Any]:
    """The columns of the second calculation: the exempt part of every item taken out of its payslip column, gross.

    The employer's part of capital formation (``vwl_ag``) is never garnishable and leaves without being named.
    Raises InputError when an item is larger than the column that it should be part of.
    """
    rows = _rows(inputs, items)
    found = {name: value if isinstance(value, int) else np.array(value) for name, value in inputs.items()}
    if any(item.kind == "entgeltumwandlung" for item in items) and np.any(_column(inputs.get("entgeltumwandlung", 0),
                                                                                   rows)):
        raise InputError("Entgeltumwandlung steht in der Abrechnung und als unpfändbarer Bezug; nur eines von beiden")
    by_kind: dict[str, list[ExemptItem]] = {}
    for item in _with_capital_formation(inputs, items):
        if item.kind not in KINDS or item.column not in COLUMNS:
            raise InputError(f"unpfändbarer Bezug {item.kind!r} in {item.column!r}: Arten sind {', '.join(KINDS)}, "
                             f"Spalten {', '.join(COLUMNS)}")
        by_kind.setdefault(item.kind, []).append(item)
    for kind, parts in by_kind.items():
        found[f"pf_{kind}"] = sum(_column(part.cents, rows) for part in parts)
    for kind, parts in by_kind.items():
        whole = _column(found[f"pf_{kind}"], rows)
        running, taken = np.zeros(rows, dtype=np.int64), np.zeros(rows, dtype=np.int64)
        exempt = _exempt(month, found, kind, rows, book)
        for part in parts:
            running = running + _column(part.cents, rows)
            until = exempt * running // np.maximum(whole, 1)
            _take(found, part, until - taken, rows)
            taken = until
    return found


def reaches(month: date, inputs: Mapping[str, Any], items: Sequence[ExemptItem] = (),
            outputs: Sequence[str] = OUTPUTS, *, book: RuleBook | None = None,
            plan: Plan | None = None) -> tuple[Result, dict[str, Any]]:
    """How far each claim (row) reaches, and the columns used, with which every figure can be explained.

    inputs: payslip columns and ``pf_`` columns. A maintenance claim never leaves the debtor more than § 850c would, so
    the ordinary amount, with the ordinary exempt items, is computed first. plan: the ministry's plan gives the tax.
    """
    given = {**inputs, "pf_gepfaendet": 1}
    nobody = np.zeros(_rows(given, items), dtype=np.int64)
    ordinary = notional_inputs(month, given | {"pf_unterhaltsglaeubiger": nobody}, items, book=book)
    least = gross_to_net(month, ordinary, ("pf_pfaendbar",), book=book, plan=plan)
    used = notional_inputs(month, given, items, book=book) | {ORDINARY: least.cents("pf_pfaendbar")}
    return gross_to_net(month, used, outputs, book=book, plan=plan), used


@dataclass(frozen=True)
class Shares:
    """Who gets what of the month by person, and the persons whose claims could not be distributed, with the reason."""

    by_person: dict[str, tuple[Zuteilung, ...]]
    findings: dict[str, str]


def share_out(month: date, people: Sequence[str], claims: Sequence[Forderung], reached: Result) -> Shares:
    """Distribute the claims of every person by rank; row, person and claim stand at the same place.

    reached: result of :func:`reaches` with ``pf_reichweite``; it replaces ``reichweite`` of the claims. A claim that
    cannot be computed or contradicts another stops the distribution of that person only.
    """
    if not len(people) == len(claims) == reached.rows:
        raise InputError(f"{len(people)} Personen, {len(claims)} Forderungen, {reached.rows} Zeilen: je Forderung eine")
    end = month.replace(day=calendar.monthrange(month.year, month.month)[1])
    months = number_of("vorpfaendung_monate", month)
    amounts = reached.cents("pf_reichweite").tolist()
    by_person: dict[str, list[Forderung]] = {}
    for person, claim, amount in zip(people, claims, amounts, strict=True):
        by_person.setdefault(person, []).append(replace(claim, reichweite=amount))
    findings = {people[fault.row]: f"Forderung {claims[fault.row].name!r}: {fault.message} ({fault.law})"
                for fault in reached.faults}
    shares: dict[str, tuple[Zuteilung, ...]] = {}
    for person, own in by_person.items():
        if person in findings:
            continue
        try:
            shares[person] = verteile(own, end, vorpfaendung_monate=months)
        except VerteilungFehler as error:
            findings[person] = str(error)
    return Shares(shares, findings)


def difference_of_month(month: date, taken_cents: int, inputs: Mapping[str, Any],
                        items: Sequence[ExemptItem] = ()) -> int:
    """Back pay belongs to its month: cents still garnishable there beyond what has been taken (negative: too much)."""
    result, _ = reaches(month, inputs, items)
    if result.faults:
        raise InputError(f"{result.faults[0].message} ({result.faults[0].law})")
    return int(result.cents("pf_reichweite")[0]) - taken_cents


def number_of(name: str, day: date) -> int:
    """A whole number of the law of a day (periods in days or months)."""
    argument = rule_book("pfaendung").parameters[name].argument(day)
    if argument is None:
        raise InputError(f"{name}: am {day:%d.%m.%Y} gibt es keinen Wert")
    return int(argument.value)


def _rows(inputs: Mapping[str, Any], items: Iterable[ExemptItem]) -> int:
    columns = [*inputs.values(), *(item.cents for item in items)]
    sizes = {len(column) for column in columns if not isinstance(column, (bool, int, np.integer))}
    if len(sizes) > 1:
        raise InputError(f"Spalten sind verschieden lang: {sorted(sizes)}")
    return sizes.pop() if sizes else 1


def _with_capital_formation(inputs: Mapping[str, Any], items: Sequence[ExemptItem]) -> list[ExemptItem]:
    """§ 2 Abs. 7 5. VermBG: what the employer pays into the savings contract, unless the caller named it."""
    named = "vwl_ag" not in inputs or any(item.column == "vwl_ag" for item in items)
    return [*items] if named else [*items, ExemptItem("vermoegensbildung", "vwl_ag", inputs["vwl_ag"])]


def _column(value: Any, rows: int) -> Any:
    return np.broadcast_to(np.asarray(value, dtype=np.int64), (rows,))


def _exempt(month: date, found: Mapping[str, Any], kind: str, rows: int, book: RuleBook | None) -> Any:
    """The exempt cents of a kind, all its items together (a limit holds once)."""
    if not KINDS[kind]:
        return _column(found[f"pf_{kind}"], rows)
    rules = law_of(month, book or rule_book("pfaendung"))
    names = ("pf_gepfaendet", "pf_unterhaltsglaeubiger", f"pf_{kind}")
    result = evaluate(rules, {name: found[name] for name in names if name in found}, [KINDS[kind]], rows=rows)
    if result.faults:
        raise InputError(f"Zeile {result.faults[0].row + 1}: {result.faults[0].message} ({result.faults[0].law})")
    return result.cents(KINDS[kind])


def _take(found: dict[str, Any], item: ExemptItem, cents: Any, rows: int) -> None:
    for name in (item.column, *(() if item.pensionable else ("zv_frei",))):
        left = _column(found.get(name, 0), rows) - cents
        short = np.flatnonzero((left < 0) & (cents > 0))
        if short.size:
            raise InputError(f"Zeile {int(short[0]) + 1}: {item.kind} ist größer als die Spalte {name}, zu der es "
                             "gehört; Betrag oder Spalte berichtigen")
        found[name] = left
