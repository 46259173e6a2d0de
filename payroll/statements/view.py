"""Datenmodell der barrierefreien Seite: Zusammenfassung, Abschnitte mit Tabellen, Erklärung je Zeile, Vergleich.

Alle Beträge sind schon geschrieben; die Vorlage setzt nur noch. name ist der Name des Wertes für „Warum“ (leer: ohne).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from payroll.statements import changes, explanations
from payroll.statements import facts as stated
from payroll.statements import wording as w
from payroll.statements.changes import Comparison
from payroll.statements.payslip import Payslip


@dataclass(frozen=True)
class Head:
    """Spaltenkopf; number heißt rechtsbündig mit Tabellenziffern."""

    text: str
    number: bool = False


@dataclass(frozen=True)
class Row:
    """Zeile einer Tabelle; die erste Zelle ist ihr Kopf."""

    cells: tuple[str, ...]
    explanation: str = ""
    name: str = ""
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """Tabelle mit Überschrift (caption) und Spaltenköpfen."""

    key: str
    caption: str
    heads: tuple[Head, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Section:
    """Abschnitt der Seite mit einem Satz, worum es geht."""

    key: str
    title: str
    lead: str
    tables: tuple[Table, ...]


@dataclass(frozen=True)
class Figure:
    """Eine der vier großen Zahlen."""

    name: str
    text: str
    amount: str
    explanation: str


@dataclass(frozen=True)
class Page:
    """Die ganze Seite; comparison ist leer, wenn es keine frühere Abrechnung gibt."""

    title: str
    label: str
    person: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    hints: tuple[str, ...]
    comparison: Comparison | None


def page(slip: Payslip, before: Payslip | None = None) -> Page:
    """Baut die Seite zu einer Abrechnung, mit Vergleich zur vorangehenden."""
    sections = (_pay(slip), _taken(slip), _payout(slip), _employer(slip), *_retro(slip), _year(slip),
                *_accounts(slip), _facts(slip))
    return Page(
        title=f"{slip.title} {w.month(slip.period.monat)}",
        label=w.label(slip),
        person=slip.employee.name,
        figures=tuple(_figures(slip)),
        sections=sections,
        hints=slip.hints,
        comparison=changes.compare(before, slip) if before is not None else None,
    )


def _figures(slip: Payslip) -> Iterable[Figure]:
    shown = (
        ("auszahlung", "Auszahlung", slip.auszahlung),
        ("netto", "Netto", slip.netto),
        ("abzuege", "Gesetzliche Abzüge", slip.abzuege),
        ("gesamtbrutto", "Gesamtbrutto", slip.gesamtbrutto),
    )
    for name, text, cents in shown:
        yield Figure(name, text, w.euro(cents), explanations.of_name(name))


def _pay(slip: Payslip) -> Section:
    heads = (Head("Bezug"), Head("Menge", True), Head("Satz", True), Head("Betrag", True))
    rows = [
        Row(
            (
                f"{line.text} ({w.month_short(line.monat)})" if line.monat else line.text,
                f"{w.number(line.menge)} {line.einheit}".strip() if line.menge is not None else "",
                w.number(line.satz, 2),
                w.euro(line.betrag),
            ),
            explanations.of_line(line),
        )
        for line in slip.lines
    ]
    rows.append(_total(("Gesamtbrutto", "", "", w.euro(slip.gesamtbrutto)), "gesamtbrutto"))
    table = Table("bezuege", "Ihre Bezüge im Monat", heads, tuple(rows))
    return Section("bekommen", "Was Sie bekommen", explanations.of_name("gesamtbrutto"), (table,))


def _taken(slip: Payslip) -> Section:
    heads = (Head("Abzug"), Head("berechnet aus", True), Head("Satz", True), Head("Betrag", True))
    rows = [
        Row(
            (item.text, w.euro(item.basis), w.percent(item.satz), w.euro(item.betrag)),
            explanations.of_deduction(item, slip),
            item.art,
        )
        for item in slip.deductions
    ]
    rows.append(_total(("Summe der Abzüge", "", "", w.euro(slip.abzuege)), "abzuege"))
    rows.append(_total(("Netto", "", "", w.euro(slip.netto)), "netto"))
    bases = [Row((b.text, w.euro(b.betrag)), explanations.of_name(b.art), b.art) for b in slip.bases]
    tables = (
        Table("abzuege", "Gesetzliche Abzüge", heads, tuple(rows)),
        Table("brutto", "Woraus gerechnet wird", (Head("Bruttobetrag"), Head("Betrag", True)), tuple(bases)),
    )
    return Section("abgezogen", "Was abgezogen wird", explanations.of_name("abzuege"), tables)


def _payout(slip: Payslip) -> Section:
    rows = [Row(("Netto", w.euro(slip.netto)), explanations.of_name("netto"), "netto")]
    rows += [Row((n.text, f"{w.signed(n.betrag)} €"), explanations.of_net_line(n), n.art) for n in slip.net_lines]
    rows.append(_total(("Auszahlung", w.euro(slip.auszahlung)), "auszahlung"))
    paid = [Row((p.empfaenger, w.iban(p.iban), w.euro(p.betrag)), p.zweck) for p in slip.payments]
    paid += [Row(("Vortrag in den nächsten Monat", "", w.euro(slip.vortrag)))] if slip.vortrag else []
    tables = (
        Table("auszahlung", "Vom Netto zur Auszahlung", (Head("Posten"), Head("Betrag", True)), tuple(rows)),
        Table("zahlung", "Überweisung", (Head("Empfänger"), Head("IBAN"), Head("Betrag", True)), tuple(paid)),
    )
    return Section("auszahlung", "Was auf Ihr Konto geht", explanations.of_name("auszahlung"), tables)


def _employer(slip: Payslip) -> Section:
    rows = [Row((c.text, w.euro(c.betrag)), explanations.of_cost(c), c.art) for c in slip.costs]
    rows.append(_total(("Gesamtkosten mit Gesamtbrutto", w.euro(slip.ag_kosten)), "ag_kosten"))
    table = Table("arbeitgeber", "Kosten des Arbeitgebers", (Head("Posten"), Head("Betrag", True)), tuple(rows))
    return Section("arbeitgeber", "Was Ihr Arbeitgeber zahlt", explanations.of_name("ag_kosten"), (table,))


def _retro(slip: Payslip) -> Sequence[Section]:
    if not slip.retro:
        return ()
    heads = (Head("Monat"), Head("Bezug"), Head("bisher", True), Head("neu", True), Head("Unterschied", True))
    rows = tuple(
        Row(
            (w.month(r.monat), r.text, w.euro(r.alt), w.euro(r.neu), f"{w.signed(r.differenz)} €"),
            r.grund,
        )
        for r in slip.retro
    )
    lead = "Frühere Monate wurden neu gerechnet; der Unterschied ist in diesem Monat enthalten."
    return (Section("nachberechnung", "Nachberechnung", lead, (Table("retro", "Geänderte Monate", heads, rows),)),)


def _year(slip: Payslip) -> Section:
    rows = tuple(Row((s.text, w.euro(s.betrag)), explanations.of_name(s.art)) for s in slip.year)
    caption = f"Summen Januar bis {w.month(slip.period.monat)}"
    table = Table("jahr", caption, (Head("Summe"), Head("Betrag", True)), rows)
    return Section("jahr", "Seit Jahresbeginn", "Alle Beträge dieses Jahres, dieser Monat eingeschlossen.", (table,))


def _accounts(slip: Payslip) -> Sequence[Section]:
    rows = tuple(Row(pair) for pair in stated.accounts(slip))
    if not rows:
        return ()
    table = Table("konten", "Stand Ihrer Konten", (Head("Konto"), Head("Stand", True)), rows)
    lead = "Was am Ende des Monats auf Ihren Konten steht. Spätere Buchungen und Anträge sind noch nicht darin."
    return (Section("konten", "Arbeitszeit und Urlaub", lead, (table,)),)


def _facts(slip: Payslip) -> Section:
    groups = (
        ("person", "Person und Beschäftigung", stated.person(slip)),
        ("steuer", "Steuer und Zusatzversorgung", stated.tax(slip)),
        ("sv", "Sozialversicherung", stated.insurance(slip)),
    )
    heads = (Head("Angabe"), Head("Wert"))
    tables = tuple(Table(key, title, heads, tuple(Row(pair) for pair in pairs)) for key, title, pairs in groups)
    lead = "Mit diesen Angaben wurde gerechnet. Stimmt etwas nicht, melden Sie es bitte."
    return Section("angaben", "Angaben zu Ihnen", lead, tables)


def _total(cells: tuple[str, ...], name: str) -> Row:
    return Row(cells, explanations.of_name(name), name, True)
