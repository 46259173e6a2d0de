"""Die Tabellen der Abrechnung in der Reihenfolge des Lesens: Bezüge, Abzüge, Auszahlung, Arbeitgeber, Jahr."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from payroll.statements import facts
from payroll.statements import wording as w
from payroll.statements.payslip import Line, Payslip
from payroll.statements.pdf import table
from payroll.statements.pdf.sheet import GREY, LEFT, RIGHT, Sheet
from payroll.statements.pdf.table import Column, Row

MIDDLE = 102.0
GUTTER = 3.0

LINES = (
    Column("Lohnart", LEFT, 31),
    Column("Bezeichnung", 32, 101),
    Column("Menge", 101, 119, True),
    Column("Satz", 120, 138, True),
    Column("St", 144, 150),
    Column("SV", 150, 156),
    Column("ZV", 156, 162),
    Column("GB", 162, 168),
    Column("Betrag €", 169, RIGHT, True),
)
BASES = (
    Column("Bruttobetrag", LEFT, 54),
    Column("laufend", 54, 68, True),
    Column("einmalig", 68, 83, True),
    Column("Monat €", 83, MIDDLE - GUTTER, True),
)
DEDUCTIONS = (
    Column("Abzug", MIDDLE + GUTTER, 135),
    Column("aus", 133, 146.5, True),
    Column("Satz", 146.5, 158.5, True),
    Column("laufend", 159, 170.5, True),
    Column("einmalig", 170.5, 182.5, True),
    Column("Monat €", 182.5, RIGHT, True),
)
NET = (Column("Lohnart", LEFT, 31), Column("Bezeichnung", 32, 80), Column("Betrag €", 80, MIDDLE - GUTTER, True))
PAYMENTS = (
    Column("Empfänger", MIDDLE + GUTTER, 133),
    Column("IBAN, Zweck", 133, 178),
    Column("Betrag €", 178, RIGHT, True),
)
COSTS = (
    Column("Arbeitgeber trägt", LEFT, 60),
    Column("aus", 60, 73, True),
    Column("Satz", 73, 85, True),
    Column("Monat €", 85, MIDDLE - GUTTER, True),
)
YEAR = (Column("Seit Jahresbeginn", MIDDLE + GUTTER, 170), Column("Jahr €", 170, RIGHT, True))
ACCOUNTS = (Column("Konto", LEFT, 70), Column("Stand", 70, MIDDLE - GUTTER, True))
RETRO = (
    Column("Monat", LEFT, 34),
    Column("Bezeichnung", 34, 80),
    Column("Grund", 80, 140),
    Column("bisher €", 140, 158, True),
    Column("neu €", 158, 176, True),
    Column("Unterschied €", 176, RIGHT, True),
)


def figures(sheet: Sheet, slip: Payslip) -> None:
    """Die vier Zahlen, die zuerst gesucht werden."""
    shown = (
        ("Gesamtbrutto", slip.gesamtbrutto),
        ("− gesetzliche Abzüge", slip.abzuege),
        ("= Netto", slip.netto),
        ("Auszahlung", slip.auszahlung),
    )
    top, width = sheet.y, (RIGHT - LEFT) / 4
    sheet.band(LEFT, RIGHT, top, top + 10.5)
    for at, (name, cents) in enumerate(shown):
        x = LEFT + width * at + 2
        sheet.text(x, top + 3.8, name, 7.2, color=GREY)
        sheet.text(x, top + 8.6, w.euro(cents), 11.5 if at < 3 else 12.5, weight="strong")
    sheet.y = top + 10.5


def lines(sheet: Sheet, slip: Payslip) -> None:
    """Jeder Bezug eine Zeile mit Wirkung auf Steuer, Sozialversicherung, Zusatzversorgung und Gesamtbrutto."""
    rows = [Row(_line(line)) for line in slip.lines]
    rows.append(Row(["", "Gesamtbrutto", "", "", "", "", "", "", w.amount(slip.gesamtbrutto)], strong=True))
    table.draw(sheet, "Bezüge", LINES, rows, head=1)


def bases_and_deductions(sheet: Sheet, slip: Payslip) -> None:
    """Links die Bruttobeträge, rechts die gesetzlichen Abzüge."""
    bases = [Row([b.text, w.amount(b.laufend), w.amount(b.einmalig), w.amount(b.betrag)]) for b in slip.bases]
    taken = [
        Row([d.text, w.amount(d.basis), w.percent(d.satz), *map(w.amount, (d.laufend, d.einmalig, d.betrag))])
        for d in slip.deductions
    ]
    taken.append(Row(["Gesetzliche Abzüge", "", "", "", "", w.amount(slip.abzuege)], strong=True))
    taken.append(Row(["Netto", "", "", "", "", w.amount(slip.netto)], strong=True))
    beside(
        sheet,
        max(table.height(sheet, bases), table.height(sheet, taken)),
        lambda: table.draw(sheet, "Bruttobeträge", BASES, bases),
        lambda: table.draw(sheet, "Gesetzliche Abzüge", DEDUCTIONS, taken),
    )


def payout(sheet: Sheet, slip: Payslip) -> None:
    """Vom Netto zur Auszahlung und wohin sie geht."""
    rows = [Row(["", "Netto", w.amount(slip.netto)])]
    rows += [Row([item.lohnart, item.text, w.signed(item.betrag)]) for item in slip.net_lines]
    rows.append(Row(["", "Auszahlung", w.amount(slip.auszahlung)], strong=True))
    paid = [Row([p.empfaenger, _target(p.iban, p.zweck), w.amount(p.betrag)]) for p in slip.payments]
    if slip.vortrag:
        paid.append(Row(["Vortrag in den nächsten Monat", "", w.amount(slip.vortrag)]))
    beside(
        sheet,
        max(table.height(sheet, rows), table.height(sheet, paid) + 0.0),
        lambda: table.draw(sheet, "Auszahlung", NET, rows, head=1),
        lambda: table.draw(sheet, "Überweisung", PAYMENTS, paid),
    )


def employer_and_year(sheet: Sheet, slip: Payslip) -> None:
    """Links die Kosten des Arbeitgebers, rechts die Summen seit Jahresbeginn."""
    rows = [Row([c.text, w.amount(c.basis), w.percent(c.satz), w.amount(c.betrag)]) for c in slip.costs]
    rows.append(Row(["Gesamtkosten mit Gesamtbrutto", "", "", w.amount(slip.ag_kosten)], strong=True))
    sums = [Row([item.text, w.amount(item.betrag)]) for item in slip.year]
    beside(
        sheet,
        max(table.height(sheet, rows), table.height(sheet, sums)),
        lambda: table.draw(sheet, "Ihr Arbeitgeber zahlt zusätzlich", COSTS, rows),
        lambda: table.draw(sheet, f"Jahressummen {slip.period.monat.year}", YEAR, sums),
    )


def retro(sheet: Sheet, slip: Payslip) -> None:
    """Nachberechnung früherer Monate: alter Wert, neuer Wert, Unterschied."""
    if not slip.retro:
        return
    rows = [
        Row([w.month_short(r.monat), r.text, r.grund, w.amount(r.alt), w.amount(r.neu), w.signed(r.differenz)])
        for r in slip.retro
    ]
    table.draw(sheet, "Nachberechnung früherer Monate", RETRO, rows)


def accounts(sheet: Sheet, slip: Payslip) -> None:
    """Gleitzeitkonto und Urlaub, wenn der Arbeitgeber sie nennt."""
    if rows := [Row(list(pair)) for pair in facts.accounts(slip)]:
        table.draw(sheet, "Arbeitszeit und Urlaub", ACCOUNTS, rows)


def hints(sheet: Sheet, slip: Payslip) -> None:
    """Hinweise in ganzen Sätzen."""
    texts = list(slip.hints)
    if slip.period.ausgelassen:
        months = ", ".join(map(w.month_short, slip.period.ausgelassen))
        texts.insert(0, f"Für {months} wurde keine Bescheinigung erteilt, weil sich nichts geändert hatte.")
    if not texts:
        return
    sheet.room(9)
    section = sheet.tree.add(0, "Sect")
    sheet.y += sheet.title_gap
    sheet.text(LEFT, sheet.y, "Hinweise", 9, parent=section, role="H2", weight="strong")
    for text in texts:
        for part in sheet.wrap(text, RIGHT - LEFT, sheet.size):
            sheet.room(sheet.pitch)
            sheet.y += sheet.pitch
            sheet.text(LEFT, sheet.y, part, sheet.size, parent=section)


def legend(sheet: Sheet) -> None:
    """Erklärung der Zeichen am Fuß der ersten Seite."""
    for at, part in enumerate(sheet.wrap(w.LEGEND, RIGHT - LEFT, 6.5)):
        sheet.text(LEFT, 281.0 + 2.9 * at, part, 6.5, color=GREY)


def beside(sheet: Sheet, needed: float, left: Callable[[], None], right: Callable[[], None]) -> None:
    """Zwei Tabellen nebeneinander; passt die höhere nicht mehr, beginnen beide auf der Folgeseite."""
    sheet.room(needed)
    start, page = sheet.y, len(sheet.pages)
    left()
    below, sheet.y = sheet.y, start if len(sheet.pages) == page else 21.0
    right()
    sheet.y = max(below, sheet.y)


def _line(line: Line) -> Sequence[str]:
    origin = f" ({w.month_short(line.monat)})" if line.monat else ""
    unit = f" {line.einheit}" if line.einheit else ""
    return [
        line.lohnart,
        f"{line.text}{origin}",
        f"{w.number(line.menge, 2)}{unit}" if line.menge is not None else "",
        w.number(line.satz, 2),
        line.steuer,
        line.sv,
        "Z" if line.zv else "-",
        "J" if line.gesamtbrutto else "N",
        w.amount(line.betrag),
    ]


def _target(iban: str, purpose: str) -> str:
    return ", ".join(part for part in (w.iban(iban), purpose) if part)
