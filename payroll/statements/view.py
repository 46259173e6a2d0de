"""Datenmodell der barrierefreien Seite: Zusammenfassung, Abschnitte mit Tabellen, Erklärung je Zeile, Vergleich.

Alle Beträge sind schon geschrieben; die Vorlage setzt nur noch. name ist der Name des Wertes für „Warum“ (leer: ohne).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from payroll.law.tongue import foreign, hear, say
from payroll.runs import names
from payroll.runs.names import Name
from payroll.statements import changes, explanations
from payroll.statements import facts as stated
from payroll.statements import wording as w
from payroll.statements.changes import Comparison
from payroll.statements.payslip import Line, Payslip, Retro

DUE = "Fällig am "


@dataclass(frozen=True)
class Head:
    """Spaltenkopf; number heißt rechtsbündig mit Tabellenziffern."""

    text: str
    number: bool = False


@dataclass(frozen=True)
class Row:
    """Zeile einer Tabelle; die erste Zelle ist ihr Kopf.

    german: wie die Zeile auf dem Papier heißt, wenn die Seite eine andere Sprache spricht; given: Zellen (ab 1), noted:
    ob die Erklärung so eingegeben ist und kein anderes Wort hat.
    """

    cells: tuple[str, ...]
    explanation: str = ""
    name: str = ""
    strong: bool = False
    german: str = ""
    noted: bool = False
    given: tuple[int, ...] = ()

    @property
    def paper(self) -> str:
        """Wie die Zeile auf dem Papier heißt."""
        return self.german or self.cells[0]


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
class Hint:
    """Ein Hinweis; due: der Tag der Zahlung; german: es gibt ihn in der Sprache der Seite nicht."""

    text: str
    due: bool
    german: bool


@dataclass(frozen=True)
class Page:
    """Die ganze Seite; comparison ist leer, wenn es keine frühere Abrechnung gibt."""

    title: str
    label: str
    person: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    hints: tuple[Hint, ...]
    comparison: Comparison | None


def page(slip: Payslip, before: Payslip | None = None) -> Page:
    """Baut die Seite zu einer Abrechnung, mit Vergleich zur vorangehenden."""
    sections = (_pay(slip), _taken(slip), _payout(slip), _employer(slip), *_retro(slip), _year(slip),
                *_accounts(slip), _facts(slip))
    return Page(
        title=f"{say(slip.title)} {w.month(slip.period.monat)}",
        label=w.label(slip),
        person=slip.employee.name,
        figures=tuple(_figures(slip)),
        sections=sections,
        hints=tuple(_hint(one) for one in slip.hints),
        comparison=changes.compare(before, slip) if before is not None else None,
    )


def _figures(slip: Payslip) -> Iterable[Figure]:
    shown = (
        ("auszahlung", say("Auszahlung"), slip.auszahlung),
        ("netto", say("Netto"), slip.netto),
        ("abzuege", say("Gesetzliche Abzüge"), slip.abzuege),
        ("gesamtbrutto", say("Gesamtbrutto"), slip.gesamtbrutto),
    )
    for name, text, cents in shown:
        yield Figure(name, text, w.euro(cents), explanations.of_name(name))


def _pay(slip: Payslip) -> Section:
    heads = (Head(say("Bezug")), Head(say("Menge"), True), Head(say("Satz"), True), _amount())
    rows = [
        Row(
            (
                name.text,
                f"{w.number(line.menge)} {hear(line.einheit)}".strip() if line.menge is not None else "",
                w.number(line.satz, 2),
                w.euro(line.betrag),
            ),
            explanations.of_line(line),
            german=name.german,
        )
        for line, name in ((line, names.of(_origin(line))) for line in slip.lines)
    ]
    rows.append(_total((say("Gesamtbrutto"), "", "", w.euro(slip.gesamtbrutto)), "gesamtbrutto"))
    table = Table("bezuege", say("Ihre Bezüge im Monat"), heads, tuple(rows))
    return Section("bekommen", say("Was Sie bekommen"), explanations.of_name("gesamtbrutto"), (table,))


def _taken(slip: Payslip) -> Section:
    heads = (Head(say("Abzug")), Head(say("berechnet aus"), True), Head(say("Satz"), True), _amount())
    rows = [
        Row(
            (say(item.text), w.euro(item.basis), w.percent(item.satz), w.euro(item.betrag)),
            explanations.of_deduction(item, slip),
            item.art,
            german=_paper(item.text),
        )
        for item in slip.deductions
    ]
    rows.append(_total((say("Summe der Abzüge"), "", "", w.euro(slip.abzuege)), "abzuege"))
    rows.append(_total((say("Netto"), "", "", w.euro(slip.netto)), "netto"))
    bases = [_row(Name(say(b.text), _paper(b.text)), w.euro(b.betrag), explanations.of_name(b.art), b.art)
             for b in slip.bases]
    tables = (
        Table("abzuege", say("Gesetzliche Abzüge"), heads, tuple(rows)),
        Table("brutto", say("Woraus gerechnet wird"), (Head(say("Bruttobetrag")), _amount()), tuple(bases)),
    )
    return Section("abgezogen", say("Was abgezogen wird"), explanations.of_name("abzuege"), tables)


def _payout(slip: Payslip) -> Section:
    rows = [Row((say("Netto"), w.euro(slip.netto)), explanations.of_name("netto"), "netto")]
    rows += [_row(names.of(n.text), w.signed_euro(n.betrag), explanations.of_net_line(n), n.art)
             for n in slip.net_lines]
    rows.append(_total((say("Auszahlung"), w.euro(slip.auszahlung)), "auszahlung"))
    paid = [Row((hear(p.empfaenger), w.iban(p.iban), w.euro(p.betrag)), hear(p.zweck)) for p in slip.payments]
    paid += [Row((say("Vortrag in den nächsten Monat"), "", w.euro(slip.vortrag)))] if slip.vortrag else []
    tables = (
        Table("auszahlung", say("Vom Netto zur Auszahlung"), (Head(say("Posten")), _amount()), tuple(rows)),
        Table("zahlung", say("Überweisung"), (Head(say("Empfänger")), Head("IBAN"), _amount()), tuple(paid)),
    )
    return Section("auszahlung", say("Was auf Ihr Konto geht"), explanations.of_name("auszahlung"), tables)


def _employer(slip: Payslip) -> Section:
    rows = [_row(Name(say(c.text), _paper(c.text)), w.euro(c.betrag), explanations.of_cost(c), c.art)
            for c in slip.costs]
    rows.append(_total((say("Gesamtkosten mit Gesamtbrutto"), w.euro(slip.ag_kosten)), "ag_kosten"))
    table = Table("arbeitgeber", say("Kosten des Arbeitgebers"), (Head(say("Posten")), _amount()), tuple(rows))
    return Section("arbeitgeber", say("Was Ihr Arbeitgeber zahlt"), explanations.of_name("ag_kosten"), (table,))


def _retro(slip: Payslip) -> Sequence[Section]:
    if not slip.retro:
        return ()
    heads = (Head(say("Monat")), Head(say("Bezug")), Head(say("bisher"), True), Head(say("neu"), True),
             Head(say("Unterschied"), True))
    rows = tuple(_recalculated(one) for one in slip.retro)
    lead = say("Frühere Monate wurden neu gerechnet; der Unterschied ist in diesem Monat enthalten.")
    table = Table("retro", say("Geänderte Monate"), heads, rows)
    return (Section("nachberechnung", say("Nachberechnung"), lead, (table,)),)


def _year(slip: Payslip) -> Section:
    rows = tuple(_row(Name(say(s.text), _paper(s.text)), w.euro(s.betrag), explanations.of_name(s.art))
                 for s in slip.year)
    caption = say("Summen Januar bis %(month)s", month=w.month(slip.period.monat))
    lead = say("Alle Beträge dieses Jahres, dieser Monat eingeschlossen.")
    table = Table("jahr", caption, (Head(say("Summe")), _amount()), rows)
    return Section("jahr", say("Seit Jahresbeginn"), lead, (table,))


def _accounts(slip: Payslip) -> Sequence[Section]:
    rows = tuple(Row(pair) for pair in stated.accounts(slip))
    if not rows:
        return ()
    table = Table("konten", say("Stand Ihrer Konten"), (Head(say("Konto")), Head(say("Stand"), True)), rows)
    lead = say("Was am Ende des Monats auf Ihren Konten steht. Spätere Buchungen und Anträge sind noch nicht darin.")
    return (Section("konten", say("Arbeitszeit und Urlaub"), lead, (table,)),)


def _facts(slip: Payslip) -> Section:
    groups = (
        ("person", say("Person und Beschäftigung"), stated.person(slip)),
        ("steuer", say("Steuer und Zusatzversorgung"), stated.tax(slip)),
        ("sv", say("Sozialversicherung"), stated.insurance(slip)),
    )
    heads = (Head(say("Angabe")), Head(say("Wert")))
    tables = tuple(Table(key, title, heads, tuple(Row(pair) for pair in pairs)) for key, title, pairs in groups)
    lead = say("Mit diesen Angaben wurde gerechnet. Stimmt etwas nicht, melden Sie es bitte.")
    return Section("angaben", say("Angaben zu Ihnen"), lead, tables)


def _amount() -> Head:
    return Head(say("Betrag"), True)


def _total(cells: tuple[str, ...], name: str) -> Row:
    return Row(cells, explanations.of_name(name), name, True)


def _row(name: Name, amount: str, explanation: str, key: str = "") -> Row:
    return Row((name.text, amount), explanation, key, german=name.german)


def _recalculated(one: Retro) -> Row:
    name, reason = names.of(one.text), names.reason(one.grund)
    return Row(
        (w.month(one.monat), name.text, w.euro(one.alt), w.euro(one.neu), w.signed_euro(one.differenz)),
        reason,
        noted=foreign() and bool(reason) and reason == one.grund,
        given=(1,) if name.text == name.german else (),
    )


def _origin(line: Line) -> str:
    return f"{line.text} ({w.month_short(line.monat)})" if line.monat else line.text


def _paper(german: str) -> str:
    return german if foreign() else ""


def _hint(german: str) -> Hint:
    text = hear(german)
    return Hint(text, german.startswith(DUE), foreign() and text == german)
